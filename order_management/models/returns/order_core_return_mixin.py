from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.access import as_service
from .remaining_book import RemainingBook


class OrderCoreReturnMixin(models.AbstractModel):
    """Core's own return of a delivery takes back no more than what may still come back."""

    _name = "order.core.return.mixin"
    _description = "Return made in the warehouse"

    def _is_guarded(self):
        """Whether this takes goods of an order back from a customer."""
        return bool(self.product_return_moves._get_guarded_moves())

    def _fill_remaining(self):
        """Ask for everything that may still come back, and for no more."""
        for line in self.product_return_moves:
            line.quantity = line.returnable_quantity if line._get_guarded_moves() else 0.0

    def _ensure_returnable(self):
        """Refuse more than what may still come back; parallel returns wait for each other."""
        lines = self.product_return_moves.filtered("quantity")
        moves = self.product_return_moves._get_guarded_moves()
        if not moves:
            return
        self.env["order.lock"].sudo()._acquire("return", moves.sale_line_id.ids)
        found = RemainingBook(moves).find_excess(lines._get_wanted(moves))
        if found:
            move, left = found
            raise UserError(
                self.env._(
                    "Only %(left)s %(unit)s of %(product)s can still be returned; the rest is "
                    "back, on its way or asked for already.",
                    left=f"{left:g}",
                    unit=move.product_id.uom_id.name,
                    product=move.product_id.display_name,
                )
            )


class OrderCoreReturnLineMixin(models.AbstractModel):
    _name = "order.core.return.line.mixin"
    _description = "Line of a return made in the warehouse"

    returnable_quantity = fields.Float(
        "Can still return", digits="Product Unit", compute="_compute_returnable_quantity",
        help="What the customer still has and nobody has asked to return.",
    )  # fmt: skip

    @api.depends("move_id")
    def _compute_returnable_quantity(self):
        guarded = self._get_guarded_moves()
        book = RemainingBook(guarded)
        for line in self:
            move = line.move_id.sudo()
            left = book.get_remaining(move) if move in guarded else move.product_qty
            unit = line.product_id.uom_id
            line.returnable_quantity = (
                unit._compute_quantity(left, line.uom_id, round=False) if unit else 0.0
            )

    def _get_guarded_moves(self):
        """Deliveries of orders among these lines, where order management is used."""
        return as_service(self.move_id).filtered(
            lambda move: (
                move.sale_line_id
                and move.company_id.use_order_management
                and move._is_done_delivery()
            )
        )

    def _get_wanted(self, moves):
        """What is asked back of each of ``moves``, in the product's unit.

        A line that names no delivery counts for one of its product.
        """
        wanted = defaultdict(float)
        for line in self:
            move = (
                line.move_id.sudo()
                or moves.filtered(lambda move, line=line: move.product_id == line.product_id)[:1]
            )
            if move not in moves:
                continue
            if line.quantity < 0:
                raise UserError(self.env._("The quantity must be more than zero."))
            unit = move.product_id.uom_id
            wanted[move] += line.uom_id._compute_quantity(line.quantity, unit, round=False)
        return wanted
