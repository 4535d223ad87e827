from odoo.exceptions import AccessError
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install", "om_lean")
class TestReturnsRates(ReturnCase):
    """How much comes back of a product and of a customer."""

    def _sell(self, customer, quantity, returned, reason="wrong_size"):
        order = self._create_delivered(quantity, customer=customer)
        order.picking_ids.move_ids.date = self.env.cr.now()
        if returned:
            one = self._return(order, returned, reason)
            self._receive(one)
        return order

    def test_rates(self):
        """Units back by units shipped; who stands out is told, and why."""
        usual = self._create_customer("Usual")
        eager = self._create_customer("Eager")
        for _order in range(3):
            self._sell(usual, 40, 1)
            self._sell(eager, 4, 3, "defective")
        rate = self.as_role("order.return.rate", "returns").search(
            [("product_id", "=", self.shirt.id)]
        )
        self.assertEqual((rate.shipped, rate.returned, rate.return_count), (132.0, 12.0, 6))
        self.assertAlmostEqual(rate.rate, 12 / 132)
        self.assertEqual(rate.our_fault_count, 3)
        lines = self.env["order.return.line"].search(rate.action_view_returns()["domain"])
        self.assertEqual(len(lines), 6)
        customers = self.as_role("order.return.customer", "returns").search(
            [("partner_id", "in", (usual | eager).ids)]
        )
        self.assertEqual(customers.mapped("partner_id"), eager | usual)
        self.assertEqual(customers.mapped("is_unusual"), [True, False])
        self.assertEqual(
            customers[0].explanation,
            "9 of 12 units from 3 orders came back (75 %); of all customers it is 9 %",
        )
        self.assertTrue(customers[0].action_view_returns()["domain"])
        for model in ("order.return.rate", "order.return.customer"):
            with self.assertRaises(AccessError):
                self.as_role(model, "picker").search([])
