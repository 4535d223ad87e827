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
        "order.printing.mixin",
        "order.batch.dispatch.mixin",
        "order.claim.batch.mixin",
        "order.wave.mixin",
    ]

    def write(self, vals):
        """Transfers that are taken out of a batch, or whose batch is cancelled, are free again."""
        if "picking_ids" not in vals:
            return super().write(vals)
        pickings = self.picking_ids
        result = super().write(vals)
        self._after_left(pickings - self.picking_ids)
        return result

    def unlink(self):
        pickings = self.picking_ids
        result = super().unlink()
        self._after_left(pickings)
        return result
