import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .reorder_common import ReorderCase

NOW = fields.Datetime.to_datetime("2026-03-02 08:00:00")
LEAST, MOST = 10.0, 30.0
STEPS = 16
OPEN = ("waiting", "confirmed", "partially_available", "assigned")


@tagged("post_install", "-at_install", "om_lean")
class TestReorderOrderingWalk(ReorderCase):
    """Runs, sales, cancellations, postponements and receipts in any order.

    After each run what is there and what was ordered reaches the minimum and never passes the
    maximum: what is needed is ordered, and once.
    """

    @freeze_time(NOW)
    def test_ordered_is_what_is_needed(self):
        self.company.horizon_days = 3
        for seed in range(6):
            mode = "on" if seed % 2 else "shadow"
            with self.subTest(seed=seed, mode=mode):
                self._write_sql(self.policy, mode=mode)
                self._walk(random.Random(seed))

    def _walk(self, dice):
        self.dice, self.told = dice, []
        self.vendor = self.env["res.partner"].create({"name": "Walker"})
        self.goods = self.env["product.product"].create(
            {
                "name": "Walked",
                "is_storable": True,
                "route_ids": [Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)],
                "seller_ids": [
                    Command.create({"partner_id": self.vendor.id, "price": 2.0, "delay": 4})
                ],
            }
        )
        self.rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.goods.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": LEAST,
                "product_max_qty": MOST,
                "trigger": "auto",
            }
        )
        moves = (self._sell, self._confirm, self._cancel, self._postpone, self._arrive)
        for _step in range(STEPS):
            move = dice.choice(moves)
            self.told.append((move.__name__, move()))
            self.env.flush_all()
            self.env.invalidate_all()
            self._order()

    def _order(self):
        rules = self.rule
        if self.dice.random() < 0.3:
            rules.action_replenish()
        for _again in range(self.dice.randint(1, 2)):
            rules._order_missing(rules)
        self.env.flush_all()
        self.env.invalidate_all()
        position = self._get_position()
        self.assertGreaterEqual(position, LEAST, self.told)
        self.assertLessEqual(position, MOST, self.told)

    def _get_position(self):
        """What is there and what was ordered, counted from the documents themselves."""
        place = self.warehouse.lot_stock_id
        quants = self.env["stock.quant"]._read_group(
            [("product_id", "=", self.goods.id), ("location_id", "child_of", place.id)],
            aggregates=["quantity:sum"],
        )
        moves = self.env["stock.move"].search(
            [("product_id", "=", self.goods.id), ("state", "in", OPEN)]
        )
        lines = self._lines().filtered(lambda line: line.state in ("draft", "sent"))
        return (
            (quants[0][0] or 0.0)
            + sum(moves.mapped("product_qty"))
            + sum(lines.mapped("product_qty"))
        )

    def _lines(self):
        return self.env["purchase.order.line"].search([("product_id", "=", self.goods.id)])

    def _sell(self):
        there = self.goods.qty_available
        if there < 1:
            return 0
        quantity = self.dice.randint(1, int(min(there, 20)))
        self._ship(self.goods, NOW, float(quantity))
        return quantity

    def _pick_order(self, *states):
        orders = self._lines().order_id.filtered(lambda order: order.state in states)
        return self.dice.choice(orders) if orders else orders

    def _confirm(self):
        order = self._pick_order("draft")
        order.button_confirm()
        return order.name

    def _cancel(self):
        order = self._pick_order("draft", "purchase")
        if order.picking_ids.filtered(lambda picking: picking.state == "done"):
            return False
        order.button_cancel()
        return order.name

    def _postpone(self):
        order = self._pick_order("purchase")
        moment = NOW + timedelta(days=self.dice.choice((-10, 2, 30, 400)))
        order.order_line.date_planned = moment
        order.picking_ids.move_ids.filtered(lambda move: move.state in OPEN).date = moment
        return order.name, str(moment)

    def _arrive(self):
        pickings = self._lines().order_id.picking_ids.filtered(
            lambda picking: picking.state == "assigned"
        )
        if not pickings:
            return False
        picking = self.dice.choice(pickings)
        move = picking.move_ids
        move.quantity = self.dice.randint(1, int(move.product_uom_qty))
        move.picked = True
        picking.with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=picking.ids if self.dice.random() < 0.5 else [],
        ).button_validate()
        return picking.name, move.quantity
