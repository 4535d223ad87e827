from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .fulfillment_common import FulfillmentCase


@tagged("post_install", "-at_install", "om_full")
class TestFulfillmentStation(FulfillmentCase):
    """What the station is told, and what it may ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelves = cls.env["stock.location"].create(
            [
                {
                    "name": f"S-{metre:02}",
                    "barcode": f"SHELF-{metre}",
                    "location_id": cls.warehouse.lot_stock_id.id,
                    "aisle": "1",
                    "bay": str(metre),
                    "pos_y": metre,
                }
                for metre in (5, 15)
            ]
        )
        cls.near = cls._create_product("OM-NEAR", barcode="4006381333948")
        cls.far = cls._create_product("OM-FAR", barcode="4006381333955")
        for product, shelf in zip((cls.near, cls.far), cls.shelves, strict=True):
            cls.env["stock.quant"]._update_available_quantity(product, shelf, 50)
        cls.picking = cls._create_delivery([(cls.far, 13), (cls.near, 2)])
        cls.picking.note = "<p>Ring twice</p>"
        cls.seen = cls.as_role(cls.picking, "picker")

    def _read(self, picking=None):
        return (picking or self.seen).read_station()[0]

    def test_read(self):
        """Stops along the tour, with all the screen shows; nothing is changed by looking."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.far.id, "uom_id": dozen.id, "barcode": "4006381333962"}
        )
        self.seen.claim_work(self.warehouse.id, limit=50)
        shown = self._read()
        first, second = shown["stops"]
        self.assertEqual((first["sku"], second["sku"]), ("OM-NEAR", "OM-FAR"))
        self.assertEqual(
            {key: second[key] for key in ("quantity", "scanned", "hint", "is_done", "aisle")},
            {
                "quantity": 13.0,
                "scanned": 0.0,
                "hint": "1 × Dozens + 1 × Units",
                "is_done": False,
                "aisle": "1",
            },
        )
        self.assertEqual(
            second["packs"], [{"name": "Dozens", "barcode": "4006381333962", "quantity": 12.0}]
        )
        self.assertEqual((second["location"], second["location_barcode"]), ("S-15", "SHELF-15"))
        self.assertEqual(shown["note"], "Ring twice")
        self.assertEqual(shown["claimed_by"]["id"], self.users["picker"].id)
        self.assertEqual((shown["may_work"], shown["is_delivery"]), (True, True))
        self.assertEqual(
            shown["counts"],
            {"stops": 2, "stops_done": 0, "wanted": 15.0, "scanned": 0.0, "refused": 0},
        )
        self.assertEqual(self._read()["version"], shown["version"])

    def test_read_after_work(self):
        """Scans, caught errors and parcels are shown; the version tells that it changed."""
        before = self._read()["version"]
        self.seen.scan("4006381333948", 2, request_key="a")
        self.seen.scan("5901234123457")
        shown = self._read()
        self.assertNotEqual(shown["version"], before)
        self.assertEqual(
            [(one["accepted"], one["code"], one["request_key"]) for one in shown["scans"]],
            [(False, "wrong_product", False), (True, False, "a")],
        )
        self.assertEqual((shown["counts"]["scanned"], shown["counts"]["refused"]), (2.0, 1))
        self.seen.scan("OM-FAR", 3)
        packed = self.seen.pack(weight=1.5)[0]
        shown = self._read()
        (parcel,) = shown["parcels"]
        self.assertEqual(
            (parcel["package_id"], parcel["number"], parcel["weight"], parcel["labels"]),
            (packed["package_id"], 1, 1.5, 0),
        )
        self.assertEqual(
            [(one["quantity"]) for one in parcel["contents"]], [2.0, 3.0], "in walking order"
        )
        rest = shown["stops"][-1]
        self.assertEqual(
            (rest["quantity"], rest["is_done"], rest["parcel_id"]), (10.0, False, False)
        )

    def test_queries(self):
        """Twelve lines on four transfers take no more queries than three lines on one."""
        few = self._create_delivery([(self.near, 1), (self.far, 1), (self.product, 1)])
        many = self.env["stock.picking"].concat(
            *(
                self._create_delivery([(self.near, 1), (self.far, 1), (self.product, 1)])
                for _index in range(4)
            )
        )
        self._scan_all(few | many)
        self.as_role(few | many, "picker").pack()
        (few | many)[:1]._get_sale_orders()  # registry caches are warm
        counts = []
        for pickings in (few, few, many):
            seen = self.as_role(self.env["stock.picking"], "picker").browse(pickings.ids)
            counts.append(self._count_queries(seen.read_station))
        self.assertEqual(counts[1], counts[2])

    def test_home(self):
        """My work, how much waits, and where."""
        home = self.seen.read_station_home(self.warehouse.id)
        waiting = home["waiting"]
        self.assertEqual((home["mine"], home["warehouse_id"]), ([], self.warehouse.id))
        self.assertIn(self.warehouse.id, [one["id"] for one in home["warehouses"]])
        self.assertEqual(home["reasons"][1], {"code": "damaged", "name": "Damaged"})
        self.picking.priority = "1"
        self.seen.claim_work(self.warehouse.id)
        home = self.seen.read_station_home(self.warehouse.id)
        (mine,) = home["mine"]
        self.assertEqual(
            (mine["picking_ids"], mine["stops"], mine["stops_done"], home["waiting"]),
            (self.picking.ids, 2, 0, waiting - 1),
        )
        foreign = self.env["stock.warehouse"].create(
            {
                "name": "Depot",
                "code": "ELSE",
                "company_id": self.env["res.company"].create({"name": "Elsewhere"}).id,
            }
        )
        with self.assertRaises(AccessError):
            self.seen.read_station_home(foreign.id)

    def test_judge(self):
        """A judged scan tells the same as a scan, and leaves nothing behind."""
        before = self._read()["version"]
        judged = self.seen.judge_scan("OM-FAR", 3)[0]
        self.assertEqual((judged["accepted"], judged["remaining"]), (True, 13.0))
        line = self.picking.move_line_ids.filtered(lambda one: one.product_id == self.far)
        self.assertEqual(judged["shares"], [{"move_line_id": line.id, "quantity": 3.0}])
        self.assertEqual(self.seen.judge_scan("OM-FAR", 14)[0]["code"], "too_many")
        self.assertEqual(self.seen.judge_scan("OM-A")[0]["code"], "wrong_product")
        self.assertEqual(self.seen.judge_scan("OM-PACK")[0]["command"], "pack")
        self.assertEqual(self._read()["version"], before)
        self.assertFalse(self.picking.scan_ids)
        for values in ({"barcode": " "}, {"barcode": "X", "quantity": 0}):
            with self.assertRaises(ValidationError):
                self.seen.judge_scan(**values)

    def test_closed(self):
        self.picking.action_cancel()
        self.assertFalse(self._read()["is_open"])
        for answer in (self.seen.judge_scan("OM-FAR"), self.seen.call_for_help()):
            self.assertEqual(answer[0]["errors"][0]["code"], "not_possible")
        self.assertFalse(self.picking.help_call_ids)

    def test_buttons(self):
        """A transfer opens with its batch."""
        other = self._create_delivery()
        batch = self.env["stock.picking.batch"].create({"picking_ids": (self.picking | other).ids})
        wanted = batch.picking_ids.ids
        for record in (self.seen, self.as_role(batch, "picker")):
            action = record.action_open_station()
            self.assertEqual(action["tag"], "order_station")
            self.assertEqual(action["params"], {"picking_ids": wanted})
        self.assertEqual(self._read()["batch_picking_ids"], wanted)

    def test_help(self):
        """One call is open at a time, until somebody has come."""
        first = self.seen.call_for_help(" Shelf is broken ")[0]
        again = self.seen.call_for_help()[0]
        self.assertEqual((again["call_id"], again["replayed"]), (first["call_id"], True))
        call = self.picking.help_call_ids
        self.assertEqual((call.message, call.user_id), ("Shelf is broken", self.users["picker"]))
        (told,) = self._read()["help"]
        self.assertEqual((told["id"], told["message"]), (call.id, "Shelf is broken"))
        home = self.as_role(self.picking, "manager").read_station_home(self.warehouse.id)
        self.assertIn(call.id, [one["id"] for one in home["help"]])
        manager = self.as_role(self.picking, "manager")
        self.assertEqual(manager.answer_help()[0]["outcome"], "answered")
        self.assertEqual(manager.answer_help()[0]["outcome"], "unchanged")
        self.assertEqual(call.answered_by_id, self.users["manager"])
        self.assertEqual(self._read()["help"], [])
        self.assertNotEqual(self.seen.call_for_help()[0]["call_id"], call.id)
        with self.assertRaises(ValidationError):
            self.seen.call_for_help("x" * 201)

    def test_stranger(self):
        """Another company's picker sees, judges and calls nothing."""
        stranger = self._create_other_company_user("picker")
        foreign = self.picking.with_user(stranger)
        for call in (
            foreign.read_station,
            lambda: foreign.judge_scan("OM-FAR"),
            foreign.call_for_help,
            foreign.answer_help,
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(self.picking.help_call_ids)
