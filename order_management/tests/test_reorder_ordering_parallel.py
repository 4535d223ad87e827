from odoo import Command
from odoo.tests import tagged

from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install")
class TestReorderOrderingParallel(ParallelCase):
    """Button, scheduler and our own run at the same moment order what is missing once."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = True
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            self.vendor = env["res.partner"].create({"name": "Once Ltd"}).id
            product = env["product.product"].create(
                {
                    "name": "Once",
                    "is_storable": True,
                    "route_ids": [Command.link(env.ref("purchase_stock.route_warehouse0_buy").id)],
                    "seller_ids": [Command.create({"partner_id": self.vendor, "price": 2.0})],
                }
            )
            self.rule = (
                env["stock.warehouse.orderpoint"]
                .create(
                    {
                        "product_id": product.id,
                        "warehouse_id": warehouse.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "product_min_qty": 10,
                        "product_max_qty": 30,
                        "trigger": "auto",
                    }
                )
                .id
            )
            self.product = product.id

    def _remove(self, env):
        lines = env["purchase.order.line"].search([("product_id", "=", self.product)])
        orders = lines.order_id
        orders.button_cancel()
        orders.unlink()
        self._delete_rows(env, ("order_stock_alert", "orderpoint_id", [self.rule]))
        env["stock.warehouse.orderpoint"].browse(self.rule).unlink()
        env["product.product"].browse(self.product).product_tmpl_id.unlink()
        env["res.partner"].browse(self.vendor).unlink()

    def _forget_quantity(self):
        """What is stored says that nothing lacks: nobody's update of it keeps the other away."""
        with committed() as env:
            env.cr.execute(
                "UPDATE stock_warehouse_orderpoint SET qty_to_order_computed = 0 WHERE id = %s",
                [self.rule],
            )

    def test_ordered_once(self):
        def press(env):
            env["stock.warehouse.orderpoint"].browse(self.rule).action_replenish()

        def run(env):
            rules = env["stock.warehouse.orderpoint"].browse(self.rule)
            rules._order_missing(rules)

        def schedule(env):
            rules = env["stock.warehouse.orderpoint"].browse(self.rule)
            rules._procure_orderpoint_confirm(company_id=env.company, raise_user_error=False)

        for works in ((run, run), (press, run), (press, press), (schedule, run, press)):
            with self.subTest([work.__name__ for work in works]):
                if press not in works:  # who presses orders what is shown
                    self._forget_quantity()
                self._run_together(*works)
                with committed() as env:
                    lines = env["purchase.order.line"].search([("product_id", "=", self.product)])
                    self.assertEqual(lines.mapped("product_qty"), [30.0])
                    lines.order_id.button_cancel()
                    lines.order_id.unlink()
