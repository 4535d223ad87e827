"""What levels would have done with a past: a plain loop, a day at a time."""

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Simulation:
    """What came of it.

    ``fill_rate``: sold over demand, 1.0 without any; ``lost``: units; ``stockout_days``: days on
    which something was asked for and missing; ``average_stock``: mean of what was left at night;
    ``orders``: placed; ``ordered``: units; ``series``: what was left each night.
    """

    fill_rate: float
    lost: float
    stockout_days: int
    average_stock: float
    orders: int
    ordered: float
    series: list


def simulate(
    demand, minimum, maximum, lead_time, on_hand, *, multiple=0.0, minimum_order=0.0, review_days=1
):
    """Replay demand with two levels.

    Each day: what was ordered ``lead_time`` days before arrives; what is asked for is sold as far
    as there is any, the rest is lost; then, where stock and orders together are at or below the
    minimum, as much is ordered as reaches the maximum.

    :param list demand: units, one for each day
    :param float minimum: order at or below it
    :param float maximum: order up to it
    :param int lead_time: whole days, at least 1
    :param float on_hand: at the start; nothing is on order then
    :param float multiple: of an order; 0: any
    :param float minimum_order: the vendor's least quantity
    :param int review_days: days between two looks; the first one is on the first day
    :return: :class:`Simulation`
    :raises ValueError: an argument is wrong
    """
    demand = [_number(value, "demand", 0.0) for value in demand]
    minimum, maximum = _number(minimum, "minimum"), _number(maximum, "maximum")
    stock = _number(on_hand, "on_hand", 0.0)
    if maximum < minimum:
        raise ValueError("maximum: it is not below the minimum")
    if isinstance(lead_time, bool) or not isinstance(lead_time, int) or lead_time < 1:
        raise ValueError("lead_time: whole days, at least 1, are expected")
    if isinstance(review_days, bool) or not isinstance(review_days, int) or review_days < 1:
        raise ValueError("review_days: whole days, at least 1, are expected")
    multiple = _number(multiple, "multiple", 0.0)
    minimum_order = _number(minimum_order, "minimum_order", 0.0)
    arriving = [0.0] * (len(demand) + lead_time)
    coming = lost = sold = total = ordered = 0.0
    empty = orders = 0
    series = []
    for day, wanted in enumerate(demand):
        arrived = arriving[day]
        if arrived:
            stock += arrived
            coming -= arrived
        if wanted > stock:
            lost += wanted - stock
            sold += stock
            stock = 0.0
            empty += 1
        else:
            stock -= wanted
            sold += wanted
        position = stock + coming
        if position <= minimum + 1e-9 and position < maximum and day % review_days == 0:
            quantity = max(maximum - position, minimum_order)
            if multiple:
                times = quantity / multiple
                whole = int(times)
                quantity = (whole if times - whole < 1e-9 else whole + 1) * multiple
            arriving[day + lead_time] += quantity
            coming += quantity
            ordered += quantity
            orders += 1
        total += stock
        series.append(stock)
    asked = sold + lost
    return Simulation(
        sold / asked if asked > 0.0 else 1.0,
        lost,
        empty,
        total / len(demand) if demand else 0.0,
        orders,
        ordered,
        series,
    )


def _number(value, name, least=None):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError(f"{name}: {value!r} is not a finite number")
    if least is not None and value < least:
        raise ValueError(f"{name}: it is at least {least:g}")
    return float(value)
