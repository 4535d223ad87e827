from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnCounter(ReturnCase):
    """The customer hands the goods over at the desk: requested, received, refunded in one go."""

    def _open_desk(self, orders, role="returns", reason="defective"):
        """The dialog with one unit of each order's first line."""
        form = Form(self.as_role("order.return.desk", role))
        for order in orders:
            form.code = order.name
        form.requested_on = "2026-03-10"
        form.reason_id = self.reasons[reason]
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                line.quantity = 1
        return form

    def test_taken_back_in_one_go(self):
        """Data: 3 shirts at 36.00 and 20 %. Case: one handed over. Expected: 43.20 refunded."""
        order = self._create_sold(3)
        before = self._get_on_hand()
        form = self._open_desk(order)
        self.assertTrue(form.can_take_back)
        quoted = form.line_ids._records[0]["refund"]
        action = form.save().action_take_back()
        one = order.return_ids
        self.assertEqual((action["res_model"], action["res_id"]), ("order.return", one.id))
        self.assertEqual(one.state, "settled")
        note = one.credit_note_ids
        self.assertEqual((note.state, note.amount_total, quoted), ("posted", 43.2, 43.2))
        self.assertEqual(one.line_ids.receipt_ids.mapped("disposition"), ["restock"])
        self.assertEqual(self._get_on_hand(), before + 1)
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_looked_at_while_it_is_handed_over(self):
        """Used goods of two orders, 80 % for them: each is refunded, nothing is sold again."""
        self.rule.refund_percent_b = 80.0
        first, second = self._create_sold(2), self._create_sold(1)
        before = self._get_on_hand()
        form = self._open_desk([first, second], reason="changed_mind")
        for index in range(2):
            with form.line_ids.edit(index) as line:
                line.condition = "B"
                line.disposition = "quarantine"
        form.save().action_take_back()
        returns = (first | second).return_ids
        self.assertEqual(returns.mapped("state"), ["settled"] * 2)
        self.assertEqual(len(set(returns.mapped("group_ref"))), 1)
        # 43.20, less 20 % for their state and the fee of 15 %.
        for amount in returns.credit_note_ids.mapped("amount_total"):
            self.assertAlmostEqual(amount, 28.08)
        self.assertEqual(returns.line_ids.receipt_ids.mapped("condition"), ["B", "B"])
        self.assertEqual(self._get_on_hand(), before, "quarantine is not on sale")

    def test_what_a_person_decides_is_only_requested(self):
        self.rule.decision = "review"
        order = self._create_sold(2)
        self._open_desk(order).save().action_take_back()
        one = order.return_ids
        self.assertEqual((one.state, one.line_ids.receipt_ids.ids), ("review", []))
        self.assertFalse(one.credit_note_ids)

    def test_nothing_is_done_when_a_step_is_not_possible(self):
        """A serial number that was not read, and a role that may not refund."""
        product = self._create_product("SERIAL", price=40.0, tracking="serial")
        for name in ("S1", "S2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(
                product, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._create_sold(2, product=product)
        desk = self._open_desk(order).save()
        with self.assertRaisesRegex(UserError, "lot or serial number"), self.cr.savepoint():
            desk.action_take_back()
        self.assertFalse(order.return_ids)
        plain = self._create_sold(1)
        form = self._open_desk(plain, role="clerk")
        self.assertFalse(form.can_take_back)
        desk = form.save()
        with self.assertRaises(AccessError), self.cr.savepoint():
            desk.action_take_back()
        self.assertFalse(plain.return_ids)
        self.assertEqual(desk.action_request()["res_model"], "order.return")

    def test_what_is_not_kept_is_sent_back(self):
        """Received and not kept: core's dialog opens on the receipt, nothing is refunded."""
        order = self._create_sold(2)
        one = self._return(order, 1, "defective")
        self._receive(one)
        with self.assertRaises(AccessError):
            self.as_role(one, "auditor").action_send_back()
        action = self.as_role(one, "picker").action_send_back()
        self.assertEqual(action["res_model"], "stock.return.picking")
        self.assertEqual(action["context"]["active_id"], one.picking_ids.id)
        wizard = self.as_role("stock.return.picking", "picker").with_context(**action["context"])
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 1
        again = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        again.move_ids.picked = True
        again._action_done()
        self.assertEqual(self._settle(one)["refund_total"], 0.0)
        self.assertFalse(one.credit_note_ids)
        self.assertEqual(order.order_line.qty_delivered, 2)
