"""How healthy stock is: too little, too much, dead, or soon too old."""

from typing import NamedTuple


class Stock(NamedTuple):
    """One product in one warehouse; quantities in its unit."""

    on_hand: float
    arriving: float  # comes in time: within the days that stock has to last
    coming: float  # comes at all
    leaving: float  # asked for by open orders within these days
    daily_demand: float
    days: float  # that stock has to last: lead time and review
    resting: float  # of what is there, what has been there longer than goods may rest
    is_sold: bool  # whether anything was sold in that time
    maximum: float  # of the reordering rule; 0: none
    most_days: float  # cover that is enough where there is no maximum


class Health(NamedTuple):
    """What is wrong with it, in units; at most one of surplus and dead."""

    cover: object  # days until what is there is sold; None: nothing is sold
    shortage: float
    surplus: float
    dead: float


def assess(stock):
    """Tell what is wrong with some stock.

    Short is what is expected to be asked for (the forecast, or orders if they are more) while stock
    has to last, and is neither there nor arriving in time. Dead is what has rested too long of a
    product that was not sold meanwhile. Surplus is what lies or comes above the rule's maximum, or
    above so many days of demand where there is none; not what is dead.

    :param Stock stock: one product in one warehouse
    :return Health: units, never negative
    """
    expected = max(stock.daily_demand * stock.days, stock.leaving)
    shortage = max(expected - max(stock.on_hand, 0.0) - stock.arriving, 0.0)
    cover = stock.on_hand / stock.daily_demand if stock.daily_demand > 0.0 else None
    if stock.on_hand <= 0.0 and cover is not None:
        cover = 0.0
    dead = max(min(stock.resting, stock.on_hand), 0.0) if not stock.is_sold else 0.0
    limit = max(stock.maximum or stock.daily_demand * stock.most_days, stock.leaving)
    held = max(stock.on_hand, 0.0) + stock.coming
    surplus = max(held - limit - dead, 0.0)
    if not stock.maximum and stock.daily_demand <= 0.0:
        surplus = 0.0  # nothing tells how much is too much: it is new, or on its way to be dead
    return Health(cover, shortage, surplus, dead)


def find_unsold(lots, daily_demand):
    """What is left of lots when they expire, those that expire first being sold first.

    :param list lots: ``(days until it expires, units)``; negative days: it has expired
    :param float daily_demand: units a day
    :return list: units of each lot that will not be sold in time, in the order given
    """
    unsold, sold = [0.0] * len(lots), 0.0
    for place in sorted(range(len(lots)), key=lambda place: lots[place][0]):
        days, units = lots[place]
        units = max(units, 0.0)
        room = max(daily_demand * max(days, 0.0) - sold, 0.0)
        taken = min(units, room)
        unsold[place] = units - taken
        sold += taken
    return unsold
