from odoo import models


class StockWarehouse(models.Model):
    """Joint: the rooms meet on the warehouse.

    Services that rooms offer each other on a warehouse: ``_next_sscc()`` (fulfillment).
    """

    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "order.sscc.mixin", "order.shipping.days.mixin"]
