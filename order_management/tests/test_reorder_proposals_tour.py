from datetime import date, timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from .reorder_common import ReorderCase


@tagged("post_install", "-at_install", "om_tour")
class TestReorderProposalsTour(HttpCase, ReorderCase):
    """A planner decides on the night's proposals in a real browser."""

    def test_planner_applies_two_and_rejects_one(self):
        self.env["stock.warehouse.orderpoint"].search([]).active = False
        rules = self._create_rules()
        proposals = self.as_role(rules, "manager").propose_levels()
        proposals = self.env["order.reorder.proposal"].browse(
            [row["proposal_id"] for row in proposals]
        )
        self.start_tour(
            "/odoo/action-order_management.order_reorder_proposal_action",
            "order_management_proposals",
            login="om_manager",
        )
        self.assertEqual(proposals.mapped("state"), ["applied", "applied", "rejected"])
        self.assertEqual(proposals[2].reject_reason, "Phased out in spring")
        self.assertTrue(proposals[2].has_effect)
        for proposal, rule in zip(proposals[:2], rules[:2], strict=True):
            self.assertEqual(rule.product_min_qty, proposal.written_minimum)
            self.assertEqual(rule.product_max_qty, proposal.written_maximum)
        self.assertEqual((rules[2].product_min_qty, rules[2].product_max_qty), (5, 10))

    def _create_rules(self):
        vendor = self._create_customer("Vendor")
        today = date.today()  # noqa: DTZ011  the browser has no other day
        rules = self.env["stock.warehouse.orderpoint"]
        for index in range(3):
            item = self._create_product(
                f"OM-TOUR-{index}",
                route_ids=[Command.set(self.env.ref("purchase_stock.route_warehouse0_buy").ids)],
                seller_ids=[Command.create({"partner_id": vendor.id, "price": 5.0, "delay": 9})],
            )
            self._receive(item, today - timedelta(days=57), 900)
            for week in range(8):
                self._ship(item, today - timedelta(weeks=8 - week), 70)
            rules |= rules.create(
                {
                    "product_id": item.id,
                    "warehouse_id": self.warehouse.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "product_min_qty": 5,
                    "product_max_qty": 10,
                    "trigger": "manual",
                }
            )
        return rules
