"""What of a set of order lines may still come back, when it was delivered, what it is worth.

A book is read once for all lines of an operation; what is then taken out of it counts for
everything taken later, so that many requests of one call see each other.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from odoo.fields import Domain

from ..common.optional import has_field
from .delivery_book import DeliveryBook, read_arrivals, zone_of
from .extra_book import ExtraBook
from .gift_book import GiftBook
from .refund_book import RefundBook, read_amounts
from .return_facts import read_facts
from .reward_book import RewardBook

OPEN_STATES = ("review", "approved", "received")


@dataclass
class Part:
    """What was taken of one order line, in its unit and the invoice's currency.

    ``gross`` is what the customer paid for it, after ``discount``, its share of the discounts on
    the whole order.
    """

    quantity: float
    credit_quantity: float
    gross: float
    discount: float
    shares: list
    discounts: list


class ReturnBook:
    """Open quantities and amounts of ``lines``; ``ignored`` returns count as not made."""

    def __init__(self, lines, ignored=()):
        open_lines = _search_open_lines(lines.order_id)
        # What others will take of the same order's discounts and shipping counts, too.
        self.lines = lines = lines | open_lines.sale_line_id
        self.policies = lines.env["order.return.policy"]._get_all()
        self._rules = {}
        self.deliveries = DeliveryBook(lines)
        everything = lines.order_id.order_line
        amounts = read_amounts(_documents_of(everything))
        digits = lines.env["decimal.precision"].precision_get("Product Unit")
        self.refunds = {line: RefundBook(line, amounts, digits) for line in everything}
        self.extras = {order: ExtraBook(order, self.refunds) for order in lines.order_id}
        self.taken = defaultdict(float)
        self.gifts, self.rewards = {}, {}
        if has_field(lines.env, "sale.order", "coupon_point_ids"):
            self._read_rewards(set(ignored))
        self._read_open_returns(open_lines, set(ignored))

    @cached_property
    def facts(self):
        """What rules look at in each line; settling asks no rule."""
        return read_facts(self.lines)

    @cached_property
    def arrivals(self):
        """When each delivery arrived, and who says so."""
        return read_arrivals(self.deliveries)

    def get_returnable(self, line):
        """What may still be returned of ``line``, in its unit."""
        left = line.product_id.uom_id._compute_quantity(
            self.deliveries.get_left(line), line.product_uom_id, round=False
        )
        left = max(line.product_uom_id.round(left - self.announced[line]), 0.0)
        rewards = self.rewards.get(line.order_id)
        unused = rewards and rewards.bought.get_unused(line)
        return left if unused is None else min(left, unused)

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

        :param promised: ``(credit quantity, gross, discount)`` that were promised before; they
            hold when as much is to be credited
        :return: :class:`Part`
        """
        self.taken[line] += quantity
        free = min(max(self.unbilled[line], 0.0), quantity)
        credit = max(min(quantity - free, self.refunds[line].open_quantity), 0.0)
        self.unbilled[line] -= free
        total = discount = None
        if promised and line.product_uom_id.compare(promised[0], credit) == 0:
            total, discount = promised[1] + promised[2], promised[2]
        shares = self.refunds[line].take(credit, total)
        discounts = self.extras[line.order_id].take_discounts(shares, discount)
        discount = sum(share.total for share in discounts)
        gross = sum(share.total for share in shares) - discount
        return Part(quantity, credit, gross, discount, shares, discounts)

    def price_extras(self, order, policy, before, promised=None):
        """Take the shipping and charges that go back with the goods taken since ``before``.

        :param before: :meth:`get_goods_taken` when the return began
        :param promised: what was promised before, if that holds
        :return: list of :class:`Extra`
        """
        extras = self.extras.get(order)
        if not extras:  # nothing was asked back
            return []
        if promised is None:
            return extras.take_extras(policy._get_refund_rules(), before)
        return [
            extras.take_promised(one.sale_line_id, one.amount + one.discount, one.discount)
            for one in promised
            if one.kind not in ("discount", "gift")
        ]

    def price_gifts(self, order, policy, worth):
        """What is kept back for free goods that do not come along, or paid out for those that do.

        :param float worth: what the return refunds without this
        :return: list of :class:`Extra`
        """
        is_asked = policy.gift_refund == "return" and order in self.gifts
        return self.gifts[order].take(worth) if is_asked else []

    def price_rewards(self, order, policy, discounts):
        """What becomes of points and cards by what was taken last.

        :param discounts: shares of discounts that lower it
        :return: list of values of ``order.return.reward``
        """
        rewards = self.rewards.get(order)
        return rewards.take(policy, discounts) if rewards else []

    def get_goods_taken(self, order):
        """How much of the worth of an order's goods was taken so far."""
        return self.extras[order].get_goods_taken() if order in self.extras else 0.0

    def _read_open_returns(self, open_lines, ignored):
        """Set aside what returns that are not settled yet will take."""
        # A credit note that exists, such as one reset to draft, counts by itself.
        open_lines = open_lines.filtered(lambda one: not one.return_id._get_living_notes())
        received = defaultdict(float)
        for open_line in open_lines:
            kept = open_line.received_quantity - open_line._get_sent_back_quantity()
            received[open_line.sale_line_id] += kept
        self.announced = {line: line.return_kept_quantity for line in self.lines}
        self.unbilled = {
            line: self._get_held(line) + received[line] - self.refunds[line].open_quantity
            for line in self.lines
        }
        others = open_lines.filtered(lambda one: one.return_id.id not in ignored).sorted("id")
        for open_line in others:
            if open_line.decision != "refuse":
                self._reserve(open_line)
        for one in others.return_id.sorted("id"):
            self.price_extras(one.order_id, one.policy_id, 0.0, one.extra_ids)

    def _read_rewards(self, ignored):
        """The orders with free goods, points or cards; other returns of theirs count, too."""
        balances = {}
        for order in self.lines.order_id:
            has_rewards = any(line._get_reward() for line in order.order_line)
            if not (has_rewards or order.coupon_point_ids):
                continue
            others = order.return_ids.filtered(
                lambda one: (
                    one.id not in ignored and (one.state in OPEN_STATES or one._is_counted())
                )
            )
            self.gifts[order] = GiftBook(order, self._get_returned, others)
            self.rewards[order] = RewardBook(order, self._get_returned, others, balances)

    def _get_returned(self, line):
        """What of a line came back, or is asked back, in its unit."""
        return line.return_settled_quantity + self.taken[line]

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
        promised = (open_line.credit_quantity, open_line.gross, open_line.discount)
        self.price(line, open_line.quantity - open_line._get_sent_back_quantity(), promised)


def _search_open_lines(orders):
    """The lines of returns of these orders that are not settled yet."""
    domain = Domain("return_id.order_id", "in", orders.ids)
    domain &= Domain("return_id.state", "in", OPEN_STATES)
    return orders.env["order.return.line"].search(domain)


def _documents_of(lines):
    """The invoices and credit notes of ``lines`` that count."""
    return lines.invoice_lines.move_id.filtered(
        lambda move: (
            (move.move_type == "out_invoice" and move.state == "posted")
            or (move.move_type == "out_refund" and move.state != "cancel")
        )
    )
