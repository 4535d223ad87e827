from odoo import fields, models
from odoo.tools import SQL

from ..common.zones import day_of, zone_of

WATCHED = {"date", "date_deadline", "product_uom_qty", "state"}
DONE_STATES = ("done", "cancel")


class OrderSupplyMixin(models.AbstractModel):
    """Receipts on which promises may rest."""

    _name = "order.supply.mixin"
    _description = "Move that may be supply"

    def _get_dated_supply(self, vals):
        """What comes into a warehouse by these moves, before something of it changes.

        :return dict: move → (when it comes, how much)
        """
        if not WATCHED & vals.keys() or vals.get("state", "cancel") != "cancel":
            return {}
        if not self.env.company._is_order_management_used():
            return {}
        return {
            move: (move._get_supply_moment(), move.product_qty)
            for move in self
            if move.location_id.usage != "customer"
            and move._get_supplied_warehouse()
            and move._get_supplied_warehouse() != move.location_id.warehouse_id
            and move.state not in DONE_STATES
        }

    def _get_supplied_warehouse(self):
        """Where its goods end up, also when it is the first of several steps."""
        return (self.location_final_id or self.location_dest_id).warehouse_id

    def _get_supply_moment(self):
        """When it can be counted on: the later of its dates."""
        return max(filter(None, (self.date, self.date_deadline)), default=False)

    def _note_slips(self, before):
        """Mark the promises that rest on what comes later, or less, or not at all.

        :param dict before: as :meth:`_get_dated_supply` answered
        """
        for move, (moment, quantity) in before.items():
            cancelled = move.state == "cancel"
            after = move._get_supply_moment()
            if not cancelled and after == moment and move.product_qty >= quantity:
                continue
            warehouse = move._get_supplied_warehouse()
            zone = zone_of(warehouse, warehouse.company_id)
            is_gone = cancelled or after == moment
            cause = {
                "document": move.origin or move.reference or move.display_name,
                "product": move.product_id.display_name,
                "before": fields.Date.to_string(day_of(moment, zone)) if moment else False,
                "after": False if is_gone else fields.Date.to_string(day_of(after, zone)),
            }
            products = move.product_id._get_sold_through()
            self.env["order.promise"].sudo()._mark_supply(products, warehouse, cause)

    def _note_lost_stock(self, cause):
        """Service: mark what was promised to these moves' order lines from stock that is gone.

        :param dict cause: ``document``: what tells that it is gone
        """
        lines = self.sale_line_id
        if lines:
            condition = SQL("promise.line_id IN %s", tuple(lines.ids))
            self.env["order.promise"].sudo()._mark(condition, {**cause, "after": False})
