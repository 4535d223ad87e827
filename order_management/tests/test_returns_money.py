from odoo.fields import Command
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnMoney(ReturnCase):
    """What is quoted, refunded and left on core's documents, to the cent."""

    def test_fee_for_a_change_of_mind_and_none_for_a_defect(self):
        order = self._create_sold()
        self.assertEqual(order.invoice_ids.amount_total, 129.60)
        for reason, refund, fee in (("changed_mind", 36.72, 6.48), ("defective", 43.20, 0.0)):
            with self.subTest(reason=reason):
                answer = self.as_role("order.return", "clerk").quote(
                    order.id, [self._ask(order, 1, reason)], requested_on="2026-03-31"
                )
                self.assertEqual(answer["lines"][0]["decision"], "accept")
                self.assertEqual(answer["lines"][0]["refund"], refund)
                self.assertEqual(answer["lines"][0]["fee"], fee)
                self.assertEqual(answer["refund_total"], refund)
                self.assertEqual(answer["policy"], "Test")

    def test_change_of_mind_settled_as_quoted(self):
        order = self._create_sold()
        answer = self._request(order, 1)
        self.assertEqual(answer["refund_total"], 36.72)
        one = self.env["order.return"].browse(answer["return_id"])
        self._receive(one)
        settled = self._settle(one)
        self.assertTrue(settled["ok"], settled)
        self.assertEqual(settled["state"], "settled")
        self.assertEqual(settled["refund_total"], 36.72)
        note = self.env["account.move"].browse(settled["credit_note_ids"])
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "amount_total": 36.72,
                    "amount_untaxed": 30.60,
                    "amount_tax": 6.12,
                    "reversed_entry_id": order.invoice_ids.filtered(
                        lambda move: move.move_type == "out_invoice"
                    ).id,
                    "amount_residual": 0.0,
                }
            ],
        )
        self.assertRecordValues(
            note.invoice_line_ids.sorted("quantity"),
            [
                {"quantity": 1.0, "price_subtotal": 36.0, "price_total": 43.20},
                {"quantity": 1.0, "price_subtotal": -5.40, "price_total": -6.48},
            ],
        )

    def test_refunded_as_invoiced_though_the_price_changed(self):
        """Data: 5 at 40.00 less 15 %, then the price is 99.00. Case: 3 return (G1)."""
        order = self._create_sold(5, discount=15.0)
        invoice = order.invoice_ids
        self.shirt.write({"list_price": 99.0, "taxes_id": False})
        other = self.env["account.account"].create(
            {"name": "Other sales", "code": "OMOTHER", "account_type": "income"}
        )
        self.shirt.property_account_income_id = other
        one = self._return(order, 3, "defective")
        self._receive(one)
        self.assertEqual(self._settle(one)["refund_total"], 122.40)
        line, billed = one.credit_note_ids.invoice_line_ids, invoice.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount), (3.0, 40.0, 15.0))
        self.assertEqual((line.tax_ids, line.account_id), (billed.tax_ids, billed.account_id))
        self.assertEqual(one.credit_note_ids.journal_id, invoice.journal_id)

    def test_two_refunds_and_no_third(self):
        """Data: 5 sold. Case: 2, then 3, then 1. Expected: two credit notes, then none (G2)."""
        order = self._create_sold(5)
        totals = []
        for quantity in (2, 3):
            one = self._return(order, quantity, "defective")
            self._receive(one)
            self.assertTrue(self._settle(one)["ok"])
            totals.append((one.credit_note_ids.state, one.credit_note_ids.amount_total))
        self.assertEqual(totals, [("posted", 86.40), ("posted", 129.60)])
        answer = self._request(order, 1, "defective")
        self.assertEqual((answer["state"], answer["refund_total"]), ("refused", 0.0))
        self.assertEqual(len(order.invoice_ids), 3)

    def test_what_was_credited_is_not_invoiced_anew(self):
        """Case: an order that is invoiced by itself when it ships, returned and settled (G14)."""
        channel = self.env["order.channel"].create(
            {"name": "Shop", "code": "G14", "invoice_on": "shipment"}
        )
        order = self._create_sold(3, channel_id=channel.id)
        jobs = self.env["order.outbox"].search([("kind", "=", "auto_invoice")])
        one = self._return(order, 2, "defective")
        self._receive(one)
        self._settle(one)
        documents = order.invoice_ids
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        self.assertEqual(self.env["order.outbox"].search([("kind", "=", "auto_invoice")]), jobs)
        self.as_role(order, "clerk").invoice_orders()
        self.assertEqual((order.invoice_ids, len(documents)), (documents, 2))

    def test_core_figures_after_settling(self):
        for policy in ("delivery", "order"):
            with self.subTest(policy=policy):
                self.shirt.invoice_policy = policy
                order = self._create_sold()
                line, invoice = order.order_line, order.invoice_ids
                one = self._return(order, 1, "defective")
                self._receive(one)
                self.assertEqual(line.qty_delivered, 2)
                self.assertEqual(line.qty_invoiced, 3)
                self._settle(one)
                self.assertEqual(line.qty_delivered, 2)
                self.assertEqual(line.qty_invoiced, 2)
                self.assertEqual(line.qty_to_invoice, 0)
                self.assertEqual(order.invoice_status, "invoiced")
                self.assertEqual(invoice.amount_residual, 86.40)

    def test_three_single_returns_of_an_odd_total(self):
        order = self._create_sold(3, 33.33, 10.0)
        self.assertEqual(order.invoice_ids.amount_total, 107.99)
        refunds = []
        for _turn in range(3):
            one = self._return(order, 1, "defective")
            self._receive(one)
            refunds.append(self._settle(one)["refund_total"])
        self.assertEqual(refunds, [36.00, 35.99, 36.00])
        notes = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(sorted(notes.mapped("amount_total")), [35.99, 36.00, 36.00])
        self.assertAlmostEqual(sum(notes.mapped("amount_untaxed")), 89.99)
        self.assertAlmostEqual(sum(notes.mapped("amount_tax")), 18.00)
        invoice = order.invoice_ids - notes
        self.assertEqual(invoice.amount_residual, 0)
        fourth = self._request(order, 1, "defective")
        self.assertEqual(fourth["state"], "refused")
        self.assertEqual(fourth["lines"][0]["decision"], "refuse")
        self.assertEqual(fourth["lines"][0]["code"], "not_returnable")

    def test_net_and_tax_add_up_to_the_invoice(self):
        order = self._create_sold(3, 17.77, 5.0)
        self.assertEqual(order.invoice_ids.amount_total, 60.77)
        returns = [self._return(order, 1, "defective") for _turn in range(3)]
        for one in reversed(returns):
            quoted = one.refund_total
            self._receive(one)
            self.assertEqual(self._settle(one)["refund_total"], quoted)
        notes = order.return_ids.credit_note_ids
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), 60.77)
        self.assertAlmostEqual(sum(notes.mapped("amount_untaxed")), 50.64)
        self.assertAlmostEqual(sum(notes.mapped("amount_tax")), 10.13)

    def test_taxes_of_every_kind_add_up(self):
        half = self._create_tax("6 %", 6.0)
        included = self._create_tax("21 % in it", 21.0, price_include_override="tax_included")
        cases = {
            "two taxes": (self.tax | half, 7, 13.37),
            "tax included": (included, 7, 9.99),
            "no tax": (self.env["account.tax"], 7, 3.33),
        }
        for name, (taxes, quantity, price) in cases.items():
            for method in ("round_per_line", "round_globally"):
                with self.subTest(name, method=method):
                    self.company.tax_calculation_rounding_method = method
                    order = self._create_delivered(quantity, price, 3.0)
                    order.order_line.tax_ids = [Command.set(taxes.ids)]
                    invoice = self._invoice(order)
                    for part in (2, 1, 4):
                        one = self._return(order, part, "defective")
                        quoted = one.refund_total
                        self._receive(one)
                        self.assertEqual(self._settle(one)["refund_total"], quoted)
                        self.assertEqual(one.credit_note_ids.amount_total, quoted)
                    notes = order.return_ids.credit_note_ids
                    for field in ("amount_total", "amount_untaxed", "amount_tax"):
                        self.assertAlmostEqual(sum(notes.mapped(field)), invoice[field])
                    self.assertEqual(invoice.amount_residual, 0)
                    self.assertEqual(invoice.payment_state, "reversed")

    def test_quantity_invoiced_on_two_invoices_is_credited_in_order(self):
        self.shirt.invoice_policy = "order"
        order = self._create_delivered(2, 40.0, 0.0)
        first = self._invoice(order)
        order.order_line.write({"price_unit": 50.0, "product_uom_qty": 3})
        self._deliver(order)
        second = self._invoice(order)
        self.assertEqual((first.amount_total, second.amount_total), (96.0, 60.0))
        one = self._return(order, 3, "defective")
        self.assertEqual(one.refund_total, 156.0)
        self._receive(one)
        self._settle(one)
        self.assertRecordValues(
            one.credit_note_ids.sorted("id"),
            [
                {"reversed_entry_id": first.id, "amount_total": 96.0},
                {"reversed_entry_id": second.id, "amount_total": 60.0},
            ],
        )

    def test_not_invoiced_gives_quantities_only(self):
        order = self._create_delivered()
        one = self._return(order, 1)
        self.assertEqual(one.refund_total, 0)
        self._receive(one)
        settled = self._settle(one)
        self.assertEqual(settled["refund_total"], 0)
        self.assertEqual(settled["credit_note_ids"], [])
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self._invoice(order).amount_total, 86.40)

    def test_units_not_invoiced_come_back_first(self):
        order = self._create_sold(2)
        order.order_line.product_uom_qty = 3
        self._deliver(order)
        self.assertEqual(order.order_line.qty_to_invoice, 1)
        one = self._return(order, 2, "defective")
        self.assertEqual(one.refund_total, 43.20)
        self._receive(one)
        self._settle(one)
        self.assertEqual(order.order_line.qty_invoiced, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_part_that_came_is_paid_and_the_rest_is_free(self):
        order = self._create_sold()
        one = self._return(order, 3)
        self.assertEqual(one.refund_total, 110.16)
        self._receive(one, 2)
        settled = self._settle(one)
        self.assertEqual(settled["refund_total"], 73.44)
        self.assertEqual(one.credit_note_ids.amount_total, 73.44)
        self.assertEqual(
            set(one.picking_ids.mapped("state")), {"done", "cancel"}, "the rest is not awaited"
        )
        self.assertEqual(self._request(order, 1)["state"], "approved")

    def test_credit_stays_open(self):
        order = self._create_sold()
        answer = self._request(order, lines=[self._ask(order, 1, "defective", resolution="credit")])
        one = self.env["order.return"].browse(answer["return_id"])
        self._receive(one)
        self._settle(one)
        self.assertEqual(one.credit_note_ids.amount_residual, 43.20)

    def test_invoice_in_another_currency_than_its_order(self):
        """Data: an order in dollars, billed in euros (rate 0.5). Case: one back, 15 % fee."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        for taxes in (self.tax, self.env["account.tax"]):
            with self.subTest(taxes=taxes.name):
                order = self._create_delivered(3)
                order.order_line.tax_ids = taxes
                invoice = order._create_invoices()
                invoice.currency_id = euro
                invoice.action_post()
                quote = self.as_role("order.return", "clerk").quote(
                    order.id, [self._ask(order)], requested_on="2026-03-10"
                )
                one = self._return(order)
                self.assertEqual((one.currency_id, quote["currency"]), (euro, "EUR"))
                self._receive(one)
                self._settle(one)
                note = one.credit_note_ids
                self.assertEqual((note.state, note.currency_id), ("posted", euro))
                self.assertAlmostEqual(note.amount_total, quote["refund_total"])
                self.assertAlmostEqual(note.amount_total, one.refund_total)
                self.assertEqual(sum(note.line_ids.mapped("balance")), 0.0)
                for line in note.line_ids:
                    self.assertAlmostEqual(line.balance, line.amount_currency * 2)

    def test_currency_of_the_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self._create_sold(pricelist_id=pricelist.id)
        self.assertEqual(order.invoice_ids.currency_id, euro)
        one = self._return(order, 1, "defective")
        self._receive(one)
        self._settle(one)
        note = one.credit_note_ids
        self.assertEqual((note.currency_id, note.amount_total), (euro, 43.20))
        self.assertEqual(note.amount_total_signed, -86.40)

    def test_credit_notes_of_one_call_meet_their_own_invoices(self):
        first, second = self._create_sold(), self._create_sold()
        returns = [self._return(order, 1, "defective") for order in (first, first, second)]
        for one in returns:
            self._receive(one)
        answers = self.as_role(returns[0].union(*returns), "returns").settle()
        self.assertEqual([answer["refund_total"] for answer in answers], [43.20] * 3)
        invoices = (first | second).invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        self.assertEqual(invoices.sorted("id").mapped("amount_residual"), [43.20, 86.40])

    def test_paid_invoice_leaves_the_credit_note_open(self):
        order = self._create_sold()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=order.invoice_ids.ids
        ).create({})._create_payments()
        one = self._return(order, 1, "defective")
        self._receive(one)
        self._settle(one)
        self.assertEqual(one.credit_note_ids.amount_residual, 43.20)
        self.assertEqual(one.credit_note_ids.payment_state, "not_paid")

    def test_credit_note_made_by_core_counts(self):
        order = self._create_sold()
        invoice = order.invoice_ids
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        reversal.reverse_moves()
        note = order.invoice_ids - invoice
        note.invoice_line_ids.quantity = 2
        note.action_post()
        one = self._return(order, 3, "defective")
        self.assertEqual(one.refund_total, 43.20)
        self._receive(one)
        self._settle(one)
        self.assertEqual(order.order_line.qty_invoiced, 0)
        self.assertEqual(invoice.amount_residual, 0)
