from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import plain
from .reorder_common import ReorderCase

FIRST = date(2026, 1, 1)
LATER = "2026-03-02 10:00:00"  # 60 days after


@tagged("post_install", "-at_install", "om_lean")
class TestReorderLevels(ReorderCase):
    """Levels come from forecasts, with every number they rest on; trying them changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 0
        cls.vendor = cls._create_customer("Vendor")
        cls.item.write(
            {
                "standard_price": 4.0,
                "route_ids": [Command.set(cls.env.ref("purchase_stock.route_warehouse0_buy").ids)],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 5.0, "delay": 9})
                ],
            }
        )
        cls.rule = cls._create_rule(cls.item, 60, 200)

    @classmethod
    def _create_rule(cls, product, minimum, maximum, **values):
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
                "trigger": "manual",
                **values,
            }
        )

    @classmethod
    def _sell_alternating(cls, product=None):
        """8, 12, 8, 12 … over 60 days; 150 lay there before."""
        product = product or cls.item
        cls._receive(product, FIRST - timedelta(days=1), 150)
        cls._receive(product, FIRST + timedelta(days=3), 450)
        for day in range(60):
            cls._ship(product, FIRST + timedelta(days=day), 12 if day % 2 else 8)

    def _propose(self, moment=LATER, rules=None):
        with freeze_time(moment):
            return self.as_role(rules or self.rule, "manager").propose_levels()

    def _count(self):
        self.env.flush_all()
        found = []
        for table in (
            "purchase_order", "purchase_order_line", "stock_move", "order_reorder_proposal",
            "order_decision", "order_event",
        ):  # fmt: skip
            self.env.cr.execute(f"SELECT COUNT(*) FROM {table}")  # pylint: disable=E8103
            found.append(self.env.cr.fetchone())
        return found, self.rule.write_date, self.rule.product_min_qty, self.rule.product_max_qty

    # Scenario 13

    def test_before_switching_on(self):
        self._sell_alternating()
        before = self._count()
        with freeze_time(LATER):
            (row,) = plain(self.as_role(self.rule, "manager")).simulate_levels(
                [
                    {"minimum": 60, "maximum": 200},
                    {"minimum": 100, "maximum": 240},
                    {"minimum": 80, "maximum": 220},
                ],
                60,
            )
        self.assertEqual((row["lead_time_days"], row["opening_stock"]), (9, 150.0))
        names = ("fill_rate", "lost_quantity", "stockout_days", "average_stock", "orders")
        found = [[round(one[name], 4) for name in names] for one in row["candidates"]]
        self.assertEqual(
            found,
            [
                [0.85, 90.0, 9, 64.9, 3],
                [1.0, 0.0, 0, 87.0, 4],
                [0.95, 30.0, 3, 70.5, 4],
            ],
        )
        self.assertEqual(round(row["candidates"][1]["average_value"], 2), 348.0)
        self.assertEqual([len(one["series"]) for one in row["candidates"]], [60] * 3)
        self.assertEqual(self._count(), before)

    def test_the_screen_shows_the_current_levels_first(self):
        self._sell_alternating()
        self._propose()
        with freeze_time(LATER):
            (row,) = self.as_role(self.rule, "manager").try_levels([], 60)
        now, proposed = row["candidates"]
        self.assertTrue(now["current"])
        self.assertEqual((now["minimum"], now["maximum"]), (60, 200))
        self.assertEqual(proposed["minimum"], self.rule.proposal_ids.minimum)
        self.assertEqual((row["days"][0], row["days"][-1]), ("2026-01-01", "2026-03-01"))
        self.assertEqual(row["demand"][:2], [8.0, 12.0])

    def test_wrong_candidates(self):
        rule = plain(self.as_role(self.rule, "manager"))
        good = [{"minimum": 1, "maximum": 2}]
        for arguments in (
            [[{"minimum": 3, "maximum": 2}]],
            [[{"minimum": 3}]],
            [[{"minimum": "3", "maximum": 4}]],
            ["all"],
            [good, 0],
            [good, 731],
            [good, "week"],
            [good * 21],
        ):
            with self.assertRaises(ValidationError, msg=arguments):
                rule.simulate_levels(*arguments)
        for role in ("clerk", "auditor", "integration"):
            with self.assertRaises(AccessError):
                self.as_role(self.rule, role).simulate_levels(good)
            with self.assertRaises(AccessError):
                self.as_role(self.rule, role).propose_levels()

    # Levels

    def test_levels_with_their_reason(self):
        self._sell_alternating()
        (row,) = self._propose()
        proposal = self.rule.proposal_ids
        self.assertEqual(proposal.id, row["proposal_id"])
        self.assertEqual(row["lead_time_days"], 9.0)
        self.assertAlmostEqual(row["daily_demand"], 10.0, delta=0.3)
        # 10 days at 10 a day, and little to be afraid of
        self.assertAlmostEqual(proposal.lead_time_demand, 100.0, delta=3)
        self.assertLess(row["safety_stock"], 25)
        level = proposal.lead_time_demand + row["safety_stock"]
        self.assertEqual(row["minimum"], -(-level // 1))
        self.assertGreater(row["maximum"], row["minimum"])
        self.assertIn("lead time 9", row["reason"])
        self.assertEqual((proposal.minimum_before, proposal.maximum_before), (60, 200))
        self.assertEqual((self.rule.product_min_qty, self.rule.product_max_qty), (60, 200))
        again = self._propose()[0]
        self.assertEqual(again["proposal_id"], row["proposal_id"])
        self.assertEqual(len(self.rule.proposal_ids), 1)

    def test_packs_and_the_vendors_least_quantity(self):
        """E8: levels in the rule's unit, pieces; orders in dozens."""
        self._sell_alternating()
        dozen = self.env.ref("uom.product_uom_dozen")
        self.item.uom_ids |= dozen
        self.rule.replenishment_uom_id = dozen
        self.item.seller_ids.min_qty = 500
        self.policy.max_cover_days = 0
        (row,) = self._propose()
        self.assertEqual(round(row["maximum"] - row["minimum"], 6) % 12, 0)
        self.assertGreaterEqual(row["maximum"] - row["minimum"], 500)

    def test_service_by_class_and_late_vendors(self):
        for day in range(60):
            self._receive(self.item, FIRST + timedelta(days=day), 40)
            self._ship(self.item, FIRST + timedelta(days=day), (day * 7) % 23)
        low = self._propose()[0]["safety_stock"]
        self.policy.service_level_a = 0.99
        self.policy.service_level_c = 0.99
        self.assertGreater(self._propose()[0]["safety_stock"], low)
        delay = (
            self.env["order.promise.delay"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "kind": "receipt",
                    "vendor_id": self.vendor.commercial_partner_id.id,
                    "histogram": [[0, 10], [6, 10]],
                    "observations": 20,
                    "mean": 3.0,
                }
            )
        )
        self.env.registry.clear_cache()
        row = self._propose()[0]
        self.assertGreater(row["lead_time_days"], 9.5)
        self.assertGreater(self.rule.proposal_ids.lead_time_deviation, 1.5)
        self.assertTrue(delay.exists())

    def test_price_breaks(self):
        self._sell_alternating()
        self.item.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "price": 3.0, "delay": 9, "min_qty": 600})
        ]
        (row,) = self._propose()
        self.assertGreaterEqual(row["maximum"] - row["minimum"], 600)
        self.assertIn("price break", row["reason"])

    def test_a_vendors_products_are_ordered_together(self):
        """A common cycle where an order costs something; its least value, all lasting alike."""
        other = self._create_product("OM-OTHER", standard_price=2.0)
        other.route_ids = self.item.route_ids
        other.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "price": 2.0, "delay": 9})
        ]
        rules = self.rule | self._create_rule(other, 5, 10)
        self._sell_alternating()
        self._receive(other, FIRST - timedelta(days=1), 400)
        for week in range(8):
            self._ship(other, FIRST + timedelta(weeks=week), 14)
        apart = [row["maximum"] - row["minimum"] for row in self._propose(rules=rules)]
        self.vendor.vendor_order_cost = 100.0
        rows = self._propose(rules=rules)
        together = [row["maximum"] - row["minimum"] for row in rows]
        self.assertGreater(together[0], apart[0])
        self.assertIn("common cycle", rows[0]["reason"])
        self.assertEqual([rows[0]["quantity"] > 0, rows[1]["quantity"]], [True, 0])
        self.vendor.vendor_minimum_value = 7000.0
        rows = self._propose(rules=rules)
        value = sum(row["quantity"] * price for row, price in zip(rows, (5.0, 2.0), strict=True))
        self.assertGreaterEqual(value, 7000.0)
        self.assertLess(value, 7200.0)
        self.assertIn("least order value", rows[0]["reason"])
        positions = rules.proposal_ids.sorted("orderpoint_id").mapped("position")
        days = [
            (row["quantity"] + there) / row["daily_demand"]
            for row, there in zip(rows, positions, strict=True)
            if row["quantity"]
        ]
        self.assertLess(max(days) - min(days), 2.0)

    def test_space(self):
        """A place that holds 130 pieces is never filled beyond."""
        self._sell_alternating()
        category = self.env["stock.storage.category"].create(
            {
                "name": "Shelf",
                "product_capacity_ids": [
                    Command.create({"product_id": self.item.id, "quantity": 130})
                ],
            }
        )
        self.warehouse.lot_stock_id.storage_category_id = category
        self.assertEqual(self._propose()[0]["maximum"], 130)

    def test_too_little_history(self):
        """Scenario 16: three weeks of sales are proposed by hand only."""
        self._receive(self.item, date(2026, 2, 9), 500)
        for week in range(3):
            self._ship(self.item, date(2026, 2, 10) + timedelta(weeks=week), 7)
        (row,) = self._propose(LATER)
        self.assertIn("too little history", row["reason"])
        self.assertTrue(self.rule.proposal_ids.is_uncertain)

    def test_queries_do_not_grow_with_rules(self):
        counts = []
        for count in (3, 30):
            products = self.env["product.product"].concat(
                *(self._create_product(f"OM-R-{count}-{n}") for n in range(count))
            )
            rules = self.rule.concat(*(self._create_rule(product, 1, 2) for product in products))
            for product in products:
                product.seller_ids = [
                    Command.create({"partner_id": self.vendor.id, "price": 5.0, "delay": 9})
                ]
                product.route_ids = self.item.route_ids
                self._receive(product, date(2026, 1, 5), 50)
                self._ship(product, date(2026, 1, 6), 5)
            self._propose(rules=rules)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._propose("2026-03-03 10:00:00", rules)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)
        self.assertLessEqual(counts[1], 60)
