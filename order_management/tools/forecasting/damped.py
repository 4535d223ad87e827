"""Holt's linear trend, damped: Gardner and McKenzie, Management Science 31 (1985).

The constants are the best of a grid, so that one pass over the data fits every stop.
"""

from math import inf

from .lines import Line

LEVELS = (0.15, 0.3, 0.05, 0.5, 0.75, 0.95)  # the usual ones first
TRENDS = (0.05, 0.2)  # share of the level's constant
DAMPINGS = (0.8, 0.9, 0.98)
WAYS = tuple((share, damping) for share in TRENDS for damping in DAMPINGS)
USUAL = (0.05, 0.9)
START = 5  # values that the first slope is taken from


def trace(values, stops):
    """Fit at several stops."""
    early = [stop for stop in stops if stop < START]
    found = {stop: _fit(values[:stop], [stop])[stop] for stop in early}
    late = [stop for stop in stops if stop >= START]
    if late:
        found.update(_fit(values, late))
    return [found[stop] for stop in stops]


def _fit(values, stops):
    first = values[0]
    if len(values) < 3:
        return {stop: Line(values[stop - 1], 0.0, 1.0, 0.0, 0, 1.0) for stop in stops}
    reach = min(len(values), START) - 1
    climb = (values[reach] - first) / reach
    marks = sorted(set(stops))
    pieces = _cut(values, marks)
    best = dict.fromkeys(marks)
    usual = [(gain, USUAL) for gain in LEVELS]
    bound = _try(usual, first, climb, pieces, best, inf)
    # The way of the trend is looked for with that constant of the level which is best at a stop.
    chosen = {stop: found[4] for stop, found in best.items()}
    gains = sorted(set(chosen.values()))
    others = [(gain, way) for gain in gains for way in WAYS if way != USUAL]
    _try(others, first, climb, pieces, best, bound, chosen)
    return {
        stop: Line(level, slope, damping, sse, stop - 1, gain)
        for stop, (sse, level, slope, damping, gain) in best.items()
    }


def _try(choices, first, climb, pieces, best, bound, chosen=None):
    """Fit with some constants; keeps the best of each stop in ``best``.

    :param list choices: ``(constant of the level, (its share for the trend, damping))``
    :param float bound: of the last stop, the least sum so far: one above it wins nowhere any more
    :param dict chosen: stop → the constant of the level that alone is tried there
    :return float: the new bound
    """
    for gain, (share, damping) in choices:
        bend = gain * share
        level, slope, sse = first, climb, 0.0
        for stop, piece in pieces:
            for value in piece:
                slope *= damping
                level += slope
                miss = value - level
                sse += miss * miss
                level += gain * miss
                slope += bend * miss
            if sse > bound:
                break
            if stop and (chosen is None or chosen[stop] == gain):
                known = best[stop]
                if known is None or sse < known[0]:
                    best[stop] = (sse, level, slope, damping, gain)
        else:
            bound = min(bound, sse) if chosen is None else bound
    return bound


def _cut(values, marks):
    """What lies between the stops: (stop or 0, values); the first part is looked at in thirds."""
    first = marks[0]
    third = max((first - 1) // 3, 1)
    cuts = [1 + third, 1 + 2 * third] if first > 12 else []
    ends = [(cut, 0) for cut in cuts] + [(mark, mark) for mark in marks]
    pieces, start = [], 1
    for end, stop in ends:
        pieces.append((stop, values[start:end]))
        start = end
    return pieces
