"""When stock runs out, and when what is on order is needed.

Days are counted from today, which is day 0. Goods that come on a day can be sold on that day. What
is overdue counts as if it came today: it can come no earlier.
"""

from dataclasses import dataclass
from math import ceil, floor, inf

from .checks import number

NOISE = 1e-9


@dataclass(frozen=True)
class Demand:
    """What is asked for from today on.

    ``spans``: ``(days, quantity)`` one after another; what the last one asks for a day goes on.
    """

    spans: tuple

    def until(self, day):
        """What is asked for before a day begins.

        :param float day: from today; parts of days allowed
        """
        total = start = rate = 0.0
        for days, quantity in self.spans:
            rate = quantity / days
            if day <= start + days:
                return total + rate * (day - start)
            total, start = total + quantity, start + days
        return total + rate * (day - start)

    def reach(self, quantity):
        """The day on which more than a quantity has been asked for; infinite: never.

        :param float quantity: from today on; below 0 it is today
        """
        if quantity < -NOISE:
            return 0
        left, start, rate = max(quantity, 0.0), 0.0, 0.0
        for days, asked in self.spans:
            rate = asked / days
            if left < asked - NOISE:
                return floor(start + left / rate + NOISE)
            left, start = max(left - asked, 0.0), start + days
        return floor(start + left / rate + NOISE) if rate > 0.0 else inf


@dataclass(frozen=True)
class Receipt:
    """Goods on order.

    ``day``: when they are to come; ``earliest``: they cannot be had before, whatever it says;
    ``is_fixed``: they count, but nothing is advised of them.
    """

    key: object
    day: int
    quantity: float
    earliest: int = 0
    is_fixed: bool = False

    @property
    def comes(self):
        """When they really come, if nobody does anything."""
        return max(self.day, self.earliest, 0)


@dataclass(frozen=True)
class Tolerance:
    """How much a date may be off before anything is said.

    ``earlier``, ``later``: a change by more days is advised; ``horizon``: what is not needed
    within so many days is not needed.
    """

    earlier: float = 2.0
    later: float = 10.0
    horizon: float = 120.0


@dataclass(frozen=True)
class Advice:
    """Of one receipt. ``kind``: ``expedite``, ``postpone`` or ``unneeded``; ``day``: the better
    one, ``None`` for what is not needed; ``day_before``: as it is now, negative when overdue."""

    key: object
    kind: str
    day_before: int
    day: int | None


@dataclass(frozen=True)
class Shortage:
    """Stock runs out before goods come that would prevent it.

    ``day``: it runs out; ``until``: it is made good, ``None``: not by what is on order; ``key``:
    the first receipt that comes too late; ``quantity``: what lacks at most.
    """

    day: int
    until: int | None
    key: object
    quantity: float


@dataclass(frozen=True)
class Outlook:
    """``runs_out``: the day on which stock is gone with all that comes, infinite: never."""

    advices: tuple
    shortage: Shortage | None
    runs_out: float


def make_demand(expected, orders=()):
    """Demand in which forecasts are consumed by orders: of each span the larger one counts.

    :param expected: ``(days, quantity)`` of each span of the forecast
    :param orders: ``(day, quantity)`` that was ordered already and leaves later than today; what
        leaves after the last span is not looked at
    :return: :class:`Demand`
    :raises ValueError: a quantity is negative, or a span has no days
    """
    spans, start = [], 0.0
    orders = [(day, number(quantity, "orders", least=0)) for day, quantity in orders]
    for days, quantity in expected:
        days = number(days, "expected", above=0)
        quantity = number(quantity, "expected", least=0)
        end = start + days
        asked = sum(amount for day, amount in orders if start <= day < end)
        spans.append((days, max(quantity, asked)))
        start = end
    return Demand(tuple(spans))


def advise(on_hand, demand, receipts, reserve=0.0, protection=0.0, tolerance=None):
    """What to do about goods on order, and whether stock runs out before they come.

    In the order in which they come, each receipt is needed on the day on which stock would fall
    to the reserve without it. It is asked for earlier when stock would fall to less than half of
    the reserve before it comes: the reserve is there to be used. (Rescheduling of open orders as
    in Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains", 2017, 15.)

    It is a shortage when stock runs out before goods that come later than a new order would: a
    new one would be due, had they not been ordered.

    :param float on_hand: what is there, less what should have left by now; may be negative
    :param Demand demand: from today on
    :param receipts: :class:`Receipt` of all goods on order
    :param float reserve: safety stock
    :param float protection: days of lead time and review together
    :param Tolerance tolerance: how much a date may be off
    :return: :class:`Outlook`
    :raises ValueError: an argument is wrong
    """
    stock = number(on_hand, "on_hand")
    reserve = number(reserve, "reserve", least=0)
    protection = ceil(number(protection, "protection", least=0) - NOISE)
    tolerance = tolerance or Tolerance()
    coming = sorted(receipts, key=lambda receipt: (receipt.comes, not receipt.is_fixed))
    advices, covered = [], stock
    for receipt in coming:
        quantity = number(receipt.quantity, "receipts", least=0)
        if not receipt.is_fixed:
            advices += _advise_receipt(receipt, demand, covered, reserve, tolerance)
        covered += quantity
    shortage = _find_shortage(stock, demand, coming, reserve, protection, tolerance.horizon)
    return Outlook(tuple(advices), shortage, _find_end(stock, demand, coming))


def _advise_receipt(receipt, demand, covered, reserve, tolerance):
    """The advice of one receipt, or none, in a list."""
    now = receipt.comes
    wanted = demand.reach(covered - reserve)
    if wanted > tolerance.horizon:
        return [Advice(receipt.key, "unneeded", receipt.day, None)]
    day = max(wanted, receipt.earliest)
    is_late = now > demand.reach(covered - reserve / 2.0) and now - day > tolerance.earlier
    is_overdue = receipt.day < 0 and day - now <= tolerance.later
    if is_late or is_overdue:
        return [Advice(receipt.key, "expedite", receipt.day, day)]
    if day - now > tolerance.later:
        return [Advice(receipt.key, "postpone", receipt.day, day)]
    return []


def _find_shortage(stock, demand, coming, reserve, protection, horizon):
    """What lacks until late goods come; ``None`` when a new order would not be due yet."""
    in_time = sum(receipt.quantity for receipt in coming if receipt.comes <= protection)
    if stock + in_time - demand.until(protection) > reserve + NOISE:
        return None
    day, rest = run_out(stock, demand, coming)
    if not rest or day > horizon:
        return None
    covered = stock + sum(receipt.quantity for receipt in coming[: len(coming) - len(rest)])
    lacking = 0.0
    for receipt in rest:
        asked = demand.until(min(receipt.comes, max(horizon, day)))
        lacking = max(lacking, asked - covered)
        covered += receipt.quantity
        if covered > asked - NOISE:
            return Shortage(day, receipt.comes, rest[0].key, lacking)
    return Shortage(day, None, rest[0].key, lacking)


def run_out(stock, demand, coming):
    """The first day without stock, and the receipts that come after it."""
    covered = stock
    for place, receipt in enumerate(coming):
        day = demand.reach(covered)
        if receipt.comes > day:
            return day, coming[place:]
        covered += receipt.quantity
    return demand.reach(covered), []


def _find_end(stock, demand, coming):
    return run_out(stock, demand, coming)[0]
