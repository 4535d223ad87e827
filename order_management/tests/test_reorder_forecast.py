from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import OrderManagementCase, plain
from .reorder_common import ReorderCase

to_datetime = fields.Datetime.from_string


@tagged("post_install", "-at_install", "om_lean")
class TestReorderForecast(ReorderCase):
    """Demand is read as it was asked for, forecast, and compared with what came."""

    def test_scenario_15(self):
        """30 days, 20 with 10 sold, 10 without stock: 10 a day, not 6.67; 50 for 5 days."""
        self.policy.write({"period": "day", "service_level": 0.5})
        self._receive(self.item, date(2026, 1, 1), 200)
        sold = [day for day in range(30) if day % 3 != 2]
        # Out of stock on every third day: what comes is sold within two days.
        self._clear(self.item)
        for day in range(0, 30, 3):
            start = date(2026, 1, 1) + timedelta(days=day)
            self._receive(self.item, start, 20)
        for day in sold:
            self._ship(self.item, date(2026, 1, 1) + timedelta(days=day), 10)
        row = self._forecast("2026-01-31 10:00:00")
        self.assertAlmostEqual(row["daily_demand"], 10.0)
        self.assertAlmostEqual(row["raw_daily_demand"], 200 / 30)
        self.assertEqual(row["pattern"], "smooth")
        forecast = self.env["order.forecast"].browse(row["forecast_id"])
        self.assertEqual(sum(forecast.available), 20)
        self.assertAlmostEqual(forecast._get_expected_demand(date(2026, 1, 31), 5), 50.0)

    def test_weeks_are_the_warehouses_own(self):
        """E13: in Brisbane (+10) a sale on Sunday 15:00 UTC is Monday's, of the next week."""
        self.warehouse.partner_id.tz = "Australia/Brisbane"
        self._receive(self.item, date(2026, 1, 5), 500)
        self._ship(self.item, to_datetime("2026-01-11 13:59:00"), 3)  # Sunday, 23:59
        self._ship(self.item, to_datetime("2026-01-11 14:00:00"), 5)  # Monday, 00:00
        forecast = self._get_forecast("2026-01-27 10:00:00")
        self.assertEqual(forecast.first_day, date(2026, 1, 5))
        self.assertEqual(forecast.history, [3.0, 5.0, 0.0])
        self.assertEqual(forecast.next_day, date(2026, 1, 26))

    def test_returns_are_deducted_where_they_were_sold(self):
        """E12: by policy."""
        self._receive(self.item, date(2026, 1, 5), 500)
        sent = self._ship(self.item, date(2026, 1, 6), 10)
        self._take_back(sent, date(2026, 1, 20), 4)
        self.assertEqual(self._get_forecast("2026-02-03 10:00:00").history, [6, 0, 0, 0])
        self.policy.returns = "gross"
        self.assertEqual(self._get_forecast("2026-02-03 10:00:00").history, [10, 0, 0, 0])

    def test_a_one_off_order_is_set_aside(self):
        """E11: an order a hundred times as large, and one that somebody marked."""
        self._receive(self.item, date(2026, 1, 5), 5000)
        for week in range(8):
            self._ship(self.item, date(2026, 1, 6) + timedelta(weeks=week), 10)
        self._ship(self.item, date(2026, 1, 20), 1000)
        marked = self._ship(self.item, date(2026, 2, 4), 40)
        order = self._create_order([(self.item, 1)])
        order.is_one_off = True
        self._write_sql(marked, sale_line_id=order.order_line.id)
        forecast = self._get_forecast("2026-03-04 10:00:00")
        self.assertEqual(forecast.history, [10] * 8)
        self.assertEqual(sum(forecast.raw), 1120)
        aside = [note for note in forecast.notes if note["kind"] == "one_off"]
        self.assertEqual([note["quantity"] for note in aside], [1000, 40])
        self.assertEqual(aside[1]["reference"], order.name)
        self.assertIn("1000", forecast.note_html)
        self.policy.one_off_factor = 0
        self.assertEqual(sum(self._get_forecast("2026-03-04 10:00:00").history), 1080)

    def test_a_new_product(self):
        """E14: 10 days of history are its life, not a year."""
        self._receive(self.item, date(2026, 2, 23), 500)
        for day in range(10):
            self._ship(self.item, date(2026, 2, 23) + timedelta(days=day), 7)
        self.policy.period = "day"
        row = self._forecast("2026-03-05 10:00:00")
        self.assertAlmostEqual(row["daily_demand"], 7.0)
        self.policy.period = "week"
        row = self._forecast("2026-03-05 10:00:00")
        self.assertEqual((row["pattern"], row["error"]), ("new", False))
        self.assertIn("Too little history", row["reason"])

    def test_a_part_of_a_week_is_pro_rated(self):
        """E15: new on Friday, 3 of 7 days: less than half says nothing; on Thursday it does."""
        for first, expected in ((date(2026, 1, 9), False), (date(2026, 1, 8), 28.0)):
            with self.subTest(first=first):
                self._clear(self.item)
                self._receive(self.item, first, 500)
                self._ship(self.item, first, 16)
                forecast = self._get_forecast("2026-01-13 10:00:00")
                self.assertEqual(forecast.available, [int(bool(expected))])
                if expected:
                    self.assertAlmostEqual(forecast.history[0], expected)

    def test_what_replaces_another_inherits(self):
        new = self._create_product("OM-NEW")
        self._receive(self.item, date(2026, 1, 5), 500)
        for week in range(6):
            self._ship(self.item, date(2026, 1, 6) + timedelta(weeks=week), 12)
        self.item.replaced_by_id = new
        forecast = self._get_forecast("2026-02-17 10:00:00", new)
        self.assertEqual(forecast.history, [12] * 6)
        self.assertEqual(forecast.notes[-1]["kind"], "inherited")
        with self.assertRaises(ValidationError):
            new.replaced_by_id = self.item

    def test_held_and_lost_demand_by_policy(self):
        self._receive(self.item, date(2026, 1, 5), 500)
        self._ship(self.item, date(2026, 1, 6), 10)
        with freeze_time("2026-01-07 10:00:00"):
            held, lost = (self._create_order([(self.item, quantity)]) for quantity in (3, 4))
        self._write_sql(held, hold_state="held", date_order="2026-01-07 10:00:00")
        self._write_sql(lost, state="cancel", date_order="2026-01-07 10:00:00")
        self._write_sql(lost.order_line, short_cancelled_qty=4)
        for flags, expected in (((0, 0), 10), ((1, 0), 13), ((0, 1), 14), ((1, 1), 17)):
            self.policy.write({"count_held": flags[0], "count_lost": flags[1]})
            self.assertEqual(self._get_forecast("2026-01-13 10:00:00").history, [expected])

    def test_an_event_is_taken_out_and_put_back(self):
        """Twice as much in the week of a promotion, and again when it comes next."""
        self._receive(self.item, date(2025, 9, 1), 50000)
        for week in range(20):
            self._ship(
                self.item, date(2025, 9, 2) + timedelta(weeks=week), 200 if week == 10 else 100
            )
        events = self.as_role("order.demand.event", "integration").create(
            [
                {
                    "name": "Black Friday",
                    "date_from": day,
                    "date_to": day + timedelta(days=6),
                    "product_ids": self.item.ids,
                }
                for day in (date(2025, 11, 10), date(2026, 2, 2))
            ]
        )
        row = self._forecast("2026-01-19 10:00:00")
        told = {period["date"]: period["quantity"] for period in row["periods"]}
        self.assertAlmostEqual(told["2026-01-26"], 100.0, 1)
        self.assertAlmostEqual(told["2026-02-02"], 200.0, 1)
        self.assertEqual(events.sudo().mapped("learned_percent"), [100.0, 100.0])
        forecast = self.env["order.forecast"].browse(row["forecast_id"])
        self.assertIn("Black Friday", forecast.chart["events"])
        with self.assertRaises(AccessError):
            self.as_role(events, "clerk").write({"name": "Other"})

    def test_results_and_planners(self):
        """When a period is over, forecast, planner and naive are compared with what came."""
        self._receive(self.item, date(2025, 9, 1), 50000)
        for week in range(20):
            self._ship(self.item, date(2025, 9, 2) + timedelta(weeks=week), 100)
        forecast = self._get_forecast("2026-01-19 10:00:00")
        with self.assertRaises(AccessError):
            self.as_role(forecast, "manager").write({"mean": [1.0]})
        override = self.as_role("order.forecast.override", "manager").create(
            {"forecast_id": forecast.id, "day": "2026-01-21", "quantity": 130, "note": "Fair"}
        )
        self.assertEqual((override.day, override.told), (date(2026, 1, 19), 100.0))
        told = forecast._get_periods()[0]
        self.assertEqual(told[1], 130.0)
        self._ship(self.item, date(2026, 1, 20), 120)
        self.assertEqual(self._get_forecast("2026-01-26 10:00:00"), forecast)
        result = forecast.result_ids
        self.assertEqual(
            (result.day, result.actual, result.told, result.planned, result.naive),
            (date(2026, 1, 19), 120.0, 100.0, 130.0, 100.0),
        )
        self.assertEqual(result.planner_id, self.users["manager"])
        ((wape, planned),) = self.env["order.forecast.result"]._read_group(
            [("product_id", "=", self.item.id)], [], ["wape:sum", "planned_wape:sum"]
        )
        self.assertAlmostEqual(wape, 20 / 120)
        self.assertAlmostEqual(planned, 10 / 120)
        with freeze_time("2026-01-26 10:00:00"), self.assertRaises(ValidationError):
            self.as_role("order.forecast.override", "manager").create(
                {"forecast_id": forecast.id, "day": "2026-01-13", "quantity": 1}
            )

    def test_in_the_background(self):
        forecasts = self.as_role("order.forecast", "manager")
        with self.assertRaises(ValidationError):
            forecasts.run([self.item.id], [self.warehouse.id], "far", background=True)
        told = forecasts.run([self.item.id], [self.warehouse.id], 6, background=True)
        self.assertFalse(self.env["order.forecast"].search([("product_id", "=", self.item.id)]))
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_jobs").method_direct_trigger()
        self.env.invalidate_all()
        job = self.as_role("order.job", "manager").browse(told["job_id"])
        answer = job.get_result()[0]
        self.assertEqual((answer["ok"], answer["state"]), (True, "done"))
        self.assertEqual(answer["result"][0]["product_id"], self.item.id)
        self.assertEqual(len(answer["result"][0]["periods"]), 6)

    def test_only_what_may_be_new_is_due(self):
        """A new period, a new move, another policy: of all else demand is not even read."""
        forecasts = self.env["order.forecast"].sudo()
        pair = (self.item.id, self.warehouse.id)

        def is_due(moment):
            with freeze_time(moment):
                today = fields.Date.today()
                return pair in forecasts._find_due(self.warehouse, today)

        def look(moment):
            with freeze_time(moment):
                forecasts._run(self.warehouse, self.item)
                stamp = fields.Datetime.now()
            self._write_sql(self.item, write_date=stamp - timedelta(hours=1))
            self._write_sql(self.item.product_tmpl_id, write_date=stamp - timedelta(hours=1))
            self._write_sql(self.policy, write_date=stamp - timedelta(hours=1))
            moves = self.env["stock.move"].search([("product_id", "=", self.item.id)])
            self._write_sql(moves, write_date=stamp - timedelta(hours=1))

        self._receive(self.item, date(2026, 1, 5), 500)
        self._ship(self.item, date(2026, 1, 6), 10)
        self.assertTrue(is_due("2026-01-20 03:10:00"))  # a Tuesday
        look("2026-01-20 03:10:00")
        self.assertFalse(is_due("2026-01-21 03:10:00"))
        self.assertFalse(is_due("2026-01-24 23:10:00"))
        self.assertTrue(is_due("2026-01-25 03:10:00"))  # it is Monday somewhere
        self._write_sql(self.policy, write_date="2026-01-20 12:00:00")
        self.assertTrue(is_due("2026-01-21 03:10:00"))
        self._write_sql(self.policy, write_date="2026-01-20 02:00:00")
        self.assertFalse(is_due("2026-01-21 03:10:00"))
        shipped = self._ship(self.item, date(2026, 1, 19), 3)
        self._write_sql(shipped, write_date="2026-01-20 12:00:00")
        self.assertTrue(is_due("2026-01-21 03:10:00"))

    def test_the_nightly_run_does_each_once(self):
        """Only what was not looked at today; unchanged series are not reckoned again."""
        self._receive(self.item, date(2026, 1, 5), 500)
        self._ship(self.item, date(2026, 1, 6), 10)
        for moment in ("2026-01-20 03:10:00", "2026-01-20 04:10:00", "2026-01-21 03:10:00"):
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("order_management.ir_cron_forecasts").method_direct_trigger()
        self.env.invalidate_all()
        forecast = self.env["order.forecast"].search([("product_id", "=", self.item.id)])
        self.assertEqual(len(forecast), 1)
        self.assertEqual(forecast.history, [10.0, 0.0])
        self.assertEqual(str(forecast.forecast_at), "2026-01-21 03:10:00")
        self.assertIn(forecast.abc, ("a", "b", "c"))

    def test_queries_do_not_grow_with_products(self):
        counts = []
        for count in (3, 30):
            products = self.env["product.product"].concat(
                *(self._create_product(f"OM-Q-{count}-{n}") for n in range(count))
            )
            for product in products:
                self._receive(product, date(2026, 1, 5), 50)
                self._ship(product, date(2026, 1, 6), 5)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2026-01-20 10:00:00"):
                self.env["order.forecast"].sudo()._run(self.warehouse, products)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_rights_and_arguments(self):
        run = plain(self.as_role("order.forecast", "manager")).run
        for role in ("clerk", "integration", "auditor", "picker"):
            with self.assertRaises(AccessError):
                self.as_role("order.forecast", role).run([self.item.id])
        for wrong in (
            {"product_ids": "1"},
            {"product_ids": ["1"]},
            {"warehouse_ids": 5},
            {"horizon": 0},
            {"horizon": 1.5},
            {"product_ids": list(range(1, 1002))},
        ):
            with self.assertRaises(ValidationError):
                run(**wrong)
        with self.assertRaises(AccessError):
            run([2**30])
        rows = run([self.item.id], self.warehouse.ids, 4)
        self.assertEqual(len(rows[0]["periods"]), 4)
        self.assertEqual(rows[0]["pattern"], "new")


@tagged("post_install", "-at_install")
class TestReorderPolicies(OrderManagementCase):
    def test_the_first_policy_that_names_a_product_holds(self):
        policies = self.env["order.reorder.policy"]
        policies._ensure_policies(self.company)
        every = policies.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(every), 1)
        category = self.env["product.category"].create({"name": "Above"})
        beneath = category.create({"name": "Beneath", "parent_id": category.id})
        item = self._create_product("OM-POL", categ_id=beneath.id)
        named = policies.create({"name": "Category", "category_ids": category.ids, "sequence": 5})
        pair = (item, self.warehouse)
        self.assertEqual(policies._get_policies([pair])[pair], named)
        other = (self.product, self.warehouse)
        self.assertEqual(policies._get_policies([other])[other], every)
        first = policies.create({"name": "Item", "product_ids": item.ids, "sequence": 1})
        self.assertEqual(policies._get_policies([pair])[pair], first)
        policies._ensure_policies(self.company)
        self.assertEqual(policies.search_count([("company_id", "=", self.company.id)]), 3)
