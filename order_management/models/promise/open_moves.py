"""What of an order line is still to be moved, and making it follow the line's quantity.

Core takes back what an order no longer wants by a move the other way, which only disappears where
a move like it in every detail stands in the same open transfer. Where none does (a printed
transfer, several backorders, another date) goods would be brought back that never left. So a line
that goes down gives up its open moves here, and core finds nothing left to do. Lines whose goods
are bought or made for them, and kits, are left to core: their sources have to follow too.
"""

from datetime import timedelta


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
            OpenMoves(line).fit(quantity)
    if commands:
        order.write({"order_line": commands})
    for line, quantity in quantities.items():
        OpenMoves(line).fit(quantity)


def _pass_on(order, order_vals):
    """Tell the open transfers what core does not: the carrier, and the day in every step."""
    if "carrier_id" in order_vals:
        order._get_open_transfers().carrier_id = order_vals["carrier_id"]
    if "commitment_date" in order_vals:
        for line in order.order_line:
            OpenMoves(line).replan()


class OpenMoves:
    """The open moves of one confirmed line towards the customer.

    :param line: the order line, with full rights
    """

    def __init__(self, line):
        self.line = line
        self.moves = line.move_ids.filtered(
            lambda move: (
                move.state not in ("draft", "done", "cancel")
                and move.product_id == line.product_id
                and move.location_id.usage == "internal"
                and (move.location_final_id or move.location_dest_id)._is_outgoing()
                and not move.origin_returned_move_id
            )
        )

    def fit(self, quantity):
        """Give up what is open beyond ``quantity``, least handled first.

        First what a later step waits for in vain, because it was put back; then what no step has
        touched yet.

        :param float quantity: what the line orders, in its unit
        """
        excess = self._get_excess(quantity)
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
        """How much more is open than is to be delivered still, in the line's unit."""
        unit = self.line.product_uom_id
        opened = sum(
            move.product_uom._compute_quantity(move.product_uom_qty, unit, round=False)
            for move in self.moves
        )
        wanted = max(quantity - self.line.qty_delivered, 0.0)
        return max(unit.round(opened - wanted), 0.0)

    def _cut(self, move, excess, possible):
        """Take up to ``excess`` (in the line's unit) off one move; the part that was taken."""
        unit = self.line.product_uom_id
        wanted = unit._compute_quantity(excess, move.product_uom, round=False)
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
        return move.product_uom._compute_quantity(cut, unit, round=False)

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
