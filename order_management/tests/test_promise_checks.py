from freezegun import freeze_time

from odoo.tests import tagged

from .common import OrderManagementCase

DAY = "2026-03-02"  # a Monday


@tagged("post_install", "-at_install")
class TestPromiseChecks(OrderManagementCase):
    """What holds an order for stock or date; 5 on hand, 20 come on the 10th, handling 1 day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{DAY} 08:00:00"))
        cls.warehouse.handling_days = 1
        cls.item = cls._create_product("OM-BY-DATE", stock=5)
        cls.receipt = cls.env["stock.move"].create(
            {
                "product_id": cls.item.id,
                "product_uom_qty": 20,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "date": "2026-03-10 12:00:00",
                "origin": "P00007",
            }
        )
        cls.receipt._action_confirm(merge=False)
        cls.receipt.date = "2026-03-10 12:00:00"
        cls.short = cls.env.ref("order_management.order_check_stock_short")
        cls.late = cls.env.ref("order_management.order_check_promise_late")

    def _find(self, order, code):
        row = self.as_role(order, "clerk").check_orders()[0]
        return [finding["details"] for finding in row["findings"] if finding["check"] == code]

    def _ask(self, quantity, day=False):
        moment = day and f"{day} 12:00:00"
        return self._create_order([(self.item, quantity)], commitment_date=moment)

    def test_goods_that_come_in_time_are_not_short(self):
        for day, days, missing in (
            (False, 0, 3.0),
            ("2026-03-10", 0, 3.0),  # leaves on the 11th at the earliest
            ("2026-03-11", 0, 0.0),
            (False, 7, 3.0),
            (False, 8, 0.0),
        ):
            with self.subTest(asked_for=day, within=days):
                self.short.tolerance_days = days
                found = self._find(self._ask(8, day), "stock_short")
                self.assertEqual([row["missing"] for row in found], [missing] if missing else [])
        self.short.tolerance_days = 0
        (found,) = self._find(self._ask(8), "stock_short")
        self.assertEqual(found, {"sku": "OM-BY-DATE", "asked": 8.0, "free": 5.0, "missing": 3.0})

    def test_what_an_older_order_waits_for_is_not_free(self):
        self.short.mode = "off"
        self._ask(20).action_confirm()
        self.short.mode = "on"
        (found,) = self._find(self._ask(6, "2026-03-20"), "stock_short")
        self.assertEqual(found["missing"], 1.0)

    def test_later_than_asked_for(self):
        for day, possible in (("2026-03-10", "2026-03-11"), ("2026-03-11", False)):
            with self.subTest(asked_for=day):
                found = self._find(self._ask(8, day), "promise_late")
                self.assertEqual([row["possible"] for row in found], [possible] if possible else [])
        self.late.tolerance_days = 1
        self.assertFalse(self._find(self._ask(8, "2026-03-10"), "promise_late"))
        self.assertTrue(self._find(self._ask(8, "2026-03-09"), "promise_late"))
        (found,) = self._find(self._ask(40, "2026-03-20"), "promise_late")
        self.assertEqual(found, {"asked": "2026-03-20", "possible": False, "late_days": False})

    def test_an_order_without_a_day_is_not_late(self):
        self.assertFalse(self._find(self._ask(40), "promise_late"))

    def test_bought_to_order_is_not_short(self):
        self.warehouse.mto_pull_id.route_id.active = True
        order = self._ask(50)
        order.order_line.route_ids = self.warehouse.mto_pull_id.route_id
        self.assertFalse(self._find(order, "stock_short"))
