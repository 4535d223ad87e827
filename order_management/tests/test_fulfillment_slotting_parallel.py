from odoo.tests import tagged

from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentSlottingParallel(ParallelCase):
    """Two people have the same places changed at the same moment."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = True
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            products = env["product.product"].create(
                [{"name": f"Slot {index}", "is_storable": True} for index in range(3)]
            )
            places = env["stock.location"].create(
                [
                    {
                        "name": f"Slot {index}",
                        "location_id": warehouse.lot_stock_id.id,
                        "aisle": "1",
                        "pos_y": index + 1.0,
                    }
                    for index in range(3)
                ]
            )
            for product, place in zip(products, places, strict=True):
                env["stock.quant"]._update_available_quantity(product, place, 5)
            values = {"warehouse_id": warehouse.id, "company_id": env.company.id}
            advice = env["order.slotting.advice"].create({**values, "at": "2026-03-16 10:00:00"})
            values |= {"advice_id": advice.id, "location_dest_id": places[0].id}
            swaps = env["order.slotting.swap"].create(
                [
                    {
                        **values,
                        "product_id": products[index].id,
                        "location_id": places[index].id,
                        "other_product_id": products[0].id,
                    }
                    for index in (1, 2)
                ]
            )
            self.products, self.places = products.ids, places.ids
            self.swaps, self.advice = swaps.ids, advice.id

    def _remove(self, env):
        pickings = env["order.slotting.swap"].browse(self.swaps).picking_ids.ids
        self._delete_rows(
            env,
            ("stock_move_line", "product_id", self.products),
            ("stock_move", "product_id", self.products),
            ("stock_quant", "product_id", self.products),
            ("stock_picking", "id", pickings),
            ("order_slotting_advice", "id", [self.advice]),
        )
        env.invalidate_all(flush=False)
        env["product.product"].browse(self.products).product_tmpl_id.unlink()
        env["stock.location"].browse(self.places).unlink()

    def _move_together(self, first, second):
        """What both are answered, and the transfers that there are."""

        def move(swap):
            return lambda env: env["order.slotting.swap"].browse(swap).move()[0]

        answers = self._run_together(move(first), move(second))
        with committed() as env:
            return answers, env["order.slotting.swap"].browse(self.swaps).picking_ids.ids

    def test_same_swap(self):
        """One transfer is made, both are answered it."""
        answers, pickings = self._move_together(self.swaps[0], self.swaps[0])
        self.assertEqual([answer["picking_id"] for answer in answers], pickings * 2)
        self.assertEqual(sorted(answer["replayed"] for answer in answers), [False, True])

    def test_same_place(self):
        """Of two swaps that use a place one is moved, the other says why not."""
        answers, pickings = self._move_together(*self.swaps)
        self.assertEqual(len(pickings), 1)
        (refused,) = [answer for answer in answers if not answer["ok"]]
        self.assertIn("is wanted by", refused["errors"][0]["message"])
