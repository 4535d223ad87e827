"""What of an order line is still to be moved, and making it follow the line's quantity.

Core takes back what an order no longer wants by a move the other way, which only disappears where
a move like it in every detail stands in the same open transfer. Where none does (a printed
transfer, several backorders, another date) goods would be brought back that never left. So a line
that goes down gives up its open moves here, and core finds nothing left to do. A kit does so for
each of its components. Lines whose goods are bought or made for them are left to core: their
sources have to follow too.
"""

from datetime import timedelta

from .kits import Kits


def write_change(order, order_vals, commands, quantities):
    """Write the change of one order; the open transfers of a confirmed one follow.

    :param order: one order
    :param dict order_vals: core values of the order
    :param list commands: of its lines
    :param dict quantities: line that was there before → its new quantity
    """
    if order.state != "sale":
        order.write({**order_vals, **({"order_line": commands} if commands else {})})
        return
    if order_vals:
        order.with_context(update_delivery_shipping_partner=True).write(order_vals)
        _pass_on(order, order_vals)
    for line, quantity in quantities.items():
        if line.product_uom_id.compare(quantity, line.product_uom_qty) < 0:
            _fit(line, quantity)
    if commands:
        order.write({"order_line": commands})
    for line, quantity in quantities.items():
        _fit(line, quantity)


def _fit(line, quantity):
    """Give up what a line, or each component of a kit, has open beyond ``quantity``."""
    if not line._is_moved_in_parts():
        OpenMoves(line, line.product_id).fit(quantity - line.qty_delivered, line.product_uom_id)
        return
    kits = Kits(line.product_id, line.company_id)
    if not kits.is_kit(line.product_id):
        return
    wanted = line.product_uom_id._compute_quantity(quantity, line.product_id.uom_id, round=False)
    for part, each in kits.get_parts(line.product_id).items():
        opened = OpenMoves(line, part)
        opened.fit(wanted * each - opened.get_delivered(), part.uom_id)


def _pass_on(order, order_vals):
    """Tell the open transfers what core does not: carrier, policy, and the day in every step."""
    if "carrier_id" in order_vals:
        order._get_open_transfers().carrier_id = order_vals["carrier_id"]
    if "picking_policy" in order_vals:
        order._get_open_transfers()._compute_move_type()
    if "commitment_date" in order_vals:
        for line in order.order_line:
            for product in line.move_ids.product_id:
                OpenMoves(line, product).replan()


class OpenMoves:
    """The open moves of one confirmed line towards the customer.

    :param line: the order line, with full rights
    :param product: its product, or a component of it
    """

    def __init__(self, line, product):
        self.line = line
        self.product = product
        self.moves = line.move_ids.filtered(
            lambda move: (
                move.state not in ("draft", "done", "cancel")
                and move.product_id == product
                and move.location_id.usage == "internal"
                and (move.location_final_id or move.location_dest_id)._is_outgoing()
                and not move.origin_returned_move_id
            )
        )

    def get_delivered(self):
        """How much of the product left for the customer and did not come back, in its unit."""
        total = 0.0
        for move in self.line.move_ids:
            if move.state != "done" or move.product_id != self.product:
                continue
            sign = move.location_dest_id._is_outgoing() - move.location_id._is_outgoing()
            if sign > 0 or move.to_refund:
                total += sign * move.product_uom._compute_quantity(
                    move.quantity, self.product.uom_id, round=False
                )
        return total

    def fit(self, quantity, unit):
        """Give up what is open beyond ``quantity``, least handled first.

        First what a later step waits for in vain, because it was put back; then what no step has
        touched yet.

        :param float quantity: what is to be delivered still
        :param unit: in which unit
        """
        self.unit = unit
        excess = self._get_excess(max(quantity, 0.0))
        later = self.moves.filtered(_is_later_step)
        first = self.moves - later
        if excess <= 0 or "make_to_order" in first.mapped("procure_method"):
            return
        later._action_assign()
        for move in later.sorted("id", reverse=True):
            excess -= self._cut(move, excess, move.product_uom_qty - move.quantity)
        for move in first.sorted(lambda move: (move.quantity, -move.id)):
            excess -= self._cut(move, excess, move.product_uom_qty - handled_quantity(move))

    def _get_excess(self, quantity):
        """How much more is open than is to be delivered still."""
        opened = sum(
            move.product_uom._compute_quantity(move.product_uom_qty, self.unit, round=False)
            for move in self.moves
        )
        return max(self.unit.round(opened - quantity), 0.0)

    def _cut(self, move, excess, possible):
        """Take up to ``excess`` off one move; the part that was taken."""
        wanted = self.unit._compute_quantity(excess, move.product_uom, round=False)
        cut = move.product_uom.round(min(wanted, possible))
        if move.product_uom.compare(cut, 0.0) <= 0:
            return 0.0
        rest = move.product_uom.round(move.product_uom_qty - cut)
        if move.product_uom.is_zero(rest):
            move._action_cancel()
        else:
            self._release(move, move.quantity - rest)
            # Core would unreserve the whole move, and forget what was scanned and packed of it.
            move.with_context(do_not_unreserve=True).product_uom_qty = rest
            move._recompute_state()
        return move.product_uom._compute_quantity(cut, self.unit, round=False)

    def _release(self, move, surplus):
        """Unreserve ``surplus`` of a move, leaving what was handled."""
        for line in move.move_line_ids.sorted("id", reverse=True):
            unit = line.product_uom_id
            wanted = move.product_uom._compute_quantity(surplus, unit, round=False)
            taken = unit.round(min(wanted, line.quantity - line._get_handled_quantity()))
            if unit.compare(taken, 0.0) <= 0:
                continue
            surplus -= unit._compute_quantity(taken, move.product_uom, round=False)
            if unit.compare(taken, line.quantity) == 0:
                line.unlink()
            else:
                line.quantity -= taken

    def replan(self):
        """Plan the open moves anew, as core plans them when an order is confirmed."""
        if not self.moves:
            return
        values = self.line._prepare_procurement_values()
        # Each move is written by itself: nothing is to be passed on along the chain.
        moves = self.moves.with_context(date_deadline_propagate_ids=set(self.moves.ids))
        for rule, group in moves.grouped("rule_id").items():
            delay = timedelta(days=rule.delay or 0)
            group.write(
                {
                    "date": values["date_planned"] - delay,
                    "date_deadline": values["date_deadline"] - delay,
                }
            )


def handled_quantity(move):
    """How much of a move is done, picked or packed, in its unit."""
    if move.state == "done":
        return move.quantity
    return sum(
        line.product_uom_id._compute_quantity(
            line._get_handled_quantity(), move.product_uom, round=False
        )
        for line in move.move_line_ids
    )


def _is_later_step(move):
    """Whether an earlier step has brought its goods, and nothing more is on its way to it."""
    return bool(move.move_orig_ids) and all(
        origin.state in ("done", "cancel") for origin in move.move_orig_ids
    )
