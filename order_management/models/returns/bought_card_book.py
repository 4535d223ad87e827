"""Gift cards that were bought with an order and come back: only those nobody used.

A card that is sold as goods, such as one of plastic, may come back like other goods as long as
its whole amount is on it; it is emptied at the settlement.
"""

from collections import defaultdict

from odoo.tools import float_round

KIND = "bought"


class BoughtCardBook:
    """The gift cards that the lines of one order made."""

    def __init__(self, order, get_returned, others, balances):
        """Read the gift cards of ``order``.

        :param get_returned: order line → quantity that came or comes back
        :param others: returns of the order whose part is known already
        :param dict balances: card → points, shared with what else the return does to cards
        """
        self.get_returned, self.balances = get_returned, balances
        self.gone = set(others.reward_ids.filtered(lambda row: row.kind == KIND).mapped("card_key"))
        entries = order.coupon_point_ids.filtered(
            lambda entry: entry.coupon_id.program_type == "gift_card" and entry.points > 0
        )
        self.cards = defaultdict(list)
        left = list(entries.sorted("id"))
        for line in order.order_line.filtered(lambda line: line._is_bought()):
            made = _find_entries(line, left)
            if made:
                self.cards[line] = made
                left = [entry for entry in left if entry not in made]

    def get_unused(self, line):
        """How many of the cards of ``line`` may still come back; ``None`` if it made none."""
        if line not in self.cards:
            return None
        known = [entry for entry in self.cards[line] if entry.coupon_id.id in self.gone]
        asked = max(self.get_returned(line) - len(known), 0.0)
        return max(len(self._find_unused(line)) - asked, 0.0)

    def take(self):
        """The cards that are emptied, as (card, points).

        As many as came back and are not known yet, those first that nobody used.
        """
        taken = []
        for line, entries in self.cards.items():
            rest = [entry for entry in entries if entry.coupon_id.id not in self.gone]
            wanted = round(self.get_returned(line)) - (len(entries) - len(rest))
            rest.sort(key=lambda entry: self._get_balance(entry.coupon_id) < entry.points)
            for entry in rest[: max(wanted, 0)]:
                self.gone.add(entry.coupon_id.id)
                taken.append((entry.coupon_id, entry.points))
        return taken

    def _find_unused(self, line):
        return [
            entry
            for entry in self.cards[line]
            if entry.coupon_id.active
            and entry.coupon_id.id not in self.gone
            and self._get_balance(entry.coupon_id) >= entry.points
        ]

    def _get_balance(self, card):
        return self.balances.setdefault(card, card.points)


def _find_entries(line, entries):
    """Those of ``entries`` that one unit each of ``line`` made, as core reckons them."""
    made = []
    for program in {entry.coupon_id.program_id for entry in entries}:
        for rule in program.rule_ids.filtered("reward_point_split"):
            if not line._filter_earning(rule) or line.product_uom_qty <= 0:
                continue
            worth = rule.reward_point_amount
            if rule.reward_point_mode == "money":
                worth *= line.price_total / line.product_uom_qty
            worth = float_round(worth, precision_digits=2, rounding_method="DOWN")
            same = [entry for entry in entries if entry.coupon_id.program_id == program]
            same = [entry for entry in same if abs(entry.points - worth) < 0.005]
            made += same[: int(line.product_uom_qty)]
    return made
