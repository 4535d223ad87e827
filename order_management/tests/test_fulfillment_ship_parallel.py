from odoo.tests import tagged

from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install")
class TestFulfillmentShipParallel(ParallelCase):
    """Several people ship the same goods at the same moment: what is there adds up."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = False  # nothing of this is about checks
            products = env["product.product"].create(
                [{"name": f"Beside {index}", "is_storable": True} for index in range(2)]
            )
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            for product in products:
                env["stock.quant"]._update_available_quantity(
                    product, warehouse.lot_stock_id, 100
                )
            customer = env["res.partner"].create({"name": "Beside"})
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "warehouse_id": warehouse.id,
                        "order_line": [
                            (0, 0, {"product_id": product.id, "product_uom_qty": 3})
                            for product in products
                        ],
                    }
                    for _index in range(6)
                ]
            )
            orders.action_confirm()
            orders.picking_ids.move_line_ids.picked = True
            env.company.use_order_management = True
            self.orders, self.products = orders.ids, products.ids
            self.pickings = orders.picking_ids.ids
            self.stock = warehouse.lot_stock_id.id

    def _remove(self, env):
        orders = env["sale.order"].browse(self.orders)
        self._delete_rows(
            env,
            ("order_shipment", "picking_id", self.pickings),
            ("order_promise", "order_id", self.orders),
        )
        self._delete_goods(env, orders)

    def test_goods_add_up(self):
        """Three people ship two transfers each."""

        def ship(part):
            return lambda env: env["stock.picking"].browse(part).ship()

        parts = (self.pickings[:2], self.pickings[2:4], self.pickings[4:])
        answers = self._run_together(*(ship(part) for part in parts))
        self.assertEqual([row["state"] for part in answers for row in part], ["done"] * 6)
        with committed() as env:
            quants = env["stock.quant"].search([("product_id", "in", self.products)])
            here = quants.filtered(lambda quant: quant.location_id.id == self.stock)
            self.assertEqual(sum(here.mapped("quantity")), 164.0)
            self.assertEqual(sum(here.mapped("reserved_quantity")), 0.0)
            self.assertEqual(sum((quants - here).mapped("quantity")), 36.0)
