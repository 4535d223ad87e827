"""Demand with many empty periods.

Croston, Operational Research Quarterly 23 (1972); SBA: Syntetos and Boylan, International Journal
of Forecasting 21 (2005); TSB: Teunter, Syntetos and Babai, European Journal of Operational
Research 214 (2011); IMAPA: Petropoulos and Kourentzes, Journal of the Operational Research
Society 66 (2015).
"""

from itertools import accumulate
from math import sqrt

from .lines import Rates

SMOOTHING = (0.1, 0.2, 0.3)
CROSTON = 0.1
FADING = 1.0  # so many deviations fewer periods with demand than before: it fades
LATELY = 24  # periods that tell what single ones are like
WINDOW = 24  # periods that are compared with those before them


def trace_imapa(values, stops):
    """The mean over levels of aggregation; what fades goes on fading by half."""
    levels = {}
    filled = list(accumulate((1 if value > 0.0 else 0 for value in values), initial=0))
    return [
        _make_rates(values, stop, _imapa(values, stop, stops, levels, filled)) for stop in stops
    ]


def trace_tsb(values, stops):
    """The chance of demand and its size, smoothed apart; the constants fit best."""
    return [_make_rates(values, stop, _tsb(values[:stop])) for stop in stops]


def trace_croston(values, stops):
    """Size over interval, both smoothed."""
    return [_make_rates(values, stop, _croston(values[:stop])) for stop in stops]


def trace_sba(values, stops):
    """Croston's, less its bias."""
    factor = 1.0 - CROSTON / 2.0
    return [_make_rates(values, stop, factor * _croston(values[:stop])) for stop in stops]


def _make_rates(values, stop, rate):
    return Rates(rate, values[max(stop - LATELY, 0) : stop])


def _imapa(values, stop, stops, levels, filled):
    """The rate at one stop.

    :param dict levels: width → stop → level, what was smoothed for all stops so far
    :param list filled: for each stop, periods with demand before it
    """
    last = stop - 1
    while last >= 0 and values[last] <= 0.0:
        last -= 1
    if last < 0:
        return 0.0
    rates = []
    for width in range(1, max(1, round((last + 1) / filled[stop])) + 1):
        if width > 1 and stop // width < 2:
            break
        if width not in levels:
            levels[width] = _smooth_sums(values, stops, width)
        rates.append(levels[width][stop] / width)
    rate = sum(rates) / len(rates)
    width = min(stop // 2, WINDOW)
    middle, start = stop - width, stop - 2 * width
    lately, before = filled[stop] - filled[middle], filled[middle] - filled[start]
    if lately + before and (before - lately) / sqrt(lately + before) > FADING:
        new, old = sum(values[middle:stop]), sum(values[start:middle])
        if new < old:
            share = (new + 0.5 * old / before) / (old + 0.5 * old / before)
            rate = min(rate, _smooth(values[:stop], (0.2,)) * sqrt(max(share, 0.09)))
    return rate


def _smooth_sums(values, stops, width):
    """Smooth sums of so many periods that end at each stop, one pass for stops in step."""
    phases = {}
    for stop in stops:
        phases.setdefault(stop % width, []).append(stop)
    found = {}
    for start, members in phases.items():
        sums = values[: max(members)]
        if width > 1:
            sums = [
                sum(values[index : index + width])
                for index in range(start, len(sums) - width + 1, width)
            ]
        counts = {stop // width: stop for stop in members if stop >= width}
        if not counts:
            continue
        best = {}
        for alpha in SMOOTHING:
            level, sse, done = sums[0], 0.0, 1
            for count in sorted(counts):
                for value in sums[done:count]:
                    miss = value - level
                    sse += miss * miss
                    level += alpha * miss
                done = max(done, count)
                if count not in best or sse < best[count][0]:
                    best[count] = (sse, level)
        found.update((stop, best[count][1]) for count, stop in counts.items())
    return found


def _smooth(values, alphas):
    best = None
    for alpha in alphas:
        level, sse = values[0], 0.0
        for value in values[1:]:
            miss = value - level
            sse += miss * miss
            level += alpha * miss
        if best is None or sse < best[0]:
            best = (sse, level)
    return best[1]


def _tsb(values):
    sizes = [value for value in values if value > 0.0]
    if not sizes:
        return 0.0
    start = values[:6]
    best = None
    for alpha in (0.05, 0.1, 0.2):
        for beta in (0.03, 0.1, 0.2, 0.3):
            chance = sum(1 for value in start if value > 0.0) / len(start)
            size, sse = sizes[0], 0.0
            for value in values:
                miss = value - chance * size
                sse += miss * miss
                if value > 0.0:
                    size += alpha * (value - size)
                    chance += beta * (1.0 - chance)
                else:
                    chance -= beta * chance
            if best is None or sse < best[0]:
                best = (sse, chance * size)
    return best[1]


def _croston(values):
    size = interval = None
    since = 0
    for value in values:
        since += 1
        if value > 0.0:
            if size is None:
                size, interval = value, float(since)
            else:
                size += CROSTON * (value - size)
                interval += CROSTON * (since - interval)
            since = 0
    return size / interval if size is not None else 0.0
