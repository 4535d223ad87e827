from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.models import ir_cron

from ..models.reorder import order_supply_run_mixin
from .reorder_common import ReorderCase

NOW = fields.Datetime.to_datetime("2026-03-02 08:00:00")  # a Monday


@tagged("post_install", "-at_install")
class TestReorderOrdering(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["stock.warehouse.orderpoint"].sudo()
        cls.vendor = cls.env["res.partner"].create({"name": "Mill"})
        cls.bought = cls._make_product("Bolt")
        cls.rule = cls._make_rule(cls.bought)

    @classmethod
    def _make_product(cls, name, vendor=None, **seller):
        values = {"partner_id": (vendor or cls.vendor).id, "price": 2.0, "delay": 4, **seller}
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "route_ids": [Command.link(cls.env.ref("purchase_stock.route_warehouse0_buy").id)],
                "seller_ids": [Command.create(values)],
            }
        )

    @classmethod
    def _make_rule(cls, product, least=10.0, most=30.0, **values):
        return cls.rules.create(
            {
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": least,
                "product_max_qty": most,
                "trigger": "auto",
                **values,
            }
        )

    def _lines(self, product=None):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", (product or self.bought).id), ("state", "!=", "cancel")]
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_order_missing").method_direct_trigger()
        self.env.invalidate_all()

    def _alerts(self, kind="failed"):
        return self.env["order.stock.alert"].search([("kind", "=", kind), ("state", "=", "open")])

    # E1

    @freeze_time(NOW)
    def test_ordered_once_by_cron_button_and_scheduler(self):
        self._run()
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])
        self._run()
        self.rule.action_replenish()
        self.rule.action_order_missing()
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])

    @freeze_time(NOW)
    def test_what_core_would_order(self):
        """Quantity, price, day, unit, rule and name are those that core's own run gives."""
        other = self._make_product("Nut", price=0.5, delay=9, min_qty=50)
        dozen = self.env.ref("uom.product_uom_dozen")
        boxed = self._make_product("Washer", product_uom_id=dozen.id)
        second = self.env["res.partner"].create({"name": "Forge", "lang": "en_US"})
        named = self._make_product("Screw", second, product_name="SCR", product_code="77")
        rules = self.rule
        for product in (other, boxed, named):
            rules |= self._make_rule(product)
        self._make_rule(self._make_product("Enough"), 0.0, 0.0)
        names = (
            "product_id", "product_qty", "product_uom_id", "price_unit", "date_planned",
            "orderpoint_id", "name", "location_final_id",
        )  # fmt: skip

        def order():
            self.env.flush_all()
            lines = self.env["purchase.order.line"].search([("orderpoint_id", "in", rules.ids)])
            return sorted(
                (line.order_id.partner_id.name, *(str(line[name]) for name in names))
                for line in lines
            )

        with self.env.cr.savepoint() as savepoint:
            self.env.company.use_order_management = False
            rules._compute_qty_to_order_computed()
            rules._procure_orderpoint_confirm(raise_user_error=False)
            expected = order()
            savepoint.rollback()
        self.env.invalidate_all()
        rules._order_missing(rules)
        self.assertEqual(order(), expected)
        self.assertEqual(len(expected), 4)

    @freeze_time(NOW)
    def test_joins_an_open_request(self):
        request = self.env["purchase.order"].create(
            {"partner_id": self.vendor.id, "user_id": False}
        )
        self._run()
        self.assertEqual(self._lines().order_id, request)
        self.assertIn(self.rule.name, request.origin)

    # E2, E3

    def _confirm(self, days):
        """What the rule ordered is confirmed, and comes so many days from now."""
        self._run()
        line = self._lines()
        line.order_id.button_confirm()
        self.env.flush_all()
        line.date_planned = NOW + timedelta(days=days)
        line.move_ids.date = NOW + timedelta(days=days)
        self.env.flush_all()
        return line

    @freeze_time(NOW)
    def test_postponed_past_the_horizon_is_not_ordered_again(self):
        self.env.company.horizon_days = 2
        line = self._confirm(60)
        self.assertEqual(line.first_date_planned.date(), NOW.date() + timedelta(days=4))
        self._run()
        self.rule.action_replenish()
        self.assertEqual(self._lines(), line)
        self.assertEqual(self.rule.qty_to_order, 0.0)
        self.assertEqual(self.rule.qty_forecast, 30.0)

    @freeze_time(NOW)
    def test_postponed_and_ordered_by_hand(self):
        """Whoever orders by hand sees core's quantity, and its warning."""
        self.env.company.horizon_days = 2
        self._confirm(60)
        self.rule.trigger = "manual"
        self.env.invalidate_all()
        self.rule._compute_qty_to_order_computed()
        self.assertEqual(self.rule.qty_to_order, 30.0)
        self.assertTrue(self.rule.unwanted_replenish)
        self._run()
        self.assertEqual(len(self._lines()), 1)

    @freeze_time(NOW)
    def test_late_supply_counts(self):
        line = self._confirm(-5)
        self._run()
        self.assertEqual(self._lines(), line)

    @freeze_time(NOW)
    def test_far_future_receipt_hides_no_shortage(self):
        """What was never to come in time is no answer to what is short now."""
        self._write_sql(self.policy, mode="on")
        self.env["stock.move"].create(
            {
                "product_id": self.bought.id,
                "product_uom_qty": 500.0,
                "location_id": self.supplier_place.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": NOW + timedelta(days=200),
            }
        )._action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.rule.qty_forecast, 0.0)
        self._run()
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])

    # E4

    @freeze_time(NOW)
    def test_two_places_of_one_warehouse(self):
        """Neither grows with each run, and the vendor's price break sees their sum."""
        self.bought.seller_ids = [
            Command.create(
                {"partner_id": self.vendor.id, "price": 1.5, "delay": 4, "min_qty": 50.0}
            )
        ]
        shelf = self.env["stock.location"].create(
            {"name": "Shop", "location_id": self.warehouse.view_location_id.id}
        )
        second = self._make_rule(self.bought, location_id=shelf.id)
        self.env["stock.rule"].create(
            {
                "name": "Buy for the shop",
                "action": "buy",
                "location_dest_id": shelf.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "route_id": self.env.ref("purchase_stock.route_warehouse0_buy").id,
                "warehouse_id": self.warehouse.id,
            }
        )
        for _time in range(3):
            self._run()
            lines = self._lines().sorted("orderpoint_id")
            self.assertEqual(lines.orderpoint_id, self.rule | second)
            self.assertEqual(lines.mapped("product_qty"), [30.0, 30.0])
            self.assertEqual(lines.mapped("price_unit"), [1.5, 1.5])
            self.assertEqual(len(lines.order_id), 1)

    # E6

    @freeze_time(NOW)
    def test_a_failing_rule_is_told_of_and_others_go_on(self):
        orphan = self._make_product("Orphan")
        orphan.seller_ids.unlink()
        rule = self._make_rule(orphan)
        self._run()
        self.assertFalse(self._lines(orphan))
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])
        alert = self._alerts()
        self.assertEqual(alert.orderpoint_id, rule)
        self.assertTrue(alert.message)
        self.assertEqual(rule.ordering_failure, alert.message)
        orphan.seller_ids = [Command.create({"partner_id": self.vendor.id, "price": 1.0})]
        self._run()
        self.assertEqual(self._lines(orphan).mapped("product_qty"), [30.0])
        self.assertFalse(self._alerts())
        self.assertFalse(rule.ordering_failure)

    @freeze_time(NOW)
    def test_any_other_failure_is_told_of_too(self):
        rule = self._make_rule(self._make_product("Cursed"))
        lines = type(self.env["purchase.order.line"])
        prepare = lines._prepare_purchase_order_line_from_procurement

        def fail(line, product, *arguments):
            if product == rule.product_id:
                raise UserError(rule.env._("Not on a Monday."))
            return prepare(line, product, *arguments)

        self.patch(lines, "_prepare_purchase_order_line_from_procurement", fail)
        self._run()
        self.assertEqual(self._alerts().mapped("message"), ["Not on a Monday."])
        self.assertFalse(self._lines(rule.product_id))
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])

    # E7, E16

    @freeze_time(NOW)
    def test_made_by_import(self):
        product = self._make_product("Imported")
        result = self.rules.load(
            ["product_id/.id", "warehouse_id/.id", "trigger", "product_min_qty", "product_max_qty"],
            [[str(product.id), str(self.warehouse.id), "auto", "5", "8"]],
        )
        rule = self.rules.browse(result["ids"])
        self._run()
        self.assertEqual(rule.location_id, self.warehouse.lot_stock_id)
        self.assertEqual(self._lines(product).mapped("product_qty"), [8.0])

    def test_mismatches_are_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        place = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        foreign = self._make_product("Foreign")
        foreign.company_id = other
        before = self.rules.search_count([])
        for values in (
            {"product_id": foreign.id},
            {"location_id": place.lot_stock_id.id},
            {"warehouse_id": place.id, "company_id": self.env.company.id},
        ):
            with self.subTest(values), self.assertRaises(UserError), self.env.cr.savepoint():
                self._make_rule(self._make_product("New"), **values)
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._make_rule(
                self._make_product("New"),
                warehouse_id=self.warehouse.id,
                location_id=second.lot_stock_id.id,
            )
        self.assertEqual(self.rules.search_count([]), before)

    # Apart from the order's own transaction

    @freeze_time(NOW)
    def test_ordering_leaves_the_transaction_that_takes_stock(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("stock.no_auto_scheduler", False)
        company = self.env["res.company"].create({"name": "New"})
        self.env["order.channel"].create(
            {"name": "First", "code": "FIRST", "company_id": company.id}
        )
        self.assertTrue(parameters.get_param("stock.no_auto_scheduler"))
        cron = self.env.ref("order_management.ir_cron_order_missing")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.company.order_check_mode = "shadow"
        for _time in range(2):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.bought.id})],
                }
            )
            order.action_confirm()
            self.assertEqual(order.state, "sale")
        self.assertFalse(self._lines())
        added = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(added.mapped("call_at"), [NOW + timedelta(minutes=10)])
        self._run()
        self.assertEqual(self._lines().mapped("product_qty"), [32.0])

    @freeze_time(NOW)
    def test_companies_that_are_off(self):
        """They are served as long as core does not serve them any more."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("stock.no_auto_scheduler", False)
        other = self.env["res.company"].create({"name": "On"})
        self.company.use_order_management = False
        self._run()
        self.assertFalse(self._lines())
        other.use_order_management = True
        self._run()
        self.assertFalse(self._lines())
        parameters.set_param("stock.no_auto_scheduler", True)
        self._run()
        self.assertEqual(self._lines().mapped("product_qty"), [30.0])

    def test_only_a_manager_orders(self):
        clerk = new_test_user(self.env, "clerk7", groups="order_management.group_clerk")
        with self.assertRaises(AccessError):
            self.rule.with_user(clerk).action_order_missing()
        self.assertFalse(self._lines())

    @freeze_time(NOW)
    def test_a_notice_says_why_nothing_was_ordered(self):
        orphan = self._make_product("Orphan")
        orphan.seller_ids.unlink()
        failing = self._make_rule(orphan)
        full = self._make_rule(self._make_product("Full"), 0.0, 0.0)
        for rule, kind in ((failing, "warning"), (full, "info")):
            told = rule.action_order_missing()
            self.assertEqual((told["tag"], told["params"]["type"]), ("display_notification", kind))
        self.assertIn("Orphan", failing.action_order_missing()["params"]["message"])
        self.assertEqual(self.rule.action_order_missing()["res_model"], "purchase.order")

    @freeze_time(NOW)
    def test_a_stopped_run_goes_on(self):
        """Core gives each call time for one part only: the run comes to its end all the same."""
        rules = self.rule
        for number in range(4):
            rules |= self._make_rule(self._make_product(f"Part {number}"))
        self.patch(order_supply_run_mixin, "PART", 1)
        self.patch(ir_cron, "MIN_TIME_PER_JOB", 0)
        looked_at = []
        order_part = type(self.rules)._order_part

        def note(part):
            looked_at.extend(part.ids)
            return order_part(part)

        self.patch(type(self.rules), "_order_part", note)
        self._run()
        mine = [rule for rule in looked_at if rule in rules.ids]
        self.assertEqual(sorted(mine), sorted(rules.ids))
        lines = self.env["purchase.order.line"].search([("orderpoint_id", "in", rules.ids)])
        self.assertEqual(lines.mapped("product_qty"), [30.0] * 5)
        # The next run begins anew.
        looked_at.clear()
        self._run()
        self.assertEqual(sorted(set(looked_at) & set(rules.ids)), sorted(rules.ids))

    # Batch

    @freeze_time(NOW)
    def test_queries(self):
        """So many for each order, and next to nothing for each line (dropshipping looks up one)."""

        def count(size):
            vendor = self.env["res.partner"].create({"name": f"Vendor of {size}"})
            rules = self.rules.browse()
            for number in range(size):
                rules |= self._make_rule(self._make_product(f"P{size}-{number}", vendor))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rules._order_missing(rules)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            lines = self.env["purchase.order.line"].search([("orderpoint_id", "in", rules.ids)])
            self.assertEqual(len(lines), size)
            self.assertEqual(len(lines.order_id), 1)
            return spent

        count(2)
        few, many = count(5), count(40)
        self.assertLessEqual(many - few, 35 * 1.2)
        self.assertLessEqual(few, 80)

    @freeze_time(NOW)
    def test_nothing_to_order_costs_no_savepoint(self):
        self._receive(self.bought, fields.Date.to_date("2026-02-01"), 50.0)
        rules = self.rule
        rules._order_missing(rules)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(28):
            rules._order_missing(rules)
        self.assertFalse(self._lines())
