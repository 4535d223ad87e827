from odoo import api, models


class StockQuant(models.Model):
    """Joint: reservations of many moves are written once a quant, zones emptied in order.

    Services that rooms offer each other on stock: ``_holding()`` (fulfillment).
    """

    _name = "stock.quant"
    _inherit = [
        "stock.quant",
        "order.reserved.stock.mixin",
        "order.removal.quant.mixin",
        "order.held.stock.mixin",
    ]

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        if limit and allow_referencing and (held := self._get_held(limit)):
            return held
        locked = super().try_lock_for_update(allow_referencing=allow_referencing, limit=limit)
        return locked._note_held()

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        quants = super()._gather(
            product_id, location_id, lot_id, package_id, owner_id, strict=strict, qty=qty
        )
        return quants if strict else quants._sort_by_zone()

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        **kwargs,
    ):
        others = (lot_id, package_id, owner_id)
        if self._is_reserved_together(product_id, location_id, quantity, *others):
            return None
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, *others, **kwargs
        )

    def _run_least_packages_removal_strategy_astar(self, domain, qty):
        """Core reads the packages by SQL: it must see what this call has reserved already."""
        self.flush_model(["quantity", "reserved_quantity"])
        return super()._run_least_packages_removal_strategy_astar(domain, qty)
