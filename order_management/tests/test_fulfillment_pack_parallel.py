from odoo.tests import tagged

from .parallel_common import ParallelCase, committed


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentPackParallel(ParallelCase):
    """Two people work on one transfer at the same moment (case F2): no quantity is lost."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            env.company.use_order_management = False  # nothing of this is about checks
            product = env["product.product"].create(
                {"name": "Shared", "is_storable": True, "default_code": "OM-SHARED"}
            )
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100)
            order = env["sale.order"].create(
                {
                    "partner_id": env["res.partner"].create({"name": "Shared"}).id,
                    "warehouse_id": warehouse.id,
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 4})],
                }
            )
            order.action_confirm()
            self.order, self.picking = order.id, order.picking_ids.id
            self.line = order.picking_ids.move_line_ids.id
            env.company.use_order_management = True

    def _remove(self, env):
        self._delete_rows(
            env,
            ("order_scan", "picking_id", [self.picking]),
            ("order_promise", "order_id", [self.order]),
        )
        self._delete_goods(env, env["sale.order"].browse(self.order))

    def _pack(self, quantity):
        contents = [{"move_line_id": self.line, "quantity": quantity}]
        return lambda env: env["stock.picking"].browse(self.picking).pack(contents)[0]

    def _read(self):
        """Quantities by parcel, 0 being the goods that are in none."""
        with committed() as env:
            lines = env["stock.picking"].browse(self.picking).move_line_ids
            found = {}
            for line in lines:
                package = line.result_package_id.id or 0
                found[package] = found.get(package, 0.0) + line.quantity
            return found

    def test_parts_of_one_line(self):
        """Each packs half of a line: two parcels, or one and a clear refusal, and all is there."""
        answers = self._run_together(self._pack(2), self._pack(2))
        packed = [answer for answer in answers if answer["ok"]]
        found = self._read()
        self.assertEqual(sum(found.values()), 4.0)
        self.assertEqual(len(found.keys() - {0}), len(packed))
        self.assertTrue(all(found[answer["package_id"]] == 2.0 for answer in packed))
        refused = [answer["errors"][0]["code"] for answer in answers if not answer["ok"]]
        self.assertLessEqual(set(refused), {"not_possible", "unknown_line", "too_many"})

    def test_whole_line_twice(self):
        """Both pack all of it: one parcel, and the other one is told."""
        answers = self._run_together(self._pack(4), self._pack(4))
        self.assertEqual(sorted(answer["ok"] for answer in answers), [False, True])
        self.assertEqual(list(self._read().values()), [4.0])

    def test_scan_while_packed(self):
        """One scans while the other packs: what was scanned is packed or waits, once."""
        with committed() as env:
            env["stock.picking"].browse(self.picking).scan("OM-SHARED", 2)

        def scan(env):
            return env["stock.picking"].browse(self.picking).scan("OM-SHARED", 2)[0]

        def pack(env):
            return env["stock.picking"].browse(self.picking).pack()[0]

        scanned, packed = self._run_together(scan, pack)
        self.assertEqual((scanned["accepted"], packed["ok"]), (True, True))
        found = self._read()
        self.assertEqual(sum(found.values()), 4.0)
        self.assertIn(found[packed["package_id"]], (2.0, 4.0))
        with committed() as env:
            lines = env["stock.picking"].browse(self.picking).move_line_ids
            self.assertEqual(sum(lines.mapped("scanned_quantity")), 4.0)

    def test_short_twice(self):
        """Both report the whole line missing: it is booked out once, the other one is told."""

        def report(env):
            return (
                env["stock.picking"].browse(self.picking).report_short(self.line, 4, "missing")[0]
            )

        answers = self._run_together(report, report)
        self.assertEqual(sorted(answer["ok"] for answer in answers), [False, True])
        with committed() as env:
            picking = env["stock.picking"].browse(self.picking)
            self.assertEqual(len(picking.short_pick_ids), 1)
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", picking.move_ids.product_id.id),
                    ("location_id.usage", "=", "internal"),
                ]
            )
            self.assertFalse(any(quants.mapped("reserved_quantity")))
            self.assertFalse(any(quants.mapped("quantity")))
