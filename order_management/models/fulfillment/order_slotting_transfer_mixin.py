from odoo import fields, models


class OrderSlottingTransferMixin(models.AbstractModel):
    """Transfers by which products change places."""

    _name = "order.slotting.transfer.mixin"
    _description = "Transfer of a swap"

    slotting_swap_id = fields.Many2one(
        "order.slotting.swap", "Swap", readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _note_swaps(self):
        """Swaps follow their transfers: done with them, open again when they are cancelled."""
        inside = self.filtered(lambda picking: picking.picking_type_code == "internal")
        inside.sudo().slotting_swap_id._finish()
