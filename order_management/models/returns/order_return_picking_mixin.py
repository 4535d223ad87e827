from collections import defaultdict

from odoo import models


class OrderReturnPickingMixin(models.AbstractModel):
    """Marking on the announced moves what arrived and where it is put."""

    _name = "order.return.picking.mixin"
    _description = "Goods of inspections on transfers"

    def _pick(self):
        """Mark what these inspections found as arrived; the rest stays announced.

        What is put elsewhere than the rest of its move gets a move of its own, so that rules
        that move goods on from the receiving area pass it by.
        """
        received = self.filtered(lambda receipt: receipt.outcome == "as_requested")
        moves = received.return_line_id._get_awaited_moves()
        moves.filtered("picked").picked = False
        left = {}
        steps = [step for receipt in received for step in receipt._find_steps(left)]
        targets = self._split_off(steps)
        arrived = defaultdict(float)
        for (receipt, move, quantity, _place), target in zip(steps, targets, strict=True):
            arrived[target, move, receipt._get_lot_name()] += quantity
            receipt.move_id = target
        for (target, move, lot), quantity in arrived.items():
            if lot:
                target._pick_returned_lot(quantity, lot, move)
            else:
                target._note_returned(quantity)
        whole = [target for target, _move, lot in arrived if not lot]
        self.env["stock.move"].union(*whole).picked = True

    def _find_steps(self, left):
        """By which moves the goods of this receipt arrive.

        :return: list of ``(receipt, move, quantity in the product's unit, location)``
        """
        place = self._get_place()
        parts = self.return_line_id._find_arrivals(self.quantity, left)
        return [
            (self, move, quantity, place if place and place != move.location_dest_id else place[:0])
            for move, quantity in parts
        ]

    def _get_lot_name(self):
        return self.lot if self.return_line_id.product_id.tracking != "none" else False

    def _split_off(self, steps):
        """The move on which each step is marked; steps that go elsewhere get one of their own."""
        wanted = defaultdict(float)
        for _receipt, move, quantity, place in steps:
            if place:
                wanted[move, place] += quantity
        own, new = {}, {}
        for (move, place), quantity in wanted.items():
            elsewhere = {"location_dest_id": place.id, "location_final_id": False}
            if move.product_id.uom_id.compare(quantity, move.product_qty) >= 0:
                move.write(elsewhere)
                own[move, place] = move
            else:
                new[move, place] = {**move._split(quantity)[0], **elsewhere}
        created = self.env["stock.move"].create(list(new.values()))
        if created:
            created._action_confirm(merge=False)
        own.update(zip(new, created, strict=True))
        for move, _place in new:
            if move.product_id.tracking == "none":
                move.quantity = move.product_uom_qty
        return [own.get((move, place), move) for _receipt, move, _quantity, place in steps]
