"""What transfers carry, and what part of their orders' amounts goes with it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ...tools.proration import share, share_of_part

NOISE = 1e-6


@dataclass(frozen=True)
class Item:
    """One product of one order line on one transfer; quantities in ``uom``.

    ``before`` left with earlier transfers, ``open`` is still to come.
    """

    line: Any  # sale.order.line, empty for goods nobody ordered
    product: Any
    uom: Any
    move_lines: Any
    ordered: float
    before: float
    now: float
    open: float

    @property
    def is_component(self):
        """Whether it is a part of the kit that was ordered."""
        return bool(self.line) and self.line.product_id != self.product

    def count(self, move_lines):
        """The quantity of those of its lines."""
        return self._in_uom(sum((self.move_lines & move_lines).mapped("quantity_product_uom")))

    def _in_uom(self, quantity):
        return self.product.uom_id._compute_quantity(quantity, self.uom, round=False)


class DeliveryContents:
    """The items of several transfers, read at once.

    An order line's amount goes with its goods: each transfer takes the rounded share of all that
    has left so far less what earlier ones took, so that the parts add up to the line's amount.
    """

    def __init__(self, pickings):
        self.pickings = pickings
        template = pickings.env["product.template"]
        self.weight_unit = template._get_weight_uom_name_from_ir_config_parameter()
        self._load(pickings)
        self._items = {picking.id: self._find_items(picking) for picking in pickings}

    def _load(self, pickings):
        """Read what is looked at below for all transfers together."""
        lines = pickings.move_ids.sale_line_id
        lines |= lines.order_id.order_line
        moves = lines.move_ids | pickings.move_ids
        moves.fetch(["state", "product_uom_qty", "quantity", "sale_line_id", "picking_type_id"])
        self._prefetch = moves.ids
        moves.move_line_ids.fetch(["quantity_product_uom", "result_package_id", "lot_id"])

    def get_items(self, picking):
        """The items of a transfer, in the order of the order's lines."""
        return self._items[picking.id]

    def get_orders(self, picking):
        return picking._get_sale_orders().sorted("id")

    def get_lines(self, picking):
        """The order lines with goods on a transfer."""
        return self.pickings.env["sale.order.line"].union(
            *(item.line for item in self.get_items(picking))
        )

    # -- Amounts ----------------------------------------------------------------------------

    def get_amount(self, picking, line, total):
        """The part of a line's amount that goes with a transfer."""
        return self._get_parts(picking, line, total)[1]

    def _get_parts(self, picking, line, total):
        """What earlier transfers took of the amount of a line, and what this one takes."""
        before, now, whole = self._measure(picking, line)
        digits = line.currency_id.decimal_places
        if whole <= NOISE or now + before <= NOISE:
            return 0.0, 0.0
        taken = share_of_part(total, 0.0, min(before, whole), whole, digits, 0.0)
        if before + now > whole:  # more left than was ordered
            total, whole = total * (before + now) / whole, before + now
        return taken, share_of_part(total, min(before, whole), now, whole, digits, taken)

    def share_item(self, items, amount, digits):
        """An order line's part, shared among the components of a kit by what they are worth."""
        worth = [item.now * item.product.lst_price for item in items]
        return share(amount, worth if any(worth) else [item.now for item in items], digits)

    def get_charges(self, picking, order):
        """What the order charges beside its goods, the part that goes with a transfer.

        :return list: (order line, amount without tax)
        """
        lines = order.order_line.filtered(lambda line: not line.display_type)
        goods = lines.filtered(_is_goods)
        charged = (lines - goods).filtered(
            lambda line: line.price_subtotal and not line.is_downpayment
        )
        if not charged:
            return []
        carried = self.get_lines(picking) & goods
        before = now = 0.0
        for line in goods:
            taken, due = self._get_parts(picking, line, line.price_subtotal)
            before += taken
            now += due if line in carried else 0.0
        whole = max(sum(goods.mapped("price_subtotal")), before + now)
        if whole <= NOISE:
            first = not any(self._measure(picking, line)[0] for line in goods)
            before, now, whole = (0.0, 1.0, 1.0) if first else (1.0, 0.0, 1.0)
        digits = order.currency_id.decimal_places
        return [(line, _take(line.price_subtotal, before, now, whole, digits)) for line in charged]

    def _measure(self, picking, line):
        """How much of a line left before, leaves now, and is there in all, in one measure."""
        items = [item for item in self.get_items(picking) if item.line == line]
        if any(not item.is_component for item in items) or not self._is_kit(line):
            now = sum(item.now for item in items)
            return self._sum_before(picking, line, line.product_id), now, line.product_uom_qty
        # Of a kit: pieces of whatever it consists of.
        moves = self._get_moves(picking, line)
        before = sum(_done_quantity(move) for move in moves if self._is_before(move, picking))
        now = sum(item.now for item in items)
        whole = sum(move.product_qty for move in moves)
        return before, now, max(whole, before + now)

    # -- Items ------------------------------------------------------------------------------

    def _find_items(self, picking):
        grouped = defaultdict(list)
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            owner = move.sale_line_id or move
            grouped[owner._name, owner.id, move.product_id.id].append(move.id)
        items = [
            self._make_item(picking, picking.move_ids.browse(ids).with_prefetch(self._prefetch))
            for ids in grouped.values()
        ]
        return sorted(
            (item for item in items if item.now > NOISE),
            key=lambda item: (item.line.order_id.id or 0, item.line.sequence, item.line.id or 0),
        )

    def _make_item(self, picking, moves):
        line, product = moves.sale_line_id, moves.product_id
        uom = line.product_uom_id if line.product_id == product else product.uom_id
        move_lines = moves.move_line_ids.filtered(lambda line: line.quantity > 0)
        convert = product.uom_id._compute_quantity
        now = convert(sum(move_lines.mapped("quantity_product_uom")), uom, round=False)
        before = self._sum_before(picking, line, product) if line else 0.0
        if line and line.product_id == product:
            ordered = line.product_uom_qty
        else:
            related = self._get_moves(picking, line, product) if line else moves
            ordered = convert(sum(related.mapped("product_qty")), uom, round=False)
        rest = max(ordered - before - now, 0.0) if self._is_more_coming(picking, moves) else 0.0
        return Item(line, product, uom, move_lines, ordered, before, now, uom.round(rest))

    def _sum_before(self, picking, line, product):
        """What of a line left with earlier transfers, in its unit."""
        uom = line.product_uom_id if line.product_id == product else product.uom_id
        quantity = sum(
            _done_quantity(move)
            for move in self._get_moves(picking, line, product)
            if self._is_before(move, picking)
        )
        return product.uom_id._compute_quantity(quantity, uom, round=False)

    def _get_moves(self, picking, line, product=None):
        """The moves of a line that make the same step as those of the transfer."""
        return line.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.picking_type_id == picking.picking_type_id
                and not move.origin_returned_move_id
                and (not product or move.product_id == product)
            )
        )

    def _is_before(self, move, picking):
        """Whether a move left earlier than a transfer does."""
        if move.state != "done" or move.picking_id == picking:
            return False
        if picking.state != "done":
            return True
        return (move.picking_id.date_done, move.picking_id.id) < (picking.date_done, picking.id)

    def _is_more_coming(self, picking, moves):
        """Whether goods of the same line wait or left later; a cut rest does not come."""
        waits = picking.state != "done" and picking.picking_type_id.create_backorder != "never"
        if waits and any(move.product_qty - _done_quantity(move) > NOISE for move in moves):
            return True
        others = moves.sale_line_id.move_ids.filtered(
            lambda move: (
                move not in moves
                and move.product_id == moves.product_id
                and move.state != "cancel"
                and not move.origin_returned_move_id
            )
        )
        return any(move.state != "done" or not self._is_before(move, picking) for move in others)

    def _is_kit(self, line):
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        return bool(moves) and line.product_id not in moves.product_id


def _is_goods(line):
    return line.product_id.type == "consu" and not line.is_delivery


def _done_quantity(move):
    return move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)


def _take(total, before, now, whole, digits):
    taken = share_of_part(total, 0.0, before, whole, digits, 0.0)
    return share_of_part(total, before, now, whole, digits, taken)
