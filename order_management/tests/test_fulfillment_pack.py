from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools import gs1
from .fulfillment_common import PREFIX, FulfillmentCase


@tagged("post_install", "-at_install")
class TestFulfillmentPack(FulfillmentCase):
    def setUp(self):
        super().setUp()
        self.warehouse.gs1_company_prefix = PREFIX
        self.picking = self._create_delivery([(self.product, 3), (self.other, 1)])
        self.seen = self.as_role(self.picking, "picker")
        self.line, self.other_line = self.picking.move_line_ids

    def test_pack_picked(self):
        """Without contents all that is picked goes in; the package is named by its SSCC."""
        self._scan_all(self.picking)
        answer = self.seen.pack(weight=1.25)[0]
        package = self.env["stock.package"].browse(answer["package_id"])
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "picking_id": self.picking.id,
                "package_id": package.id,
                "name": package.name,
                "sscc": package.name,
                "overridden": False,
                "weight_expected": False,
                "weight_alarm": False,
                "message": False,
            },
        )
        self.assertEqual(package.sscc[:-1], f"0{PREFIX}{int(package.sscc[8:17]):09}")
        self.assertEqual(gs1.check_digit(package.sscc[:-1]), int(package.sscc[-1]))
        self.assertTrue(package.valid_sscc)
        self.assertEqual(package.shipping_weight, 1.25)
        self.assertEqual(self.picking.move_line_ids.result_package_id, package)
        self.assertEqual(self.picking.sale_id.stage, "packed")
        again = self.seen.pack()[0]
        self.assertEqual(again.pop("errors")[0]["code"], "nothing_picked")
        nothing = dict.fromkeys(
            ("package_id", "name", "sscc", "overridden", "weight_expected", "weight_alarm"), False
        )
        nothing["message"] = False
        self.assertEqual(again, {"ok": False, "picking_id": self.picking.id, **nothing})

    def test_scanned_in_part(self):
        """What was scanned goes in, the rest stays to be picked; nothing is lost."""
        self.seen.scan("OM-A", 2)
        package_id = self.seen.pack()[0]["package_id"]
        packed = self.picking.move_line_ids.filtered("result_package_id")
        self.assertEqual(packed.result_package_id.id, package_id)
        self.assertEqual((packed.quantity, packed.picked), (2.0, True))
        rest = self.picking.move_line_ids - packed - self.other_line
        self.assertEqual((rest.quantity, rest.picked, rest.scanned_quantity), (1.0, False, 0.0))
        self.assertEqual(self.picking.move_ids.filtered("picked").quantity, 3.0)
        self.assertEqual(self._get_reserved(self.product), 3.0)

    def test_two_parcels(self):
        """Scenario 21: contents of the parcels add up to the delivery, each has its own number."""
        first = self.seen.pack(contents=[{"move_line_id": self.line.id, "quantity": 2}])[0]
        rest = self.picking.move_line_ids - self.line - self.other_line
        second = self.seen.pack(
            contents=[{"move_line_id": rest.id}, {"move_line_id": self.other_line.id}]
        )[0]
        self.assertEqual(int(second["sscc"][8:17]), int(first["sscc"][8:17]) + 1)
        answer = self.seen.ship()[0]
        self.assertEqual((answer["state"], answer["backorder_id"]), ("done", False))
        held = {
            package["package_id"]: sum(
                self.env["stock.package"].browse(package["package_id"]).quant_ids.mapped("quantity")
            )
            for package in (first, second)
        }
        self.assertEqual(list(held.values()), [2.0, 2.0])
        self.assertEqual(len(answer["shipment_ids"]), 2)

    def test_contents_keep_scans(self):
        """Packing part of a scanned line leaves the rest scanned."""
        self.seen.scan("OM-A", 3)
        self.seen.pack(contents=[{"move_line_id": self.line.id, "quantity": 1}])
        rest = self.picking.move_line_ids - self.line - self.other_line
        self.assertEqual((self.line.quantity, self.line.scanned_quantity), (1.0, 1.0))
        self.assertEqual((rest.quantity, rest.scanned_quantity, rest.picked), (2.0, 2.0, True))

    def test_contents_refused(self):
        """Impossible contents are errors by path, and change nothing."""
        foreign = self._create_delivery().move_line_ids
        line = self.line.id
        cases = [
            ([{"move_line_id": foreign.id}], "unknown_line", "contents[0].move_line_id"),
            ([{"move_line_id": 0}], "unknown_line", "contents[0].move_line_id"),
            ([{"move_line_id": line}] * 2, "duplicate", "contents[1].move_line_id"),
            ([{"move_line_id": line, "quantity": 4}], "too_many", "contents[0].quantity"),
            ([{"move_line_id": line, "quantity": 0}], "wrong_value", "contents[0].quantity"),
            ([], "nothing_picked", ""),
        ]
        for contents, code, path in cases:
            with self.subTest(code=code, path=path):
                answer = self.seen.pack(contents=contents)[0]
                self.assertFalse(answer["ok"])
                error = answer["errors"][0]
                self.assertEqual((error["code"], error["path"]), (code, path))
        self.assertFalse(self.picking.move_line_ids.result_package_id)
        self.assertFalse(any(self.picking.move_line_ids.mapped("picked")))
        self.assertEqual(len(self.picking.move_line_ids), 2)

    def test_replay(self):
        """A key makes one parcel, however often it is sent."""
        self._scan_all(self.picking)
        first = self.seen.pack(request_key="box-1")[0]
        self.assertEqual(self.seen.pack(request_key="box-1")[0], {**first, "replayed": True})
        self.assertEqual(len(self.picking.move_line_ids.result_package_id), 1)

    def test_failure_frees_key(self):
        """A refused call uses no key up."""
        self.assertFalse(self.seen.pack(request_key="box-1")[0]["ok"])
        self._scan_all(self.picking)
        self.assertTrue(self.seen.pack(request_key="box-1")[0]["ok"])

    def test_many(self):
        """One bad transfer does not stop the others; the answers keep the order."""
        other = self._create_delivery()
        self._scan_all(other)
        answers = (self.seen | self.as_role(other, "picker")).pack()
        self.assertEqual([answer["ok"] for answer in answers], [False, True])
        self.assertEqual([answer["picking_id"] for answer in answers], [self.picking.id, other.id])

    def test_without_prefix(self):
        """Without a GS1 prefix packages are named as core names them."""
        self.warehouse.gs1_company_prefix = False
        self._scan_all(self.picking)
        answer = self.seen.pack()[0]
        self.assertEqual(answer["sscc"], False)
        self.assertTrue(answer["name"])

    def test_package_type(self):
        """The kind of box is kept; a foreign or missing one is refused for the whole call."""
        box = self.env["stock.package.type"].create({"name": "Box M"})
        self._scan_all(self.picking)
        with self.assertRaises(AccessError):
            self.seen.pack(package_type_id=box.id + 1000)
        package_id = self.seen.pack(package_type_id=box.id)[0]["package_id"]
        self.assertEqual(self.env["stock.package"].browse(package_id).package_type_id, box)

    def test_arguments(self):
        both = self.seen | self.as_role(self._create_delivery(), "picker")
        line = {"move_line_id": self.line.id}
        calls = [
            ("contents", lambda: self.seen.pack(contents="all")),
            (r"contents\[0\].lot", lambda: self.seen.pack(contents=[{**line, "lot": "x"}])),
            (r"contents\[0\].move_line_id", lambda: self.seen.pack(contents=[{"quantity": 1}])),
            ("contents", lambda: both.pack(contents=[line])),
            ("weight", lambda: self.seen.pack(weight=-1)),
            ("package_type_id", lambda: self.seen.pack(package_type_id="box")),
        ]
        for argument, call in calls:
            with self.subTest(argument=argument), self.assertRaisesRegex(ValidationError, argument):
                call()

    def test_rights(self):
        self._scan_all(self.picking)
        for role in ("clerk", "returns", "integration", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(self.picking, role).pack()
        with self.assertRaises(AccessError):
            self.picking.with_user(self._create_other_company_user("picker")).pack()
        self.assertFalse(self.picking.move_line_ids.result_package_id)

    def test_prefix(self):
        """A prefix has 4 to 12 digits; warehouses that share one share its serials."""
        for prefix in ("123", "1234567890123", "12a4", "１２３４"):
            with self.subTest(prefix=prefix), self.assertRaises(ValidationError):
                self.warehouse.gs1_company_prefix = prefix
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "W2", "gs1_company_prefix": PREFIX}
        )
        numbers = [self.warehouse._next_sscc(), second._next_sscc(), self.warehouse._next_sscc()]
        serials = [int(number[8:17]) for number in numbers]
        self.assertEqual(serials, list(range(serials[0], serials[0] + 3)))

    def test_extension_digit(self):
        """When serials of a long prefix run out, the extension digit goes on."""
        self.warehouse.gs1_company_prefix = "123456789012"
        sequence = self.warehouse._get_sscc_sequence("123456789012")
        sequence.number_next = 10001
        self.assertEqual(self.warehouse._next_sscc()[:17], "11234567890120001")

    def _get_reserved(self, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.warehouse.lot_stock_id.id)]
        )
        return sum(quants.mapped("reserved_quantity"))
