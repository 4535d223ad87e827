"""What of an order's discounts, shipping and charges belongs to what comes back.

Discounts on the whole order are always shared in proportion to what they lowered. Shipping and
other charges follow the policy: never, in proportion to the goods, or in full with the last of
them. Down payments are no part of a refund's amount: they only decide which invoice it credits.
"""

from dataclasses import dataclass

from ...tools.refunds import NOISE, Discount, Share, take_discounts
from .refund_book import CENTS

FULL = "full"


@dataclass
class Extra:
    """What is given back of a line that is no goods, and the discounts it was lowered by."""

    line: object
    kind: str
    shares: list
    discounts: list

    @property
    def discount(self):
        return sum(share.total for share in self.discounts)

    @property
    def amount(self):
        return sum(share.signed_total for share in self.shares) - self.discount

    @property
    def name(self):
        return self.line.name.split("\n")[0]


class ExtraBook:
    """The lines of one order beside its goods; ``books``: order line → refund book."""

    def __init__(self, order, books):
        self.order = order
        self.goods, self.charges, self.discounts, self.deposits = [], [], [], []
        self.lines, lowering = {}, []
        for line in order.order_line:
            book = books.get(line)
            if book is None or not (book.billed or book.deducted):
                continue
            self.lines |= {id(billed): line for billed in book.billed}
            if line.is_downpayment:
                self.deposits.append(book)
            elif any(billed.sign < 0 for billed in book.billed):
                lowering += [(line, billed) for billed in book.billed]
            elif is_goods(line):
                self.goods += book.billed
            else:
                kind = "shipping" if line._is_delivery() else "charge"
                self.charges += [(line, kind, billed) for billed in book.billed]
        self.discounts = [self._find_base(line, billed) for line, billed in lowering]

    def get_goods_taken(self):
        """The worth of the goods that were taken so far."""
        return sum(billed.taken_total for billed in self.goods)

    def take_discounts(self, shares, total=None):
        """What the shares taken last were lowered by; ``total`` if that was promised."""
        return take_discounts(self.discounts, shares, total) if self.discounts else []

    def take_extras(self, rules, before):
        """Shipping and charges that go back with the goods taken since ``before``.

        :param dict rules: kind → ``none``, ``prorata`` or ``full``
        :param float before: :meth:`get_goods_taken` when the return began
        :return: list of :class:`Extra`
        """
        part = self.get_goods_taken() - before
        if part <= NOISE:
            return []
        is_complete = self._is_complete()
        extras = []
        for line, kind, billed in self.charges:
            share = self._take_charge(billed, rules[kind], before, part, is_complete)
            if share and share.total:
                extras.append(Extra(line, kind, [share], self.take_discounts([share])))
        return extras + self._take_rounding()

    def take_promised(self, line, total, discount):
        """Take what was promised of one line."""
        if line.is_downpayment:
            books = [book for book in self.deposits if book.sale_line == line]
            return Extra(line, "rounding", [_take_cents(book, total) for book in books], [])
        shares, kind = [], "charge"
        for known, kind_of_known, billed in self.charges:
            if known == line and total > NOISE and billed.open_total:
                share: Share = billed.take_amount(total)
                shares.append(share)
                total, kind = total - share.total, kind_of_known
        return Extra(line, kind, shares, self.take_discounts(shares, discount))

    def _take_charge(self, billed, rule, before, part, is_complete):
        if not billed.open_total:
            return None
        if rule == FULL and is_complete:
            return billed.take_amount(billed.open_total)
        if rule == "prorata":
            return billed.take_with(before, part, sum(one.whole.total for one in self.goods))
        return None

    def _take_rounding(self):
        """The cents by which down payments and their deductions differ go with the very last."""
        lowering = [discount.billed for discount in self.discounts]
        charges = [billed for _line, _kind, billed in self.charges]
        if any(billed.open_total for billed in self.goods + charges + lowering):
            return []
        return [
            Extra(book.sale_line, "rounding", [_take_cents(book, cents)], [])
            for book in self.deposits
            if (cents := _get_cents(book))
        ]

    def _is_complete(self):
        """Whether all goods that cost something came back and none are to be delivered."""
        return not any(
            billed.open_quantity > NOISE for billed in self.goods if billed.whole.total
        ) and not any(
            move.state not in ("done", "cancel") and move._get_customer_direction() > 0
            for move in self.order.order_line.move_ids
        )

    def _find_base(self, line, billed):
        """The discount with the billed lines it lowers: those of its taxes, if they can bear it."""
        everything = self._get_discountable(line)
        if line._is_card_payment():  # a payment, whatever the taxes of what it paid
            return Discount(billed, everything)
        taxes = billed.line.tax_ids
        candidates = (
            [one for one in everything if one.line.tax_ids == taxes],
            [one for one in everything if one.line.tax_ids >= taxes],
            everything,
        )
        able = (
            Discount(billed, base)
            for base in candidates
            if base and sum(one.whole.total for one in base) >= billed.whole.total
        )
        return next(able, Discount(billed, everything))

    def _get_discountable(self, line):
        """Promotions do not lower the shipping; those on some products lower those alone."""
        without = "shipping" if line._is_promotion() else None
        charges = [billed for _line, kind, billed in self.charges if kind != without]
        everything = self.goods + charges
        lines = line.union(*(self.lines[id(billed)] for billed in everything)) - line
        lowered = line._get_discounted_lines(lines)
        return [billed for billed in everything if self.lines[id(billed)] in lowered]


def is_goods(line):
    """Whether a line is for something that can come back."""
    return line.product_id.type != "service"


def _get_cents(deposit):
    """By how much a down payment that is deducted in full is more than its deductions."""
    paid = sum(billed.whole.total for billed in deposit.billed)
    deducted = sum(one.whole.total for one in deposit.deducted)
    if not (paid and deducted):
        return 0.0
    cents = round(paid - deducted, deposit.billed[0].digits)
    return cents if abs(cents) <= CENTS * 10 ** -deposit.billed[0].digits else 0.0


def _take_cents(deposit, cents):
    rows = deposit.billed if cents > 0 else deposit.deducted
    return rows[-1].take_amount(abs(cents))
