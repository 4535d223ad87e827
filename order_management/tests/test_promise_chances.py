from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .common import OrderManagementCase, switch_on

NOW = "2026-03-02 10:00:00"  # a Monday


class ChancesCase(OrderManagementCase):
    """Builders of receipts, deliveries and shipments that were early or late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.delays = cls.env["order.promise.delay"]
        cls.vendor = cls.env["res.partner"].create({"name": "Boards & Co", "is_company": True})
        cls.carrier = cls._create_carrier("Two days", 2)

    @classmethod
    def _create_carrier(cls, name, transit_days):
        product = cls._create_product(f"OM-{name}", type="service", is_storable=False)
        return cls.env["delivery.carrier"].create(
            {"name": name, "transit_days": transit_days, "product_id": product.id}
        )

    def _buy(self, planned, vendor=None, quantity=1):
        """A purchase order, confirmed long before it is due."""
        with freeze_time("2026-01-05 09:00:00"):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": (vendor or self.vendor).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "product_qty": quantity,
                                "date_planned": planned,
                            }
                        )
                    ],
                }
            )
            purchase.button_confirm()
            self.env.flush_all()
        return purchase

    def _receive(self, planned, done, vendor=None):
        purchase = self._buy(planned, vendor)
        with freeze_time(done):
            purchase.picking_ids.button_validate()
        return purchase

    def _sell(self, ordered, left=None, **values):
        """An order that was confirmed on one day and left on another."""
        with freeze_time(ordered):
            order = self._create_order(**values)
            order.action_confirm()
        if left:
            with freeze_time(left):
                order.picking_ids.move_ids.picked = True
                order.picking_ids.button_validate()
        return order

    def _learn(self):
        self.env.flush_all()
        self.delays._cron_learn()
        return self.delays.search([("company_id", "=", self.company.id)])

    def _find(self, kind, key=False):
        """Histogram of one vendor, warehouse or delivery method, or of the company."""
        name = {"receipt": "vendor_id", "picking": "warehouse_id", "carrier": "carrier_id"}[kind]
        found = self.delays.search(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", kind),
                (name, "=", key and key.id),
            ]
        )
        return found.histogram if found else []

    def _set_learned(self, kind, histogram, key=False):
        """What was learned of one vendor, warehouse or delivery method, or of the company."""
        name = {"receipt": "vendor_id", "picking": "warehouse_id", "carrier": "carrier_id"}[kind]
        self.delays.create(
            {
                "company_id": self.company.id,
                "kind": kind,
                name: key and key.id,
                "histogram": histogram,
            }
        )
        self.env.registry.clear_cache()

    def _get_chance(self, source, slack=0, vendor=None, warehouse=None, carrier=None):
        wish = {
            "source": source,
            "vendor_id": vendor.id if vendor else False,
            "warehouse_id": (warehouse or self.warehouse).id,
            "carrier_id": carrier.id if carrier else False,
            "slack": slack,
        }
        (chance,) = self.delays._get_chances(self.company, [wish])
        return chance


@tagged("post_install", "-at_install", "om_lean")
class TestPromiseLearning(ChancesCase):
    def test_receipts_are_compared_with_the_vendor_s_promise(self):
        other = self.env["res.partner"].create({"name": "Late & Sons", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": other.id})
        self._receive("2026-02-10 12:00:00", "2026-02-10 08:00:00")
        self._receive("2026-02-10 12:00:00", "2026-02-09 18:00:00")
        self._receive("2026-02-10 12:00:00", "2026-02-12 08:00:00")
        self._receive("2026-02-10 12:00:00", "2026-02-12 09:00:00", contact)
        delays = self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[-1, 1], [0, 1], [2, 1]])
        self.assertEqual(self._find("receipt", other), [[2, 1]])
        self.assertEqual(self._find("receipt"), [[-1, 1], [0, 1], [2, 2]])
        found = delays.filtered(lambda delay: delay.vendor_id == self.vendor)
        self.assertEqual(
            (found.observations, found.mean, found.on_time, found.name, found.learned_at),
            (3, 1 / 3, 2 / 3, "Boards & Co", Datetime.to_datetime(NOW)),
        )
        general = delays.filtered(lambda delay: delay.kind == "receipt" and delay.is_general)
        self.assertEqual((general.name, general.observations), ("All vendors", 4))

    def test_the_vendor_s_first_promise_counts(self):
        """Agreeing to a later day makes nobody punctual."""
        purchase = self._buy("2026-02-10 12:00:00")
        purchase.order_line.date_planned = "2026-02-20 12:00:00"
        with freeze_time("2026-02-20 12:00:00"):
            purchase.picking_ids.button_validate()
        self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[10, 1]])

    def test_days_are_those_of_the_warehouse(self):
        """Half past eleven in the evening in London is the next day in Brussels."""
        self.warehouse.partner_id.tz = "Europe/Brussels"
        self._receive("2026-02-10 12:00:00", "2026-02-10 22:59:00")
        self._receive("2026-02-10 12:00:00", "2026-02-10 23:30:00")
        self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[0, 1], [1, 1]])

    def test_what_is_overdue_counts_as_late_so_far(self):
        self._buy("2026-02-25 12:00:00")
        self._buy("2026-03-02 12:00:00")
        self._buy("2026-03-20 12:00:00")
        self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[5, 1]])

    def test_every_part_of_a_receipt_counts(self):
        purchase = self._buy("2026-02-10 12:00:00", quantity=5)
        with freeze_time("2026-02-10 12:00:00"):
            picking = purchase.picking_ids
            picking.move_ids.quantity = 3
            picking.with_context(skip_backorder=True).button_validate()
        with freeze_time("2026-02-14 12:00:00"):
            (purchase.picking_ids - picking).button_validate()
        self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[0, 1], [4, 1]])

    def test_what_was_long_ago_or_is_no_receipt_is_left_out(self):
        with freeze_time("2024-12-01 09:00:00"):
            old = self._buy("2024-12-10 12:00:00")
        old.picking_ids.move_ids.date = "2024-12-10 12:00:00"
        purchase = self._buy("2026-02-10 12:00:00")
        purchase.button_cancel()
        self._learn()
        self.assertEqual(self._find("receipt"), [])

    def test_extremes_are_bounded(self):
        self._receive("2025-10-01 12:00:00", "2026-02-10 08:00:00")
        self._receive("2026-09-01 12:00:00", "2026-02-10 08:00:00")
        self._learn()
        self.assertEqual(self._find("receipt"), [[-30, 1], [60, 1]])

    def test_deliveries_are_compared_with_their_deadline(self):
        """Handling takes a day: on time on the 11th, two days late on the 13th."""
        self.warehouse.handling_days = 1
        self._sell("2026-02-10 09:00:00", "2026-02-11 15:00:00")
        self._sell("2026-02-10 09:00:00", "2026-02-13 15:00:00")
        self._sell("2026-02-10 09:00:00", "2026-02-16 15:00:00", commitment_date="2026-02-20")
        self._sell("2026-02-26 09:00:00")
        self._sell("2026-03-02 09:00:00")
        self._learn()
        expected = [[-4, 1], [0, 1], [2, 1], [3, 1]]
        self.assertEqual(self._find("picking", self.warehouse), expected)
        self.assertEqual(self._find("picking"), expected)

    def test_what_was_told_first_counts_when_it_rested_on_stock(self):
        """Told for the 12th, then for the 16th, and gone on the 13th: a day late."""
        self.warehouse.handling_days = 1
        order = self._sell("2026-02-10 09:00:00")
        first = order.promise_ids
        first.ship_date = "2026-02-12"
        first.copy({"ship_date": "2026-02-16", "made_at": "2026-02-11 09:00:00"})
        first.copy({"ship_date": "2026-02-01", "made_at": "2026-02-01 09:00:00",
                    "is_withdrawn": True})  # fmt: skip
        waited = self._sell("2026-02-10 09:00:00")
        waited.promise_ids.copy({"source": "incoming", "made_at": "2026-02-12 09:00:00"})
        with freeze_time("2026-02-13 09:00:00"):
            (order | waited).picking_ids.button_validate()
        self._learn()
        self.assertEqual(self._find("picking", self.warehouse), [[1, 1]])

    def test_core_s_deadlines_count_until_there_are_promises(self):
        order = self._sell("2026-02-10 09:00:00", "2026-02-12 09:00:00")
        order.promise_ids.unlink()
        told = [self._sell("2026-02-10 09:00:00", "2026-02-10 12:00:00") for _index in range(29)]
        self._learn()
        self.assertEqual(self._find("picking"), [[0, 29], [2, 1]])
        told.append(self._sell("2026-02-10 09:00:00", "2026-02-11 12:00:00"))
        self._learn()
        self.assertEqual(self._find("picking"), [[0, 29], [1, 1]])

    def test_shipments_are_compared_with_the_transit_time(self):
        slow = self._create_carrier("Five days", 5)
        statuses = (
            (self.carrier, "2026-02-12 17:00:00", "delivered"),  # 2 days
            (self.carrier, "2026-02-13 08:00:00", "delivered"),
            (self.carrier, "2026-02-11 08:00:00", "delivered"),
            (self.carrier, False, "in_transit"),  # for 20 days
            (self.carrier, False, "pending"),  # nobody tracks it
            (self.carrier, False, "available_for_pickup"),  # the customer is late
            (slow, "2026-02-13 08:00:00", "delivered"),
        )
        for carrier, delivered_at, status in statuses:
            order = self._sell("2026-02-10 09:00:00")
            order.picking_ids.carrier_id = carrier
            with freeze_time("2026-02-10 15:00:00"):
                order.picking_ids.button_validate()
            order.shipment_ids.write({"delivered_at": delivered_at, "status": status})
        self._learn()
        self.assertEqual(self._find("carrier", self.carrier), [[-1, 1], [0, 1], [1, 1], [18, 1]])
        self.assertEqual(self._find("carrier", slow), [[-2, 1]])
        self.assertEqual(self._find("carrier"), [[-2, 1], [-1, 1], [0, 1], [1, 1], [18, 1]])

    def test_voided_shipments_are_left_out(self):
        order = self._sell("2026-02-10 09:00:00")
        order.picking_ids.carrier_id = self.carrier
        order.picking_ids.button_validate()
        order.shipment_ids.write({"delivered_at": NOW, "status": "delivered", "is_void": True})
        self._learn()
        self.assertEqual(self._find("carrier"), [])

    def test_only_companies_that_use_order_management_learn(self):
        self._receive("2026-02-10 12:00:00", "2026-02-10 08:00:00")
        self.company.use_order_management = False
        self.assertFalse(self._learn())
        switch_on(self.company)
        self.assertTrue(self._learn())

    def test_learning_anew_replaces_what_was_learned(self):
        self._receive("2026-02-10 12:00:00", "2026-02-12 08:00:00")
        self._learn()
        before = self._get_chance("incoming", vendor=self.vendor)
        self._receive("2026-02-10 12:00:00", "2026-02-10 08:00:00")
        self._learn()
        self.assertEqual(self._find("receipt", self.vendor), [[0, 1], [2, 1]])
        self.assertGreater(self._get_chance("incoming", vendor=self.vendor), before)

    def test_queries_do_not_grow_with_what_is_learned(self):
        self._receive("2026-02-10 12:00:00", "2026-02-12 08:00:00")
        self._learn()
        counts = []
        for size in (2, 10):
            for index in range(size):
                vendor = self.env["res.partner"].create({"name": f"Vendor {size}/{index}"})
                self._receive("2026-02-10 12:00:00", f"2026-02-{10 + index:02d} 08:00:00", vendor)
                self._sell("2026-02-10 09:00:00", f"2026-02-{10 + index:02d} 08:00:00")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.delays._cron_learn()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 1, counts)


@tagged("post_install", "-at_install", "om_full")
class TestPromiseChances(ChancesCase):
    def test_without_anything_learned_a_stated_belief_decides(self):
        self.assertEqual(self._get_chance("stock"), 0.9)
        self.assertEqual(self._get_chance("stock", carrier=self.carrier), 0.81)
        self.assertEqual(self._get_chance("incoming", carrier=self.carrier), 0.729)
        self.assertEqual(self._get_chance("lead_time"), 0.81)
        self.assertEqual(self._get_chance("none", carrier=self.carrier), 0.0)

    def test_the_company_s_own_record(self):
        """15 of 20 on time: with the belief, which counts for five, 19.5 of 25."""
        self._set_learned("picking", [[0, 15], [1, 5]])
        self.assertEqual(self._get_chance("stock"), 0.78)

    def test_one_of_many_is_drawn_to_the_others(self):
        """Two that were late, and ten as of all vendors, of which 45 + 4.5 of 55 were on time."""
        self._set_learned("receipt", [[0, 45], [2, 5]])
        self._set_learned("receipt", [[2, 2]], self.vendor)
        stranger = self.env["res.partner"].create({"name": "New"})
        general = 49.5 / 55
        expected = {self.vendor: 0.9 * (10 * general) / 12, stranger: 0.9 * general}
        for vendor, chance in expected.items():
            self.assertEqual(self._get_chance("incoming", vendor=vendor), round(chance, 4))

    def test_a_contact_of_a_vendor_is_the_vendor(self):
        self._set_learned("receipt", [[2, 50]], self.vendor)
        contact = self.env["res.partner"].create({"name": "Bo", "parent_id": self.vendor.id})
        self.assertEqual(
            self._get_chance("incoming", vendor=contact),
            self._get_chance("incoming", vendor=self.vendor),
        )
        self.assertLess(self._get_chance("incoming", vendor=contact), 0.3)

    def test_days_to_spare_make_up_for_late_goods_and_for_no_late_carrier(self):
        for kind in ("receipt", "picking", "carrier"):
            self._set_learned(kind, [[0, 45], [2, 50]] if kind == "receipt" else [[0, 45]])
        on_time = 49.5 / 50
        receipt = [49.5 / 100, 49.75 / 100, 99.75 / 100]
        for slack, share in enumerate(receipt):
            with self.subTest(slack=slack):
                self.assertEqual(
                    self._get_chance("incoming", slack, carrier=self.carrier),
                    round(share * on_time * on_time, 4),
                )
                self.assertEqual(
                    self._get_chance("stock", slack, carrier=self.carrier),
                    round(on_time * on_time, 4),
                )

    def test_a_parcel_that_leaves_early_may_take_longer_and_goods_that_come_early_wait(self):
        self._set_learned("receipt", [[-1, 995]])
        self._set_learned("picking", [[-1, 995]])
        self._set_learned("carrier", [[1, 995]], self.carrier)
        self._set_learned("carrier", [[1, 995]])
        self.assertGreater(self._get_chance("stock", carrier=self.carrier), 0.99)
        self.assertGreater(self._get_chance("incoming", carrier=self.carrier), 0.99)
        self.delays.search([("kind", "=", "picking")]).histogram = [[0, 995]]
        self.env.registry.clear_cache()
        self.assertLess(self._get_chance("incoming", carrier=self.carrier), 0.02)

    def test_a_day_before_what_is_feasible_is_hardly_kept(self):
        self.assertEqual(self._get_chance("stock", -1), 0.0)

    def test_what_is_shipped_together_waits_for_the_last_of_it(self):
        """One vendor's goods once, whatever the lines; each vendor's own chance counts."""
        self._set_learned("receipt", [[0, 45], [2, 50]])
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        share = 49.5 / 100

        def get_chance(*supplies):
            wishes = [
                {
                    "source": source,
                    "vendor_id": vendor and vendor.id,
                    "warehouse_id": self.warehouse.id,
                    "carrier_id": False,
                    "slack": slack,
                }
                for source, vendor, slack in supplies
            ]
            wishes = [{**wish, "waits_for": wishes} for wish in wishes]
            (chance,) = set(self.delays._get_chances(self.company, wishes))
            return chance

        stock = ("stock", False, 9)
        self.assertEqual(get_chance(stock, stock), 0.9)
        once = round(0.9 * share, 4)
        self.assertEqual(get_chance(stock, ("incoming", self.vendor, 0)), once)
        self.assertEqual(
            get_chance(("incoming", self.vendor, 0), ("lead_time", self.vendor, 3)), once
        )
        self.assertEqual(
            get_chance(("incoming", self.vendor, 0), ("incoming", other, 0)),
            round(0.9 * share * share, 4),
        )
        self.assertEqual(get_chance(stock, ("none", False, 0)), 0.0)

    def test_no_queries_when_warm(self):
        wishes = [
            {
                "source": source,
                "vendor_id": self.vendor.id,
                "warehouse_id": self.warehouse.id,
                "carrier_id": self.carrier.id,
                "slack": slack,
            }
            for source in ("stock", "incoming", "lead_time", "none")
            for slack in range(50)
        ]
        first = self.delays._get_chances(self.company, wishes)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.assertEqual(self.delays._get_chances(self.company, wishes), first)
        self.assertEqual(len(first), 200)
        self.assertTrue(all(0 <= chance <= 1 for chance in first))

    def test_managers_and_auditors_read_and_nobody_writes(self):
        self._set_learned("picking", [[0, 15], [1, 5]])
        delay = self.delays.search([("kind", "=", "picking")])
        for role in ("manager", "auditor"):
            seen = self.as_role(delay, role)
            self.assertEqual(seen.read(["histogram"])[0]["histogram"], [[0, 15], [1, 5]])
            for call in (
                lambda seen=seen: seen.write({"histogram": []}),
                lambda seen=seen: seen.unlink(),
                lambda seen=seen: seen.create({"company_id": 1, "kind": "receipt"}),
            ):
                with self.assertRaises(AccessError):
                    call()
        for role in ("clerk", "picker", "returns", "integration"):
            with self.assertRaises(AccessError):
                self.as_role(delay, role).read(["histogram"])

    def test_other_companies_see_nothing_of_it(self):
        self._set_learned("picking", [[0, 15], [1, 5]])
        other = self.env["res.company"].create({"name": "Other"})
        delay = self.delays.search([("kind", "=", "picking")])
        delay.company_id = other
        self.assertFalse(self.as_role("order.promise.delay", "manager").search([]))
        self.env.registry.clear_cache()
        self.assertEqual(self._get_chance("stock"), 0.9)


@tagged("post_install", "-at_install", "om_lean")
class TestPromiseAccuracy(ChancesCase):
    """What was told against what happened; the week from the 16th to the 22nd of February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order()
        cls.order.state = "sale"
        cls.order.promise_ids.unlink()

    @classmethod
    def _tell(cls, chance, outcome=False, count=1, order=None, day="2026-02-18", **values):
        """Promises of a chance that ended in a way."""
        order = order or cls.order
        vals = {
            "order_id": order.id,
            "line_id": order.order_line.id,
            "company_id": order.company_id.id,
            "source": "stock",
            "cause": "confirmed",
            "quantity": 1,
            "ship_date": day,
            "delivery_date": day,
            "confidence": chance,
            "outcome": outcome,
            "state": "closed" if outcome else "current",
            **values,
        }
        return cls.env["order.promise"].create([vals] * count)

    def _get_calibration(self):
        return self.delays._get_calibration(self.company, date(2026, 2, 16), date(2026, 2, 22))

    def test_told_and_kept_are_compared(self):
        self._tell(0.85, "kept", 3)
        self._tell(0.81, "broken")
        self._tell(0.6, "kept")
        self._tell(0.6, "kept", day="2026-02-16")
        self._tell(0.6, "kept", day="2026-02-15")
        self._tell(0.6, "kept", day="2026-02-23")
        found = self._get_calibration()
        self.assertEqual([(band.low, band.count) for band in found.bands], [(0.6, 2), (0.8, 4)])
        self.assertAlmostEqual(found.bands[1].chance, 0.84)
        self.assertAlmostEqual(found.bands[1].kept, 0.75)
        self.assertAlmostEqual(found.brier, (3 * 0.15**2 + 0.81**2 + 2 * 0.4**2) / 6)

    def test_what_took_their_place_does_not_save_promises_and_the_customer_s_wish_does(self):
        self._tell(0.85, "broken", state="superseded")
        self._tell(0.85, "broken", state="superseded", is_withdrawn=True)
        self._tell(0.85, "broken", state="cancelled")
        self._tell(0.0, "broken", source="none")
        self.assertEqual(self._get_calibration().count, 1)

    def test_what_has_not_left_when_its_day_is_over_is_broken(self):
        self._tell(0.85)
        self._tell(0.85, state="superseded")
        found = self._get_calibration()
        self.assertEqual((found.count, found.kept), (2, 0.0))
        quotation = self._create_order()
        self._tell(0.85, order=quotation)
        self.assertEqual(self._get_calibration().count, 2, "nobody ordered it")
        self.order.order_line.qty_delivered = 1
        self.assertEqual(self._get_calibration().count, 0, "judged when all of it is there")

    def test_the_arrival_of_what_nobody_tracks_is_not_known(self):
        self.order.carrier_id = self.carrier
        self._tell(0.85, "kept", 2)
        self._tell(0.85, "broken")
        self._tell(0.85)
        self.assertEqual(self._get_calibration().count, 0)
        self._set_learned("carrier", [[0, 5]], self.carrier)
        self.assertEqual(self._get_calibration().count, 1, "overdue with one that is tracked")
        self.order.delivered_at = "2026-02-18 12:00:00"
        self.assertEqual(self._get_calibration().count, 4)

    def test_other_companies_promises_are_theirs(self):
        self._tell(0.85, "kept")
        other = self.env["res.company"].create({"name": "Other"})
        days = (date(2026, 2, 16), date(2026, 2, 22))
        self.assertEqual(self.delays._get_calibration(other, *days).count, 0)

    def test_a_warning_once_until_it_changes(self):
        events = self.env["order.event"].search([("kind", "=", "promise_accuracy")])

        def learn():
            nonlocal events
            self.env.flush_all()
            self.delays._cron_learn()
            found = self.env["order.event"].search([("kind", "=", "promise_accuracy")]) - events
            events |= found
            return found

        self._tell(0.85, "kept", 22)
        self._tell(0.85, "broken", 7)
        self._tell(0.95, "broken", 20)
        self.assertFalse(learn(), "29 and 20 promises prove nothing")
        self._tell(0.85, "broken")
        event = learn()
        self.assertEqual(
            event.message,
            "Promised dates are kept otherwise than told: told 80–90 %: 73 % of 30 kept.",
        )
        self.assertEqual(
            event.data,
            {"bands": [{"from": 0.8, "to": 0.9, "count": 30, "told": 0.85, "kept": 0.7333}]},
        )
        self.assertEqual((event.company_id, event.order_id.id), (self.company, False))
        self.assertFalse(learn(), "it was told")
        self._tell(0.85, "kept", 10)
        event = learn()
        self.assertEqual(event.message, "Promised dates are kept as often as told again.")
        self.assertEqual(event.data, {"bands": []})
        self.assertFalse(learn())

    def test_exactly_ten_points_are_not_off(self):
        self._tell(0.85, "kept", 30)
        self._tell(0.85, "broken", 10)
        self.env.flush_all()
        self.delays._cron_learn()
        self.assertFalse(self.env["order.event"].search([("kind", "=", "promise_accuracy")]))

    def test_the_screen(self):
        self._tell(0.85, "kept", 22)
        self._tell(0.85, "broken", 8)
        self._tell(0.15, "kept", 40)
        self._tell(0.95, "kept", 30)
        self._tell(0.45, "broken", 3)
        self._set_learned("picking", [[0, 15], [1, 5]])
        for role in ("manager", "auditor"):
            accuracy = self.as_role("order.promise.accuracy", role).new({})
            accuracy._onchange_period()
            self.assertEqual((accuracy.count, accuracy.is_off), (103, True))
            self.assertEqual(
                [
                    (band.name, band.count, round(band.gap, 1), band.verdict)
                    for band in accuracy.band_ids
                ],
                [
                    ("90–100 %", 30, 5.0, "right"),
                    ("80–90 %", 30, -11.7, "hopeful"),
                    ("40–50 %", 3, -45.0, "few"),
                    ("10–20 %", 40, 85.0, "careful"),
                ],
            )
            self.assertEqual(accuracy.date_from, accuracy.date_to - timedelta(days=90))
            self.assertEqual(accuracy.delay_ids.mapped("name"), ["All warehouses"])
            accuracy.date_to = "2026-02-17"
            accuracy._onchange_period()
            self.assertEqual((accuracy.count, accuracy.is_off), (0, False))

    def test_the_screen_is_for_managers_and_auditors_of_the_company(self):
        with self.assertRaises(AccessError):
            self.as_role("order.promise.accuracy", "clerk").new({})._onchange_period()
        other = self.env["res.company"].create({"name": "Other"})
        accuracies = self.as_role("order.promise.accuracy", "auditor")
        with self.assertRaises(AccessError):
            accuracies.new({"company_id": other.id})._onchange_period()


@tagged("post_install", "-at_install", "om_full")
class TestPromiseConfidence(ChancesCase):
    """What stands in the ledger and on the order's lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("order_management.order_check_stock_short").mode = "off"
        cls.item = cls._create_product("OM-CHANCE", stock=3)

    def setUp(self):
        super().setUp()
        self._set_learned("receipt", [[0, 95]])
        self._set_learned("receipt", [[3, 100]], self.vendor)
        self._set_learned("picking", [[0, 45], [1, 50]])

    def _confirm(self, lines, **values):
        order = self._create_order(lines, **values)
        order.action_confirm()
        return order

    def _get_rows(self, order):
        rows = order.promise_ids.sorted("id")
        return [(row.quantity, row.source, row.confidence) for row in rows]

    def test_stock_and_a_receipt(self):
        """Of the vendor's, 10 as of all and 100 three days late."""
        self.product = self.item
        purchase = self._buy("2026-03-10 12:00:00", quantity=10)
        order = self._confirm([(self.item, 5)], picking_policy="direct")
        picking, all_vendors = 49.5 / 100, 99.5 / 100
        receipt = 10 * all_vendors / 110
        self.assertEqual(
            self._get_rows(order),
            [(3.0, "stock", 0.495), (2.0, "incoming", round(picking * receipt, 4))],
        )
        self.assertEqual(order.promise_ids.sorted("id")[1].reference, purchase.name)
        self.assertEqual(order.order_line.promise_confidence, round(picking * receipt, 4))

    def test_shipped_together(self):
        self.product = self.item
        self._buy("2026-03-10 12:00:00", quantity=10)
        order = self._confirm([(self.item, 5)], picking_policy="one")
        chance = round(49.5 / 100 * 10 * (99.5 / 100) / 110, 4)
        self.assertEqual(self._get_rows(order), [(3.0, "stock", chance), (2.0, "incoming", chance)])

    def test_a_line_that_is_promised_anew_still_waits_for_the_others(self):
        self.product = self.item
        self._buy("2026-03-10 12:00:00", quantity=10)
        there = self._create_product("OM-THERE", stock=9)
        order = self._confirm([(self.item, 5), (there, 1)], picking_policy="one")
        (before,) = set(order.promise_ids.mapped("confidence"))
        order.order_line[1].product_uom_qty = 2
        self.as_role(order, "clerk").promise_orders()
        renewed = order.promise_ids.filtered(lambda row: row.product_id == there)
        self.assertEqual(renewed.sorted("id").mapped("quantity"), [1.0, 2.0])
        self.assertEqual(renewed.mapped("confidence"), [before, before])
        self.assertLess(before, 0.1)

    def test_the_lead_time_of_a_vendor(self):
        self.item.seller_ids = [Command.create({"partner_id": self.vendor.id, "delay": 4})]
        order = self._confirm([(self.item, 5)], picking_policy="direct")
        chance = round(49.5 / 100 * 10 * (99.5 / 100) / 110, 4)
        self.assertEqual(self._get_rows(order)[1], (2.0, "lead_time", chance))

    def test_nothing_known(self):
        order = self._confirm([(self.item, 5)], picking_policy="direct")
        rows = {source: chance for _quantity, source, chance in self._get_rows(order)}
        self.assertEqual(rows, {"stock": 0.495, "none": 0.0})
