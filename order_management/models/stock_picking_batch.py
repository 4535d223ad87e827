from odoo import models


class StockPickingBatch(models.Model):
    """Joint: the rooms meet on the batch of transfers.

    Services that rooms offer each other on a batch: none yet.
    """

    _name = "stock.picking.batch"
    _inherit = [
        "stock.picking.batch",
        "order.tour.mixin",
        "order.tour.picture.mixin",
        "order.pick.list.mixin",
        "order.batch.dispatch.mixin",
        "order.claim.batch.mixin",
        "order.wave.mixin",
    ]
