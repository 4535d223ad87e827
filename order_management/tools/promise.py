"""What can still be promised, and for when.

Stock on hand is supply of the first day. Dates are of any one type that can be compared;
quantities are floats in one unit and mean their shortest decimal: ``0.1`` is one tenth, so sums
neither lose nor gain anything.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

# Enough for the exact sum of any floats that mean quantities of goods.
_EXACT = Context(prec=120)


@dataclass(frozen=True)
class Supply:
    """Goods that are there or come.

    :param date: from when they can be had
    :param float quantity: how many
    :param str source: what kind of supply it is, e.g. ``stock`` or ``incoming``
    :param reference: the document it rests on
    """

    date: object
    quantity: float
    source: str = "stock"
    reference: object = False


@dataclass(frozen=True)
class Part:
    """So many of the goods asked for can be had from a date on, resting on one supply."""

    quantity: float
    date: object
    source: str
    reference: object


def available_to_promise(supply: Iterable, demand: Iterable) -> list[tuple]:
    """The most that can still be promised for each day without breaking an older promise.

    For a day it is the least, over that and all later days, of what has come until then less
    what was promised until then; never below zero. Supply of a day serves demand of that day.

    :param supply: ``(date, quantity)`` in any order
    :param demand: ``(date, quantity)`` in any order: what was promised already
    :return: ``(date, quantity)`` for each date of both, ascending
    :raises ValueError: a quantity is negative or no number, or dates cannot be compared
    """
    changes = defaultdict(Decimal)
    for name, rows, sign in (("supply", supply, 1), ("demand", demand, -1)):
        for date, quantity in rows:
            amount = _exact(quantity, name) * sign
            changes[date] = _EXACT.add(changes[date], amount)
    days = _ascending(changes)
    balance, balances = Decimal(0), []
    for day in days:
        balance = _EXACT.add(balance, changes[day])
        balances.append(balance)
    least, free = None, []
    for day, balance in zip(reversed(days), reversed(balances), strict=True):
        least = balance if least is None else min(least, balance)
        free.append((day, float(max(least, Decimal(0)))))
    return free[::-1]


def promise(quantity: float, supplies: Sequence[Supply], demand: Iterable) -> list[Part]:
    """Serve ``quantity`` as early as the supplies allow without breaking an older promise.

    :param float quantity: what is asked for
    :param supplies: what is there and what comes; of one day, the earlier one is used first
    :param demand: ``(date, quantity)``: what was promised already
    :return: parts by date, adding up to ``quantity`` or to what can be had at all
    :raises ValueError: as :func:`available_to_promise`
    """
    rest, taken = _exact(quantity, "quantity"), Decimal(0)
    rows = [(supply.date, supply.quantity) for supply in supplies]
    by_day = defaultdict(list)
    for supply in supplies:
        by_day[supply.date].append([_exact(supply.quantity, "supplies"), supply])
    parts = []
    for day, free in available_to_promise(rows, demand):
        more = min(rest, _EXACT.subtract(_exact(free, "supplies"), taken))
        if more <= 0:
            continue
        rest, taken = _EXACT.subtract(rest, more), _EXACT.add(taken, more)
        # What is free grows only on days on which something comes.
        parts += _from_supplies(more, day, by_day[day])
        if not rest:
            break
    return parts


def _from_supplies(quantity, day, supplies):
    """``quantity`` out of the supplies of one day, the last of them first promised to others."""
    promised = sum((left for left, _supply in supplies), Decimal(0)) - quantity
    parts = []
    for left, supply in reversed(supplies):
        used = min(promised, left)
        promised -= used
        if left > used:
            parts.append(Part(float(left - used), day, supply.source, supply.reference))
    return parts[::-1]


def _ascending(dates):
    try:
        return sorted(dates)
    except TypeError as exception:
        raise ValueError("supply and demand: the dates must be of one type") from exception


def _exact(value, name):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name}: {value!r} is not a quantity")
    if value < 0:
        raise ValueError(f"{name}: {value!r} must not be negative")
    return Decimal(repr(value))
