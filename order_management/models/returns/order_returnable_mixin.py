from odoo import fields, models
from odoo.exceptions import UserError


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

    def _ensure_not_over_returned(self):
        """Refuse to take back more than was announced, or more than ever left."""
        returns = self.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.origin_returned_move_id
                and move.sale_line_id
                and move.company_id.use_order_management
                and move._get_customer_direction() < 0
            )
        )
        for delivery, moves in returns.grouped("origin_returned_move_id").items():
            others = delivery.returned_move_ids - moves
            back = others.filtered(
                lambda move: move.state == "done" and move._get_customer_direction() < 0
            )
            limits = [(moves | back, delivery._get_moved_quantity())]
            limits += [(move, move.product_qty) for move in moves if move.return_line_id]
            for arriving, limit in limits:
                arriving._ensure_within(limit)

    def _ensure_within(self, limit):
        """Refuse when these returns together bring more than ``limit``, in the product's unit."""
        unit = self.product_id.uom_id
        total = sum(move._get_arriving_quantity() for move in self)
        if unit.compare(total, limit) > 0:
            raise UserError(
                self.env._(
                    "%(total)s %(unit)s of %(product)s are too many: at most %(limit)s may come "
                    "back here. Receive those, and ask for a return of the rest.",
                    total=f"{total:g}",
                    unit=unit.name,
                    product=self.product_id.display_name,
                    limit=f"{unit.round(limit):g}",
                )
            )

    def _get_arriving_quantity(self):
        """What this move brought, or brings when it is done now, in the product's unit."""
        if self.state == "done":
            return self._get_moved_quantity()
        return sum(self.move_line_ids.filtered("picked").mapped("quantity_product_uom"))

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

    def _note_returned(self, quantity):
        """Note how much, in the product's unit, of this move arrived."""
        quantity = self.product_id.uom_id._compute_quantity(quantity, self.product_uom)
        if self.product_uom.compare(quantity, self.quantity):
            self.quantity = quantity

    def _pick_returned_lot(self, quantity, name, source):
        """Mark that ``quantity`` of the lot ``name`` arrived by this move.

        :param source: the announced move whose lines give way, maybe this one itself
        """
        rest, unit = quantity, self.product_id.uom_id
        waiting = source.move_line_ids.filtered(lambda line: not line.picked)
        for line in waiting.sorted(lambda line: line.lot_id.name != name):
            part = min(rest, line.quantity_product_uom)
            kept = line.quantity_product_uom - part
            rest -= part
            if unit.is_zero(kept):
                line.unlink()
            elif unit.compare(part, 0.0) > 0:
                line.quantity = unit._compute_quantity(kept, line.product_uom_id, round=False)
        lots = self.sale_line_id.move_ids.move_line_ids.lot_id
        lot = lots.filtered(lambda lot: lot.name == name)[:1] or self._find_foreign_lot(name)
        self.env["stock.move.line"].create(
            {
                "move_id": self.id,
                "picking_id": self.picking_id.id,
                "product_id": self.product_id.id,
                "product_uom_id": unit.id,
                "quantity": quantity,
                "lot_id": lot.id,
                "location_id": self.location_id.id,
                "location_dest_id": self.location_dest_id.id,
                "picked": True,
            }
        )

    def _find_foreign_lot(self, name):
        """The lot of goods that we did not sell, made where it is not known."""
        Lot = self.env["stock.lot"]
        if not self.return_line_id.is_foreign:
            return Lot
        domain = [("name", "=", name), ("product_id", "=", self.product_id.id)]
        return Lot.search(domain, limit=1) or Lot.create(
            {"name": name, "product_id": self.product_id.id, "company_id": self.company_id.id}
        )


def _is_with_customer(location):
    """As core's ``_is_outgoing``, which looks the transit location up each time."""
    return location.usage == "customer" or (location.usage == "transit" and location._is_outgoing())
