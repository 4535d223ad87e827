"""From a forecast to the levels of one rule, step by step, so that each step can be told.

The order of the steps is always the same: economic quantity, price break, the vendor's least
quantity, limits of cover, shelf life and space, then rounding. The minimum is rounded up to the
rule's unit; the maximum is the minimum and the quantity, rounded to whole packs that are ordered.
"""

from dataclasses import dataclass
from math import inf, sqrt

from .checks import number
from .lot_sizing import best_price_break
from .stock import round_up


@dataclass(frozen=True)
class Limits:
    """What bounds an order of a product; quantities in its unit, demand a day.

    ``cycle``: what is ordered at once in a common cycle, in place of the economic quantity;
    ``order_cost``: of one order line; ``holding_share``: of the price, a year; ``price``: of a
    unit; ``breaks``: ``(least quantity, price)``; ``minimum_order``: the vendor's; ``multiple``:
    of a pack; ``rounding``: of the rule's unit; ``cover_days``, ``shelf_days``: at most so many
    days of demand; ``space``: at most so much on hand and ordered; ``None`` or 0: no limit.
    """

    order_cost: float = 0.0
    holding_share: float = 0.0
    price: float = 0.0
    breaks: tuple = ()
    minimum_order: float = 0.0
    multiple: float = 0.0
    rounding: float = 1.0
    cover_days: float = 0.0
    shelf_days: float = 0.0
    space: float = 0.0
    cycle: float = 0.0


@dataclass(frozen=True)
class Levels:
    """The levels of a rule: ``steps`` are ``(name, before, after)`` in the order taken."""

    minimum: float
    maximum: float
    safety_stock: float
    lead_time_demand: float
    quantity: float
    steps: tuple


def make_levels(expected, reserve, daily_demand, review_days, limits):
    """The levels of a rule.

    :param float expected: demand over lead time and review
    :param float reserve: safety stock
    :param float daily_demand: expected a day
    :param float review_days: days between two looks
    :param Limits limits: what bounds an order
    :return: :class:`Levels`
    """
    expected = number(expected, "expected", least=0)
    reserve = number(reserve, "reserve", least=0)
    daily_demand = number(daily_demand, "daily_demand", least=0)
    steps = []
    minimum = round_up(expected + reserve, limits.rounding)
    least = daily_demand * number(review_days, "review_days", least=0)
    quantity = _note(steps, "review", 0.0, least)
    name = "cycle" if limits.cycle else "economic"
    economic = limits.cycle or _get_economic(daily_demand, limits)
    quantity = _note(steps, name, quantity, max(quantity, economic))
    quantity = _note(steps, "price_break", quantity, _reach_break(quantity, daily_demand, limits))
    for name, days in (("cover", limits.cover_days), ("shelf_life", limits.shelf_days)):
        most = daily_demand * days if days else inf
        if name == "shelf_life":
            most = max(most - minimum, 0.0)
        quantity = _note(steps, name, quantity, min(quantity, most))
    if limits.space:
        quantity = _note(steps, "space", quantity, min(quantity, max(limits.space - minimum, 0.0)))
    quantity = _note(steps, "minimum_order", quantity, max(quantity, limits.minimum_order))
    rounded = round_up(quantity, limits.multiple or limits.rounding)
    quantity = _note(steps, "multiple", quantity, rounded)
    return Levels(minimum, minimum + quantity, reserve, expected, quantity, tuple(steps))


def _note(steps, name, before, after):
    if after != before:
        steps.append((name, before, after))
    return after


def _get_economic(daily_demand, limits):
    """The economic order quantity; 0 where costs say nothing."""
    holding = limits.holding_share * limits.price
    if holding <= 0.0 or limits.order_cost <= 0.0:
        return 0.0
    return sqrt(2.0 * limits.order_cost * daily_demand * 365.0 / holding)


def _reach_break(quantity, daily_demand, limits):
    """A price break is taken where it makes a year cheaper."""
    breaks = [step for step in limits.breaks if step[1] > 0.0]
    if not breaks or quantity <= 0.0 or limits.holding_share <= 0.0:
        return quantity
    if breaks[0][0] != 0:
        breaks = [(0.0, limits.price or breaks[0][1]), *breaks]
    yearly = daily_demand * 365.0
    found, _cost = best_price_break(limits.order_cost, limits.holding_share, yearly, breaks)
    return max(quantity, found)


def extend_cover(items, minimum_value):
    """Order more of one vendor's products until its least order value is reached.

    All are brought up to the same days of cover, those that are capped only as far as they may.

    :param list items: ``(quantity ordered, in stock and on order before, daily demand, price,
        most that may be ordered or None, multiple)``
    :param float minimum_value: of the vendor's order
    :return list: quantities, or ``None`` where even that does not reach it
    """
    minimum_value = number(minimum_value, "minimum_value", least=0)
    rows = [_Item(*item) for item in items]
    quantities = [row.quantity for row in rows]
    if _value(rows, quantities) >= minimum_value:
        return quantities
    low, high = 0.0, 1.0
    while _value(rows, _cover(rows, high)) < minimum_value:
        if high > 3650.0:
            return None
        high *= 2.0
    for _step in range(60):
        middle = (low + high) / 2.0
        if _value(rows, _cover(rows, middle)) < minimum_value:
            low = middle
        else:
            high = middle
    return _cover(rows, high)


@dataclass(frozen=True)
class Freight:
    """Whether to order more or to pay the freight of a small order.

    ``is_extended``: more is ordered; ``quantities``: what is ordered then, the same as before
    otherwise; ``added``: the value of what is added; ``holding``: what it costs to have it
    earlier; ``freight``: what a small order costs. What cannot be reached has no ``holding``.
    """

    is_extended: bool
    quantities: tuple
    added: float
    holding: float | None
    freight: float


def compare_freight(items, free_from, freight):
    """Order so much that no freight is charged, or pay it, whatever costs less.

    What is added comes earlier than it would: it waits until what is ordered anyway is used up,
    and then for half of the time that it lasts itself.

    :param list items: as of :func:`extend_cover`, with two more: the level at which the product
        is ordered again, and the cost of holding stock as a share of its value, a year
    :param float free_from: value from which no freight is charged
    :param float freight: what it costs below
    :return: :class:`Freight`, or ``None`` where nothing is ordered or no freight is charged
    """
    free_from = number(free_from, "free_from", least=0)
    freight = number(freight, "freight", least=0)
    rows = [_Item(*item[:6]) for item in items]
    before = [row.quantity for row in rows]
    if not any(before) or freight <= 0.0 or _value(rows, before) >= free_from:
        return None
    after = extend_cover([item[:6] for item in items], free_from)
    if after is None:
        return Freight(False, tuple(before), 0.0, None, freight)
    holding = 0.0
    for row, quantity, (*_rest, minimum, share) in zip(rows, after, items, strict=True):
        extra = quantity - row.quantity
        if extra > 0.0:
            wait = max(row.position + row.quantity - minimum, 0.0)
            days = (wait + extra / 2.0) / row.demand if row.demand > 0.0 else 365.0
            holding += extra * row.price * share * days / 365.0
    added = _value(rows, after) - _value(rows, before)
    is_extended = holding <= freight
    return Freight(is_extended, tuple(after if is_extended else before), added, holding, freight)


@dataclass(frozen=True)
class _Item:
    quantity: float
    position: float
    demand: float
    price: float
    most: float | None = None
    multiple: float = 0.0

    def cover(self, days):
        """The order that makes stock last so many days."""
        wanted = max(self.quantity, self.demand * days - self.position)
        wanted = round_up(wanted, self.multiple)
        if self.most is not None and wanted > self.most:
            return max(self.quantity, self.most)
        return wanted


def _cover(rows, days):
    return [row.cover(days) for row in rows]


def _value(rows, quantities):
    return sum(row.price * quantity for row, quantity in zip(rows, quantities, strict=True))
