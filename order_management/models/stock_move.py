from odoo import models


class StockMove(models.Model):
    """Joint: what comes is promised, what is there reserved once, what was delivered may return.

    Services that rooms offer each other on a move: ``_reserving_together()``,
    ``_note_lost_stock()`` (promise),
    ``_get_returnable_quantities()``, ``_is_done_delivery()`` (returns).
    """

    _name = "stock.move"
    _inherit = [
        "stock.move",
        "order.supply.mixin",
        "order.reserving.mixin",
        "order.short.move.mixin",
        "order.removal.move.mixin",
        "order.returnable.mixin",
    ]

    def write(self, vals):
        """Promises rest on receipts: they follow when one slips or shrinks."""
        before = self._get_dated_supply(vals)
        result = super().write(vals)
        if before:
            self._note_slips(before)
        return result

    def _action_assign(self, force_qty=False):
        """Many moves are reserved together; what is reserved is locked first."""
        unserved = self._before_assign(force_qty)
        return super(StockMove, self - unserved)._action_assign(force_qty=force_qty)

    def _prepare_move_line_vals(self, quantity=None, reserved_quant=None):
        """The line notes why it takes this stock."""
        vals = super()._prepare_move_line_vals(quantity, reserved_quant)
        if reserved_quant:
            vals |= self._get_removal_values(reserved_quant)
        return vals

    def _trigger_assign(self):
        """Orders that waited for what came are ready now."""
        with self._noting_assigned() as noted:
            result = super()._trigger_assign()
        moves = self.browse().concat(*noted).sudo()
        moves.sale_line_id.order_id._advance_stage()
        return result

    def _trigger_scheduler(self):
        """Once for all orders that are confirmed together; by ourselves where core's is off."""
        moves = self._postpone_scheduler()
        company = self.env["res.company"]
        if moves and company._is_core_ordering_off():
            moves.env["stock.warehouse.orderpoint"]._order_soon(moves.product_id)
        return super(StockMove, moves)._trigger_scheduler()

    def _action_done(self, cancel_backorder=False):
        self._ensure_not_over_returned()
        done = super()._action_done(cancel_backorder=cancel_backorder)
        arrived = done.filtered(
            lambda move: move.location_dest_id.usage == "internal" != move.location_id.usage
        )
        arrived._mark_orders_short_of_stock()
        return done

    def _action_cancel(self):
        reserved = self.filtered(lambda move: move.state in ("assigned", "partially_available"))
        result = super()._action_cancel()
        reserved._mark_orders_short_of_stock()
        return result

    def _mark_orders_short_of_stock(self):
        """There is more in stock: orders that wait for it are checked again soon."""
        if self and self.env.company._is_order_management_used():
            products = self.product_id._get_sold_through()
            self.env["sale.order"]._mark_products(products, ("stock_short",), ["stock.move"])
