from odoo import models


class StockPackageType(models.Model):
    """Joint: package types are the boxes that parcels are planned in."""

    _name = "stock.package.type"
    _inherit = ["stock.package.type", "order.box.mixin"]
