from datetime import date, timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from .reorder_common import ReorderCase


@tagged("post_install", "-at_install", "om_tour")
class TestReorderTour(HttpCase, ReorderCase):
    """Forecasts and levels in a real browser."""

    def test_planner_tries_levels(self):
        vendor = self._create_customer("Vendor")
        item = self._create_product(
            "OM-TOUR",
            route_ids=[Command.set(self.env.ref("purchase_stock.route_warehouse0_buy").ids)],
            seller_ids=[Command.create({"partner_id": vendor.id, "price": 5.0, "delay": 9})],
        )
        today = date.today()  # noqa: DTZ011  the browser has no other day
        self._receive(item, today - timedelta(days=81), 2000)
        for day in range(80):
            self._ship(item, today - timedelta(days=80 - day), 12 if day % 2 else 8)
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": item.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 60,
                "product_max_qty": 200,
                "trigger": "manual",
            }
        )
        self.as_role(rule, "manager").propose_levels()
        self.start_tour(
            "/odoo/action-order_management.order_forecast_action",
            "order_management_reorder",
            login="om_manager",
        )
        override = self.env["order.forecast.override"].search([("product_id", "=", item.id)])
        self.assertEqual((override.quantity, override.user_id), (130, self.users["manager"]))
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (60, 200))
