from odoo.tests import HttpCase, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_tour")
class TestPromiseShortTour(HttpCase, OrderManagementCase):
    """The short list in a real browser: wait, substitute, cancel."""

    def test_clerk_decides_about_what_is_missing(self):
        self.customer.email = "anna@example.com"
        self._create_product("OM-NEAR", price=50.0, stock=20)
        self._create_product("OM-FAR", price=60.0, stock=20)
        orders = {
            name: self._create_order([(self.product, 103)], name=f"TOUR-{name}")
            for name in ("WAIT", "SWAP", "CANCEL-1", "CANCEL-2")
        }
        for order in orders.values():
            order.check_orders()
            self.assertEqual(order.order_line.short_quantity, 3)
        self.start_tour(
            "/odoo/action-order_management.sale_order_line_action_short",
            "order_management_short",
            login="om_clerk",
        )
        wait = orders["WAIT"]
        self.assertEqual((wait.hold_state, wait.picking_policy), ("clear", "one"))
        self.assertEqual(wait.notification_ids.body, "Dear Anna, the rest comes on Friday.")
        swapped = orders["SWAP"]
        self.assertEqual(
            [(line.product_uom_qty, line.price_unit) for line in swapped.order_line.sorted("id")],
            [(100, 50), (3, 60)],
        )
        self.assertFalse(swapped.notification_ids)
        for name in ("CANCEL-1", "CANCEL-2"):
            self.assertEqual(orders[name].order_line.product_uom_qty, 100)
            self.assertEqual(orders[name].notification_ids.state, "waiting")
