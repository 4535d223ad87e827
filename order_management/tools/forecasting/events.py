"""Planned events: what they added to demand, demand without them, and demand with those to come.

An event is told by the share of each period, 0 to 1, that it covers; its uplift is what it adds at
full cover, as a share of the base (0.5: half as much again).
"""

from math import isfinite
from statistics import median

SMALLEST = -0.95  # what an event takes away at most: something is left to divide by
ROUNDS = 12  # of events that overlap, each learned while the others are taken out


def uplift_of(values, covered, around=4, base=None):
    """What past events added, as a share of the demand around them.

    :param list values: demand of each period
    :param list covered: the share of each period, 0 to 1, that an event covered
    :param int around: periods before and after an event that it is compared with
    :param list base: what demand would have been without (such as fitted values or a season);
        with it, only what it does not explain is taken for the uplift
    :return float: e.g. 0.5 for half as much again; ``False`` where there is nothing to compare
    """
    _check(values, covered, "covered", 0.0)
    if base is not None:
        _check(values, base, "base", 0.0)
        values = [
            value / expected if expected > 0.0 else 1.0
            for value, expected in zip(values, base, strict=True)
        ]
    found = []
    for place, share in enumerate(covered):
        if share <= 0.0:
            continue
        near = [
            values[other]
            for other in range(max(place - around, 0), min(place + around + 1, len(values)))
            if covered[other] <= 0.0
        ]
        usual = median(near) if near else 0.0
        if usual > 0.0:
            found.append((values[place] / usual - 1.0) / share)
    return max(median(found), SMALLEST) if found else False


def learn_uplifts(values, events, around=4, base=None):
    """The uplifts of several kinds of events, also where they overlap.

    :param dict events: kind → share of each period that was covered
    :return dict: kind → uplift, as :func:`uplift_of` answers it
    """
    for covered in events.values():
        _check(values, covered, "events", 0.0)
    found = dict.fromkeys(events, 0.0)
    for _round in range(ROUNDS if len(events) > 1 else 1):
        for kind, covered in events.items():
            others = {name: share for name, share in events.items() if name != kind}
            rest = remove_uplifts(values, make_factors(others, found, len(values)))
            found[kind] = uplift_of(rest, covered, around, base)
    return found


def make_factors(events, uplifts, count):
    """By what demand of each period is multiplied, 1 without an event.

    :param dict events: kind → share of each of ``count`` periods that is covered
    :param dict uplifts: kind → uplift; kinds that are not in it change nothing
    """
    factors = [1.0] * count
    for kind, covered in events.items():
        _check(factors, covered, "events", 0.0)
        uplift = max(uplifts.get(kind) or 0.0, SMALLEST)
        factors = [
            factor * (1.0 + uplift * share) for factor, share in zip(factors, covered, strict=True)
        ]
    return factors


def remove_uplifts(values, factors):
    """The base: demand without what events added.

    :param list factors: by what demand of each period was multiplied, 1 without an event
    """
    _check(values, factors, "factors", 0.0, is_above=True)
    return [value / factor for value, factor in zip(values, factors, strict=True)]


def add_uplifts(values, factors):
    """What is expected, with the events to come.

    :param list factors: by what demand of each period is multiplied, 1 without an event
    """
    _check(values, factors, "factors", 0.0, is_above=True)
    return [value * factor for value, factor in zip(values, factors, strict=True)]


def _check(values, given, name, least, is_above=False):
    if len(given) != len(values):
        raise ValueError(f"{name}: one for each period is expected")
    if not all(isfinite(one) and (one > least if is_above else one >= least) for one in given):
        raise ValueError(f"{name}: they are {'above' if is_above else 'at least'} {least:g}")
