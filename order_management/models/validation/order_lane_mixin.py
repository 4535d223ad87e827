from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service
from ..common.order_job import Unfinished
from ..common.results import error_of, row

LANE_SIZE = 150  # orders confirmed and reserved in one transaction


class OrderLaneMixin(models.AbstractModel):
    """Orders that are processed in the background, one worker for each warehouse at a time.

    Workers that confirm orders of one warehouse beside each other only make each other start
    again. So one claims the warehouse and goes through its orders in parts, each in a transaction
    of its own; what fails keeps its row, and the next part goes on.
    """

    _name = "order.lane.mixin"
    _description = "Order in the warehouse lane"

    def _process_lane(self, rows=None):
        """Process the next part of these orders, of a warehouse that nobody else works for.

        :param dict rows: order id → row of what was processed so far
        :return: the rows of all, as :meth:`process_orders`, or where to go on
        """
        rows = dict(rows or {})
        orders = as_service(self)
        found = orders.exists()
        for order in orders - found:
            rows[str(order.id)] = order._prepare_gone_row()
        rest = found.filtered(lambda order: str(order.id) not in rows)
        part = rest._claim_lane()
        for answer in self.browse(part.ids).process_orders():
            rows[str(answer["order_id"])] = answer
        if len(rows) < len(orders):
            return Unfinished({"rows": rows}, len(rows) / len(orders), False)
        return [rows[str(order.id)] for order in orders]

    def _claim_lane(self):
        """The next of these orders whose warehouse is free; nobody else gets it until we commit."""
        lanes = self.grouped("warehouse_id")
        keys = {warehouse.id or 0: orders for warehouse, orders in lanes.items()}
        claimed = self.env["order.lock"]._claim("lane", list(keys))
        return next((keys[key][:LANE_SIZE] for key in keys if key in claimed), self.browse())

    def _prepare_gone_row(self):
        problem = UserError(self.env._("The order was deleted before its turn came."))
        return row(
            [error_of(problem)],
            order_id=self.id,
            name="",
            hold_state=False,
            findings=[],
            outcome="failed",
            order_state=False,
        )
