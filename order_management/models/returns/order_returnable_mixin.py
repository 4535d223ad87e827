from odoo import fields, models


class OrderReturnableMixin(models.AbstractModel):
    """What was delivered by a move and may still come back."""

    _name = "order.returnable.mixin"
    _description = "Move that may be returned"

    return_line_id = fields.Many2one(
        "order.return.line", "Return line", index="btree_not_null", ondelete="set null"
    )

    def _get_returnable_quantities(self):
        """What the customer still has of these moves and nobody has announced to return.

        Open and done return moves count, whoever made them.

        :return dict: move id → quantity in the product's unit; 0 for moves that are not a
            done delivery
        """
        return {
            move.id: max(move._get_moved_quantity() - move._get_returning_quantity(), 0.0)
            if move._is_done_delivery()
            else 0.0
            for move in self
        }

    def _is_done_delivery(self):
        return self.state == "done" and self._get_customer_direction() > 0

    def _get_customer_direction(self):
        """1 for a move to the customer, -1 for one back, 0 for all others."""
        return _is_with_customer(self.location_dest_id) - _is_with_customer(self.location_id)

    def _get_returning_quantity(self):
        """What came back of this move or is on its way, in the product's unit."""
        returns = self.returned_move_ids.filtered(
            lambda move: move.state != "cancel" and move._get_customer_direction() < 0
        )
        return sum(move._get_moved_quantity() for move in returns)

    def _get_moved_quantity(self):
        """What this move moved, or is to move, in the product's unit."""
        quantity = self.quantity if self.state == "done" else self.product_uom_qty
        return self.product_uom._compute_quantity(quantity, self.product_id.uom_id, round=False)

    def _pick_returned(self, quantity, lot=False):
        """Mark that ``quantity``, in the product's unit, of this move arrived.

        :param str lot: lot or serial number that came; must be one that was sent out
        :return bool: whether the move could be marked
        """
        if not lot:
            self.quantity = self.product_id.uom_id._compute_quantity(quantity, self.product_uom)
            self.picked = True
            return True
        lines = self.move_line_ids.filtered(
            lambda line: line.lot_id.name == lot and not line.picked
        )
        if not lines or lines[0].quantity < quantity:
            return False
        lines[0].write({"quantity": quantity, "picked": True})
        return True


def _is_with_customer(location):
    """As core's ``_is_outgoing``, which looks the transit location up each time."""
    return location.usage == "customer" or (location.usage == "transit" and location._is_outgoing())
