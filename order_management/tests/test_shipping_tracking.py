from itertools import permutations

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged

from .fulfillment_common import FulfillmentCase

SHIPPED = Datetime.to_datetime("2026-03-03 08:00:00")
NOW = Datetime.to_datetime("2026-03-05 18:00:00")


@tagged("post_install", "-at_install", "om_lean")
@freeze_time(NOW)
class TestShippingTracking(FulfillmentCase):
    def setUp(self):
        super().setUp()
        self.source = self.env["order.tracking.source"].create(
            {"name": "Parcel hub", "code": "hub", "secret": "s3cret"}
        )
        self.shipments = self.as_role("order.shipment", "integration")
        self.shipment = self._ship("T-1")
        self.order = self.shipment.order_ids

    def _ship(self, number):
        picking = self._create_packed()
        picking.carrier_tracking_ref = number
        with freeze_time(SHIPPED):
            self.as_role(picking, "picker").ship()
        return picking.shipment_ids

    def _event(self, event_id, status, occurred_at, **values):
        return {
            "event_id": event_id,
            "tracking_ref": "T-1",
            "status": status,
            "occurred_at": occurred_at,
            **values,
        }

    def _count_events(self, kind):
        domain = [("order_id", "in", self.order.ids), ("kind", "=", kind)]
        return self.env["order.event"].search_count(domain)

    def test_scenario_23(self):
        """Events out of order and twice: delivered at 14:10, three distinct events, told once."""
        delivered = self._event("e1", "delivered", "2026-03-05T14:10:00Z")
        transit = self._event("e2", "in_transit", "2026-03-04T08:00:00Z")
        later = self._event("e3", "in_transit", "2026-03-04T20:00:00Z")
        answers = [
            self.shipments.record_events("hub", [event])[0]
            for event in (delivered, transit, delivered, later)
        ]
        self.assertEqual(
            [answer["outcome"] for answer in answers],
            ["recorded", "recorded", "duplicate", "recorded"],
        )
        self.assertEqual({answer["shipment_status"] for answer in answers}, {"delivered"})
        self.assertEqual({answer["shipment_id"] for answer in answers}, {self.shipment.id})
        self.assertEqual(self.shipment.delivered_at, Datetime.to_datetime("2026-03-05 14:10:00"))
        self.assertEqual(len(self.shipment.event_ids), 3)
        self.assertEqual(self._count_events("delivered"), 1)
        self.assertEqual(self.order.stage, "delivered")

    def test_any_order(self):
        """Whatever the order of arrival, the outcome is the same."""
        reports = [
            ("in_transit", "2026-03-04T08:00:00"),
            ("attempt_failed", "2026-03-04T12:00:00"),
            ("out_for_delivery", "2026-03-04T12:00:00"),
        ]
        for index, order in enumerate(permutations(reports)):
            number = f"P-{index}"
            shipment = self._ship(number)
            for status, at in order:
                self.shipments.record_events(
                    "hub", [self._event(f"{number}{status}", status, at, tracking_ref=number)]
                )
            with self.subTest(order=order):
                self.assertEqual(shipment.status, "attempt_failed")
                self.assertEqual(shipment.status_at, Datetime.to_datetime("2026-03-04 12:00:00"))

    def test_delivered_is_final(self):
        """Nothing moves a delivered shipment, not even a newer report."""
        self.shipments.record_events(
            "hub",
            [
                self._event("e1", "delivered", "2026-03-05T10:00:00"),
                self._event("e2", "exception", "2026-03-05T12:00:00"),
                self._event("e3", "delivered", "2026-03-05T13:00:00"),
            ],
        )
        self.shipments.record_events("hub", [self._event("e4", "expired", "2026-03-05T17:00:00")])
        self.assertEqual(self.shipment.status, "delivered")
        self.assertEqual(self.shipment.delivered_at, Datetime.to_datetime("2026-03-05 10:00:00"))
        self.assertEqual(self._count_events("exception"), 0)

    def test_exception_is_told(self):
        self.shipments.record_events("hub", [self._event("e1", "exception", "2026-03-05T10:00:00")])
        self.assertEqual(self._count_events("exception"), 1)
        self.assertEqual(self.order.stage, "shipped")

    def test_rejected(self):
        """A report from the future, or of an unknown status, leaves nothing; the rest counts."""
        answers = self.shipments.record_events(
            "hub",
            [
                self._event("e1", "delivered", "2026-03-05T19:00:01Z"),
                self._event("e2", "out_for_delivery", "2026-03-05T19:00:00Z"),
                self._event("e3", "teleported", "2026-03-05T10:00:00Z"),
                self._event(" ", "delivered", "2026-03-05T10:00:00Z"),
            ],
        )
        self.assertEqual(
            [answer["outcome"] for answer in answers],
            ["rejected", "recorded", "rejected", "rejected"],
        )
        self.assertEqual([answer["ok"] for answer in answers], [False, True, False, False])
        self.assertEqual(
            [answer["errors"][0]["code"] for answer in answers if not answer["ok"]],
            ["future_event", "wrong_value", "missing"],
        )
        self.assertEqual(answers[0]["errors"][0]["path"], "events[0].occurred_at")
        self.assertEqual(self.shipment.status, "out_for_delivery")
        with freeze_time("2026-03-05 18:30:00"):
            again = self.shipments.record_events(
                "hub", [self._event("e1", "delivered", "2026-03-05T19:00:01Z")]
            )
        self.assertEqual(again[0]["outcome"], "recorded", "a rejected event was not seen")

    def test_unknown_number(self):
        """A report about an unknown number is kept, is seen, and counts when the number comes."""
        event = self._event("e1", "delivered", "2026-03-05T14:10:00Z", tracking_ref="LATER")
        first, second = (self.shipments.record_events("hub", [event])[0] for _index in range(2))
        self.assertEqual((first["outcome"], first["ok"]), ("unknown_shipment", True))
        self.assertEqual((first["shipment_id"], first["shipment_status"]), (False, False))
        self.assertEqual(second["outcome"], "duplicate")
        picking = self._create_packed()
        self.as_role(picking, "picker").ship()
        answer = self.shipments.register([{"picking_id": picking.id, "tracking_ref": "LATER"}])[0]
        self.assertEqual(answer["status"], "delivered")
        self.assertRecordValues(
            picking.shipment_ids,
            [{"status": "delivered", "delivered_at": Datetime.to_datetime("2026-03-05 14:10:00")}],
        )
        self.assertEqual(picking.shipment_ids.event_ids.outcome, "recorded")
        self.assertEqual(picking.sale_id.stage, "delivered")

    def test_number_from_core(self):
        """A number that core puts on the transfer finds the events that came before."""
        event = self._event("e1", "in_transit", "2026-03-05T14:10:00Z", tracking_ref="CORE-1")
        self.shipments.record_events("hub", [event])
        self.assertEqual(self._ship("CORE-1").status, "in_transit")

    def test_twice_in_one_call(self):
        event = self._event("e1", "in_transit", "2026-03-05T10:00:00Z")
        answers = self.shipments.record_events("hub", [event, event])
        self.assertEqual([answer["outcome"] for answer in answers], ["recorded", "duplicate"])

    def test_two_parcels(self):
        """An order is delivered when all its parcels are."""
        picking = self._create_delivery([(self.product, 2)])
        seen = self.as_role(picking, "picker")
        for _index in range(2):
            seen.scan("OM-A")
            seen.pack()
        picking.carrier_tracking_ref = "A-1,A-2"
        seen.ship()
        order = picking.sale_id
        self.assertEqual(picking.shipment_ids.sorted("id").mapped("tracking_ref"), ["A-1", "A-2"])
        for number, stage in (("A-1", "shipped"), ("A-2", "delivered")):
            self.shipments.record_events(
                "hub",
                [self._event(number, "delivered", "2026-03-05T10:00:00", tracking_ref=number)],
            )
            self.assertEqual(order.stage, stage)

    def test_sources_are_apart(self):
        """Two sources may use the same event ids."""
        self.source.copy({"code": "second"})
        event = self._event("e1", "in_transit", "2026-03-05T10:00:00Z")
        outcomes = [
            self.shipments.record_events(code, [event])[0]["outcome"] for code in ("hub", "second")
        ]
        self.assertEqual(outcomes, ["recorded", "recorded"])

    def test_secret(self):
        """The secret is written and never read; the one before stays valid."""
        self.assertEqual(self.source._get_secrets(), ["s3cret"])
        self.source.with_user(self.users["manager"]).secret = "newer"
        self.assertEqual(self.source._get_secrets(), ["newer", "s3cret"])
        seen = self.source.with_user(self.users["manager"])
        self.assertEqual(seen.read(["secret", "has_secret"])[0]["secret"], False)
        self.assertTrue(seen.has_secret)
        for name in ("current_secret", "previous_secret"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                seen.read([name])
        with self.assertRaises(AccessError):
            seen.search([("current_secret", "=like", "n%")])
        self.source.with_user(self.users["manager"]).write({"name": "Hub", "secret": ""})
        self.assertEqual(self.source._get_secrets(), ["newer", "s3cret"])
        with self.assertRaises(AccessError):
            self.source.with_user(self.users["integration"]).secret = "mine"

    def test_rights(self):
        """Only integration reports; a foreign and a missing source answer alike."""
        event = self._event("e1", "delivered", "2026-03-05T10:00:00Z")
        for role in ("clerk", "picker", "returns", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role("order.shipment", role).record_events("hub", [event])
        stranger = self._create_other_company_user("integration")
        messages = set()
        for code in ("hub", "nowhere"):
            with self.subTest(code=code), self.assertRaises(AccessError) as caught:
                self.env["order.shipment"].with_user(stranger).record_events(code, [event])
            messages.add(str(caught.exception))
        self.assertEqual(len(messages), 1)
        self.assertEqual(self.shipment.status, "pending")
        for model in ("order.tracking.event", "order.tracking.source"):
            found = self.env[model].with_user(stranger).search_count([])
            self.assertEqual(found, 0)

    def test_arguments(self):
        good = self._event("e1", "delivered", "2026-03-05T10:00:00Z")
        calls = [
            ("source", "", [good]),
            ("events", "hub", "x"),
            (r"events\[0\].mood", "hub", [{**good, "mood": "good"}]),
            (r"events\[0\].tracking_ref", "hub", [{**good, "tracking_ref": None}]),
            (r"events\[1\].occurred_at", "hub", [good, {**good, "occurred_at": "yesterday"}]),
        ]
        for message, source, events in calls:
            with self.subTest(message=message):
                expected = AccessError if message == "source" else ValidationError
                with self.assertRaises(expected) as caught:
                    self.shipments.record_events(source, events)
                if expected is ValidationError:
                    self.assertRegex(str(caught.exception), message)
        self.assertFalse(self.shipment.event_ids)
        self.assertEqual(self.shipments.record_events("hub", []), [])

    def test_queries(self):
        """Twenty events cost as many queries as five, but for the orders that move."""
        numbers = [f"Q-{index}" for index in range(25)]
        for number in numbers:
            self._ship(number)
        counts = []
        for part in (numbers[:5], numbers[5:]):
            events = [
                self._event(
                    f"e-{number}", "in_transit", "2026-03-05T10:00:00Z", tracking_ref=number
                )
                for number in part
            ]
            counts.append(
                self._count_queries(
                    lambda events=events: self.shipments.record_events("hub", events)
                )
            )
        self.assertLessEqual(counts[1] - counts[0], 2, counts)
        self.assertLessEqual(counts[0], 25, counts)
