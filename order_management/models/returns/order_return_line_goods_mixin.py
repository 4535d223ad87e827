from odoo import fields, models

from ...exceptions import ItemError


class OrderReturnLineGoodsMixin(models.AbstractModel):
    """What of a return line is awaited, what arrived, and what never will."""

    _name = "order.return.line.goods.mixin"
    _description = "Goods of a return line"

    lot_id = fields.Many2one(
        "stock.lot", "Lot/Serial", readonly=True, copy=False, index="btree_not_null",
        help="The very lot or serial number that was asked back.",
    )  # fmt: skip
    waived_quantity = fields.Float(
        "Paid without goods", digits="Product Unit", readonly=True, copy=False,
        help="What does not have to come back, such as goods lost on the way.",
    )  # fmt: skip

    def _needs_goods(self):
        """Whether something must come back; what never arrived can't."""
        return needs_goods(self.kind, self.reason_id)

    def _get_outstanding(self):
        """What is approved and has not come back yet, in the order line's unit."""
        if self.decision == "refuse" or not self._needs_goods():
            return 0.0
        known = sum(self.receipt_ids.mapped("quantity")) + self.waived_quantity
        return max(self.quantity - known, 0.0)

    def _get_unannounced_quantity(self):
        """What this line will take without a transfer that says so."""
        return self.waived_quantity if self.move_ids else self.quantity

    def _get_receipt_moves(self):
        """The moves that bring the goods of these lines back, without what moves them on."""
        return self.move_ids.filtered(lambda move: move._get_customer_direction() < 0)

    def _get_sent_back_quantity(self):
        """What arrived and was sent to the customer again, in the order line's unit."""
        moves = self.move_ids.filtered(
            lambda move: move.product_id == self.product_id and move._is_done_delivery()
        )
        return self.product_uom_id.round(
            sum(
                move.product_uom._compute_quantity(move.quantity, self.product_uom_id, round=False)
                for move in moves
            )
        )

    def _get_awaited_moves(self):
        return self._get_receipt_moves().filtered(lambda move: move.state not in ("done", "cancel"))

    def _get_return_warehouse(self):
        """The warehouse that these goods come back to."""
        types = self._get_receipt_moves()[:1].picking_type_id
        return types.warehouse_id or self.return_id._get_warehouse()

    def _get_product_quantity(self, quantity):
        """``quantity`` of the order line's unit in the product's unit."""
        unit = self.product_id.uom_id
        return self.product_uom_id._compute_quantity(quantity, unit, round=False)

    def _find_arrivals(self, quantity, left):
        """The announced moves by which ``quantity`` arrives.

        :param dict left: what is left of the moves; what is found is taken out of it
        :return: list of ``(move, quantity in the product's unit)``
        """
        rest, parts, unit = self._get_product_quantity(quantity), [], self.product_id.uom_id
        for move in self._get_awaited_moves():
            part = min(rest, left.setdefault(move, move.product_qty))
            if unit.compare(part, 0.0) > 0:
                parts.append((move, part))
                left[move] -= part
                rest -= part
        if unit.compare(rest, 0.0) > 0:
            raise ItemError(
                "not_possible",
                self.env._(
                    "No transfer of the warehouse awaits %(product)s.",
                    product=self.product_id.display_name,
                ),
            )
        return parts

    def _waive(self):
        """Nothing more has to come back; what is outstanding is paid all the same."""
        for line in self:
            line.waived_quantity += line._get_outstanding()
            if line.receipt_ids:
                line.write(line._prepare_received_vals())

    def _prepare_uninspected_vals(self):
        """The receipt of what came back in the warehouse's own screens, if anything did."""
        done = self._get_receipt_moves().filtered(lambda move: move.state == "done")
        arrived = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id, round=False)
            for move in done
        )
        known = self.receipt_ids.filtered(lambda receipt: receipt.outcome == "as_requested")
        quantity = self.product_uom_id.round(arrived - sum(known.mapped("quantity")))
        if self.product_uom_id.compare(quantity, 0.0) <= 0:
            return []
        return [{"return_line_id": self.id, "quantity": quantity, "move_id": done[-1:].id}]

    def _prepare_received_vals(self):
        """What the inspections say of this line together; the last one names its state."""
        receipts = self.receipt_ids
        good = receipts.filtered(lambda receipt: receipt.outcome == "as_requested")
        received = sum(good.mapped("quantity"))
        allowed = sum(receipts.filtered("is_accepted").mapped("quantity"))
        accepted = min(received + allowed + self.waived_quantity, self.quantity)
        last = receipts[-1:]
        return {
            "received_quantity": received,
            "accepted_quantity": max(accepted - self._get_sent_back_quantity(), 0.0),
            "condition": last.condition,
            "disposition": last.disposition,
            "outcome": last.outcome,
            "wear": self._get_wear(self.gross, self.fee, self.quantity),
        }


def needs_goods(kind, reason):
    """Whether goods come back with what is asked; what never arrived can't."""
    return not (kind == "claim" and reason.code == "missing")
