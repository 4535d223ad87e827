from odoo.exceptions import UserError
from odoo.tests import tagged

from .returns_common import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnGuard(ReturnCase):
    """Nothing comes back twice: by unit, by lot and serial, by request and by core's own return."""

    @classmethod
    def _open_core_return(cls, picking, role="picker"):
        return (
            cls.as_role("stock.return.picking", role)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )

    def test_two_open_requests_and_the_rest(self):
        """Data: 4 delivered. Case: 3 asked, 3 asked again. Expected: 1 is left (G16)."""
        order = self._create_sold(4)
        self.assertEqual(self._request(order, 3)["state"], "approved")
        second = self._request(order, 3)
        self.assertEqual((second["state"], second["lines"][0]["code"]), ("refused", "too_many"))
        quote = self.as_role("order.return", "clerk").quote(
            order.id, [self._ask(order, 1)], requested_on="2026-03-10"
        )
        self.assertEqual(quote["lines"][0]["returnable"], 1)
        self.assertEqual(self._request(order, 1)["state"], "approved")
        self.assertEqual(self._request(order, 0.01)["state"], "refused")

    def test_a_dozen_is_twelve_units(self):
        """Data: a dozen delivered. Case: core returns 12 dozen, then one. (G17)"""
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        order = self._create_order([(self.shirt, 1, 480.0)])
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        delivery = self._deliver(order).picking_ids
        wizard = self._open_core_return(delivery)
        line = wizard.product_return_moves
        self.assertEqual(
            (line.uom_id, line.returnable_quantity), (order.order_line.product_uom_id, 1)
        )
        line.quantity = 12
        with self.assertRaisesRegex(UserError, "Only 12 Units"):
            wizard.action_create_returns()
        line.quantity = 1
        wizard.action_create_returns()
        self.assertEqual(self._request(order, 1)["state"], "refused")

    def test_grams_of_a_product_sold_by_the_kilogram(self):
        """Data: 100 g delivered. Case: 0.1 kg, then less than half a gram. (G18)"""
        kilogram, gram = self.env.ref("uom.product_uom_kgm"), self.env.ref("uom.product_uom_gram")
        flour = self._create_product(
            "FLOUR", price=10.0, stock=5, uom_id=kilogram.id, invoice_policy="delivery"
        )
        order = self._create_order([(flour, 100, 0.01)])
        order.order_line.product_uom_id = gram
        order.order_line.price_unit = 0.01
        self._deliver(order)
        before = self._get_on_hand(flour)
        self.assertEqual(self._request(order, 101)["state"], "refused")
        one = self._return(order, 40)
        self.assertTrue(self._receive(one)["ok"])
        self.assertAlmostEqual(self._get_on_hand(flour), before + 0.04)
        wizard = self._open_core_return(order.picking_ids[0])
        self.assertAlmostEqual(wizard.product_return_moves.returnable_quantity, 0.06)
        two = self._return(order, 60)
        self.assertTrue(self._receive(two)["ok"])
        self.assertAlmostEqual(self._get_on_hand(flour), before + 0.1)

    def test_core_s_return_offers_what_is_left(self):
        """Data: 5 delivered, 2 asked, 1 waiting for a decision. Expected: 2 of core's (G19)."""
        order = self._create_sold(5)
        delivery = order.picking_ids
        self._return(order, 2)
        self.rule.decision = "review"
        self.assertEqual(self._return(order, 1).state, "review")
        wizard = self._open_core_return(delivery)
        self.assertEqual(wizard.product_return_moves.returnable_quantity, 2)
        wizard.product_return_moves.quantity = 3
        with self.assertRaisesRegex(UserError, "Only 2 Units"):
            wizard.action_create_returns()
        with self.assertRaisesRegex(UserError, "Only 2 Units"):
            wizard.action_create_exchanges()
        self.assertEqual(len(order.picking_ids), 2)
        by_hand = self.as_role("stock.return.picking", "picker").create(
            {
                "picking_id": delivery.id,
                "product_return_moves": [
                    (0, 0, {"product_id": self.shirt.id, "quantity": 3, "move_id": move})
                    for move in (delivery.move_ids.id, False)
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "Only 2 Units"):
            by_hand.action_create_returns()
        wizard.action_create_returns_all()
        made = order.picking_ids.filtered(lambda one: one.return_id == delivery).sorted("id")[-1]
        self.assertEqual(made.move_ids.product_uom_qty, 2)
        self.assertEqual(self._open_core_return(delivery).product_return_moves.quantity, 0)

    def test_where_order_management_is_off_core_decides(self):
        order = self._create_sold(1)
        self.company.use_order_management = False
        wizard = self._open_core_return(order.picking_ids)
        wizard.product_return_moves.quantity = 2
        wizard.action_create_returns()
        self.assertEqual(len(order.picking_ids), 2)

    def test_the_warehouse_can_t_take_in_more_than_announced(self):
        order = self._create_sold(3)
        one = self._return(order, 2)
        receipt = one.picking_ids
        receipt.move_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "at most 2"):
            self.as_role(receipt, "picker").button_validate()
        self.env.invalidate_all()
        self.assertEqual((receipt.state, one.state), ("assigned", "approved"))
