"""Demand as it was asked for, made of what was shipped: plain arithmetic over periods."""

from bisect import bisect_right
from datetime import timedelta
from typing import NamedTuple

HALF = 0.5  # a period of which less could be sold says nothing


class Clean(NamedTuple):
    """What is left when all is deducted, added and set aside."""

    quantities: list
    available: list
    notes: list


def make_starts(first, until, step):
    """The first days of the periods from one to the one that holds ``until``, which is left out.

    :param date first: start of the first period
    :param step: what is added to get the next one
    """
    starts, place = [], 1
    day = first
    while day + step <= until:
        starts.append(day)
        day = first + step * place
        place += 1
    return starts


def count_missing(starts, end, gaps):
    """Days of each period that lie in gaps.

    :param list starts: first days of the periods, ascending
    :param date end: the day after the last period
    :param list gaps: ``(first day, last day)``, apart from each other
    :return list: days
    """
    missing = [0] * len(starts)
    if not starts:
        return missing
    bounds = [*starts, end]
    for first, last in gaps:
        first, last = max(first, starts[0]), min(last, end - timedelta(days=1))
        if first > last:
            continue
        place = bisect_right(starts, first) - 1
        while place < len(starts) and bounds[place] <= last:
            start, stop = bounds[place], bounds[place + 1]
            missing[place] += (min(last + timedelta(days=1), stop) - max(first, start)).days
            place += 1
    return missing


def intersect(some, others):
    """Days that lie in gaps of both.

    :param list some: ``(first day, last day)``, ascending and apart from each other
    :param list others: the same
    :return list: the same
    """
    found, left, right = [], 0, 0
    while left < len(some) and right < len(others):
        first = max(some[left][0], others[right][0])
        last = min(some[left][1], others[right][1])
        if first <= last:
            found.append((first, last))
        if some[left][1] < others[right][1]:
            left += 1
        else:
            right += 1
    return found


def clean(starts, end, sold, gaps, born):
    """Pro-rate what could be sold only part of a period; leave out what says nothing.

    :param list starts: first days of the periods
    :param date end: the day after the last period
    :param list sold: units of each period
    :param list gaps: ``(first day, last day)`` without stock, on which nothing was sold
    :param date born: the first day on which there was the product
    :return: :class:`Clean`, its notes being ``{"date", "kind", "quantity"}``
    """
    if not gaps and not (starts and born > starts[0]):
        return Clean(list(sold), [True] * len(sold), [])
    missing = count_missing(starts, end, gaps)
    if starts and born > starts[0]:
        missing[0] += (min(born, starts[1] if len(starts) > 1 else end) - starts[0]).days
    if not any(missing):
        return Clean(list(sold), [True] * len(sold), [])
    bounds = [*starts, end]
    quantities, available, notes = [], [], []
    for place, quantity in enumerate(sold):
        length = (bounds[place + 1] - bounds[place]).days
        share = 1.0 - min(missing[place], length) / length
        if share >= 1.0:
            quantities.append(quantity)
            available.append(True)
            continue
        is_known = share >= HALF
        full = quantity / share if is_known else quantity
        quantities.append(full)
        available.append(is_known)
        kind = "started" if not place and born > starts[0] else "stockout"
        notes.append({"date": str(starts[place]), "kind": kind, "quantity": full - quantity})
    return Clean(quantities, available, notes)
