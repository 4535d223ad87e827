from odoo import models


class StockMove(models.Model):
    """Joint: what was delivered may come back.

    Services that rooms offer each other on a move: ``_get_returnable_quantities()``,
    ``_is_done_delivery()`` (returns).
    """

    _name = "stock.move"
    _inherit = ["stock.move", "order.returnable.mixin"]
