from odoo import models


class StockWarehouseOrderpoint(models.Model):
    """Joint: reordering rules get their levels from forecasts.

    Services that rooms offer each other on a rule: none yet.
    """

    _name = "stock.warehouse.orderpoint"
    _inherit = [
        "stock.warehouse.orderpoint",
        "order.reorder.rule.mixin",
        "order.level.simulation.mixin",
        "order.late.supply.mixin",
    ]

    def _quantity_in_progress(self):
        """What a vendor delivers beyond core's horizon is not ordered again."""
        return self._add_late_supply(super()._quantity_in_progress())
