from odoo import models


class PurchaseOrderLine(models.Model):
    """Joint: what a vendor promised is compared with what came."""

    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "order.supply.line.mixin"]
