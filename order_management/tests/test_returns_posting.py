from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .test_returns_foreign import ForeignCase


@tagged("post_install", "-at_install")
class TestReturnPosting(ForeignCase):
    """Accounting posts refunds: others make drafts, and the return settles itself (G37).

    ``accountant``: may post, and no returns agent; ``both``: may post, and is one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.return_posting = "accounting"
        cls.customer.email = "deco@example.com"
        cls.accountant = new_test_user(
            cls.env, login="om_accountant", groups="account.group_account_invoice"
        )
        cls.both = new_test_user(
            cls.env,
            login="om_both",
            groups="account.group_account_invoice,order_management.group_returns",
        )

    @classmethod
    def _draft(cls, quantity=1, order=None, **values):
        """A return whose refund a returns agent drafted."""
        one = cls._return(order or cls._create_sold(), quantity, "defective", **values)
        cls._receive(one)
        cls._settle(one)
        return one

    def _post(self, notes, user=None):
        notes.with_user(user or self.accountant).action_post()

    def test_agents_post_by_default(self):
        company = self.env["res.company"].create({"name": "New company"})
        self.assertEqual(company.return_posting, "agents")
        self.company.return_posting = "agents"
        one = self._draft()
        self.assertEqual((one.state, one.credit_note_ids.state), ("settled", "posted"))
        self.assertFalse(one.is_refund_drafted or one.credit_note_ids.is_refund_due)

    def test_a_draft_and_its_posting(self):
        """Data: 1 of 3 came back. Expected: a draft of 43.20, settled by accounting's posting."""
        order = self._create_sold()
        one = self._return(order, 1, "defective")
        self._receive(one)
        answer = self._settle(one)
        note = one.credit_note_ids
        self.assertEqual(
            (answer["ok"], answer["state"], answer["refund_drafted"], answer["refund_total"]),
            (True, "received", True, 43.20),
        )
        self.assertEqual(answer["credit_note_ids"], note.ids)
        self.assertEqual((note.state, note.amount_total), ("draft", 43.20))
        self.assertEqual((one.is_refund_drafted, one.can_settle), (True, True))
        self.assertFalse(self.as_role(one, "returns").can_settle)
        again = self._settle(one)
        self.assertEqual((again["replayed"], again["credit_note_ids"]), (True, note.ids))
        invoice = note.reversed_entry_id
        self.assertEqual(invoice.amount_residual, 129.60)
        told = len(order.notification_ids)
        self._post(note)
        self.assertEqual(
            (one.state, one.is_refund_drafted, bool(one.settled_at)), ("settled", False, True)
        )
        self.assertEqual(invoice.amount_residual, 86.40)
        self.assertEqual(len(order.notification_ids), told + 1)
        self.assertIn("43.20", order.notification_ids.sorted("id")[-1].body)
        self.assertEqual(order.order_line.return_settled_quantity, 1)

    def test_nothing_is_refunded_twice_meanwhile(self):
        order = self._create_sold()
        one = self._draft(2, order)
        self.assertEqual(one.refund_total, 86.40)
        self.assertEqual(self._request(order, 2, "defective")["state"], "refused")
        quote = self.as_role("order.return", "clerk").quote(
            order.id, [self._ask(order, 1, "defective")], requested_on="2026-03-10"
        )
        self.assertEqual((quote["lines"][0]["returnable"], quote["refund_total"]), (1, 43.20))
        two = self._draft(1, order)
        self.assertEqual(two.refund_total, 43.20)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        notes = one.credit_note_ids | two.credit_note_ids
        core = notes[0].reversed_entry_id._reverse_moves()
        with self.assertRaisesRegex(UserError, "is left"):
            core.action_post()
        self._post(notes)
        self.assertEqual({one.state, two.state}, {"settled"})
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), 129.60)
        self.assertEqual(notes.reversed_entry_id.amount_residual, 0.0)

    def test_what_else_waits_for_the_draft(self):
        one = self._draft(2)
        one_line = {"return_line_id": one.line_ids.id, "quantity": 1}
        answers = [
            self.as_role(one, "picker").receive([one_line])[0],
            self.as_role(one, "returns").cancel("No")[0],
            self.as_role(one, "returns").waive_goods("Lost")[0],
        ]
        for answer in answers:
            self.assertEqual([error["code"] for error in answer["errors"]], ["not_possible"])
            self.assertIn("drafted already", answer["errors"][0]["message"])
        self.assertEqual((one.state, one.credit_note_ids.state), ("received", "draft"))

    def test_open_again_without_the_draft(self):
        for kind in ("cancelled", "deleted"):
            with self.subTest(kind):
                one = self._draft()
                line, note = one.line_ids, one.credit_note_ids
                self.assertEqual(line.sale_line_id.return_settled_quantity, 1)
                if kind == "cancelled":
                    note.with_user(self.accountant).button_cancel()
                else:
                    note.with_user(self.accountant).unlink()
                self.assertEqual(
                    (one.state, one.credit_note_ids.ids, one.is_refund_drafted),
                    ("received", [], False),
                )
                self.assertEqual(line.sale_line_id.return_settled_quantity, 0)
                self._settle(one)
                self._post(one.credit_note_ids)
                self.assertEqual((one.state, one.refund_total), ("settled", 43.20))

    def test_drafts_of_one_invoice_posted_together(self):
        """Core would pair them with the wrong invoices: each is set off against its own."""
        first, second = self._create_sold(2), self._create_sold(2)
        notes = self.env["account.move"]
        for order in (first, first, second):
            notes |= self._draft(1, order).credit_note_ids
        self._post(notes)
        self.assertEqual((first | second).return_ids.mapped("state"), ["settled"] * 3)
        self.assertEqual(notes.mapped("amount_residual"), [0.0] * 3)
        left = {note.reversed_entry_id: note.reversed_entry_id.amount_residual for note in notes}
        self.assertEqual(sorted(left.values()), [0.0, 43.20])

    def test_the_last_of_several_notes_settles(self):
        order = self._create_delivered(1)
        self._invoice(order)
        order.order_line.product_uom_qty = 3
        self._deliver(order)
        self._invoice(order)
        one = self._draft(3, order)
        first, second = one.credit_note_ids
        self._post(first)
        self.assertEqual((one.state, one.is_refund_drafted), ("received", True))
        self._post(second)
        self.assertEqual((one.state, one.is_refund_drafted), ("settled", False))

    def test_credit_is_left_open_and_refunds_are_put_on_a_list(self):
        one = self._return_foreign()
        self._approve(one)
        self._receive(one)
        self._settle(one)
        self.assertFalse(one.activity_ids)
        self._post(one.credit_note_ids)
        self.assertEqual((one.state, len(one.activity_ids)), ("settled", 1))
        self.assertIn("60.00", one.activity_ids.summary)
        order = self._create_sold()
        lines = [self._ask(order, 1, "defective", resolution="credit")]
        kept = self._return(order, lines=lines)
        self._receive(kept)
        self._settle(kept)
        self._post(kept.credit_note_ids)
        self.assertEqual((kept.state, kept.credit_note_ids.amount_residual), ("settled", 43.20))

    def test_who_may_post_settles_at_once(self):
        one = self._return(self._create_sold(), 1, "defective")
        self._receive(one)
        self.assertEqual(one.with_user(self.both).settle()[0]["state"], "settled")
        self.assertEqual(one.credit_note_ids.state, "posted")
        two = self._draft()
        self.assertEqual(two.with_user(self.both).settle()[0]["state"], "settled")
        self.assertEqual(two.credit_note_ids.state, "posted")

    def test_the_maker_does_not_post_from_the_limit_on(self):
        """Data: limit 40.00, asked by who may post. Expected: a draft, posted by another."""
        self.policy.four_eyes_amount = 40.0
        order = self._create_sold()
        request = {
            "order_id": order.id,
            "lines": [self._ask(order, 1, "defective")],
            "requested_on": "2026-03-10",
        }
        self.env["order.return"].with_user(self.both).request([request])
        one = order.return_ids
        self.assertEqual((one.state, one.requested_by_id), ("review", self.both))
        self.assertEqual(one.with_user(self.both).approve()[0]["needs"], "second_person")
        self._approve(one)
        self._receive(one)
        answer = one.with_user(self.both).settle()[0]
        self.assertEqual((answer["state"], answer["refund_drafted"]), ("received", True))
        note = one.credit_note_ids
        with self.assertRaisesRegex(UserError, "somebody must post it who neither"):
            self._post(note, self.both)
        self.assertEqual((note.state, one.state), ("draft", "received"))
        self._post(note)
        self.assertEqual((note.state, one.state), ("posted", "settled"))

    def test_below_the_limit_the_maker_posts(self):
        self.policy.four_eyes_amount = 50.0
        order = self._create_sold()
        request = {
            "order_id": order.id,
            "lines": [self._ask(order, 1, "defective")],
            "requested_on": "2026-03-10",
        }
        self.env["order.return"].with_user(self.both).request([request])
        self._receive(order.return_ids)
        order.return_ids.with_user(self.both).settle()
        self.assertEqual(order.return_ids.state, "settled")

    def test_a_note_that_was_reset_is_posted_by_accounting(self):
        one = self._draft()
        self._post(one.credit_note_ids)
        one.credit_note_ids.with_user(self.accountant).button_draft()
        self.assertEqual((one.state, one.is_refund_drafted), ("received", True))
        self.assertEqual(self._settle(one)["refund_drafted"], True)
        self.assertEqual(one.credit_note_ids.state, "draft")
        self._post(one.credit_note_ids)
        self.assertEqual(one.state, "settled")
