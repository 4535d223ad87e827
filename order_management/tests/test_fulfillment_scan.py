from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install")
class TestFulfillmentScan(FulfillmentCase):
    def setUp(self):
        super().setUp()
        self.picking = self._create_delivery([(self.product, 2)])
        self.seen = self.as_role(self.picking, "picker")
        self.line = self.picking.move_line_ids

    def test_scenario_19(self):
        """Of 2 x A: B is refused, the third A is refused, both are caught errors."""
        wrong = self.seen.scan(self.other.barcode)[0]
        self.assertEqual((wrong["accepted"], wrong["code"]), (False, "wrong_product"))
        first, second, third = (self.seen.scan(self.product.barcode)[0] for _index in range(3))
        self.assertEqual(
            first,
            {
                "ok": True,
                "errors": [],
                "picking_id": self.picking.id,
                "accepted": True,
                "kind": "product",
                "code": False,
                "message": "",
                "line_id": self.line.id,
                "remaining": 1.0,
                "command": False,
                "expects": False,
                "product_id": self.product.id,
                "lot_id": False,
                "location_id": False,
            },
        )
        self.assertEqual((second["accepted"], second["remaining"]), (True, 0.0))
        self.assertEqual((third["accepted"], third["code"]), (False, "too_many"))
        self.assertTrue(third["ok"], "a refused scan is an answer")
        self.assertEqual(self.picking.refused_scan_count, 2)
        self.assertEqual((self.line.scanned_quantity, self.line.picked), (2.0, True))
        self.seen.ship()
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(self.picking.move_ids.quantity, 2.0)

    def test_codes(self):
        """A product is known by barcode, packaging and sku; everything else is unknown."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.product.id, "uom_id": dozen.id, "barcode": "4006381333948"}
        )
        picking = self._create_delivery([(self.product, 30)])
        seen = self.as_role(picking, "picker")
        cases = [
            ("4006381333948", 2.0, "product", False, 6.0),
            ("4006381333948", 1.0, "product", "too_many", 6.0),
            (" OM-A ", 5.0, "product", False, 1.0),
            ("4006381333931", 1.0, "product", False, 0.0),
            ("OM-B", 1.0, "product", "wrong_product", 0.0),
            ("nothing", 1.0, "unknown", "unknown_code", 0.0),
            ("%", 1.0, "unknown", "unknown_code", 0.0),
        ]
        for barcode, quantity, kind, code, remaining in cases:
            with self.subTest(barcode=barcode, quantity=quantity):
                answer = seen.scan(barcode, quantity=quantity)[0]
                self.assertEqual((answer["kind"], answer["code"]), (kind, code))
                self.assertEqual(answer["accepted"], not code)
                self.assertEqual(answer["remaining"], remaining)
        self.assertEqual(picking.move_line_ids.scanned_quantity, 30.0)

    def test_spread_over_lines(self):
        """One scan may fill several lines of a product; more than all of them is refused whole."""
        picking = self._create_delivery([(self.product, 2), (self.product, 3)])
        first, second = picking.move_line_ids
        seen = self.as_role(picking, "picker")
        self.assertEqual(seen.scan("OM-A", 6)[0]["code"], "too_many")
        self.assertFalse(any(picking.move_line_ids.mapped("scanned_quantity")))
        self.assertEqual(seen.scan("OM-A", 4, request_key="k")[0]["remaining"], 1.0)
        self.assertEqual([first.scanned_quantity, second.scanned_quantity], [2.0, 2.0])
        self.assertEqual([first.picked, second.picked], [True, False])
        self.assertEqual(seen.undo_scan("k")[0]["undone"], 4.0)
        self.assertEqual([first.scanned_quantity, second.scanned_quantity], [0.0, 0.0])
        self.assertEqual([first.picked, second.picked], [False, False])

    def test_replay(self):
        """A key makes a scan count once, also a refused one; another question is an error."""
        first = self.seen.scan("OM-A", request_key="scan-1")[0]
        again = self.seen.scan("OM-A", request_key="scan-1")[0]
        self.assertEqual(again, {**first, "replayed": True})
        self.assertEqual(self.line.scanned_quantity, 1.0)
        refused = self.seen.scan("OM-B", request_key="scan-2")[0]
        self.assertEqual(
            self.seen.scan("OM-B", request_key="scan-2")[0], {**refused, "replayed": True}
        )
        self.assertEqual(self.picking.refused_scan_count, 1)
        with self.assertRaisesRegex(ValidationError, "request_key"):
            self.seen.scan("OM-A", quantity=2, request_key="scan-1")
        self.seen.scan("OM-A")
        self.seen.ship()
        self.assertEqual(
            self.seen.scan("OM-A", request_key="scan-1")[0], {**first, "replayed": True}
        )

    def test_undo(self):
        """An accepted scan is taken back once; not after packing, not a refused one."""
        self.seen.scan("OM-A", request_key="scan-1")
        self.seen.scan("OM-A", request_key="scan-2")
        self.assertEqual(self.seen.undo_scan("scan-2")[0]["undone"], 1.0)
        self.assertTrue(self.seen.undo_scan("scan-2")[0]["replayed"])
        self.assertEqual((self.line.scanned_quantity, self.line.picked), (1.0, False))
        self.seen.scan("OM-B", request_key="scan-3")
        self.seen.pack()
        for key in ("scan-1", "scan-3", "never"):
            with self.subTest(key=key):
                answer = self.seen.undo_scan(key)[0]
                self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertEqual(self.line.scanned_quantity, 1.0)

    def test_stage(self):
        """The first scan brings the order to picking; undoing it back to ready."""
        order = self.picking.sale_id
        self.assertEqual(order.stage, "ready")
        self.seen.scan("OM-A", request_key="k")
        self.assertEqual(order.stage, "picking")
        self.seen.undo_scan("k")
        self.assertEqual(order.stage, "ready")

    def test_closed(self):
        """A done transfer takes no scan, and says so."""
        self._scan_all(self.picking)
        self.seen.ship()
        answer = self.seen.scan("OM-A")[0]
        refusal = answer.pop("errors")[0]
        self.assertEqual(refusal["code"], "not_possible")
        self.assertEqual(
            answer,
            {
                "ok": False,
                "picking_id": self.picking.id,
                "accepted": False,
                "kind": "unknown",
                "code": False,
                "message": refusal["message"],
                "line_id": False,
                "remaining": 0.0,
                "command": False,
                "expects": False,
                "product_id": False,
                "lot_id": False,
                "location_id": False,
            },
        )

    def test_arguments(self):
        """A wrong shape is refused by name before anything happens."""
        both = self.seen | self.as_role(self._create_delivery(), "picker")
        calls = [
            ("barcode", lambda: self.seen.scan("")),
            ("barcode", lambda: self.seen.scan(None)),
            ("barcode", lambda: self.seen.scan(4006381333931)),
            ("quantity", lambda: self.seen.scan("OM-A", quantity=0)),
            ("quantity", lambda: self.seen.scan("OM-A", quantity=-1)),
            ("quantity", lambda: self.seen.scan("OM-A", quantity="1")),
            ("quantity", lambda: self.seen.scan("OM-A", quantity=float("nan"))),
            ("request_key", lambda: self.seen.scan("OM-A", request_key=1)),
            ("request_key", lambda: both.scan("OM-A", request_key="k")),
            ("request_key", lambda: self.seen.undo_scan("")),
        ]
        for argument, call in calls:
            with self.subTest(argument=argument), self.assertRaisesRegex(ValidationError, argument):
                call()
        self.assertFalse(self.picking.scan_ids)
        self.assertEqual(self.env["stock.picking"].with_user(self.users["picker"]).scan("x"), [])

    def test_rights(self):
        """Pickers scan; others and pickers of other companies learn nothing and change nothing."""
        for role in ("clerk", "returns", "integration", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(self.picking, role).scan("OM-A")
        stranger = self._create_other_company_user("picker")
        missing = self.picking.browse(self.picking.id + 1000)
        messages = set()
        for picking in (self.picking, missing):
            with self.assertRaises(AccessError) as caught:
                picking.with_user(stranger).scan("OM-A")
            messages.add(str(caught.exception))
        self.assertEqual(len(messages), 1, "foreign and missing answer alike")
        self.assertFalse(self.picking.scan_ids)
        with self.assertRaises(AccessError):
            self.env["order.scan"].with_user(self.users["picker"]).create(
                {"picking_id": self.picking.id, "barcode": "x", "kind": "product"}
            )

    def test_later_reservation(self):
        """Goods that come in later are not taken for scanned."""
        product = self._create_product("OM-C", stock=5)
        picking = self._create_delivery([(product, 5)])
        picking.do_unreserve()
        self._set_stock(product, -3)
        picking.action_assign()
        seen = self.as_role(picking, "picker")
        seen.scan("OM-C", 2)
        self._set_stock(product, 3)
        picking.move_ids._action_assign()
        seen.ship()
        self.assertEqual(picking.move_ids.quantity, 2.0)
        self.assertEqual(picking.backorder_ids.move_ids.quantity, 3.0)
