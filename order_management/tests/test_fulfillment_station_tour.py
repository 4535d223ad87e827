from odoo.tests import HttpCase, new_test_user, tagged

from .fulfillment_common import PREFIX, FulfillmentCase


@tagged("post_install", "-at_install", "om_tour")
class TestFulfillmentStationTour(HttpCase, FulfillmentCase):
    """A picker works at the station with a scanner, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.picking"].search([("state", "=", "assigned")]).do_unreserve()
        cls.warehouse.gs1_company_prefix = PREFIX
        cls.picker = new_test_user(
            cls.env,
            login="om_station_picker",
            name="Station Picker",
            groups="order_management.group_picker",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.near_shelf, cls.far_shelf = cls.env["stock.location"].create(
            [
                {
                    "name": f"ST-{metre:02}",
                    "location_id": cls.warehouse.lot_stock_id.id,
                    "aisle": "1",
                    "pos_y": metre,
                }
                for metre in (5, 15)
            ]
        )
        cls.near = cls._create_product("OM-NEAR", barcode="4006381333948", stock=0)
        cls.tracked = cls._create_product(
            "OM-LOT", barcode="4006381333955", tracking="lot", stock=0
        )
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.tracked.id} for name in ("LOT-1", "LOT-X")]
        )

    def _put(self, product, shelf, quantity, lot=None):
        self.env["stock.quant"]._update_available_quantity(product, shelf, quantity, lot_id=lot)

    def _create_work(self, quantity=2):
        """Some of a product at the first shelf, and one of two lots at the second."""
        self._put(self.near, self.near_shelf, 10)
        self._put(self.tracked, self.far_shelf, 1, self.lots[0])
        picking = self._create_delivery([(self.near, quantity), (self.tracked, 1)])
        self._put(self.tracked, self.far_shelf, 1, self.lots[1])
        self.assertEqual(picking.state, "assigned")
        return picking

    def _tour(self, name):
        self.start_tour("/odoo/order-station", f"order_station_{name}", login=self.picker.login)

    def test_scans(self):
        """Picked, packed, labelled and closed by scans alone, two of them wrong."""
        picking = self._create_work()
        self._tour("scans")
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.move_ids.mapped("quantity"), [2.0, 1.0])
        self.assertEqual(picking.claimed_by_id, self.picker)
        self.assertEqual(picking.move_line_ids.lot_id, self.lots[0])
        package = picking.move_line_ids.result_package_id
        self.assertEqual((len(package), package.sscc[1:8]), (1, PREFIX))
        self.assertEqual(package.label_copies, 1)
        scans = picking.scan_ids
        self.assertEqual(scans.user_id, self.picker)
        self.assertEqual(picking.refused_scan_count, 2)
        self.assertEqual(len(scans.filtered("undone_at")), 1)

    def test_short(self):
        """What is missing gets a reason, and the rest is taken from another shelf."""
        self._put(self.near, self.near_shelf, 3)
        picking = self._create_delivery([(self.near, 3)])
        self._put(self.near, self.far_shelf, 5)
        picking.name = "TOUR-SHORT"
        picking.with_user(self.picker).claim_work(self.warehouse.id)
        self._tour("short")
        report = picking.short_pick_ids
        self.assertEqual((report.quantity, report.resourced, report.reason), (2.0, 2.0, "missing"))
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 3.0))
        self.assertFalse(picking.backorder_ids)
        self.assertEqual(picking.move_line_ids.result_package_id.shipping_weight, 2.5)

    def test_gap(self):
        """Through a gap in the network, and a page loaded anew: none lost, none double."""
        picking = self._create_work(4)
        self._tour("gap")
        near = picking.move_line_ids.filtered(lambda line: line.product_id == self.near)
        self.assertEqual((near.scanned_quantity, near.picked), (4.0, True))
        taken = picking.scan_ids.filtered("accepted")
        self.assertEqual(
            sum(taken.filtered(lambda scan: scan.product_id == self.near).mapped("quantity")), 4.0
        )
        self.assertEqual(len(set(taken.mapped("request_key"))), 5)
        tracked = picking.move_line_ids - near
        self.assertEqual(tracked.scanned_quantity, 0.0, "its scan was taken back")
        self.assertEqual(picking.refused_scan_count, 0)

    def test_training(self):
        """Practice leaves nothing behind; a call for help does."""
        picking = self._create_work()
        self._tour("training")
        self.assertFalse(picking.scan_ids)
        self.assertEqual(sum(picking.move_line_ids.mapped("scanned_quantity")), 0.0)
        self.assertFalse(picking.move_line_ids.result_package_id)
        self.assertEqual(picking.help_call_ids.user_id, self.picker)
