from odoo import models


class StockMoveLine(models.Model):
    """Joint: a transfer line knows how much of it was scanned.

    Services that rooms offer each other on a transfer line: ``_get_handled_quantity()``
    (fulfillment).
    """

    _name = "stock.move.line"
    _inherit = ["stock.move.line", "order.scan.line.mixin"]
