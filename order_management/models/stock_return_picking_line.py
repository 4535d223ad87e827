from odoo import models


class StockReturnPickingLine(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """Joint: a line of core's own return knows what may still come back."""

    _name = "stock.return.picking.line"
    _inherit = ["stock.return.picking.line", "order.core.return.line.mixin"]
