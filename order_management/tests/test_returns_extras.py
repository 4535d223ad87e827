from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.common.optional import has_model
from .returns_common import ReturnCase


class ReturnExtraCase(ReturnCase):
    """Builders of orders with more than goods: shipping, discounts and down payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.fee_percent = 0.0
        cls.half = cls._create_tax("6 %", 6.0)
        cls.book = cls._create_product(
            "BOOK", price=25.0, stock=200, taxes_id=[Command.set(cls.half.ids)],
            invoice_policy="delivery",
        )  # fmt: skip
        cls.shipping = cls._create_service("SHIP", cls.tax)
        cls.wrapping = cls._create_service("WRAP", cls.tax)

    @classmethod
    def _create_service(cls, sku, taxes):
        return cls._create_product(
            sku, type="service", is_storable=False, invoice_policy="order",
            taxes_id=[Command.set(taxes.ids)],
        )  # fmt: skip

    @classmethod
    def _create_rich(cls, lines, shipping=0.0, charge=0.0, percent=0.0, deposit=0.0):
        """An order that is delivered and invoiced, with a down payment before the final invoice."""
        order = cls._create_order(lines)
        for price, product, is_delivery in (
            (shipping, cls.shipping, True),
            (charge, cls.wrapping, False),
        ):
            if price:
                vals = cls._prepare_line(product, 1, price)
                vals["is_delivery"] = is_delivery
                order.order_line = [Command.create(vals)]
        if percent:
            cls._discount(order, percent)
        order.action_confirm()
        if deposit:
            cls._bill_deposit(order, deposit).action_post()
        cls._deliver(order)
        if order.order_line.filtered("qty_to_invoice"):
            order._create_invoices(final=True).action_post()
        return order

    @classmethod
    def _discount(cls, order, percent):
        cls.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": percent / 100.0,
            }
        ).action_apply_discount()

    def _bring_back(self, order, *parts):
        """A return of (order line, quantity), settled as it was quoted."""
        asked = [self._ask(order, quantity, "defective", line) for line, quantity in parts]
        quote = self.as_role("order.return", "clerk").quote(
            order.id, asked, requested_on="2026-03-10"
        )
        answer = self._request(order, lines=asked)
        self.assertEqual(answer["refund_total"], quote["refund_total"])
        self.assertEqual(answer["extras"], quote["extras"])
        one = self.env["order.return"].browse(answer["return_id"])
        self._take_back(one, answer)
        return one, answer

    def _take_back(self, one, answer):
        """Receive all of a return and settle it: the result must be what was shown."""
        entries = [
            {"return_line_id": line["return_line_id"], "quantity": line["quantity"]}
            for line in answer["lines"]
        ]
        self.as_role(one, "picker").receive(entries)
        settled = self._settle(one)
        self.assertTrue(settled["ok"], settled)
        self.assertEqual(settled["refund_total"], answer["refund_total"])
        for key in ("extras", "lines"):
            shown = [{**row, "received_quantity": 0} for row in answer[key]]
            self.assertEqual([{**row, "received_quantity": 0} for row in settled[key]], shown)
        notes = one.credit_note_ids
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), answer["refund_total"])
        return settled

    def _sum(self, order, name="amount_total"):
        """What was invoiced and what was credited."""
        sums = dict.fromkeys(("out_invoice", "out_refund"), 0.0)
        for move in order.invoice_ids.filtered(lambda move: move.state == "posted"):
            sums[move.move_type] += move[name]
        return tuple(round(amount, 2) for amount in sums.values())


@tagged("post_install", "-at_install")
class TestReturnExtras(ReturnExtraCase):
    """Discounts, shipping, charges and down payments go back by rule, as shown before."""

    def test_a_tenth_off_the_order_half_returned(self):
        order = self._create_rich([(self.shirt, 2, 50.0), (self.book, 2, 25.0)], percent=10)
        self.assertEqual(self._sum(order)[0], 155.70)
        shirts, books = order.order_line[:2]
        one, answer = self._bring_back(order, (shirts, 1), (books, 1))
        self.assertEqual(answer["refund_total"], 77.85)
        self.assertEqual([line["refund"] for line in answer["lines"]], [54.0, 23.85])
        self.assertEqual([line["discount"] for line in answer["lines"]], [6.0, 2.65])
        self.assertEqual(
            [(row["kind"], row["amount"]) for row in answer["extras"]],
            [("discount", -6.0), ("discount", -2.65)],
        )
        self.assertEqual(one.credit_note_ids.amount_tax, 10.35)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(any(order.order_line.mapped("qty_to_invoice")))
        self._bring_back(order, (shirts, 1), (books, 1))
        for name in ("amount_total", "amount_untaxed", "amount_tax"):
            invoiced, credited = self._sum(order, name)
            self.assertEqual(credited, invoiced, name)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))

    def test_shipping_and_charges_by_rule(self):
        cases = {
            "none": (60.0, 60.0),
            "prorata": (60.0 + 6.0 + 3.0, 60.0 + 6.0 + 3.0),
            "full": (60.0, 60.0 + 12.0 + 6.0),
        }
        for rule, refunds in cases.items():
            with self.subTest(rule):
                self.policy.write({"shipping_refund": rule, "charge_refund": rule})
                order = self._create_rich([(self.shirt, 2, 50.0)], shipping=10.0, charge=5.0)
                found = [self._bring_back(order, (order.order_line[0], 1)) for _turn in (1, 2)]
                self.assertEqual(tuple(answer["refund_total"] for _one, answer in found), refunds)
                self.assertEqual(order.invoice_status, "invoiced")
                if rule == "full":
                    kinds = [(row["kind"], row["amount"]) for row in found[1][1]["extras"]]
                    self.assertEqual(kinds, [("shipping", 12.0), ("charge", 6.0)])

    def test_a_discount_lowers_the_shipping_too(self):
        order = self._create_rich([(self.shirt, 2, 50.0)], shipping=10.0, percent=10)
        self.policy.shipping_refund = "none"
        _one, answer = self._bring_back(order, (order.order_line[0], 2))
        self.assertEqual(answer["refund_total"], 108.0)
        self.policy.shipping_refund = "full"
        order = self._create_rich([(self.shirt, 2, 50.0)], shipping=10.0, percent=10)
        _one, answer = self._bring_back(order, (order.order_line[0], 2))
        self.assertEqual(answer["refund_total"], 118.80)
        self.assertEqual(self._sum(order), (118.80, 118.80))

    def test_two_open_returns_keep_what_they_were_promised(self):
        order = self._create_rich([(self.shirt, 3, 33.33)], shipping=9.99, percent=7)
        line = order.order_line[0]
        answers = [
            self._request(order, lines=[self._ask(order, 1, "defective", line)])
            for _turn in range(3)
        ]
        self.assertEqual(answers[0]["extras"][-1]["kind"], "discount")
        for answer in reversed(answers):
            self._take_back(self.env["order.return"].browse(answer["return_id"]), answer)
        self.assertEqual(*self._sum(order))
        self.assertEqual(*self._sum(order, "amount_tax"))

    def test_less_comes_back_than_was_asked(self):
        order = self._create_rich([(self.shirt, 2, 50.0)], shipping=10.0, percent=10)
        one = self._return(order, 2, "defective")
        self.assertEqual(one.refund_total, 118.80)
        self._receive(one, 1)
        self.assertEqual(self._settle(one)["refund_total"], 54.0)
        self.assertEqual(one.credit_note_ids.amount_total, 54.0)
        self.assertEqual(one.extra_ids.mapped("kind"), ["discount"])
        self._bring_back(order, (order.order_line[0], 1))
        self.assertEqual(self._sum(order), (118.80, 118.80))

    def test_a_person_decides_about_lines(self):
        self.rule.decision = "review"
        order = self._create_rich([(self.shirt, 1, 50.0), (self.book, 2, 25.0)], shipping=10.0)
        asked = [self._ask(order, line.product_uom_qty, "defective", line)
                 for line in order.order_line[:2]]  # fmt: skip
        answer = self._request(order, lines=asked)
        self.assertEqual(answer["refund_total"], 125.0)
        one = self.env["order.return"].browse(answer["return_id"])
        mine = self.as_role(one, "returns")
        mine.line_ids[0].decision = "refuse"
        self.assertEqual((one.refund_total, one.extra_ids), (53.0, one.extra_ids.browse()))
        mine.line_ids[0].decision = "accept"
        self.assertEqual(one.refund_total, 125.0)
        self.assertEqual(mine.approve()[0]["state"], "approved")

    def test_the_desk_shows_what_goes_back_beside_the_goods(self):
        """Data: 2 at 50.00, shipping 10.00, all at 20 %. Case: opened from the order, all back."""
        order = self._create_rich([(self.shirt, 2, 50.0)], shipping=10.0)
        desk = self.as_role("order.return.desk", "clerk").with_context(default_code=order.name)
        form = Form(desk)
        self.assertEqual((form.partner_id, len(form.line_ids)), (self.customer, 1))
        form.requested_on = "2026-03-10"
        form.reason_id = self.reasons["defective"]
        with form.line_ids.edit(0) as line:
            line.quantity = 2
        (row,) = form.line_ids._records
        self.assertEqual((row["refund"], row["extra"]), (120.0, 12.0))
        self.assertIn("132.00", form.refund_text)
        form.save().action_request()
        self.assertEqual(order.return_ids.refund_total, 132.0)

    def test_a_down_payment_that_is_not_posted_yet_is_deducted_too(self):
        order = self._create_order([(self.shirt, 2, 50.0)])
        order.action_confirm()
        deposit = self._bill_deposit(order, 30)
        self.assertEqual((deposit.state, deposit.amount_total), ("draft", 36.0))
        self._deliver(order)
        self.assertEqual(order._create_invoices(final=True).amount_total, 84.0)

    def test_half_paid_before_and_one_of_two_returned(self):
        order = self._create_rich([(self.shirt, 2, 50.0)], deposit=50)
        deposit, final = order.invoice_ids.sorted("id")
        self.assertEqual((deposit.amount_total, final.amount_total), (60.0, 60.0))
        line = order.order_line[0]
        one, _answer = self._bring_back(order, (line, 1))
        self.assertRecordValues(
            one.credit_note_ids, [{"reversed_entry_id": final.id, "amount_total": 60.0}]
        )
        one, _answer = self._bring_back(order, (line, 1))
        self.assertRecordValues(
            one.credit_note_ids.sorted("amount_total"),
            [
                {"reversed_entry_id": final.id, "amount_total": 0.0},
                {"reversed_entry_id": deposit.id, "amount_total": 60.0},
            ],
        )
        self.assertEqual((deposit.amount_residual, final.amount_residual), (0.0, 0.0))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(any(order.order_line.mapped("qty_to_invoice")))

    def test_more_than_the_final_invoice_goes_on_the_down_payment(self):
        lines = [(self.shirt, 2, 50.0), (self.book, 1, 17.77)]
        order = self._create_rich(lines, deposit=60, shipping=7.77, percent=3)
        deposit, final = order.invoice_ids.sorted("id")
        one, answer = self._bring_back(order, (order.order_line[0], 1), (order.order_line[1], 1))
        by_invoice = {note.reversed_entry_id: note for note in one.credit_note_ids}
        self.assertEqual(by_invoice[final].amount_total, final.amount_total)
        self.assertAlmostEqual(
            by_invoice[deposit].amount_total, answer["refund_total"] - final.amount_total
        )
        self._bring_back(order, (order.order_line[0], 1))
        for name in ("amount_total", "amount_untaxed", "amount_tax"):
            self.assertEqual(*self._sum(order, name), name)
        self.assertEqual((deposit.amount_residual, final.amount_residual), (0.0, 0.0))

    def _reverse(self, invoice, price):
        """A credit note that somebody made with core's wizard, of one line at ``price``."""
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        reversal.refund_moves()
        note = reversal.new_move_ids
        note.invoice_line_ids.filtered("price_unit").price_unit = price
        note.action_post()
        return note

    def test_a_final_invoice_deducts_what_is_left_of_the_down_payment(self):
        for is_cancelled, total in ((False, 84.0), (True, 60.0)):
            with self.subTest(is_cancelled=is_cancelled):
                order = self._create_order([(self.shirt, 2, 50.0)])
                order.action_confirm()
                deposit = self._bill_deposit(order, 50)
                deposit.action_post()
                note = self._reverse(deposit, 20.0)
                self.assertEqual(note.amount_total, 24.0)
                if is_cancelled:
                    note.button_draft()
                    note.button_cancel()
                self._deliver(order)
                final = order._create_invoices(final=True)
                final.action_post()
                self.assertEqual((final.move_type, final.amount_total), ("out_invoice", total))
                self.assertEqual(order.invoice_status, "invoiced")

    def test_a_down_payment_above_what_there_is_to_bill(self):
        order = self._create_order([(self.shirt, 4, 50.0)])
        order.action_confirm()
        self._bill_deposit(order, 50).action_post()
        answer = self.as_role(order, "clerk").invoice_orders()[0]
        self.assertEqual(answer["amount_total"], 120.0, "nothing to bill, nothing given back")
        move = order.picking_ids.move_ids
        for quantity, total in ((1, 0.0), (3, 120.0)):
            move.filtered(lambda one: one.state != "done").write(
                {"quantity": quantity, "picked": True}
            )
            order.picking_ids.filtered(lambda one: one.state != "done")._action_done()
            move = order.picking_ids.move_ids
            final = order._create_invoices(final=True)
            final.action_post()
            self.assertEqual((final.move_type, final.amount_total), ("out_invoice", total))
        self.assertEqual(self._sum(order), (240.0, 0.0))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_half_cents_covered_by_a_down_payment(self):
        order = self._create_order([(self.shirt, 3, 33.335), (self.book, 1, 0.05)])
        order.order_line.discount = 12.5
        order.action_confirm()
        deposit = self._bill_deposit(order, 100)
        deposit.action_post()
        self._deliver(order)
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertEqual((final.move_type, final.amount_total), ("out_invoice", 0.0))
        self.assertEqual(deposit.amount_total, order.amount_total)

    def test_a_promotion_is_shared_by_what_it_lowers(self):
        if not has_model(self.env, "loyalty.program"):
            self.skipTest("sale_loyalty is not installed")
        program = self.env["loyalty.program"].create(
            {
                "name": "A tenth off shirts",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_applicability": "specific",
                            "discount_product_ids": [Command.set(self.shirt.ids)],
                        }
                    )
                ],
            }
        )
        order = self._create_order([(self.shirt, 2, 50.0), (self.book, 1, 25.0)])
        order._update_programs_and_rewards()
        if not order.order_line.filtered("is_reward_line"):
            ((coupon, rewards),) = order._get_claimable_rewards().items()
            order._apply_program_reward(rewards, coupon)
        self.assertEqual(order.order_line.filtered("is_reward_line").reward_id, program.reward_ids)
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        shirts, book = order.order_line[:2]
        _one, answer = self._bring_back(order, (book, 1))
        self.assertEqual(answer["refund_total"], 26.5)
        _one, answer = self._bring_back(order, (shirts, 1))
        self.assertEqual(answer["refund_total"], 54.0)
        self._bring_back(order, (shirts, 1))
        self.assertEqual(*self._sum(order))

    def test_goods_come_back_at_the_cost_they_left_with(self):
        category = self.env["product.category"].create(
            {
                "name": "Valued", "property_cost_method": "fifo", "property_valuation": "real_time",
            }
        )  # fmt: skip
        self.shirt.categ_id = category
        self.shirt.standard_price = 10.0
        order = self._create_rich([(self.shirt, 2, 50.0)])
        left = order.picking_ids.move_ids
        self.shirt.standard_price = 17.0
        for _turn in range(2):
            one, _answer = self._bring_back(order, (order.order_line, 1))
            self.assertAlmostEqual(one.picking_ids.move_ids.value, left.value / 2)
        lines = order.invoice_ids.line_ids.filtered(lambda line: line.display_type == "cogs")
        self.assertTrue(lines)
        for account, entries in lines.grouped("account_id").items():
            self.assertAlmostEqual(sum(entries.mapped("balance")), 0.0, msg=account.display_name)
