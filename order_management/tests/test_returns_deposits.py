from odoo.tests import new_test_user, tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnDeposits(ReturnCase):
    """A cancelled order's down payment goes back with the cancellation, if the company says so.

    The order: 2 at 50.00 and 20 %, 30 % of it (36.00) paid in advance, nothing shipped (G40).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.deposit_refund_mode = "on"

    def _create_advance(self):
        order = self._create_order([(self.shirt, 2, 50.0)])
        order.action_confirm()
        self._bill_deposit(order, 30).action_post()
        return order

    def _cancel(self, order, lines=None):
        return self.as_role(order, "clerk").cancel_orders("Not wanted", lines)[0]

    def _get_notes(self, order):
        return order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")

    def test_given_back_and_closed(self):
        order = self._create_advance()
        answer = self._cancel(order)
        note = self._get_notes(order)
        self.assertEqual(
            (answer["ok"], answer["outcome"], answer["order_state"], answer["refund_ids"]),
            (True, "cancelled", "cancel", note.ids),
        )
        self.assertEqual((note.state, note.amount_total), ("posted", 36.0))
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0.0})
        self.assertEqual(order.stage, "cancelled")
        self.assertTrue(all(picking.state == "cancel" for picking in order.picking_ids))
        events = self.env["order.event"].search([("order_id", "=", order.id)])
        self.assertEqual(events.mapped("kind").count("deposit_refunded"), 1)
        again = self._cancel(order)
        self.assertEqual((again["outcome"], again["refund_ids"]), ("unchanged", []))
        self.assertEqual(self._get_notes(order), note)

    def test_off_by_default(self):
        company = self.env["res.company"].create({"name": "New company"})
        self.assertEqual(company.deposit_refund_mode, "off")
        self.company.deposit_refund_mode = "off"
        order = self._create_advance()
        answer = self._cancel(order)
        self.assertEqual((answer["outcome"], answer["refund_ids"]), ("cancelled", []))
        self.assertFalse(self._get_notes(order))
        self.assertTrue(self.as_role(order, "clerk").action_refund_deposits())

    def test_kept_while_a_part_of_the_order_stays(self):
        order = self._create_advance()
        line = order.order_line.filtered(lambda one: one.product_id == self.shirt)
        answer = self._cancel(order, [{"line_id": line.id, "quantity": 1}])
        self.assertEqual((answer["outcome"], answer["refund_ids"]), ("partly_cancelled", []))
        self.assertFalse(self._get_notes(order))

    def test_an_order_without_a_down_payment(self):
        order = self._create_order([(self.shirt, 2, 50.0)])
        order.action_confirm()
        answer = self._cancel(order)
        self.assertEqual((answer["outcome"], answer["refund_ids"]), ("cancelled", []))

    def test_a_draft_where_accounting_posts(self):
        self.company.return_posting = "accounting"
        order = self._create_advance()
        self._cancel(order)
        note = self._get_notes(order)
        self.assertEqual((order.state, note.state, note.amount_total), ("cancel", "draft", 36.0))
        self.assertFalse(order._take_deposits())
        accountant = new_test_user(
            self.env, login="om_deposit_accountant", groups="account.group_account_invoice"
        )
        note.with_user(accountant).action_post()
        self.assertEqual((note.state, note.is_refund_due), ("posted", False))
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0.0})
