from odoo import models


class SaleOrderLine(models.Model):
    """Joint: the rooms meet on the order line."""

    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "order.status.line.mixin",
        "order.source.line.mixin",
        "order.hold.line.mixin",
        "order.promise.line.mixin",
    ]
