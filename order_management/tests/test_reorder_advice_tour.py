from datetime import date, datetime, time, timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .reorder_common import ReorderCase


@tagged("post_install", "-at_install", "om_tour")
class TestReorderAdviceTour(HttpCase, ReorderCase):
    """Goods on order are asked for earlier, in a real browser."""

    def test_planner_asks_a_vendor(self):
        new_test_user(
            self.env,
            login="om_planner",
            groups="order_management.group_manager,purchase.group_purchase_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            email="planner@example.com",
        )
        item = self._create_product("OM-TOUR", stock=60)
        today = date.today()  # noqa: DTZ011  the browser has no other day
        self.env["order.forecast"].create(
            {
                "company_id": self.company.id,
                "product_id": item.id,
                "warehouse_id": self.warehouse.id,
                "policy_id": self.policy.id,
                "period": "week",
                "pattern": "smooth",
                "next_day": today,
                "mean": [70.0] * 26,
                "daily_demand": 10.0,
            }
        )
        vendor = self._create_customer("Vendor", email="vendor@example.com")
        line = Command.create(
            {
                "product_id": item.id,
                "product_qty": 200,
                "price_unit": 5.0,
                "date_planned": datetime.combine(today + timedelta(days=30), time(12)),
            }
        )
        order = self.env["purchase.order"].create({"partner_id": vendor.id, "order_line": [line]})
        order.button_confirm()
        self.env["order.purchase.advice"]._run(self.warehouse, item.ids)
        self.start_tour(
            "/odoo/stock-alerts", "order_management_purchase_advice", login="om_planner"
        )
        self.assertEqual(order.order_line.date_planned.date(), today + timedelta(days=6))
        self.assertIn("Can you deliver them", "".join(order.message_ids.mapped("body")))
        alert = self.env["order.stock.alert"].search([("product_id", "=", item.id)])
        self.assertEqual(set(alert.mapped("state")), {"closed"})
