"""What of a set of order lines may still come back, when it was delivered, what it is worth.

A book is read once for all lines of an operation; what is then taken out of it counts for
everything taken later, so that many requests of one call see each other.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC

from odoo.fields import Domain

from .delivery_book import DeliveryBook, read_arrivals, zone_of
from .refund_book import RefundBook, read_amounts
from .return_facts import read_facts

OPEN_STATES = ("review", "approved", "received")


@dataclass
class Part:
    """What was taken of one order line, in its unit and the invoice's currency."""

    quantity: float
    credit_quantity: float
    gross: float
    shares: list


class ReturnBook:
    """Open quantities and amounts of ``lines``; ``ignored`` returns count as not made."""

    def __init__(self, lines, ignored=()):
        self.lines = lines
        self.policies = lines.env["order.return.policy"]._get_all()
        self.facts = read_facts(lines)
        self._rules = {}
        self.deliveries = DeliveryBook(lines)
        self.arrivals = read_arrivals(self.deliveries)
        amounts = read_amounts(_documents_of(lines))
        self.refunds = {line: RefundBook(line, amounts) for line in lines}
        self._read_open_returns(set(ignored))

    def get_returnable(self, line):
        """What may still be returned of ``line``, in its unit."""
        left = line.product_id.uom_id._compute_quantity(
            self.deliveries.get_left(line), line.product_uom_id, round=False
        )
        return max(line.product_uom_id.round(left - self.announced[line]), 0.0)

    def get_delivery(self, line, quantity):
        """The day on which the oldest of ``quantity`` units was delivered, and who says so.

        :return tuple: the day, and ``tracking``, ``transfer`` (it left that day; no delivery
            is known) or ``order`` (nothing left yet; it was to be delivered then)
        """
        order = line.order_id
        moves = [move for move, _part in self.deliveries.allocate(line, quantity)]
        moves = moves or [move for move, _left in self.deliveries.moves[line]]
        if moves:
            moment, source = min(self.arrivals[move] for move in moves)
        else:
            planned = order.commitment_date or order.date_order
            moment, source = planned.replace(tzinfo=UTC), "order"
        return moment.astimezone(zone_of(order)).date(), source

    def get_rules(self, policy):
        """The rules of ``policy`` as plain values, read once."""
        if policy not in self._rules:
            self._rules[policy] = policy._get_rules()._as_facts()
        return self._rules[policy]

    def take(self, line, quantity):
        """Announce ``quantity`` of ``line``: later requests find it gone."""
        self.deliveries.take(line, quantity)

    def price(self, line, quantity, promised=None):
        """Take what ``quantity`` of ``line`` is worth out of the book.

        Units that were not billed come back first; they are worth nothing.

        :param promised: ``(credit quantity, gross)`` that were promised before; they hold
            when as much is to be credited
        :return: :class:`Part`
        """
        free = min(max(self.unbilled[line], 0.0), quantity)
        credit = max(min(quantity - free, self.refunds[line].open_quantity), 0.0)
        self.unbilled[line] -= free
        gross = None
        if promised and line.product_uom_id.compare(promised[0], credit) == 0:
            gross = promised[1]
        shares = self.refunds[line].take(credit, gross)
        return Part(quantity, credit, sum(part.total for part in shares), shares)

    def _read_open_returns(self, ignored):
        """Set aside what returns that are not settled yet will take."""
        open_lines = self._search_open_lines()
        received = defaultdict(float)
        for open_line in open_lines:
            received[open_line.sale_line_id] += open_line.received_quantity
        self.announced = {line: line.return_kept_quantity for line in self.lines}
        self.unbilled = {
            line: self._get_held(line) + received[line] - self.refunds[line].open_quantity
            for line in self.lines
        }
        for open_line in open_lines.sorted("id"):
            if open_line.return_id.id not in ignored and open_line.decision != "refuse":
                self._reserve(open_line)

    def _search_open_lines(self):
        domain = Domain("sale_line_id", "in", self.lines.ids)
        domain &= Domain("return_id.state", "in", OPEN_STATES)
        return self.lines.env["order.return.line"].search(domain)

    def _get_held(self, line):
        """What the customer has and owes, in the line's unit."""
        net = line.product_id.uom_id._compute_quantity(
            self.deliveries.net[line], line.product_uom_id, round=False
        )
        return net - line.return_kept_quantity

    def _reserve(self, open_line):
        """What an open return will take when it is settled is not there for others."""
        line = open_line.sale_line_id
        self.announced[line] += open_line._get_unannounced_quantity()
        self.price(line, open_line.quantity, (open_line.credit_quantity, open_line.gross))


def _documents_of(lines):
    """The invoices and credit notes of ``lines`` that count."""
    return lines.invoice_lines.move_id.filtered(
        lambda move: (
            (move.move_type == "out_invoice" and move.state == "posted")
            or (move.move_type == "out_refund" and move.state != "cancel")
        )
    )
