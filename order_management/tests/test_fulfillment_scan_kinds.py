from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models.common.optional import has_field
from ..tools import gs1
from .fulfillment_common import FulfillmentCase

GTIN = "04006381333931"  # of product OM-A


@tagged("post_install", "-at_install")
class TestFulfillmentScanKinds(FulfillmentCase):
    """Case F4: lot, serial, package, location, order, command and unknown codes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.env["stock.warehouse"].search([], limit=1).lot_stock_id
        cls.bin_x, cls.bin_y = cls.env["stock.location"].create(
            [
                {"name": name, "location_id": cls.stock.id, "barcode": f"LOC-{name}"}
                for name in ("X-01", "Y-01")
            ]
        )
        cls.cheese = cls._create_tracked("OM-CHEESE", "lot", barcode="5412345000013")
        cls.phone = cls._create_tracked("OM-PHONE", "serial", barcode="5412345000020")

    @classmethod
    def _create_tracked(cls, code, tracking, **values):
        return cls.env["product.product"].create(
            {
                "name": f"Product {code}",
                "default_code": code,
                "is_storable": True,
                "tracking": tracking,
                "taxes_id": [],
                **values,
            }
        )

    @classmethod
    def _stock_lot(cls, product, name, quantity, place=None):
        lot = cls.env["stock.lot"].create({"product_id": product.id, "name": name})
        cls.env["stock.quant"]._update_available_quantity(
            product, place or cls.stock, quantity, lot_id=lot
        )
        return lot

    def _scan(self, picking, code, quantity=1.0, **values):
        return self.as_role(picking, "picker").scan(code, quantity=quantity, **values)[0]

    def _assert_scan(self, answer, kind, code=False, **values):
        self.assertTrue(answer["ok"])
        self.assertEqual((answer["kind"], answer["code"]), (kind, code), answer)
        self.assertEqual(answer["accepted"], not code)
        self.assertEqual(bool(answer["message"]), bool(code) or bool(answer["expects"]))
        self.assertEqual({key: answer[key] for key in values}, values)

    def test_lots(self):
        """A reserved lot counts, another is refused and what is to be taken is told."""
        first = self._stock_lot(self.cheese, "L-1", 3)
        self._stock_lot(self.cheese, "L-2", 2)
        picking = self._create_delivery([(self.cheese, 3)])
        self.assertEqual(picking.move_line_ids.lot_id, first)
        line = picking.move_line_ids
        refused = self._scan(picking, "L-2")
        self._assert_scan(refused, "lot", "wrong_lot", remaining=3.0, line_id=False)
        self.assertIn("L-1", refused["message"])
        self.assertEqual(line.scanned_quantity, 0.0)
        self._assert_scan(self._scan(picking, "L-1", 2), "lot", lot_id=first.id, remaining=1.0)
        # One lot only: its product's code is enough.
        self._assert_scan(self._scan(picking, "5412345000013"), "product", remaining=0.0)
        self._assert_scan(self._scan(picking, "L-1"), "lot", "too_many")
        self.assertTrue(line.picked)
        foreign = self._stock_lot(self._create_tracked("OM-HAM", "lot"), "H-1", 1)
        self._assert_scan(self._scan(picking, foreign.name), "lot", "wrong_product")
        self.assertEqual(picking.refused_scan_count, 3)

    def test_several_lots(self):
        """Where lots differ the product's code is no answer: the lot must be scanned."""
        self._stock_lot(self.cheese, "L-1", 1)
        self._stock_lot(self.cheese, "L-2", 1)
        picking = self._create_delivery([(self.cheese, 2)])
        self.assertEqual(len(picking.move_line_ids), 2)
        asked = self._scan(picking, "OM-CHEESE")
        self._assert_scan(asked, "product", expects="lot", remaining=2.0, line_id=False)
        self.assertEqual(picking.refused_scan_count, 0, "that is no error")
        for name, left in (("L-2", 1.0), ("L-1", 0.0)):
            self._assert_scan(self._scan(picking, name), "lot", remaining=left)
        self.assertTrue(all(picking.move_line_ids.mapped("picked")))

    def test_serials(self):
        """Each serial number once, one piece each."""
        for name in ("S-1", "S-2", "S-3"):
            self._stock_lot(self.phone, name, 1)
        picking = self._create_delivery([(self.phone, 2)])
        self.assertEqual(picking.move_line_ids.lot_id.mapped("name"), ["S-1", "S-2"])
        self._assert_scan(self._scan(picking, "OM-PHONE"), "product", expects="lot")
        self._assert_scan(self._scan(picking, "S-3"), "lot", "wrong_lot")
        self._assert_scan(self._scan(picking, "S-1", 2), "lot", "too_many")
        element = gs1.element_string([("01", "05412345000020"), ("21", "S-1")])
        self._assert_scan(self._scan(picking, f"]d2{element}"), "lot", remaining=1.0)
        self._assert_scan(self._scan(picking, "S-1"), "lot", "too_many")
        self._assert_scan(self._scan(picking, "S-2"), "lot", remaining=0.0)

    def test_lot_of_a_line_without_one(self):
        """A line that was reserved without a lot gets the one that is scanned."""
        lot = self._stock_lot(self.cheese, "L-9", 5)
        picking = self._create_delivery([(self.cheese, 2)])
        picking.move_line_ids.lot_id = False
        self._assert_scan(self._scan(picking, "OM-CHEESE"), "product", expects="lot")
        seen = self.as_role(picking, "picker")
        self._assert_scan(self._scan(picking, "L-9", 2, request_key="k"), "lot", remaining=0.0)
        self.assertEqual(seen.undo_scan("k")[0]["undone"], 2.0)
        self.assertFalse(picking.move_line_ids.lot_id, "another lot may be scanned now")
        self._assert_scan(self._scan(picking, "L-9", 1), "lot", remaining=1.0)
        self.assertEqual(
            [(line.lot_id, line.quantity, line.picked) for line in picking.move_line_ids],
            [(lot, 1.0, True), (lot.browse(), 1.0, False)],
        )

    def test_gs1(self):
        """GTIN, count, packaging and net weight of one symbol."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.product.id, "uom_id": dozen.id, "barcode": "14006381333938"}
        )
        loose = self._create_product("OM-LOOSE", stock=10, barcode="5412345000037")
        loose.uom_id = self.env.ref("uom.product_uom_kgm")
        picking = self._create_delivery([(self.product, 30), (loose, 2)])
        cases = [
            ([("01", GTIN)], 1.0, False, 29.0),
            ([("01", GTIN), ("30", "4")], 1.0, False, 25.0),
            ([("02", GTIN), ("37", "3")], 2.0, False, 19.0),
            ([("01", "14006381333938")], 1.0, False, 7.0),
            ([("01", "14006381333938")], 1.0, "too_many", 7.0),
            ([("01", "05412345000037"), ("3103", "000750")], 1.0, False, 1.25),
            ([("01", "05901234123457")], 1.0, "wrong_product", 0.0),
        ]
        for pairs, quantity, code, remaining in cases:
            with self.subTest(pairs=pairs):
                answer = self._scan(picking, f"]C1{gs1.element_string(pairs)}", quantity)
                self._assert_scan(answer, "product", code, remaining=remaining)
        self._assert_scan(self._scan(picking, f"(01){GTIN}"), "product", remaining=6.0)
        self._assert_scan(self._scan(picking, f"01{GTIN}"), "product", remaining=5.0)
        self._assert_scan(self._scan(picking, GTIN), "product", remaining=4.0)
        self._assert_scan(self._scan(picking, "]E04006381333931"), "product", remaining=3.0)
        for code in ("]E05901234123457", "05901234123457", "]C0OM-B"):
            self._assert_scan(self._scan(picking, code), "product", "wrong_product")
        for code in ("]C10112345678901234", "(01)00000000000017"):
            self._assert_scan(self._scan(picking, code), "unknown", "unknown_code")

    def test_expiry(self):
        """The last good day is accepted, the day after refused: printed or kept of the lot."""
        picking = self._create_delivery([(self.product, 3)])
        today = picking.sudo()._get_today()
        for day, code in ((today, False), (today - timedelta(days=1), "expired_lot")):
            text = gs1.element_string([("01", GTIN), ("17", f"{day:%y%m%d}")])
            self._assert_scan(self._scan(picking, f"]C1{text}"), "product", code, remaining=2.0)
        if not has_field(self.env, "stock.lot", "expiration_date"):
            return
        self.cheese.use_expiration_date = True
        lot = self._stock_lot(self.cheese, "L-OLD", 2)
        picking = self._create_delivery([(self.cheese, 2)])
        now = fields.Datetime.now()
        lot.expiration_date = now
        self._assert_scan(self._scan(picking, "L-OLD"), "lot", remaining=1.0)
        lot.expiration_date = now - timedelta(days=1)
        for code, kind in (("L-OLD", "lot"), ("OM-CHEESE", "product")):
            self._assert_scan(self._scan(picking, code), kind, "expired_lot", remaining=1.0)

    def test_locations(self):
        """After a place was scanned goods come from there, as long as there are any to take."""
        for place in (self.bin_x, self.bin_y):
            self.env["stock.quant"]._update_available_quantity(self.cheese_free, place, 2)
        picking = self._create_delivery([(self.cheese_free, 3), (self.product, 1)])
        lines = picking.move_line_ids.filtered(lambda line: line.product_id == self.cheese_free)
        by_place = {line.location_id: line for line in lines}
        far = lines.filtered(lambda line: line.quantity == 1.0)
        near = lines - far
        self.assertEqual(set(by_place), {self.bin_x, self.bin_y})
        shelf = self.env["stock.location"].create(
            {"name": "Z-01", "location_id": self.stock.id, "barcode": "LOC-Z"}
        )
        self._assert_scan(self._scan(picking, "LOC-Z"), "location", "wrong_location")
        answer = self._scan(picking, far.location_id.barcode)
        self._assert_scan(answer, "location", location_id=far.location_id.id, line_id=False)
        self._assert_scan(self._scan(picking, "OM-A"), "product", "wrong_location")
        seen = self.as_role(picking, "picker")
        self._scan(picking, near.location_id.barcode, request_key="place")
        self.assertEqual(seen.undo_scan("place")[0]["undone"], 0.0)
        self.assertTrue(seen.undo_scan("place")[0]["replayed"])
        self._assert_scan(self._scan(picking, "OM-FREE", 2), "product", "too_many", remaining=3.0)
        self._assert_scan(self._scan(picking, "OM-FREE"), "product", line_id=far.id)
        # All of that place is taken: the next goods may come from anywhere.
        self._assert_scan(self._scan(picking, "OM-FREE"), "product", line_id=near.id)
        self._assert_scan(self._scan(picking, near.location_id.complete_name), "location")
        self._assert_scan(self._scan(picking, "OM-A"), "product", "wrong_location")
        self._assert_scan(self._scan(picking, self.stock.complete_name), "location")
        self._assert_scan(self._scan(picking, "OM-A"), "product", remaining=0.0)
        self.assertEqual(picking.scan_ids.location_id & shelf, shelf)

    @property
    def cheese_free(self):
        """A product that lies in two bins."""
        found = self.env["product.product"].search([("default_code", "=", "OM-FREE")])
        return found or self._create_product("OM-FREE")

    def test_orders_and_commands(self):
        """The own number is right, another is not; commands are told and change nothing."""
        picking = self._create_delivery([(self.product, 2)])
        other = self._create_delivery([(self.product, 2)])
        for code in (picking.name, picking.sale_id.name):
            self._assert_scan(self._scan(picking, code), "order")
        for code in (other.name, other.sale_id.name):
            self._assert_scan(self._scan(picking, code), "order", "not_yours")
        for code, command in (("OM-DONE", "done"), ("om-pack", "pack"), ("OM-NEXT", "next")):
            self._assert_scan(self._scan(picking, code), "command", command=command)
        self.assertFalse(picking.move_line_ids.scanned_quantity)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.refused_scan_count, 2)

    def test_not_yours(self):
        """What somebody has taken is theirs; who scans its number helps."""
        picking = self._create_delivery([(self.product, 2)])
        helper = self.users["picker"].copy({"login": "om_second_picker", "name": "Second"})
        warehouse = picking.picking_type_id.warehouse_id
        picking.user_id = self.users["picker"]
        taken = self.as_role(picking, "picker").claim_work(warehouse.id, limit=50)
        self.assertIn(picking.id, [item["picking_id"] for item in taken])
        seen = picking.with_user(helper)
        refused = seen.scan("OM-A")[0]
        self._assert_scan(refused, "product", "not_yours", remaining=2.0)
        self.assertIn(self.users["picker"].name, refused["message"])
        self.assertFalse(picking.move_line_ids.scanned_quantity)
        self._assert_scan(seen.scan(picking.name)[0], "order")
        self._assert_scan(seen.scan("OM-A")[0], "product", remaining=1.0)
        self._assert_scan(self._scan(picking, "OM-A"), "product", remaining=0.0)
        self.as_role(picking, "picker").release_work()
        self.assertFalse(picking.helper_ids)

    def test_package_in_part(self):
        """Of a package that is only wanted in part the goods are scanned, not the package."""
        package = self.env["stock.package"].create({"name": "PAL-1"})
        product = self._create_product("OM-PAL")
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock, 10, package_id=package
        )
        picking = self._create_delivery([(product, 4)])
        self._assert_scan(self._scan(picking, "PAL-1"), "package", "wrong_product")
        self._assert_scan(self._scan(picking, "OM-PAL", 4), "product", remaining=0.0)

    def test_queries(self):
        """A scan costs the same on a long transfer as on a short one."""
        products = [self._create_product(f"OM-Q{index}", stock=9) for index in range(12)]
        counts = []
        for width in (3, 12):
            picking = self._create_delivery([(product, 1) for product in products[:width]])
            seen = self.as_role(picking, "picker")
            seen.scan("OM-Q0")
            seen = seen.browse(picking.id)
            counts.append(self._count_queries(lambda seen=seen: seen.scan("OM-Q1")))
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[0], 30)
