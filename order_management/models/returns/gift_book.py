"""Which free goods of an order are not earned any more, and what is kept back for them.

Goods that a promotion gave with others belong to those: when too little of them stays with the
customer, the free goods are asked back. What does not come along is kept back from the refund at
the order's price, and paid out when it comes later. Goods that were got for points of a card are
no matter of this book: they were paid for.
"""

from dataclasses import dataclass, replace

from ...tools.refunds import Amounts, Billed
from ...tools.rewards import NOISE, Claim, Earning, count_points, share_points
from .extra_book import Extra

KIND = "gift"


@dataclass
class Gift:
    """A line of free goods: how many the customer got, and what they would have cost."""

    line: object
    claim: Claim
    priced: Billed

    def get_worth(self, quantity):
        """What is kept back for ``quantity``."""
        return replace(self.priced, taken_taxes={}).take(quantity).total

    def take(self, amount, sign):
        """A share of ``amount``: kept back (-1) or paid out (1)."""
        return replace(self.priced, sign=sign, taken_taxes={}).take_amount(amount)


class GiftBook:
    """The free goods of one order."""

    def __init__(self, order, get_returned, others):
        """Read the free goods of ``order``.

        :param get_returned: order line → quantity that came or comes back
        :param others: returns of the order whose part is known already
        """
        self.order, self.get_returned = order, get_returned
        lines = order.order_line.filtered(lambda line: line._is_gift())
        self.programs = dict(lines.grouped(lambda line: line._get_reward().program_id))
        self.gifts = {line: _read_gift(line) for line in lines}
        self.kept = dict.fromkeys(lines, 0.0)
        self.settled = dict.fromkeys(lines, 0.0)
        for extra in others.extra_ids.filtered(lambda extra: extra.kind == KIND):
            if extra.sale_line_id in self.gifts:
                self.kept[extra.sale_line_id] -= extra.amount
                if extra.return_id._is_counted():
                    self.settled[extra.sale_line_id] -= extra.amount

    def take(self, worth):
        """What is kept back of, or added to, a return whose goods were taken last.

        :param float worth: what the return refunds without this; no more is kept back
        :return: list of :class:`Extra`
        """
        extras = []
        for lines in self.programs.values():
            for line, quantity in self._find_missing(lines).items():
                gift, digits = self.gifts[line], line.currency_id.decimal_places
                due = round(gift.get_worth(quantity) - self.kept[line], digits)
                amount = round(
                    min(due, worth) if due > 0 else min(-due, self.settled[line]), digits
                )
                if amount <= 0:
                    continue
                share = gift.take(amount, -1 if due > 0 else 1)
                worth += share.signed_total
                self.kept[line] -= share.signed_total
                extras.append(Extra(line, KIND, [share], []))
        return extras

    def _find_missing(self, lines):
        """How much of the free goods of one program is asked back and did not come."""
        staying = self._get_staying()
        points = self._count_points(lines, staying)
        earned = share_points(points, [self.gifts[line].claim for line in lines])
        missing = {}
        for line, quantity in zip(lines, earned, strict=True):
            back = self.get_returned(line)
            given = min(line.product_uom_qty, line.qty_delivered + back)
            missing[line] = max(min(line.product_uom_qty - quantity, given) - back, 0.0)
        return missing

    def _count_points(self, lines, staying):
        """The points of a program for what stays; where they are not of the goods, all or none."""
        spent = sum(claim.times * claim.required for claim in self._get_claims(lines))
        program = lines._get_reward().program_id
        whole = dict.fromkeys(staying, 1.0)
        if self._reckon(program, whole) < spent - NOISE:
            return spent if any(part > NOISE for part in staying.values()) else 0.0
        return self._reckon(program, staying)

    def _get_claims(self, lines):
        return [self.gifts[line].claim for line in lines]

    def _get_staying(self):
        """The part of each line of goods that stays with the customer."""
        return {
            line: max(1.0 - self.get_returned(line) / line.product_uom_qty, 0.0)
            for line in self.order.order_line
            if line.product_uom_qty > 0 and line._is_bought()
        }

    def _reckon(self, program, parts):
        points = 0.0
        for rule in program.rule_ids:
            if rule.mode == "with_code" and rule not in self.order.code_enabled_rule_ids:
                continue
            lines = program.env["sale.order.line"].union(*parts)
            points += count_points(
                _read_earning(rule, self.order.currency_id),
                [
                    (
                        line.product_uom_qty * parts[line],
                        line.price_subtotal * parts[line],
                        line.price_total * parts[line],
                    )
                    for line in lines._filter_earning(rule)
                ],
            )
        return points


def _read_earning(rule, currency):
    return Earning(
        rule.reward_point_mode,
        rule.reward_point_amount,
        rule.minimum_qty,
        rule._compute_amount(currency),
        rule.minimum_amount_tax_mode == "incl",
    )


def _read_gift(line):
    reward = line._get_reward()
    required = 0.0 if reward.clear_wallet else reward.required_points
    times = round(line.points_cost / required) if required else 1
    claim = Claim(line.product_uom_qty, max(times, 1), required or line.points_cost)
    details = line.tax_ids.compute_all(
        line.price_unit,
        currency=line.currency_id,
        quantity=line.product_uom_qty,
        product=line.product_id,
        partner=line.order_partner_id,
    )
    taxes = {tax["id"]: tax["amount"] for tax in details["taxes"]}
    amounts = Amounts(details["total_excluded"], details["total_included"], taxes)
    digits = line.currency_id.decimal_places
    return Gift(line, claim, Billed(line, line.product_uom_qty, amounts, digits))
