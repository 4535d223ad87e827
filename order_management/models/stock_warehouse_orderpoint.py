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
    ]
