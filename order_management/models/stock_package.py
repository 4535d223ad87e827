from odoo import models


class StockPackage(models.Model):
    """Joint: a package of a delivery is a parcel."""

    _name = "stock.package"
    _inherit = ["stock.package", "order.parcel.mixin"]
