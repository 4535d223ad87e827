from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .reorder_common import ReorderCase

NOW = "2026-03-02 10:00:00"  # a Monday
TODAY = date(2026, 3, 2)


def _noon(day):
    return datetime.combine(day, time(12))


@tagged("post_install", "-at_install", "om_lean")
class TestReorderVendor(ReorderCase):
    """What a vendor is like: how long it takes, on which days it is ordered from, its freight."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 0
        cls.vendor = cls._create_customer("Vendor")
        cls.buy_route = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.item.write(
            {
                "standard_price": 4.0,
                "route_ids": [Command.set(cls.buy_route.ids)],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 5.0, "delay": 9})
                ],
            }
        )
        cls.rule = cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": cls.item.id,
                "warehouse_id": cls.warehouse.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": 60,
                "product_max_qty": 200,
                "trigger": "manual",
            }
        )

    def _buy(self, ordered, promised, received=None, vendor=None, quantity=10):
        """An order that was placed, promised and received on three days, noon UTC."""
        with freeze_time(_noon(ordered)):
            order = self.env["purchase.order"].create(
                {
                    "partner_id": (vendor or self.vendor).id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.item.id,
                                "product_qty": quantity,
                                "price_unit": 5.0,
                                "date_planned": _noon(promised),
                            }
                        )
                    ],
                }
            )
            order.button_confirm()
            self.env.flush_all()
        if received:
            with freeze_time(_noon(received)):
                order.picking_ids.move_ids.picked = True
                order.picking_ids.button_validate()
        return order

    def _sell_ten_a_day(self, there=150):
        """60 days; so much is left."""
        self._receive(self.item, TODAY - timedelta(days=61), 600 + there)
        for day in range(60):
            self._ship(self.item, TODAY - timedelta(days=60 - day), 12 if day % 2 else 8)

    def _propose(self, moment=NOW):
        with freeze_time(moment):
            return self.as_role(self.rule, "manager").propose_levels()[0]

    # Lead time and reliability

    def test_receipts_of_the_last_year(self):
        """10, 12 and 20 days; the second was late, whatever day was agreed later."""
        self._buy(date(2025, 9, 1), date(2025, 9, 11), date(2025, 9, 11))
        late = self._buy(date(2025, 10, 1), date(2025, 10, 11))
        with freeze_time("2025-10-09 12:00:00"):
            late.order_line._update_date_planned(_noon(date(2025, 10, 13)))
        with freeze_time("2025-10-13 12:00:00"):
            late.picking_ids.move_ids.picked = True
            late.picking_ids.button_validate()
        self._buy(date(2025, 11, 1), date(2025, 11, 25), date(2025, 11, 21))
        self._buy(date(2024, 9, 1), date(2024, 9, 11), date(2024, 12, 11))  # long ago
        self._buy(date(2026, 2, 1), date(2026, 2, 11))  # still open
        contact = self._create_customer("Desk", parent_id=self.vendor.id)
        other = self._create_customer("Other")
        with freeze_time(NOW):
            vendors = self.as_role(self.vendor | contact | other, "auditor")
            self.assertEqual(
                [
                    (
                        vendor.vendor_lead_days,
                        vendor.vendor_lead_deviation,
                        round(vendor.vendor_on_time, 4),
                        vendor.vendor_receipts,
                    )
                    for vendor in vendors
                ],
                [(12.0, 5.3, 0.6667, 3)] * 2 + [(0.0, 0.0, 0.0, 0)],
            )

    def test_many_vendors_in_one_statement(self):
        vendors = self.env["res.partner"].concat(
            *(self._create_customer(f"Vendor {number}") for number in range(20))
        )
        for vendor in vendors[:3]:
            self._buy(date(2025, 9, 1), date(2025, 9, 11), date(2025, 9, 11), vendor)
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(NOW):
            vendors.fetch(["commercial_partner_id"])
            self.env["stock.warehouse"].search([]).partner_id.fetch(["tz"])
            with self.assertQueryCount(10):
                found = [vendor.vendor_receipts for vendor in vendors]
        self.assertEqual(found, [1] * 3 + [0] * 17)

    # Order days

    def test_order_days(self):
        for numbers, working, expected in (
            ((), False, (0, TODAY)),
            ((1,), False, (7, TODAY)),
            ((2, 4), False, (5, date(2026, 3, 3))),
            ((), True, (3, TODAY)),
            ((3,), True, (7, date(2026, 3, 4))),
        ):
            with self.subTest(numbers=numbers, working=working), freeze_time(NOW):
                self.vendor.vendor_order_day_ids = self._get_weekdays(numbers)
                self.vendor.vendor_calendar_id = working and self.company.resource_calendar_id
                rhythm = self.vendor._get_rhythms(self.company)[self.vendor]
                self.assertEqual(tuple(rhythm), expected)
                self.assertEqual(self.vendor.vendor_next_order_day, expected[1])

    def test_days_off_of_the_vendor(self):
        """Closed on Wednesday: the order is placed a week later, and the one before lasts."""
        calendar = self.company.resource_calendar_id.copy({"name": "Vendor", "tz": "UTC"})
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": calendar.id,
                "date_from": "2026-03-04 00:00:00",
                "date_to": "2026-03-04 23:59:59",
            }
        )
        self.vendor.vendor_order_day_ids = self._get_weekdays((1, 3))
        self.vendor.vendor_calendar_id = calendar
        for moment, expected in (
            (NOW, (7, TODAY)),
            ("2026-03-03 10:00:00", (5, date(2026, 3, 9))),
        ):
            with freeze_time(moment):
                self.vendor.invalidate_recordset()
                rhythm = self.vendor._get_rhythms(self.company)[self.vendor]
                self.assertEqual(tuple(rhythm), expected)

    def test_core_s_weekly_requests(self):
        self.vendor.write({"group_rfq": "week", "group_on": "2"})
        with freeze_time(NOW):
            rhythm = self.vendor._get_rhythms(self.company)[self.vendor]
            self.assertEqual(tuple(rhythm), (7, TODAY))
            self.vendor.vendor_order_day_ids = self._get_weekdays((1, 2, 3, 4))
            rhythm = self.vendor._get_rhythms(self.company)[self.vendor]
            self.assertEqual(tuple(rhythm), (7, TODAY), "more often would make no difference")

    def test_levels_last_until_the_order_after_the_next(self):
        self._sell_ten_a_day()
        every_day = self._propose()
        self.vendor.vendor_order_day_ids = self._get_weekdays((3,))
        weekly = self._propose()
        proposal = self.rule.proposal_ids
        self.assertEqual((proposal.review_days, proposal.order_day), (7, date(2026, 3, 4)))
        self.assertAlmostEqual(weekly["minimum"] - every_day["minimum"], 60, delta=12)
        self.assertIn("(lead time 9, review 7)", weekly["reason"])
        self.assertIn("takes the next order on 03/04/2026", weekly["reason"])
        self.assertNotIn("takes the next order", every_day["reason"])

    def test_requests_are_to_be_sent_on_order_days(self):
        """Needed by Friday of next week: sent on Wednesday; needed now: on the next Wednesday."""
        self.vendor.vendor_order_day_ids = self._get_weekdays((3,))
        for moment, expected in (
            (date(2026, 3, 13), date(2026, 3, 11)),
            (date(2026, 3, 11), date(2026, 3, 11)),
            (date(2026, 3, 2), date(2026, 3, 4)),
            (date(2026, 2, 2), date(2026, 3, 4)),
        ):
            with self.subTest(moment=moment), freeze_time(NOW):
                found = self.vendor._get_order_moment(self.company, _noon(moment))
                self.assertEqual(found, _noon(expected))
        with freeze_time(NOW):
            self._set_stock(self.item, 10)
            self.rule.action_replenish()
        request = self.env["purchase.order.line"].search([("product_id", "=", self.item.id)])
        self.assertEqual(request.order_id.date_order.date(), date(2026, 3, 4))
        self.assertEqual(request.date_planned.date(), date(2026, 3, 13), "9 days after")

    def _get_weekdays(self, numbers):
        return self.env["order.weekday"].search([("number", "in", numbers)])

    # Freight

    def test_more_is_ordered_or_the_freight_is_paid(self):
        """Both figures are told; the vendor's least value comes first."""
        self._sell_ten_a_day(50)
        self.policy.order_cost = 0.0
        plain = self._propose()
        self.assertGreater(plain["quantity"], 0)
        value = plain["quantity"] * 5.0
        terms = {"vendor_freight_cost": 50.0, "vendor_free_freight_from": value + 500.0}
        for change, holding, words, more in (
            (terms, 20.0, "delivered free", True),
            ({**terms, "vendor_freight_cost": 0.5}, 20.0, "The freight of 0.50 is paid", False),
            ({**terms, "vendor_free_freight_from": value}, 20.0, "", False),
            ({**terms, "vendor_free_freight_from": 9e9}, 20.0, "cannot be reached", False),
            ({"vendor_freight_cost": 0.0}, 20.0, "", False),
        ):
            with self.subTest(change=change):
                self.vendor.write(change)
                self.policy.holding_percent = holding
                row = self._propose()
                self.assertIn(words, row["reason"])
                self.assertEqual(row["quantity"] > plain["quantity"], more)
                if more:
                    self.assertGreaterEqual(row["quantity"] * 5.0, value + 500.0)
                    self.assertLess(row["quantity"] * 5.0, value + 510.0)
                    self.assertIn("the freight would be 50.00", row["reason"])
                if not words:
                    self.assertNotIn("freight", row["reason"])
        self.vendor.write({**terms, "vendor_minimum_value": value + 600.0})
        row = self._propose()
        self.assertIn("least order value", row["reason"])
        self.assertNotIn("freight", row["reason"])
