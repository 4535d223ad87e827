from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnPayout(ReturnCase):
    """Refunds go back to the payment once, never above what it has; lost credit notes reopen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.fee_percent = 0.0
        cls.provider = cls.env["payment.provider"]._get_external(cls.company)
        cls.method = cls.env.ref("order_management.payment_method_external")
        cls.method.support_refund = "partial"
        Provider = type(cls.env["payment.provider"])
        compute = Provider._compute_feature_support_fields

        def support(providers):
            compute(providers)
            providers.support_refund = cls.support

        cls.support = "partial"
        cls.startClassPatcher(patch.object(Provider, "_compute_feature_support_fields", support))
        cls.provider.invalidate_recordset(["support_refund"])

    def _create_paid(self, *amounts):
        """An order of 129.60 that is paid by transactions, delivered and invoiced."""
        order = self._create_delivered()
        for index, amount in enumerate(amounts):
            transaction = self.env["payment.transaction"].create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": f"{order.name}-{index}",
                    "amount": amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "operation": "online_direct",
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
            transaction._set_done()
            transaction._post_process()
        if not order.invoice_ids:
            self._invoice(order)
        invoice = order.invoice_ids
        invoice.transaction_ids = order.transaction_ids
        lines = (order.transaction_ids.payment_id.move_id | invoice).line_ids
        lines.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        self.assertEqual(invoice.amount_residual, round(129.60 - sum(amounts), 2))
        return order

    def _bring_back(self, order, quantity=1):
        one = self._return(order, quantity, "defective")
        self._receive(one)
        self.assertTrue(self._settle(one)["ok"])
        return one

    def _send(self, fails=False):
        """Send what waits; the provider says yes at once. Returns the references it was asked."""
        asked = []

        def refund(transaction):
            asked.append(transaction.reference)
            if fails:
                raise ValidationError("no answer")  # pylint: disable=translation-required
            transaction._set_done()

        effects = self.env["order.outbox"].search(
            [("kind", "=", "refund"), ("state", "=", "waiting")]
        )
        Transaction = type(self.env["payment.transaction"])
        with patch.object(Transaction, "_send_refund_request", refund):
            for effect in effects:
                effect._send()
        return asked

    def test_goes_back_to_the_payment_once(self):
        order = self._create_paid(129.60)
        one = self._bring_back(order)
        refund = order.transaction_ids.child_transaction_ids
        self.assertRecordValues(refund, [{"amount": -43.20, "state": "draft"}])
        self.assertEqual(refund.invoice_ids, one.credit_note_ids)
        self.assertEqual(one.payout_state, "waiting")
        self.assertEqual(len(self._send()), 1)
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        one.invalidate_recordset()
        self.assertEqual((one.credit_note_ids.amount_residual, one.payout_state), (0.0, "paid"))
        self.assertEqual(self._send(), [])
        effect = self.env["order.outbox"].search([("kind", "=", "refund")])
        effect.state = "waiting"  # the worker died before it could note success
        self.assertEqual(self._send(), [], "the transaction tells that it was sent")
        self.assertEqual(len(order.transaction_ids.child_transaction_ids), 1)

    def test_a_repeat_after_no_answer_has_the_same_reference(self):
        order = self._create_paid(129.60)
        one = self._bring_back(order)
        first = self._send(fails=True)
        self.assertEqual(one.payout_state, "waiting")
        self.assertEqual(self._send(), first)
        self.assertEqual(order.transaction_ids.child_transaction_ids.state, "done")

    def test_split_over_payments_and_never_above_them(self):
        order = self._create_paid(30.0, 99.60)
        self._bring_back(order)
        refunds = order.transaction_ids.child_transaction_ids
        self.assertEqual(refunds.mapped("amount"), [-30.0, -13.20])
        self._send()
        self._bring_back(order, 2)
        refunds = order.transaction_ids.child_transaction_ids.sorted("id")
        self.assertEqual(refunds.mapped("amount"), [-30.0, -13.20, -86.40])
        self._send()
        notes = order.return_ids.credit_note_ids
        self.assertEqual(set(notes.mapped("amount_residual")), {0.0})

    def test_what_is_not_paid_is_set_off_and_the_rest_goes_back(self):
        order = self._create_paid(100.0)
        one = self._bring_back(order)
        self.assertEqual(order.transaction_ids.child_transaction_ids.amount, -13.60)
        self.assertEqual(one.credit_note_ids.amount_residual, 13.60)

    def test_by_hand_where_the_provider_cannot(self):
        for support in ("none", "full_only"):
            with self.subTest(support):
                type(self).support = support
                self.provider.invalidate_recordset(["support_refund"])
                one = self._bring_back(self._create_paid(129.60))
                self.assertFalse(one.credit_note_ids.transaction_ids)
                self.assertEqual(one.payout_state, "by_hand")
                self.assertIn("43.20", one.activity_ids.summary)
        type(self).support = "partial"
        self.provider.invalidate_recordset(["support_refund"])

    def test_a_credit_note_that_goes_reopens_the_return(self):
        ways = {
            "draft": lambda note: note.button_draft(),
            "cancelled": lambda note: (note.button_draft(), note.button_cancel()),
            "deleted": lambda note: (
                note.button_draft(),
                note.with_context(force_delete=True).unlink(),
            ),
        }
        for policy in ("delivery", "order"):
            self.shirt.invoice_policy = policy
            for way, undo in ways.items():
                with self.subTest(way, policy=policy):
                    order = self._create_paid(129.60)
                    line = order.order_line
                    one = self._bring_back(order)
                    undo(one.credit_note_ids)
                    self.assertEqual(one.state, "received")
                    is_draft = way == "draft"
                    self.assertEqual(line.return_settled_quantity, 1 if is_draft else 0)
                    self.assertEqual(line.qty_invoiced, 2 if is_draft else 3)
                    self.assertEqual(bool(one.credit_note_ids), is_draft)
                    self.assertLessEqual(line.qty_to_invoice, 0)
                    self.assertEqual(self._request(order, 3, "defective")["state"], "refused")
                    if not is_draft:
                        refunds = order.transaction_ids.child_transaction_ids
                        self.assertEqual(set(refunds.mapped("state")), {"cancel"})
                    settled = self._settle(one)
                    self.assertEqual((settled["state"], settled["refund_total"]), ("settled", 43.2))
                    self.assertEqual(one.credit_note_ids.state, "posted")
                    self.assertEqual(line.return_settled_quantity, 1)
                    self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (2, 0))
                    living = order.transaction_ids.child_transaction_ids.filtered(
                        lambda tx: tx.state == "draft"
                    )
                    self.assertEqual(living.amount, -43.20)

    def test_posting_again_settles_again(self):
        one = self._bring_back(self._create_paid(129.60))
        one.credit_note_ids.button_draft()
        self.assertEqual(one.state, "received")
        one.credit_note_ids.action_post()
        self.assertEqual((one.state, bool(one.settled_at)), ("settled", True))

    def test_another_credit_note_left_is_refused(self):
        order = self._create_order([(self.shirt, 2, 40.0)])
        self._deliver(order)
        self._invoice(order)
        order.order_line.product_uom_qty = 3
        self._deliver(order)
        self._invoice(order)
        one = self._bring_back(order, 3)
        first, second = one.credit_note_ids.sorted("id")
        first.button_draft()
        first.button_cancel()
        answer = self._settle(one)
        self.assertEqual((answer["ok"], answer["state"]), (False, "received"))
        self.assertIn(second.name, answer["errors"][0]["message"])
        second.button_draft()
        second.button_cancel()
        self.assertEqual(self._settle(one)["refund_total"], 144.0)
        self.assertEqual(order.order_line.return_settled_quantity, 3)

    def test_a_closed_period_books_later(self):
        one = self._return(self._create_sold(), 1, "defective")
        self._receive(one)
        today = fields.Date.today()
        self.company.fiscalyear_lock_date = fields.Date.add(today, days=3)
        settled = self._settle(one)
        self.assertTrue(settled["ok"], settled)
        note = one.credit_note_ids
        self.assertEqual(note.date, fields.Date.add(today, days=4))
        self.assertIn("closed period", " ".join(note.message_ids.mapped("body")))

    def test_a_deposit_of_a_cancelled_order(self):
        order = self._create_order([(self.shirt, 2, 50.0)])
        order.action_confirm()
        self._bill_deposit(order, 30).action_post()
        with self.assertRaises(UserError):
            order.action_refund_deposits()
        order._action_cancel()
        order.action_refund_deposits()
        note = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.state, note.amount_total), ("posted", 36.0))
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0.0})
        with self.assertRaises(UserError):
            order.action_refund_deposits()
        self.assertEqual(len(order.invoice_ids), 2, "once")
