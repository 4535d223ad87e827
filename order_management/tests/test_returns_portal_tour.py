from odoo.tests import HttpCase, new_test_user, tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install", "om_tour")
class TestReturnsPortalTour(HttpCase, ReturnCase):
    """A customer sends back a part of an order, from the list of orders to the label."""

    def test_customer_asks_for_a_return(self):
        buyer = self._create_customer("Erika Muster", email="erika@example.com")
        new_test_user(
            self.env, login="om_returner", groups="base.group_portal", partner_id=buyer.id
        )
        self.rule.evidence_reason_ids = self.reasons["damaged"]
        order = self._create_order(
            [(self.shirt, 3, 40.0), (self.product, 1, 50.0)], customer=buyer, name="TOUR-ORDER"
        )
        shirts = order.order_line[0]
        shirts.discount = 10.0
        order.action_confirm()
        order.picking_ids.button_validate()
        order.invoice_orders()
        self.start_tour("/my/orders", "order_management_portal_return", login="om_returner")
        found = order.return_ids
        self.assertRecordValues(
            found, [{"state": "approved", "refund_total": 86.40, "note": "A seam is torn"}]
        )
        self.assertRecordValues(
            found.line_ids,
            [
                {
                    "sale_line_id": shirts.id,
                    "quantity": 2.0,
                    "reason_id": self.reasons["damaged"].id,
                    "decision": "accept",
                    "decision_code": "rule",
                    "fee": 0.0,
                    "refund": 86.40,
                    "has_evidence": True,
                }
            ],
        )
        self.assertEqual(found._get_photos().mapped("mimetype"), ["image/jpeg"])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3.0, 1.0])
        self._receive(found)
        self.assertTrue(self._settle(found)["ok"])
        self.assertEqual(found.credit_note_ids.amount_total, 86.40)
