import base64
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged

from .common import plain
from .fulfillment_common import PREFIX, FulfillmentCase

NOW = Datetime.to_datetime("2026-03-02 10:00:00")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestShippingShip(FulfillmentCase):
    def test_ship(self):
        """What is picked leaves; the delivery becomes a shipment with the order's promise."""
        self.warehouse.gs1_company_prefix = PREFIX
        picking = self._create_packed(commitment_date=Datetime.to_datetime("2026-03-06 12:00:00"))
        carrier = self._create_carrier()
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "T-1"})
        answer = self.as_role(picking, "picker").ship()[0]
        shipment = picking.shipment_ids
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "picking_id": picking.id,
                "state": "done",
                "backorder_id": False,
                "shipment_ids": shipment.ids,
            },
        )
        package = picking.move_line_ids.result_package_id
        self.assertRecordValues(
            shipment,
            [
                {
                    "package_id": package.id,
                    "order_ids": picking.sale_id.ids,
                    "carrier_id": carrier.id,
                    "tracking_ref": "T-1",
                    "tracking_url": "https://track.example.com/T-1",
                    "sscc": package.sscc,
                    "status": "pending",
                    "shipped_at": NOW,
                    "promised_date": date(2026, 3, 6),
                    "delivered_at": False,
                    "company_id": self.company.id,
                    "partner_id": picking.partner_id.id,
                }
            ],
        )
        order = picking.sale_id
        self.assertEqual((order.stage, order.shipped_at), ("shipped", NOW))
        self.assertEqual(order.shipment_count, 1)
        self.assertEqual(self._get_event_kinds(order).count("shipped"), 1)

    def test_ship_twice(self):
        """A done transfer repeats its answer, also when its shipment was voided since."""
        picking = self._create_packed([(self.product, 2), (self.other, 1)])
        seen = self.as_role(picking, "picker")
        again = {**seen.ship()[0], "replayed": True}
        self.assertEqual(seen.ship(), [again])
        self.assertEqual(self.as_role(picking, "integration").ship(), [again])
        picking.shipment_ids.with_user(self.users["integration"]).void("torn")
        self.assertEqual(seen.ship()[0]["shipment_ids"], [])
        self.assertEqual(len(picking.shipment_ids), 1)

    def test_part(self):
        """The rest becomes a backorder; each delivery has its own shipment."""
        picking = self._create_delivery([(self.product, 5), (self.other, 1)])
        seen = self.as_role(picking, "picker")
        seen.scan("OM-A", 3)
        answer = seen.ship()[0]
        backorder = self.env["stock.picking"].browse(answer["backorder_id"])
        self.assertEqual(picking.move_ids.mapped("quantity"), [3.0])
        self.assertEqual(
            sorted((move.product_id.default_code, move.quantity) for move in backorder.move_ids),
            [("OM-A", 2.0), ("OM-B", 1.0)],
        )
        self.assertEqual(backorder.move_line_ids.mapped("scanned_quantity"), [0.0, 0.0])
        order = picking.sale_id
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3.0, 0.0])
        self.assertEqual(order.stage, "ready", "what is open counts")
        self._scan_all(backorder)
        self.as_role(backorder, "picker").ship()
        self.assertEqual(order.stage, "shipped")
        self.assertEqual(len(order.shipment_ids), 2)

    def test_never_backorder(self):
        """An operation type that makes no backorders drops the rest."""
        picking = self._create_delivery([(self.product, 5)])
        picking.picking_type_id.create_backorder = "never"
        seen = self.as_role(picking, "picker")
        seen.scan("OM-A", 3)
        answer = seen.ship()[0]
        self.assertEqual((answer["state"], answer["backorder_id"]), ("done", False))
        self.assertFalse(picking.backorder_ids)

    def test_refusals(self):
        """Nothing picked is an error of its transfer alone; nothing about it changes."""
        untouched = self._create_delivery()
        cancelled = self._create_delivery()
        cancelled.action_cancel()
        good = self._create_packed()
        pickings = self.as_role(untouched | cancelled | good, "picker")
        answers = pickings.ship()
        self.assertEqual([answer["ok"] for answer in answers], [False, False, True])
        codes = [answer["errors"][0]["code"] for answer in answers[:2]]
        self.assertEqual(codes, ["nothing_picked", "not_possible"])
        self.assertEqual([answer["state"] for answer in answers], ["assigned", "cancel", "done"])
        self.assertFalse(untouched.move_line_ids.picked)

    def test_one_bad_of_many(self):
        """A transfer that core refuses leaves nothing behind and does not stop the others."""
        tracked = self._create_product("OM-LOT", tracking="lot")
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": tracked.id})
        self.env["stock.quant"]._update_available_quantity(
            tracked, self.warehouse.lot_stock_id, 5, lot_id=lot
        )
        bad = self._create_delivery([(tracked, 1)])
        self._scan_all(bad)
        bad.move_line_ids.lot_id = False
        good = self._create_packed() | self._create_packed()
        answers = self.as_role(good[0] | bad | good[1], "picker").ship()
        self.assertEqual([answer["state"] for answer in answers], ["done", "assigned", "done"])
        self.assertEqual(answers[1]["errors"][0]["code"], "failed")
        self.assertIn("Lot", answers[1]["errors"][0]["message"])
        self.assertEqual(answers[1]["shipment_ids"], [])

    def test_steps(self):
        """A pick step makes no shipment; the delivery after it does."""
        self.warehouse.delivery_steps = "pick_ship"
        pick = self._create_delivery()
        self._scan_all(pick)
        answer = self.as_role(pick, "picker").ship()[0]
        self.assertEqual((answer["state"], answer["shipment_ids"]), ("done", []))
        delivery = pick.sale_id.picking_ids - pick
        self.assertEqual(pick.sale_id.stage, "picking")
        self._scan_all(delivery)
        self.assertEqual(len(self.as_role(delivery, "picker").ship()[0]["shipment_ids"]), 1)

    def test_by_core(self):
        """Core's own validation makes shipments where the company is switched on, for orders."""
        ours = self._create_delivery()
        ours.button_validate()
        self.assertEqual(len(ours.shipment_ids), 1)
        manual = self._create_manual_delivery()
        manual.button_validate()
        self.assertFalse(manual.shipment_ids)
        self.company.use_order_management = False
        off = self._create_delivery()
        off.button_validate()
        self.assertFalse(off.shipment_ids)
        self.assertEqual(len(self.as_role(off, "picker").ship()[0]["shipment_ids"]), 1)

    def test_receipts_and_returns(self):
        """What comes in, or goes back to a vendor, is no shipment."""
        picking = self._create_packed()
        self.as_role(picking, "picker").ship()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertFalse(back.shipment_ids)

    def test_merged_delivery(self):
        """One delivery of two orders: each shipment belongs to the orders in its parcel."""
        first, second = self._create_delivery(), self._create_delivery([(self.other, 1)])
        second.move_ids.write({"picking_id": first.id})
        second.move_line_ids.write({"picking_id": first.id})
        seen = self.as_role(first, "picker")
        for line in first.move_line_ids:
            seen.pack(contents=[{"move_line_id": line.id}])
        orders = first.move_ids.sale_line_id.order_id
        self.assertEqual(len(orders), 2)
        seen.ship()
        self.assertEqual([len(order.shipment_ids) for order in orders], [1, 1])
        self.assertEqual(orders.mapped("stage"), ["shipped", "shipped"])

    def test_forged_context(self):
        """Context keys of core sent along by a caller have no effect."""
        picking = self._create_delivery([(self.product, 5)])
        seen = self.as_role(picking, "picker").with_context(
            cancel_backorder=True, picking_ids_not_to_backorder=picking.ids
        )
        seen.scan("OM-A", 3)
        self.assertTrue(seen.ship()[0]["backorder_id"])

    def test_rights(self):
        picking = self._create_packed()
        for role in ("clerk", "returns", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(picking, role).ship()
        for role in ("picker", "integration"):
            with self.subTest(stranger=role), self.assertRaises(AccessError):
                picking.with_user(self._create_other_company_user(role)).ship()
        self.assertEqual(picking.state, "assigned")

    def test_buttons(self):
        """The buttons do what the methods do, and say why when they cannot."""
        picking = self.as_role(self._create_delivery(), "picker")
        with self.assertRaises(UserError):
            picking.action_ship()
        picking.action_pack()
        self.assertEqual(len(picking.move_line_ids.result_package_id), 1)
        self.assertTrue(picking.action_ship())
        self.assertEqual(picking.action_view_shipments()["res_id"], picking.shipment_ids.id)

    def test_queries(self):
        """Shipping more transfers costs no more of our own queries than core's."""
        counts = {}
        for size in (1, 5, 15):  # the first one fills the caches
            mine = self._create_batch(size)
            cores = self._create_batch(size)
            ours = self._count_queries(self.as_role(mine, "picker").ship)
            core = self._count_queries(
                lambda cores=cores: (
                    plain(cores.with_user(self.users["picker"]))
                    .with_context(skip_backorder=True)
                    .button_validate()
                )
            )
            counts[size] = ours - core
        self.assertLessEqual(counts[15] - counts[5], 10, counts)
        self.assertLessEqual(counts[5], 30, counts)

    def _create_batch(self, size):
        pickings = self.env["stock.picking"]
        for _index in range(size):
            pickings += self._create_packed()
        return pickings

    def _create_manual_delivery(self):
        kind = self.warehouse.out_type_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": self.customer.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.customer.property_stock_customer.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _get_event_kinds(self, order):
        return self.env["order.event"].search([("order_id", "=", order.id)]).mapped("kind")


@tagged("post_install", "-at_install", "om_full")
@freeze_time(NOW)
class TestShippingRegister(FulfillmentCase):
    def setUp(self):
        super().setUp()
        self.carrier = self._create_carrier()
        self.picking = self._create_packed()
        self.package = self.picking.move_line_ids.result_package_id
        self.shipments = self.as_role("order.shipment", "integration")
        self.entry = {
            "package_id": self.package.id,
            "carrier": "DHL",
            "service": "Next day",
            "tracking_ref": "T-1",
            "label": base64.b64encode(b"^XA^XZ").decode(),
            "label_format": "ZPL",
            "cost": 4.9,
            "currency": self.company.currency_id.name,
        }

    def test_before_leaving(self):
        """An announced shipment is taken over when the goods leave."""
        answer = self.shipments.register([self.entry])[0]
        shipment = self.picking.shipment_ids
        self.assertEqual(
            answer,
            {
                "ok": True,
                "errors": [],
                "shipment_id": shipment.id,
                "picking_id": self.picking.id,
                "package_id": self.package.id,
                "status": "info_received",
            },
        )
        self.assertRecordValues(
            shipment,
            [
                {
                    "carrier_id": self.carrier.id,
                    "service": "Next day",
                    "tracking_ref": "T-1",
                    "label_format": "zpl",
                    "cost": 4.9,
                    "currency_id": self.company.currency_id.id,
                    "shipped_at": False,
                    "order_ids": self.picking.sale_id.ids,
                }
            ],
        )
        self.assertEqual(base64.b64decode(shipment.label), b"^XA^XZ")
        self.assertEqual(self.picking.carrier_tracking_ref, "T-1")
        self.assertEqual(self.picking.carrier_tracking_url, "https://track.example.com/T-1")
        shipped = self.as_role(self.picking, "picker").ship()[0]
        self.assertEqual(shipped["shipment_ids"], shipment.ids)
        self.assertEqual((shipment.shipped_at, shipment.status), (NOW, "info_received"))

    def test_after_leaving(self):
        """Registering what has left completes its shipment."""
        self.as_role(self.picking, "picker").ship()
        self.assertEqual(self.picking.shipment_ids.status, "pending")
        self.shipments.register([{"picking_id": self.picking.id, "tracking_ref": "T-9"}])
        self.assertEqual(len(self.picking.shipment_ids), 1)
        self.assertRecordValues(
            self.picking.shipment_ids,
            [{"tracking_ref": "T-9", "status": "info_received", "shipped_at": NOW}],
        )

    def test_whole_transfer(self):
        """A shipment announced for a transfer becomes that of its first parcel."""
        picking = self._create_delivery([(self.product, 2)])
        self.shipments.register([{"picking_id": picking.id, "tracking_ref": "T-3"}])
        self._scan_all(picking)
        self.as_role(picking, "picker").pack()
        self.as_role(picking, "picker").ship()
        self.assertRecordValues(
            picking.shipment_ids,
            [{"tracking_ref": "T-3", "package_id": picking.move_line_ids.result_package_id.id}],
        )

    def test_two_parcels(self):
        """Each parcel has its own number; voiding one leaves the other."""
        picking = self._create_delivery([(self.product, 3)])
        seen = self.as_role(picking, "picker")
        for quantity in (2, 1):
            seen.scan("OM-A", quantity)
            seen.pack()
        packages = picking.move_line_ids.result_package_id.sorted("id")
        refused = self.shipments.register([{"picking_id": picking.id, "tracking_ref": "T"}])[0]
        self.assertEqual(refused["errors"][0]["path"], "shipments[0].package_id")
        first, second = (
            self.shipments.browse(answer["shipment_id"])
            for answer in self.shipments.register(
                [
                    {"package_id": packages[0].id, "tracking_ref": "T-1"},
                    {"package_id": packages[1].id, "tracking_ref": "T-2"},
                ]
            )
        )
        self.assertEqual(picking.carrier_tracking_ref, "T-1,T-2")
        self.assertTrue(first.void("label torn")[0]["voided"])
        self.assertEqual(picking.carrier_tracking_ref, "T-2")
        again = self.shipments.register([{"package_id": packages[0].id, "tracking_ref": "T-3"}])
        self.assertNotEqual(again[0]["shipment_id"], first.id)
        seen.ship()
        self.assertRecordValues(
            picking.shipment_ids.sorted("id"),
            [
                {"tracking_ref": "T-1", "is_void": True, "shipped_at": False},
                {"tracking_ref": "T-2", "is_void": False, "shipped_at": NOW},
                {"tracking_ref": "T-3", "is_void": False, "shipped_at": NOW},
            ],
        )
        self.assertEqual(second.void_reason, False)

    def test_replay(self):
        """A key registers once; without one the same parcel keeps its one shipment."""
        keyed = {**self.entry, "request_key": "r-1"}
        first = self.shipments.register([keyed])[0]
        self.assertEqual(self.shipments.register([keyed])[0], {**first, "replayed": True})
        self.assertEqual(
            self.shipments.register([self.entry])[0]["shipment_id"], first["shipment_id"]
        )
        self.assertEqual(len(self.picking.shipment_ids), 1)

    def test_refusals(self):
        """A bad entry is an error by path, the others are registered."""
        receipt = self.env["stock.picking"].create(
            {"picking_type_id": self.warehouse.in_type_id.id}
        )
        cases = [
            ({"carrier": "nobody"}, "unknown_carrier", "carrier"),
            ({"currency": "XXX"}, "unknown_currency", "currency"),
            ({"cost": -1}, "wrong_value", "cost"),
            ({"label_format": "gif"}, "unsupported_format", "label_format"),
            ({"label": "not base64!"}, "malformed", "label"),
            ({"picking_id": receipt.id}, "wrong_value", "package_id"),
            ({"picking_id": receipt.id, "package_id": False}, "not_possible", "picking_id"),
        ]
        for change, code, path in cases:
            with self.subTest(change=change):
                answer = self.shipments.register([{**self.entry, **change}])[0]
                self.assertFalse(answer["ok"])
                error = answer["errors"][0]
                self.assertEqual((error["code"], error["path"]), (code, f"shipments[0].{path}"))
        self.assertFalse(self.picking.shipment_ids)
        mixed = self.shipments.register([{**self.entry, "carrier": "nobody"}, self.entry])
        self.assertEqual([answer["ok"] for answer in mixed], [False, True])

    def test_void(self):
        """Voiding wants a reason, repeats its answer, and ends when the carrier has it."""
        self.shipments.register([self.entry])
        shipment = self.picking.shipment_ids.with_user(self.users["integration"])
        self.assertEqual(shipment.void(" ")[0]["errors"][0]["code"], "reason_required")
        self.assertFalse(shipment.is_void)
        self.assertTrue(shipment.void("torn")[0]["voided"])
        again = shipment.void("other")[0]
        self.assertTrue(again["ok"] and again["replayed"])
        self.assertEqual(shipment.void_reason, "torn")
        self.assertEqual(self.picking.carrier_tracking_ref, False)
        self.shipments.register([self.entry])
        moving = self.picking.shipment_ids.filtered(lambda s: not s.is_void)
        moving.status = "in_transit"
        answer = moving.with_user(self.users["integration"]).void("late")[0]
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertFalse(moving.is_void)

    def test_confirm_delivery(self):
        """The delivery is final; a later confirmation only adds what was not told."""
        self.as_role(self.picking, "picker").ship()
        shipment = self.picking.shipment_ids.with_user(self.users["integration"])
        late = shipment.confirm_delivery("2026-03-02T12:00:00Z")[0]
        self.assertEqual(late["errors"][0]["code"], "future_event")
        first = shipment.confirm_delivery("2026-03-02T10:30:00+01:00")[0]
        self.assertEqual(
            first,
            {
                "ok": True,
                "errors": [],
                "shipment_id": shipment.id,
                "status": "delivered",
                "delivered_at": "2026-03-02 09:30:00",
            },
        )
        again = shipment.confirm_delivery("2026-03-02T10:00:00", received_by="Ann", proof="signed")
        self.assertEqual(again[0], {**first, "replayed": True})
        self.assertEqual(shipment.received_by, "Ann")
        order = self.picking.sale_id
        self.assertEqual((order.stage, order.delivered_at), ("delivered", NOW))
        events = self.env["order.event"].search([("order_id", "=", order.id)])
        self.assertEqual(events.mapped("kind").count("delivered"), 1)

    def test_confirm_before_leaving(self):
        self.shipments.register([self.entry])
        shipment = self.picking.shipment_ids.with_user(self.users["integration"])
        answer = shipment.confirm_delivery("2026-03-02T09:00:00")[0]
        self.assertEqual(answer["errors"][0]["code"], "not_possible")
        self.assertEqual(shipment.status, "info_received")

    def test_status_of_order(self):
        """get_status lists live shipments."""
        self.shipments.register([self.entry])
        self.as_role(self.picking, "picker").ship()
        status = self.as_role(self.picking.sale_id, "clerk").get_status()[0]
        self.assertEqual(
            status["shipments"],
            [
                {
                    "shipment_id": self.picking.shipment_ids.id,
                    "tracking_ref": "T-1",
                    "tracking_url": "https://track.example.com/T-1",
                    "carrier": "DHL",
                    "sscc": False,
                    "status": "info_received",
                    "shipped_at": "2026-03-02 10:00:00",
                    "delivered_at": False,
                    "picking_id": self.picking.id,
                    "package_id": self.package.id,
                }
            ],
        )

    def test_arguments(self):
        calls = [
            ("shipments", lambda: self.shipments.register("x")),
            (r"shipments\[0\]", lambda: self.shipments.register([{"carrier": "DHL"}])),
            (r"shipments\[0\].weight", lambda: self.shipments.register([{"weight": 1}])),
            ("too_large", lambda: self.shipments.register([self.entry] * 201)),
        ]
        for message, call in calls:
            with self.subTest(message=message), self.assertRaisesRegex(ValidationError, message):
                call()
        self.assertEqual(self.shipments.register([]), [])

    def test_rights(self):
        """Only integration registers, voids and confirms; strangers learn nothing."""
        self.shipments.register([self.entry])
        shipment = self.picking.shipment_ids
        stranger = self._create_other_company_user("integration")
        users = [self.users[role] for role in ("clerk", "picker", "returns", "auditor")]
        for user in (*users, stranger):
            seen = shipment.with_user(user)
            calls = [
                lambda seen=seen: seen.browse().register([self.entry]),
                lambda seen=seen: seen.void("x"),
                lambda seen=seen: seen.confirm_delivery("2026-03-02T09:00:00"),
                lambda seen=seen: seen.write({"status": "delivered"}),
            ]
            for call in calls:
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        self.assertEqual((shipment.status, shipment.is_void), ("info_received", False))
        self.assertEqual(self.env["order.shipment"].with_user(stranger).search_count([]), 0)
        missing = {**self.entry, "package_id": self.package.id + 1000}
        with self.assertRaises(AccessError):
            self.shipments.register([missing])

    def test_late(self):
        """What is still on its way after the promised day is late."""
        self.as_role(self.picking, "picker").ship()
        shipment = self.picking.shipment_ids
        for promised, late in ((date(2026, 3, 2), False), (date(2026, 3, 1), True), (False, False)):
            with self.subTest(promised=promised):
                shipment.promised_date = promised
                self.assertEqual(shipment.is_late, late)
                found = self.env["order.shipment"].search(
                    [("is_late", "=", True), ("id", "=", shipment.id)]
                )
                self.assertEqual(bool(found), late)
