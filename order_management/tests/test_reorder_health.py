from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.models import ir_cron

from ..models.reorder import order_stock_health
from .reorder_common import ReorderCase

NOW = "2026-03-02 10:00:00"
TODAY = date(2026, 3, 2)
MONEY = ("value", "shortage_value", "overstock_value", "dead_value", "expiring_value")


def _noon(days):
    return datetime.combine(TODAY + timedelta(days=days), time(12))


@tagged("post_install", "-at_install", "om_full")
class TestReorderHealth(ReorderCase):
    """How each product does in its warehouse, with the money in it. A unit costs 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 0
        cls.vendor = cls._create_customer("Vendor", email="vendor@example.com")
        cls.route = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.item.standard_price = 4.0
        cls.planner = new_test_user(
            cls.env,
            login="om_planner",
            groups="order_management.group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_rule(cls, minimum, maximum, product=None):
        """Bought from a vendor: 9 days, and one until the next look."""
        product = product or cls.item
        product.write(
            {
                "route_ids": [Command.set(cls.route.ids)],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 5.0, "delay": 9})
                ],
            }
        )
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
                "trigger": "manual",
            }
        )

    @classmethod
    def _create_forecast(cls, daily=10.0, product=None, **values):
        return cls.env["order.forecast"].create(
            {
                "company_id": cls.company.id,
                "product_id": (product or cls.item).id,
                "warehouse_id": cls.warehouse.id,
                "policy_id": cls.policy.id,
                "period": "week",
                "pattern": "smooth",
                "next_day": TODAY,
                "mean": [7 * daily] * 26,
                "daily_demand": daily,
                "variability": 0.5,
                "abc": "a",
                "xyz": "y",
                **values,
            }
        )

    def _stock(self, quantity, product=None, days=0, lot=None):
        """So much lies there since so many days."""
        self.env["stock.quant"]._update_available_quantity(
            product or self.item,
            self.warehouse.lot_stock_id,
            quantity,
            lot_id=lot,
            in_date=_noon(-days),
        )

    def _buy(self, quantity, days, is_confirmed=True):
        with freeze_time(NOW):
            line = Command.create(
                {
                    "product_id": self.item.id,
                    "product_qty": quantity,
                    "price_unit": 5.0,
                    "date_planned": _noon(days),
                }
            )
            order = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                    "order_line": [line],
                }
            )
            if is_confirmed:
                order.button_confirm()
            self.env.flush_all()
        return order.order_line

    def _look(self, product=None):
        """The row of a product after a look, if there is any."""
        product = product or self.item
        with freeze_time(NOW):
            self.env["order.stock.health"]._look(self.warehouse, product.ids)
        return self._find(product)

    def _find(self, product):
        return self.env["order.stock.health"].search([("product_id", "in", product.ids)])

    def _get_alerts(self, product=None):
        """Kind, quantity and money of what is open on the work list."""
        alerts = self.env["order.stock.alert"].search(
            [("product_id", "=", (product or self.item).id), ("state", "=", "open")],
            order="kind, id",
        )
        return [(alert.kind, alert.quantity, alert.value) for alert in alerts]

    def _assert_row(self, row, **expected):
        self.assertEqual({name: row[name] for name in expected}, expected)

    # What is there

    def test_facts_of_a_product(self):
        forecast = self._create_forecast()
        self._stock(150, days=5)
        with freeze_time(NOW):
            order = self._create_order([(self.item, 20)])
            order.action_confirm()
            order.picking_ids.action_assign()
        self._buy(30, 4)
        self._buy(50, 20, is_confirmed=False)
        row = self._look()
        self._assert_row(
            row,
            company_id=self.company,
            categ_id=self.item.categ_id,
            forecast_id=forecast,
            policy_id=self.policy,
            condition="fine",
            abc="a",
            xyz="y",
            on_hand=150.0,
            reserved=20.0,
            incoming=30.0,
            requested=50.0,
            daily_demand=10.0,
            has_demand=True,
            cover_days=15.0,
            runs_out_on=TODAY + timedelta(days=16),
            next_receipt_on=False,
            last_sold_on=False,
            cost=4.0,
            value=600.0,
            daily_value=40.0,
        )
        self.assertAlmostEqual(row.deviation, 10.0 * 0.5 * 7**0.5)
        self.assertEqual(self._get_alerts(), [])

    def test_one_row_that_is_kept(self):
        self._create_forecast()
        self._stock(100)
        row = self._look()
        self._stock(20)
        self.assertEqual(self._look(), row)
        self.assertEqual((row.on_hand, row.value), (120.0, 480.0))

    def test_neither_there_nor_asked_for(self):
        self.assertFalse(self._look())
        self._stock(5)
        self.assertTrue(self._look())
        self._stock(-5)
        self.assertFalse(self._look())

    # What lacks

    def test_shortage(self):
        """50 last 5 days; what is ordered today comes after 10."""
        cases = [
            ("nothing is on order: until it could come", [], 50.0, 5, False),
            ("goods come in time", [(4, 200)], 0.0, 25, False),
            ("goods come late", [(8, 200)], 30.0, 5, 8),
            ("a far-future receipt hides nothing", [(300, 500)], 1150.0, 5, 300),
            ("what comes first is not enough", [(3, 10), (9, 100)], 30.0, 6, 9),
        ]
        self._create_forecast()
        self._create_rule(0, 0)
        self._stock(50)
        for name, receipts, shortage, ends, comes in cases:
            with self.subTest(name):
                lines = [self._buy(quantity, days) for days, quantity in receipts]
                self._assert_row(
                    self._look(),
                    shortage=shortage,
                    shortage_value=4 * shortage,
                    condition="shortage" if shortage else "fine",
                    runs_out_on=TODAY + timedelta(days=ends),
                    next_receipt_on=comes and TODAY + timedelta(days=comes),
                )
                expected = [("shortage", shortage, 4 * shortage)] if shortage else []
                self.assertEqual(self._get_alerts(), expected)
                with freeze_time(NOW):
                    for line in lines:
                        line.order_id.button_cancel()

    def test_shortage_without_a_rule(self):
        self._create_forecast()
        self._stock(50)
        self._assert_row(self._look(), shortage=20.0, shortage_value=80.0)
        self.policy.short_days = 5
        self._assert_row(self._look(), shortage=0.0, condition="fine")

    def test_below_the_minimum(self):
        """What was asked of vendors counts."""
        self._create_forecast(daily=1.0)
        self._create_rule(60, 100)
        for stock, requested, shortage in (
            (60, 0, 0.0),
            (-1, 0, 1.0),
            (-19, 0, 20.0),
            (0, 15, 5.0),
        ):
            if stock:
                self._stock(stock)
            if requested:
                self._buy(requested, 5, is_confirmed=False)
            row = self._look()
            self._assert_row(row, shortage=shortage, is_below_minimum=bool(shortage))
        alert = self.env["order.stock.alert"].search([("product_id", "=", self.item.id)])
        self.assertEqual(alert.message, "5 Units below the minimum of the rule.")

    def test_promised_and_gone(self):
        """Orders of a product that was never forecast."""
        with freeze_time(NOW):
            move = self.env["stock.move"].create(
                {
                    "product_id": self.item.id,
                    "product_uom_qty": 12,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "location_dest_id": self.customer_place.id,
                    "date": _noon(3),
                }
            )
            move._action_confirm()
        self._assert_row(
            self._look(),
            on_hand=0.0,
            shortage=12.0,
            has_demand=False,
            runs_out_on=TODAY + timedelta(days=3),
        )

    def test_late_goods_are_told_of_once(self):
        self._create_forecast()
        self._create_rule(0, 0)
        self._stock(50)
        line = self._buy(200, 30)
        with freeze_time(NOW):
            self.env["order.purchase.advice"]._run(self.warehouse, self.item.ids)
        self._look()
        alerts = self.env["order.stock.alert"].search(
            [("kind", "=", "shortage"), ("product_id", "=", self.item.id)]
        )
        self.assertEqual(alerts.purchase_line_id, line)
        self.assertEqual(len(alerts), 1)

    # What is too much

    def test_overstock(self):
        cases = [
            ("as much as the maximum", (20, 100), 100, 0.0, 0.0),
            ("above the maximum", (20, 100), 130, 30.0, 120.0),
            ("a rule that orders for each demand", (0, 0), 1800, 0.0, 0.0),
            ("more than 180 days of demand", (0, 0), 1801, 1.0, 4.0),
        ]
        self._create_forecast()
        rule = self._create_rule(0, 0)
        stock = 0
        for name, (minimum, maximum), quantity, overstock, value in cases:
            with self.subTest(name):
                rule.write({"product_min_qty": minimum, "product_max_qty": maximum})
                self._stock(quantity - stock)
                stock = quantity
                row = self._look()
                self._assert_row(row, overstock=overstock, overstock_value=value)
                told = [("overstock", overstock, value)] if value >= 100 else []
                self.assertEqual([one for one in self._get_alerts() if one[0] != "shortage"], told)

    def test_what_is_hardly_known_is_not_too_much(self):
        self._create_forecast(daily=0.01, pattern="new")
        self._stock(1000)
        self._assert_row(self._look(), overstock=0.0, condition="fine")

    def test_dead_stock(self):
        """Half of it is there for 180 days; the last piece was sold so long ago, or later."""
        self._create_forecast(daily=0.0)
        self._receive(self.item, TODAY - timedelta(days=400), 5)
        move = self._ship(self.item, TODAY - timedelta(days=180), 5)
        self._stock(30, days=180)
        row = self._look()
        self._assert_row(
            row, dead=30.0, dead_value=120.0, overstock=0.0, condition="dead", has_demand=False,
            last_sold_on=TODAY - timedelta(days=180),
        )  # fmt: skip
        self.assertEqual(self._get_alerts(), [("dead", 30.0, 120.0)])
        self._write_sql(move, date=_noon(-179))
        self._assert_row(self._look(), dead=0.0, overstock=30.0, condition="overstock")
        self.assertEqual(self._get_alerts(), [("overstock", 30.0, 120.0)])

    def test_what_came_lately_is_not_dead(self):
        self._stock(30, days=179)
        self._assert_row(self._look(), dead=0.0, condition="fine", policy_id=self.policy)
        self.policy.dead_days = 179
        self._assert_row(self._look(), dead=30.0, condition="dead")

    def test_expiring_lots(self):
        """Ten a day: of 50 that expire in 3 days 20 are left, of 80 in 10 days 10."""
        if "expiration_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Lots expire with product_expiry.")
        self.item.write({"tracking": "lot", "use_expiration_date": True})
        self._create_forecast()
        lots = {}
        for name, days, quantity in (("B", 10, 80), ("A", 3, 50), ("FAR", 181, 9000)):
            lots[name] = self.env["stock.lot"].create({"name": name, "product_id": self.item.id})
            lots[name].expiration_date = _noon(days)
            self._stock(quantity, lot=lots[name])
        row = self._look()
        self._assert_row(
            row, expiring=30.0, expiring_value=120.0, lot_id=lots["A"],
            expires_on=TODAY + timedelta(days=3), condition="expiring",
        )  # fmt: skip
        self.assertIn(("expiring", 30.0, 120.0), self._get_alerts())
        alert = self.env["order.stock.alert"].search([("kind", "=", "expiring")])
        action = alert.with_user(self.planner).action_resolve()
        found = self.env[action["res_model"]].with_user(self.planner).search(action["domain"])
        self.assertEqual(set(found.lot_id.mapped("name")), {"A", "B", "FAR"})

    # What is said of it

    def test_alerts_end_with_what_they_tell_of(self):
        self._create_forecast()
        self._create_rule(0, 0)
        self._stock(50)
        self._look()
        self.assertEqual(self._get_alerts(), [("shortage", 50.0, 200.0)])
        self._buy(500, 5)
        self._look()
        self.assertEqual(self._get_alerts(), [])

    def test_nothing_is_said_where_the_policy_is_off(self):
        self.policy.mode = "off"
        self._create_forecast()
        self._stock(50)
        self._assert_row(self._look(), shortage=20.0)
        self.assertEqual(self._get_alerts(), [])

    def test_alerts_end_when_the_product_is_gone(self):
        self._stock(30, days=180)
        self._look()
        self.assertEqual(self._get_alerts(), [("dead", 30.0, 120.0)])
        self._stock(-30)
        self._look()
        self.assertEqual(self._get_alerts(), [])

    def test_ready_actions(self):
        self._create_forecast()
        rule = self._create_rule(20, 50)
        self._stock(100)
        self._look()
        alert = self.env["order.stock.alert"].search([("kind", "=", "overstock")])
        self.assertEqual(alert.orderpoint_id, rule)
        with freeze_time(NOW):
            action = alert.with_user(self.planner).action_resolve()
        self.assertEqual(action["res_model"], "order.reorder.proposal")
        self.assertEqual(action["domain"], [("orderpoint_id", "in", rule.ids)])
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (20, 50), "only proposed")

    # Who sees and does it

    def test_roles(self):
        self._create_forecast()
        self._stock(50)
        row = self._look()
        for role in ("manager", "auditor"):
            self.assertEqual(self.as_role(row, role).value, 200.0)
        for role in ("clerk", "picker", "returns", "integration"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(row, role).read(["on_hand"])
        with self.assertRaises(AccessError):
            self.as_role(row, "auditor").action_refresh()
        with self.assertRaises(AccessError):
            self.as_role(row, "manager").write({"on_hand": 1})
        with freeze_time(NOW):
            self._stock(10)
            self.assertTrue(self.as_role(row, "manager").action_refresh())
        self.assertEqual(row.on_hand, 60.0)

    def test_row_that_is_gone_is_dropped_by_the_button(self):
        self._stock(5)
        row = self._look()
        self._stock(-5)
        self.assertTrue(self.as_role(row, "manager").action_refresh())
        self.assertFalse(row.exists())

    def test_night(self):
        self._create_forecast()
        self._stock(50)
        with freeze_time(NOW), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_stock_health").method_direct_trigger()
        self._assert_row(self._find(self.item), shortage=20.0, on_hand=50.0)

    def test_a_stopped_night_goes_on(self):
        """Core gives each call time for one part only: all rows are made all the same."""
        products = self.item
        for number in range(3):
            products |= self._create_product(f"OM-NIGHT-{number}", stock=5)
        self.patch(order_stock_health, "CHUNK", 1)
        self.patch(ir_cron, "MIN_TIME_PER_JOB", 0)
        self._stock(50)
        seen, refresh = [], type(self.env["order.stock.health"])._refresh

        def note(table, warehouses, pairs):
            seen.extend(pairs)
            return refresh(table, warehouses, pairs)

        self.patch(type(self.env["order.stock.health"]), "_refresh", note)
        with freeze_time(NOW), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_stock_health").method_direct_trigger()
        self.assertEqual(len(seen), len(set(seen)))
        self.assertGreater(len(seen), 3)

    def test_a_shortage_without_a_rule_leads_to_a_new_one(self):
        self.env["order.stock.alert"].sudo()._sync(
            "shortage",
            [
                {
                    "key": "bare",
                    "company_id": self.company.id,
                    "product_id": self.item.id,
                    "warehouse_id": self.warehouse.id,
                    "message": "5 lack.",
                }
            ],
            [("key", "=", "bare")],
        )
        alert = self.env["order.stock.alert"].search([("key", "=", "bare")])
        action = alert.with_user(self.planner).action_resolve()
        self.assertEqual(action["res_model"], "stock.warehouse.orderpoint")
        self.assertEqual(action["context"]["default_product_id"], self.item.id)

    def test_cover_of_many_is_that_of_their_money(self):
        other = self._create_product("OM-OTHER", standard_price=1.0)
        self._create_forecast()
        self._create_forecast(daily=60.0, product=other)
        self._stock(150)
        self._stock(600, other)
        self._look()
        self._look(other)
        table = self.env["order.stock.health"]
        rows = table._read_group(
            [("product_id", "in", (self.item | other).ids)],
            ["abc", "xyz"],
            ["__count", "value:sum", "cover_days:avg"],
        )
        self.assertEqual(rows, [("a", "y", 2, 1200.0, 12.0)])

    def test_queries_do_not_grow_with_products(self):
        products = self.env["product.product"]
        for number in range(30):
            product = self._create_product(f"OM-MANY-{number}", standard_price=4.0)
            self._stock(50, product, days=200)
            self._create_forecast(product=product)
            self._create_rule(0, 0, product)
            products |= product
        counts = []
        for some in (products[:3], products[3:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(NOW):
                self.env["order.stock.health"]._refresh(
                    self.warehouse, [(product.id, self.warehouse.id) for product in some]
                )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(self._find(products)), 30)
        self.assertLessEqual(counts[1], counts[0], counts)
        self.assertLessEqual(counts[1], 50, counts)
