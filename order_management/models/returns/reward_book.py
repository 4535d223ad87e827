"""What a return does to the points, coupons and gift cards of its customer.

Points that were earned with goods that come back are taken off again, in proportion to what was
paid for them. Points that were spent come back by the policy: never, in proportion to the goods
they were spent on, or all with the last of them. What was paid with a gift card or a wallet goes
back to it as it went: in proportion to what is refunded.
"""

from collections import defaultdict

from ...tools.proration import share_of_part
from ...tools.rewards import get_due
from .bought_card_book import BoughtCardBook
from .extra_book import is_goods

# Of amounts on cards, as on the cards themselves.
DIGITS = 2


class RewardBook:
    """The cards of one order."""

    def __init__(self, order, get_returned, others, balances):
        """Read the cards of ``order``.

        :param get_returned: order line → quantity that came or comes back
        :param others: returns of the order whose part is known already
        :param dict balances: card → points, shared by the orders that are read together
        """
        self.order, self.get_returned, self.balances = order, get_returned, balances
        self.noted = defaultdict(float)
        for row in others.reward_ids:
            self.noted[row.kind, row.card_key] += row.points
        self.lines = order.order_line.filtered(lambda line: line._is_bought())
        self.earned = [
            (entry.coupon_id, entry.points, self._get_earning_lines(entry.coupon_id.program_id))
            for entry in order.coupon_point_ids
            if entry.points > 0 and _is_lasting(entry.coupon_id)
        ]
        self.spent = self._read_spent()
        self.bought = BoughtCardBook(order, get_returned, others, balances)

    def take(self, policy, discounts):
        """What the return whose goods were taken last does to the cards.

        :param discounts: shares of discounts that lower the refund
        :return: list of values of ``order.return.reward``
        """
        rows = self._take_payments(discounts) + self._take_spent(policy._get_refund_rules())
        for row in rows:
            self._note(row)
        for row in self._take_earned() + self._take_bought():
            self._note(row)
            rows.append(row)
        return [row for row in rows if row["points"] or row["missing"]]

    def _note(self, row):
        self.noted[row["kind"], row["card_key"]] += row["points"]
        card = self.order.env["loyalty.card"].browse(row["card_key"])
        self.balances[card] = self._get_balance(card) + row["points"]

    def _get_balance(self, card):
        return self.balances.setdefault(card, card.points)

    def _take_payments(self, discounts):
        """What of the refund was paid with cards; in their currency."""
        taken = defaultdict(lambda: [0.0, None])
        for share in discounts:
            entry = taken[id(share.billed)]
            entry[0], entry[1] = entry[0] + share.total, share.billed
        rows = []
        for part, billed in taken.values():
            line = billed.line.sale_line_ids[:1]
            if not (part and line._is_card_payment() and line.coupon_id):
                continue
            amount = round(part, billed.digits)
            points = _share_points(line, billed, amount)
            rows.append(_prepare_row("payment", line.coupon_id, points, amount))
        return rows

    def _take_spent(self, rules):
        if rules["points"] == "none":
            return []
        total = defaultdict(float)
        for (card, _reward), (points, lines) in self.spent.items():
            due = get_due(points, *self._weigh(lines), up=True)
            total[card] += due if rules["points"] == "prorata" or due >= points else 0.0
        return [
            _prepare_row("spent", card, due - self.noted["spent", card.id])
            for card, due in total.items()
            if due > self.noted["spent", card.id]
        ]

    def _take_earned(self):
        due = {
            card: get_due(points, *self._weigh(lines)) + self.noted["earned", card.id]
            for card, points, lines in self.earned
        }
        return [
            self._prepare_taken("earned", card, points)
            for card, points in due.items()
            if points > 0
        ]

    def _take_bought(self):
        """Gift cards that come back are emptied."""
        return [self._prepare_taken("bought", card, points) for card, points in self.bought.take()]

    def _prepare_taken(self, kind, card, due):
        """Never more than there is on the card; what is missing is told, and taken later."""
        able = max(min(due, self._get_balance(card)), 0.0)
        return {**_prepare_row(kind, card, -able), "missing": round(due - able, DIGITS)}

    def _weigh(self, lines):
        """What of ``lines`` comes back, and all of them: by price, free goods by quantity."""
        priced = lines.filtered("price_total")
        lines, name = (priced, "price_total") if priced else (lines, "product_uom_qty")
        returned = sum(
            line[name] * min(self.get_returned(line) / line.product_uom_qty, 1.0) for line in lines
        )
        return returned, sum(lines.mapped(name))

    def _get_earning_lines(self, program):
        """The lines that brought the points of a program."""
        lines = self.lines.browse()
        for rule in program.rule_ids:
            lines |= self.lines._filter_earning(rule)
        return lines or self.lines

    def _read_spent(self):
        """(card, reward) → the points that the reward cost, and the goods they were spent on."""
        spent = {}
        for line in self.order.order_line.filtered(lambda line: line._get_reward()):
            card, reward = line.coupon_id, line._get_reward()
            if line._is_card_payment() or not _is_lasting(card, self.order):
                continue
            points, lines = spent.get((card, reward), (0.0, line.browse()))
            lines |= line if reward.reward_type == "product" else self._get_lowered(line)
            spent[card, reward] = (points + line.points_cost, lines)
        return {key: value for key, value in spent.items() if value[0] > 0}

    def _get_lowered(self, line):
        goods = self.lines.filtered(is_goods)
        return line._get_discounted_lines(goods) or goods


def _is_lasting(card, order=None):
    """Whether a card outlives the order: its points are worth something afterwards.

    :param order: one that spent the points; what it made for itself alone is gone with it
    """
    program = card.program_id
    if not card or program.is_payment_program:
        return False
    if order is None:
        return program.applies_on != "current"
    return program.is_nominative or card.order_id != order


def _share_points(line, billed, amount):
    """The points that paid ``amount``, the last that was taken of ``billed``."""
    points = line.points_cost * billed.quantity / (line.product_uom_qty or 1.0)
    whole = billed.whole.total
    before = min(max(round(billed.taken_total - amount, billed.digits), 0.0), whole)
    gone = share_of_part(points, 0.0, before, whole, DIGITS, 0.0)
    return share_of_part(points, before, min(amount, whole - before), whole, DIGITS, gone)


def _prepare_row(kind, card, points, amount=0.0):
    program = card.program_id
    return {
        "kind": kind,
        "card_key": card.id,
        "name": program.name,
        "unit": program.portal_point_name,
        "points": round(points, DIGITS),
        "missing": 0.0,
        "amount": amount,
    }
