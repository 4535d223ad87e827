"""What the parts of an invoice line are worth, so that all parts together are the line.

Each part takes the rounded share of all parts so far less what was taken before, so that the last
part takes the cent that is left: for the whole, for the net amount and for each tax. Amounts are
in the invoice's currency and never negative here; ``sign`` tells a discount from what was sold.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .proration import share_of_part

# Quantities below this are noise of binary fractions.
NOISE = 1e-9


@dataclass(frozen=True)
class Amounts:
    """The rounded amounts of one document line.

    ``taxes``: tax → amount. Those in ``reversed`` are charged back in the same line, so that
    they are no part of ``total``.
    """

    net: float
    total: float
    taxes: Mapping[Hashable, float]
    reversed: frozenset = frozenset()

    def times(self, factor: float) -> "Amounts":
        """These amounts times ``factor``, not rounded."""
        taxes = {tax: amount * factor for tax, amount in self.taxes.items()}
        return Amounts(self.net * factor, self.total * factor, taxes, self.reversed)

    def plus_net(self, amount: float) -> "Amounts":
        """These amounts with more before tax."""
        return Amounts(self.net + amount, self.total + amount, self.taxes, self.reversed)

    def plus_tax(self, tax: Hashable, amount: float) -> "Amounts":
        """These amounts with more of one tax, which the customer pays."""
        taxes = {**self.taxes, tax: self.taxes[tax] + amount}
        return Amounts(self.net, self.total + amount, taxes, self.reversed)


@dataclass
class Share:
    """A part of one billed line; to be given back, or charged back where its sign is negative."""

    billed: "Billed"
    quantity: float
    net: float
    total: float
    taxes: dict

    @property
    def signed_total(self) -> float:
        return self.billed.sign * self.total

    def plus(self, other: "Share") -> "Share":
        """This share and another one of the same line, as one."""
        digits = self.billed.digits
        taxes = {tax: round(self.taxes[tax] + other.taxes[tax], digits) for tax in self.taxes}
        return Share(
            self.billed,
            self.quantity + other.quantity,
            round(self.net + other.net, digits),
            round(self.total + other.total, digits),
            taxes,
        )


@dataclass
class Billed:
    """One line of a posted invoice and what was taken of it.

    ``quantity`` and ``whole`` are positive; ``sign`` is -1 for a line that lowers its invoice.
    """

    line: object
    quantity: float
    whole: Amounts
    digits: int
    sign: int = 1
    unit_digits: int = 6
    taken_quantity: float = 0.0
    taken_net: float = 0.0
    taken_total: float = 0.0
    taken_taxes: dict = field(default_factory=dict)

    @property
    def open_quantity(self) -> float:
        return max(self.quantity - self.taken_quantity, 0.0)

    @property
    def open_total(self) -> float:
        return max(round(self.whole.total - self.taken_total, self.digits), 0.0)

    def note(self, quantity: float, amounts: Amounts | Share) -> None:
        """Note that ``quantity`` was taken for ``amounts``."""
        self.taken_quantity += quantity
        self.taken_net += amounts.net
        self.taken_total += amounts.total
        for tax, amount in amounts.taxes.items():
            self.taken_taxes[tax] = self.taken_taxes.get(tax, 0.0) + amount

    def take(self, quantity: float, total: float | None = None) -> Share:
        """Take the next ``quantity``, for ``total`` if that was promised."""
        quantity = min(quantity, self.open_quantity)
        return self._take(quantity, (self.taken_quantity, quantity, self.quantity), total)

    def take_with(
        self, before: float, part: float, whole: float, total: float | None = None
    ) -> Share:
        """Take what belongs to ``part`` of something else, of which ``before`` was gone already.

        :param whole: the size of that something, such as the worth of all discounted goods, in
            the same currency
        :param total: what was promised for it, if it was
        """
        progress = self._progress(before, part, whole)
        units = share_of_part(
            self.quantity, *progress, self.unit_digits, round(self.taken_quantity, self.unit_digits)
        )
        left = round(self.open_quantity, self.unit_digits)
        return self._take(min(max(units, 0.0), left), progress, total)

    def peek(self, before: float, part: float, whole: float) -> float:
        """What :meth:`take_with` would take."""
        progress = self._progress(before, part, whole)
        return self._next(self.whole.total, self.taken_total, progress)

    def take_amount(self, total: float) -> Share:
        """Take as much as is worth ``total``, at most what is left."""
        total = min(total, self.open_total)
        before = min(round(self.taken_total, self.digits), self.whole.total)
        return self.take_with(before, total, self.whole.total, total)

    def _progress(self, before: float, part: float, whole: float) -> tuple:
        """Both parts of a whole that is an amount, without the noise of sums."""
        whole = round(whole, self.digits)
        before = min(max(round(before, self.digits), 0.0), whole)
        return (
            before,
            max(min(round(part, self.digits), round(whole - before, self.digits)), 0),
            whole,
        )

    def _take(self, quantity: float, progress: tuple, total: float | None) -> Share:
        if total is None:
            total = self._next(self.whole.total, self.taken_total, progress)
        total = min(max(total, 0.0), self.open_total)
        net = total
        if self.whole.taxes:
            is_last = progress[0] + progress[1] >= progress[2] - NOISE
            net = self._next(self.whole.net, self.taken_net, progress) if total or is_last else 0.0
        taxes = self._next_taxes(progress, total - net)
        share = Share(self, quantity, net, total, taxes)
        self.note(quantity, share)
        return share

    def _next(self, amount: float, taken: float, progress: tuple) -> float:
        return share_of_part(amount, *progress, self.digits, round(taken, self.digits))

    def _next_taxes(self, progress: tuple, payable: float) -> dict:
        """The share of each tax; the largest takes the cent by which they miss ``payable``."""
        taxes = {
            tax: self._next(amount, self.taken_taxes.get(tax, 0.0), progress)
            for tax, amount in self.whole.taxes.items()
        }
        counting = [tax for tax in taxes if tax not in self.whole.reversed]
        if counting:
            largest = max(counting, key=lambda tax: abs(self.whole.taxes[tax]))
            missing = payable - sum(taxes[tax] for tax in counting)
            taxes[largest] = round(taxes[largest] + missing, self.digits)
        return taxes


def take_quantity(
    rows: Sequence[Billed], quantity: float, total: float | None = None
) -> list[Share]:
    """Take the next ``quantity`` of billed lines of one good, in their order.

    :param total: what was promised for all of it, if it was
    """
    shares: list[Share] = []
    for billed in rows:
        part = min(quantity, billed.open_quantity)
        if part <= NOISE:
            continue
        quantity -= part
        taken = billed.take(part, total if quantity <= NOISE else None)
        shares.append(taken)
        if total is not None:
            total = round(total - taken.total, billed.digits)
    return shares


def pour(rows: Iterable[Billed], quantity: float, amounts: Amounts) -> None:
    """Note a credit of ``quantity`` on the billed lines it may belong to, the likeliest first."""
    whole = quantity
    for billed in rows:
        part = min(quantity, billed.open_quantity)
        if part > NOISE:
            billed.note(part, amounts.times(part / whole))
            quantity -= part


@dataclass
class Discount:
    """A line that lowers the whole order, and the billed lines it lowers."""

    billed: Billed
    base: list

    @property
    def whole(self) -> float:
        return sum(one.whole.total for one in self.base)

    @property
    def taken(self) -> float:
        return sum(min(one.taken_total, one.whole.total) for one in self.base)

    def take(self, part: float, total: float | None = None) -> Share:
        """Take what belongs to ``part`` of the base, which was taken already.

        Never so little that more than what was paid could be refunded for the rest.
        """
        progress = (self.taken - part, part, self.whole)
        if total is None:
            least = self.billed.open_total - sum(one.open_total for one in self.base)
            total = max(self.billed.peek(*progress), round(least, self.billed.digits))
        return self.billed.take_with(*progress, total)


def take_discounts(
    discounts: Sequence[Discount], shares: Sequence[Share], total: float | None = None
) -> list[Share]:
    """Take back what of the order's discounts ``shares`` were lowered by.

    The shares must be the last ones that were taken.

    :param total: what was promised for all of it, if it was
    """
    wanted = [
        (discount, part)
        for discount in discounts
        if (part := sum(share.total for share in shares if share.billed in _Members(discount.base)))
    ]
    found: list[Share] = []
    for index, (discount, part) in enumerate(wanted):
        promised = None
        if total is not None and index == len(wanted) - 1:
            taken = sum(share.total for share in found)
            promised = round(total - taken, discount.billed.digits)
        found.append(discount.take(part, promised))
    return found


class _Members:
    """Whether an object itself is in a list; equal ones do not count."""

    def __init__(self, objects: Sequence):
        self.ids = set(map(id, objects))

    def __contains__(self, one: object) -> bool:
        return id(one) in self.ids
