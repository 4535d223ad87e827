from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .reorder_common import ReorderCase

NOW = "2026-03-02 10:00:00"
TODAY = date(2026, 3, 2)


def _noon(days):
    return datetime.combine(TODAY + timedelta(days=days), time(12))


@tagged("post_install", "-at_install", "om_full")
class TestReorderAdvice(ReorderCase):
    """Goods on order whose date is no longer right are put on the work list, and mended there.

    Ten a day are expected, 10 days of lead time and review, 15 in reserve.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 0
        cls.vendor = cls._create_customer("Vendor", email="vendor@example.com")
        cls.route = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls._make_bought(cls.item)
        cls.rule = cls._create_rule(cls.item)
        cls.forecast = cls._create_forecast(cls.item)
        cls.planner = new_test_user(
            cls.env,
            login="om_planner",
            groups="order_management.group_manager,purchase.group_purchase_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_bought(cls, product):
        product.write(
            {
                "standard_price": 4.0,
                "route_ids": [Command.set(cls.route.ids)],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 5.0, "delay": 9})
                ],
            }
        )

    @classmethod
    def _create_rule(cls, product):
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "product_min_qty": 115,
                "product_max_qty": 300,
                "trigger": "manual",
            }
        )

    @classmethod
    def _create_forecast(cls, product, **values):
        """70 a week; errors of the past that make a reserve of 15 at 95 %."""
        return cls.env["order.forecast"].create(
            {
                "company_id": cls.company.id,
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "policy_id": cls.policy.id,
                "period": "week",
                "pattern": "smooth",
                "next_day": TODAY,
                "mean": [70.0] * 26,
                "daily_demand": 10.0,
                "sum_periods": 2,
                "sum_errors": [15.0 * (14 / 10) ** 0.5] * 60,
                **values,
            }
        )

    def _buy(self, quantity, days, product=None, is_confirmed=True):
        """An order that is to come so many days from today."""
        with freeze_time(NOW):
            order = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or self.item).id,
                                "product_qty": quantity,
                                "price_unit": 5.0,
                                "date_planned": _noon(days),
                            }
                        )
                    ],
                }
            )
            if is_confirmed:
                order.button_confirm()
            self.env.flush_all()
        return order.order_line

    def _look(self, products=None, moment=NOW):
        """What is open on the work list after a look."""
        products = products or self.item
        with freeze_time(moment):
            self.env["order.purchase.advice"]._run(self.warehouse, products.ids)
        return self.env["order.stock.alert"].search(
            [("product_id", "in", products.ids), ("state", "=", "open")], order="kind, id"
        )

    def _resolve(self, alert, user=None):
        with freeze_time(NOW):
            return alert.with_user(user or self.planner).action_resolve()

    def _create_buyer(self):
        """Who buys, and has no part in Order Management."""
        return new_test_user(
            self.env,
            login="om_buyer",
            groups="purchase.group_purchase_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def _open(self, action):
        """The dialog that an action opens, as the planner has it."""
        return (
            self.env["order.receipt.move"]
            .with_user(self.planner)
            .create({"alert_id": action["context"]["default_alert_id"]})
        )

    # What is said

    def test_what_is_said(self):
        for there, quantity, days, expected in (
            (110, 200, 9, []),
            (60, 200, 9, [("expedite", 9, 4)]),
            (200, 200, 5, [("postpone", 5, 18)]),
            (2000, 200, 5, [("unneeded", 5, False)]),
            (60, 200, -3, [("expedite", -3, 4)]),
            (100, 200, 60, [("expedite", 60, 8), ("shortage", 60, 10)]),
        ):
            with self.subTest(there=there, days=days):
                self._set_stock(self.item, there)
                line = self._buy(quantity, days)
                alerts = self._look()
                self.assertEqual(
                    [(alert.kind, alert.day_before, alert.day) for alert in alerts],
                    [
                        (kind, TODAY + timedelta(before), day and TODAY + timedelta(day))
                        for kind, before, day in expected
                    ],
                )
                self.assertEqual(alerts.purchase_line_id, line if expected else line.browse())
                self._set_stock(self.item, -there)
                line.order_id.button_cancel()
        self.assertFalse(self._look(), "and all is over when the order is gone")

    def test_an_alert_in_full(self):
        self._set_stock(self.item, 60)
        line = self._buy(200, 9)
        alert = self._look()
        self.assertEqual(
            (alert.quantity, alert.value, alert.vendor_id, alert.orderpoint_id, alert.warehouse_id),
            (200.0, 1000.0, self.vendor, self.rule, self.warehouse),
        )
        self.assertEqual(
            alert.message,
            "Needed by 03/06/2026, comes on 03/11/2026: 200 Units, "
            f"{line.order_id.name} of Vendor.",
        )
        again = self._look()
        self.assertEqual(again, alert, "it is said once")
        other = self._buy(10, 9, self.product).order_id
        orders = (line.order_id | other).with_user(self._create_buyer())
        self.assertEqual(
            orders.mapped("stock_advice"),
            [f"[OM-DEMAND] Product OM-DEMAND: {alert.message}", ""],
        )

    def test_days_of_the_warehouse(self):
        """20:00 in London is the next morning in Brisbane, where the goods are."""
        self.warehouse.partner_id.tz = "Australia/Brisbane"
        self._set_stock(self.item, 60)
        line = self._buy(200, 9)
        line.move_ids.write(dict.fromkeys(("date", "date_deadline"), "2026-03-11 20:00:00"))
        alert = self._look(moment="2026-03-01 20:00:00")
        self.assertEqual((alert.day_before, alert.day), (date(2026, 3, 12), date(2026, 3, 6)))

    def test_demand_moves(self):
        """The forecast doubles, and what came in good time comes too late."""
        self._set_stock(self.item, 110)
        self._buy(200, 9)
        self.assertFalse(self._look())
        self.forecast.sudo().write({"mean": [140.0] * 26, "daily_demand": 20.0})
        alert = self._look()
        self.assertEqual((alert.kind, alert.day), ("expedite", TODAY + timedelta(4)))
        self.forecast.sudo().write({"mean": [10.0] * 26, "daily_demand": 10 / 7})
        alert = self._look()
        self.assertEqual((alert.kind, alert.day), ("postpone", TODAY + timedelta(66)))

    def test_orders_of_customers(self):
        """What should have left is gone; what leaves later is part of the forecast, or more."""
        self._set_stock(self.item, 110)
        self._buy(200, 9)
        order = self._create_order([(self.item, 60)])
        with freeze_time(NOW):
            order.action_confirm()
        self.assertEqual(self._look().day, TODAY + timedelta(3))
        self.env.flush_all()
        order.picking_ids.move_ids.write({"date": _noon(3), "date_deadline": _noon(3)})
        self.assertFalse(self._look(), "60 of the 70 that are expected this week")

    def test_units_and_packs_of_a_vendor(self):
        self._set_stock(self.item, 60)
        line = self._buy(1, 9)
        with freeze_time(NOW):
            line.order_id.button_cancel()
            line.order_id.button_draft()
            line.write(
                {
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                    "product_qty": 10,
                    "price_unit": 60.0,
                    "date_planned": _noon(20),
                }
            )
        draft = self._look().filtered(lambda alert: alert.kind == "expedite")
        self.assertEqual((draft.quantity, draft.value), (120.0, 600.0))
        self.assertEqual(draft.day, TODAY + timedelta(9), "a request takes its lead time")

    def test_what_is_left_out(self):
        """No forecast, a policy that is off, little history, another warehouse."""
        self._set_stock(self.item, 2000)
        self._buy(200, 5)
        unknown = self._create_product("OM-UNKNOWN")
        self._buy(200, 5, unknown)
        self.assertEqual(self._look(self.item | unknown).mapped("kind"), ["unneeded"])
        self.forecast.sudo().pattern = "new"
        self.assertFalse(self._look())
        self.forecast.sudo().pattern = "smooth"
        self.policy.mode = "off"
        self.assertFalse(self._look())
        self.policy.write({"mode": "shadow", "unneeded_days": 300, "postpone_days": 250})
        self.assertFalse(self._look())

    # E2, E3

    def test_an_order_moved_far_away_is_not_ordered_again(self):
        """E2: a shortage, and never a second order; neither by core nor by proposals."""
        self._set_stock(self.item, 115)
        line = self._buy(200, 9)
        with freeze_time(NOW):
            line._update_date_planned(_noon(900))
            line.move_ids.date = _noon(900)
            self.env.flush_all()
            self.env.invalidate_all()
            self.rule.write({"trigger": "auto", "product_min_qty": 120})
            self.assertEqual(self.rule.qty_to_order, 0)
            for _run in range(2):
                self.env["stock.rule"].run_scheduler(company_id=self.company.id)
                proposed = self.as_role(self.rule, "manager").propose_levels()
                self.assertEqual(proposed[0]["quantity"], 0)
        lines = self.env["purchase.order.line"].search([("product_id", "=", self.item.id)])
        self.assertEqual(lines, line)
        alerts = self._look()
        self.assertEqual(alerts.mapped("kind"), ["expedite", "shortage"])
        shortage = alerts[1]
        self.assertEqual(shortage.day, TODAY + timedelta(11))
        self.assertEqual(shortage.quantity, 1085.0, "within the horizon of 120 days")
        self.assertIn("Runs out on 03/13/2026, 1085 Units lack", shortage.message)

    def test_core_orders_as_ever_where_we_are_off(self):
        self._set_stock(self.item, 115)
        line = self._buy(200, 9)
        self.company.use_order_management = False
        with freeze_time(NOW):
            line.move_ids.date = _noon(900)
            self.env.flush_all()
            self.env.invalidate_all()
            self.rule.product_min_qty = 120
            self.env.flush_all()
            self.assertEqual(self.rule.qty_to_order, 185)

    def test_a_far_receipt_hides_no_shortage(self):
        """E3: it is inside the lead time, whatever comes in a hundred days."""
        self._set_stock(self.item, 20)
        self._buy(2000, 100)
        shortage = self._look().filtered(lambda alert: alert.kind == "shortage")
        self.assertEqual((shortage.day, shortage.quantity), (TODAY + timedelta(2), 980.0))

    # The ready actions

    def test_a_request_is_moved_at_once(self):
        self._set_stock(self.item, 250)
        line = self._buy(200, 12, is_confirmed=False)
        order = line.order_id
        ordered = order.date_order
        alert = self._look()
        self.assertEqual(alert.kind, "postpone")
        self.assertIs(self._resolve(alert), True)
        self.assertEqual((line.date_planned, alert.state), (_noon(23), "closed"))
        self.assertEqual(order.date_order - ordered, timedelta(days=11))
        self.assertIn("Not needed before 03/25/2026", order.message_ids[0].body)
        self.assertFalse(self._look())

    def test_a_vendor_is_asked(self):
        self._set_stock(self.item, 60)
        line = self._buy(200, 9)
        alert = self._look()
        action = self._resolve(alert)
        self.assertEqual(action["res_model"], "order.receipt.move")
        with freeze_time(NOW):
            move = self._open(action)
            draft = move.action_ask()["context"]
        self.assertEqual(draft["default_partner_ids"], self.vendor.ids)
        self.assertIn("200 Units of [OM-DEMAND] Product OM-DEMAND", draft["default_body"])
        self.assertIn(
            "expected on 03/11/2026. Can you deliver them on 03/06/2026", draft["default_body"]
        )
        self.assertEqual((line.date_planned, alert.state), (_noon(9), "open"), "nothing is changed")
        self.assertEqual(alert.user_id, self.planner, "whoever asked waits for the answer")
        with freeze_time(NOW):
            move.action_set()
        receipt = line.move_ids
        self.assertEqual((line.date_planned, receipt.date, receipt.date_deadline), (_noon(4),) * 3)
        self.assertEqual(line.first_date_planned, _noon(9), "what was promised first stays")
        self.assertEqual(alert.state, "closed")
        self.assertFalse(self._look())

    def test_what_is_not_needed_is_shown_or_asked_for(self):
        self._set_stock(self.item, 2000)
        request = self._buy(200, 5, is_confirmed=False)
        alert = self._look()
        self.assertEqual(self._resolve(alert)["res_id"], request.order_id.id)
        request.order_id.button_confirm()
        alert = self._look()
        action = self._resolve(alert)
        with freeze_time(NOW):
            move = self._open(action)
            draft = move.action_ask()["context"]
        self.assertIn("we no longer need 200 Units", draft["default_body"])
        self.assertEqual(request.product_qty, 200)

    def test_rights(self):
        """Only who may change purchase orders; a manager alone may not, and nothing changes."""
        self._set_stock(self.item, 250)
        line = self._buy(200, 12, is_confirmed=False)
        alert = self._look()
        for role in ("clerk", "picker", "auditor", "integration", "manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._resolve(alert, self.users[role])
        self.assertEqual((line.date_planned, alert.state), (_noon(12), "open"))
        with self.assertRaises(AccessError):
            self.env["order.receipt.move"].with_user(self.users["clerk"]).create(
                {"alert_id": alert.id}
            )

    # Many at once

    def test_queries_do_not_grow_with_products(self):
        products = self.env["product.product"]
        for number in range(30):
            product = self._create_product(f"OM-MANY-{number}", stock=60)
            self._make_bought(product)
            self._create_rule(product)
            self._create_forecast(product)
            self._buy(200, 9, product)
            products |= product
        counts = []
        for some in (products[:3], products[3:]):
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time(NOW):
                before = self.env.cr.sql_log_count
                raised = self.env["order.purchase.advice"]._run(self.warehouse, some.ids)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(raised), len(some))
        self.assertLessEqual(counts[1], counts[0], counts)
        self.assertLessEqual(counts[1], 45)

    def test_the_nightly_run(self):
        self._set_stock(self.item, 60)
        self._buy(200, 9)
        with freeze_time(NOW), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_purchase_advice").method_direct_trigger()
        self.env.invalidate_all()
        alert = self.env["order.stock.alert"].search([("product_id", "=", self.item.id)])
        self.assertEqual((alert.kind, alert.state), ("expedite", "open"))
