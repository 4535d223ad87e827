from datetime import date

from odoo.tests import HttpCase, tagged

from .reorder_common import ReorderCase


@tagged("post_install", "-at_install", "om_tour")
class TestReorderHealthTour(HttpCase, ReorderCase):
    """How stock does, in a real browser."""

    def test_planner_looks_at_stock(self):
        item = self._create_product("OM-TOUR", stock=130, standard_price=4.0)
        self.env["order.forecast"].create(
            {
                "company_id": self.company.id,
                "product_id": item.id,
                "warehouse_id": self.warehouse.id,
                "policy_id": self.policy.id,
                "period": "week",
                "pattern": "smooth",
                "next_day": date.today(),  # noqa: DTZ011  the browser has no other day
                "mean": [70.0] * 26,
                "daily_demand": 10.0,
                "abc": "a",
                "xyz": "x",
            }
        )
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": item.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 20,
                "product_max_qty": 100,
                "trigger": "manual",
            }
        )
        self.env["order.stock.health"]._look(self.warehouse, item.ids)
        self.start_tour("/odoo/stock-health", "order_management_stock_health", login="om_manager")
