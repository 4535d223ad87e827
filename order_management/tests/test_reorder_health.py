from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .reorder_common import ReorderCase

NOW = fields.Datetime.to_datetime("2026-03-02 08:00:00")
TODAY = NOW.date()


@tagged("post_install", "-at_install")
class TestReorderHealth(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item.standard_price = 4.0
        cls.model = cls.env["order.stock.health"].sudo()

    def _look(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_stock_health").method_direct_trigger()
        self.env.invalidate_all()

    def _row(self, product=None):
        return self.model.search([("product_id", "=", (product or self.item).id)])

    def _alerts(self, *kinds):
        return self.env["order.stock.alert"].search(
            [("kind", "in", kinds), ("product_id", "=", self.item.id), ("state", "=", "open")]
        )

    def _make_forecast(self, daily, **values):
        return (
            self.env["order.forecast"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "product_id": self.item.id,
                    "warehouse_id": self.warehouse.id,
                    "daily_demand": daily,
                    "forecast_at": NOW,
                    **values,
                }
            )
        )

    def _make_rule(self, **values):
        vendor = self.env["res.partner"].create({"name": "Mill"})
        self.item.route_ids = [Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)]
        self.item.seller_ids = [Command.create({"partner_id": vendor.id, "price": 3.0, "delay": 9})]
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.item.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "trigger": "manual",
                **values,
            }
        )

    def _lie(self, quantity, since):
        """So much lies there, since some day."""
        quants = self.env["stock.quant"]
        quants._update_available_quantity(
            self.item,
            self.warehouse.lot_stock_id,
            quantity,
            in_date=fields.Datetime.to_datetime(since),
        )

    @freeze_time(NOW)
    def test_short(self):
        """2 a day for 9 days of delivery and 1 of review; 12 there, 5 come in time, 30 later."""
        rule = self._make_rule(product_min_qty=20, product_max_qty=60)
        self._make_forecast(2.0, abc="a", xyz="y")
        self._lie(12, TODAY)
        for quantity, days in ((5, 3), (30, 40)):
            self.env["stock.move"].create(
                {
                    "product_id": self.item.id,
                    "product_uom_qty": quantity,
                    "location_id": self.supplier_place.id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "date": NOW + timedelta(days=days),
                }
            )._action_confirm()
        self._look()
        row = self._row()
        self.assertEqual(row.state, "short")
        self.assertEqual((row.on_hand, row.coming, row.protection_days), (12.0, 35.0, 10.0))
        self.assertEqual((row.cover_days, row.shortage, row.shortage_value), (6.0, 3.0, 12.0))
        self.assertEqual((row.value, row.surplus, row.dead, row.expiring), (48.0, 0.0, 0.0, 0.0))
        self.assertEqual((row.abc, row.xyz, row.orderpoint_id), ("a", "y", rule))
        alert = self._alerts("shortage")
        self.assertEqual((alert.quantity, alert.value, alert.orderpoint_id), (3.0, 12.0, rule))
        self.assertEqual(alert.day, TODAY + timedelta(days=6))
        self.assertIn("3 are short in 10 days", alert.message)
        action = self.as_role(alert, "manager").action_resolve()
        self.assertEqual(action["res_model"], "stock.warehouse.orderpoint")
        # What mends it closes it, and the row is the same one.
        self._lie(3, TODAY)
        self._look()
        self.assertEqual(self._row(), row)
        self.assertEqual(row.state, "good")
        self.assertEqual(alert.state, "closed")

    @freeze_time(NOW)
    def test_what_a_late_order_lacks_is_told_once(self):
        self._make_rule()
        self._make_forecast(2.0)
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.item.seller_ids.partner_id.id,
                "order_line": [Command.create({"product_id": self.item.id, "product_qty": 5})],
            }
        )
        self.env["order.stock.alert"].sudo()._sync(
            "shortage",
            [
                {
                    "key": "line",
                    "company_id": self.company.id,
                    "product_id": self.item.id,
                    "warehouse_id": self.warehouse.id,
                    "purchase_line_id": order.order_line.id,
                    "message": "It comes too late.",
                }
            ],
            [("purchase_line_id", "!=", False)],
        )
        self._look()
        self.assertEqual(self._row().state, "short")
        self.assertEqual(self._row().asked, 5.0)
        self.assertEqual(self._alerts("shortage").mapped("message"), ["It comes too late."])

    @freeze_time(NOW)
    def test_too_much(self):
        self._make_rule(product_min_qty=20, product_max_qty=60)
        self._make_forecast(1.0)
        self._lie(100, TODAY)
        self._look()
        row = self._row()
        self.assertEqual((row.state, row.surplus, row.surplus_value), ("surplus", 40.0, 160.0))
        self.assertEqual(self._alerts("surplus").value, 160.0)
        for least, told in ((160.0, 1), (160.01, 0)):
            self._write_sql(self.policy, alert_value=least)
            self._look()
            self.assertEqual(len(self._alerts("surplus")), told)

    @freeze_time(NOW)
    def test_dead(self):
        """180 days at rest: the last day that is too short, and the first that is long enough."""
        self._lie(10, NOW - timedelta(days=180))
        self._look()
        self.assertEqual((self._row().state, self._row().dead), ("good", 0.0))
        self._lie(15, NOW - timedelta(days=180, seconds=1))
        self._write_sql(
            self.env["stock.quant"].search([("product_id", "=", self.item.id)]),
            in_date=NOW - timedelta(days=180, seconds=1),
        )
        self._look()
        row = self._row()
        self.assertEqual((row.state, row.dead, row.dead_value), ("dead", 25.0, 100.0))
        self.assertFalse(row.has_cover)
        alert = self._alerts("dead")
        self.assertEqual(alert.value, 100.0)
        self.assertEqual(
            self.as_role(alert, "manager").action_resolve()["res_model"], "stock.quant"
        )
        # One sold lately, and it lives.
        self._ship(self.item, date(2026, 3, 1), 1)
        self._look()
        self.assertEqual(row.dead, 0.0)
        self.assertEqual(row.last_sold_on, date(2026, 3, 1))
        self.assertFalse(self._alerts("dead"))

    @freeze_time(NOW)
    def test_expiring(self):
        lots = self.env["stock.lot"]
        if "expiration_date" not in lots._fields:
            self.skipTest("Lots do not expire here.")
        self.item.tracking = "lot"
        self._make_forecast(2.0)
        for name, days, quantity in (("SOON", 10, 30), ("LATER", 100, 40)):
            lot = lots.create(
                {
                    "name": name,
                    "product_id": self.item.id,
                    "expiration_date": NOW + timedelta(days=days),
                }
            )
            self.env["stock.quant"]._update_available_quantity(
                self.item, self.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        self._write_sql(self.policy, alert_value=0.0)
        self._look()
        row = self._row()
        self.assertEqual((row.state, row.expiring, row.expiring_value), ("expiring", 10.0, 40.0))
        alert = self._alerts("expiring")
        self.assertEqual((alert.lot_id.name, alert.quantity), ("SOON", 10.0))
        self.assertEqual(alert.day, TODAY + timedelta(days=10))
        self.assertEqual(self.as_role(alert, "manager").action_resolve()["res_id"], alert.lot_id.id)

    @freeze_time(NOW)
    def test_gone_rows_go(self):
        self._lie(10, TODAY)
        self._look()
        self.assertTrue(self._row())
        self._lie(-10, TODAY)
        self._look()
        self.assertFalse(self._row())

    def test_who_may(self):
        clerk = self.as_role("order.stock.health", "clerk")
        with self.assertRaises(AccessError):
            clerk.action_refresh()
        with self.assertRaises(AccessError):
            clerk.search([])
        self.assertTrue(self.as_role("order.stock.health", "manager").action_refresh())
        auditor = self.as_role("order.stock.health", "auditor")
        self.assertTrue(auditor.search([]))
        with self.assertRaises(AccessError):
            auditor.action_refresh()

    @freeze_time(NOW)
    def test_queries_do_not_grow_with_products(self):
        spent = []
        for count in (3, 30):
            for number in range(count):
                product = self._create_product(f"OM-H-{count}-{number}", stock=5)
                product.standard_price = 1.0
            self.env.flush_all()
            self.model._refresh(self.warehouse)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.model._refresh(self.warehouse)
            self.env.flush_all()
            spent.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(spent[1], spent[0] + 2)
        self.assertLessEqual(spent[1], 60)
