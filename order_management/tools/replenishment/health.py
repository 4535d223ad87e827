"""How stock does: how long it lasts, what lacks, what will not be sold in time.

Days are counted from today, which is day 0.
"""

from dataclasses import dataclass
from math import ceil, inf, sqrt

from .advice import NOISE, run_out
from .checks import number


@dataclass(frozen=True)
class Lack:
    """What lacks until goods come.

    ``day``: stock runs out, ``None``: never; ``until``: goods come, ``None``: none are on order.
    """

    quantity: float
    day: int | None
    until: int | None


def cover_days(stock, daily):
    """How many days stock lasts; ``None`` when nothing is asked for.

    :param float stock: less than nothing lasts no day
    :param float daily: demand a day
    """
    daily = number(daily, "daily", least=0)
    return max(number(stock, "stock"), 0.0) / daily if daily > NOISE else None


def daily_deviation(daily, variability, days):
    """The deviation of a day's demand, from that of a period: days are independent.

    :param float daily: demand a day
    :param float variability: deviation of a period's demand over its mean
    :param float days: of a period
    """
    daily, days = number(daily, "daily", least=0), number(days, "days", above=0)
    return number(variability, "variability", least=0) * daily * sqrt(days)


def find_lack(stock, demand, receipts, protection, horizon=120.0):
    """What is asked for and not there, from the day stock runs out until the next goods come.

    What could still be ordered in time does not lack. Where nothing is on order, goods that are
    ordered today come when the protection ends.

    :param float stock: what is there, less what should have left by now; may be negative
    :param Demand demand: from today on
    :param receipts: :class:`Receipt` of all goods on order
    :param float protection: days until goods come that are ordered now
    :param float horizon: no more days than so many are looked at
    :return: :class:`Lack`
    :raises ValueError: an argument is wrong
    """
    stock = number(stock, "stock")
    protection = ceil(number(protection, "protection", least=0) - NOISE)
    coming = sorted(receipts, key=lambda receipt: receipt.comes)
    day, rest = run_out(stock, demand, coming)
    until = rest[0].comes if rest else None
    if day > protection:
        return Lack(0.0, None if day == inf else day, until)
    end = protection if until is None else min(until, max(horizon, day))
    covered = stock + sum(receipt.quantity for receipt in coming[: len(coming) - len(rest)])
    return Lack(max(demand.until(end) - covered, 0.0), day, until)


def find_waste(lots, demand):
    """What will be left of lots when they expire; those that expire first are sold first.

    :param lots: ``(day, quantity)``, ``day``: the first on which it can no longer be sold
    :param Demand demand: from today on
    :return list: what is left of each lot, in the order given
    :raises ValueError: a quantity is negative
    """
    lots = [(day, number(quantity, "lots", least=0)) for day, quantity in lots]
    left, sold = [0.0] * len(lots), 0.0
    for place in sorted(range(len(lots)), key=lambda place: lots[place][0]):
        day, quantity = lots[place]
        taken = min(quantity, max(demand.until(max(day, 0)) - sold, 0.0))
        sold += taken
        rest = quantity - taken
        left[place] = rest if rest > NOISE else 0.0
    return left
