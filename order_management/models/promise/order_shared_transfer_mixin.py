from odoo import models


class OrderSharedTransferMixin(models.AbstractModel):
    """Orders whose goods leave in one transfer with those of others."""

    _name = "order.shared.transfer.mixin"
    _description = "Order in a shared transfer"

    def _leave_shared_transfers(self):
        """Before these orders are cancelled: take what is open of them out of others' transfers.

        Core cancels the whole transfer when it belongs to the first order in it, and leaves the
        goods of the others there when it does not.
        """
        own = self.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for picking, moves in own.grouped("picking_id").items():
            if picking.move_ids.filtered(
                lambda move: (
                    move.state not in ("done", "cancel") and move.sale_line_id.order_id - self
                )
            ):
                apart = picking.copy({"name": "/", "move_ids": [], "move_line_ids": []})
                lines = moves.move_line_ids
                moves.write({"picking_id": apart.id})
                lines.write({"picking_id": apart.id})
