"""Rules of products that are sold evenly, so that levels are round figures.

70 a week over eight weeks, nine days' lead time, a review each day: order at 100, up to 371.
"""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command

from .reorder_common import ReorderCase

MONDAY = date(2026, 1, 5)
DAY = "2026-03-02 10:00:00"
NEXT_DAY = "2026-03-03 10:00:00"
LEVELS = (100.0, 371.0)
WRITTEN = (100.01, 371.0)


class ReorderLevelsCase(ReorderCase):
    """``item`` with its ``rule`` (80 to 371: a quarter too low, at 50.0 in money)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.days_to_purchase = 0
        cls.vendor = cls._create_customer("Vendor")
        cls._sell_evenly(cls.item)
        cls.rule = cls._create_rule(cls.item, 80, 371)

    @classmethod
    def _sell_evenly(cls, product, weeks=8):
        product.write(
            {
                "standard_price": 4.0,
                "route_ids": [Command.set(cls.env.ref("purchase_stock.route_warehouse0_buy").ids)],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 5.0, "delay": 9})
                ],
            }
        )
        cls._receive(product, MONDAY + timedelta(weeks=8 - weeks), 70 * weeks + 500)
        for week in range(8 - weeks, 8):
            cls._ship(product, MONDAY + timedelta(weeks=week), 70)

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
    def _add_rule(cls, code, minimum=80, maximum=371, **values):
        product = cls._create_product(code)
        cls._sell_evenly(product, **values)
        return cls._create_rule(product, minimum, maximum)

    def _propose(self, rules=None, moment=DAY):
        """The proposals of these rules, as the manager asks for them."""
        with freeze_time(moment):
            rows = self.as_role(rules or self.rule, "manager").propose_levels()
        self.assertTrue(all(row["ok"] for row in rows), rows)
        return self._browse(rows)

    def _browse(self, rows):
        return self.env["order.reorder.proposal"].browse([row["proposal_id"] for row in rows])

    def _review(self, moment=DAY):
        """Forecast and review as the night does; answers the day's proposals by rule."""
        self.env.flush_all()
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_forecasts").method_direct_trigger()
            self.env.ref("order_management.ir_cron_reorder_review").method_direct_trigger()
        self.env.invalidate_all()
        proposals = self.env["order.reorder.proposal"].search([("review_day", "=", moment[:10])])
        return proposals.grouped("orderpoint_id")

    def _switch_on(self, policy=None, moment=DAY):
        policy = self.as_role(policy or self.policy, "manager")
        with freeze_time(moment):
            policy.action_try()
            policy.action_switch_on()

    def _levels(self, rule=None):
        rule = rule or self.rule
        return rule.product_min_qty, rule.product_max_qty

    def _slips(self, proposals):
        return self.env["order.decision"].search(
            [("model", "=", "order.reorder.proposal"), ("res_id", "in", proposals.ids)]
        )
