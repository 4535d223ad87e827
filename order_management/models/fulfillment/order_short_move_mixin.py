from odoo import fields, models

BIN = ("product_id", "location_id", "lot_id", "package_id", "owner_id")


class OrderShrinkingLineMixin(models.AbstractModel):
    """Transfer lines of which less is there."""

    _name = "order.shrinking.line.mixin"
    _description = "Transfer line that may shrink"

    def action_report_short(self):
        """Button: tell how much is missing."""
        self.ensure_one()
        self.check_access("read")
        left = self._get_open_quantity()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report a short pick"),
            "res_model": "order.short.report",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_move_line_id": self.id,
                "default_wanted": left,
                "default_quantity": left,
            },
        }

    def _get_place(self):
        """Where its goods lie: product, location, lot, package, owner."""
        return {name: self[name] for name in BIN}

    def _shrink(self, quantity):
        """Leave ``quantity``, in its unit, on this line; none: the line goes."""
        if self.product_uom_id.compare(quantity, 0.0) <= 0:
            self.unlink()
        else:
            self.quantity = quantity

    def _get_complete_quantity(self):
        """How much of it is picked, if all of it is; else 0."""
        complete = self.product_uom_id.compare(self.quantity, self.scanned_quantity) <= 0
        return self.quantity if self.picked or (self.scanned_quantity and complete) else 0.0


class OrderShortMoveMixin(models.AbstractModel):
    """Moves that take from elsewhere what is missing."""

    _name = "order.short.move.mixin"
    _description = "Move that takes from elsewhere"

    def _reserve_elsewhere(self):
        """Reserve what is missing, also where something is picked already.

        Core leaves moves alone of which anything is picked. What is picked stays a line of its
        own.
        """
        complete = {line: line._get_complete_quantity() for line in self.move_line_ids}
        kept = {line: quantity for line, quantity in complete.items() if quantity}
        self.env["stock.move.line"].concat(*kept).write({"picked": False})
        self._action_assign()
        for line, quantity in kept.items():
            line._keep_picked(quantity)

    def _bring_again(self, quantity):
        """Let goods that got lost after a step before be brought by that step again.

        A later step takes what the step before brought, nothing else: its rest would wait for
        ever.

        :param float quantity: how much, in the unit of this move, which asks for so much less then
        :return: the move that brings it; none where this is the first step
        """
        first = self._get_first_step()
        if self.product_uom.compare(quantity, 0.0) <= 0 or not first:
            return self.browse()
        again = first.copy(
            {
                "product_uom_qty": quantity,
                "product_uom": self.product_uom.id,
                "picking_id": False,
                "rule_id": False,  # it is not another procurement of the order line
                "date": fields.Datetime.now(),
            }
        )
        again = again._action_confirm()
        again._action_assign()
        self.product_uom_qty -= quantity
        if self.product_uom.is_zero(self.product_uom_qty):
            self._action_cancel()
        return again

    def _get_first_step(self):
        """The done move with which these goods came from stock, if push rules bring them on."""
        first, seen = self.move_orig_ids[:1], self
        while first and first not in seen:
            seen |= first
            if not first.move_orig_ids:
                goes_on = first.location_final_id and first.location_final_id != self.location_id
                return first if first.state == "done" and goes_on else self.browse()
            first = first.move_orig_ids[:1]
        return self.browse()
