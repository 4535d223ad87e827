from odoo import models


class StockMoveLine(models.Model):
    """Joint: a transfer line knows how much of it was scanned."""

    _name = "stock.move.line"
    _inherit = ["stock.move.line", "order.scan.line.mixin"]
