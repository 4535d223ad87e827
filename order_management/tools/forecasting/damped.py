"""Holt's linear trend, damped: Gardner and McKenzie, Management Science 31 (1985).

The constants are the best of a grid, so that one pass over the data fits every stop.
"""

from .lines import Line

LEVELS = (0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
TRENDS = (0.05, 0.2)  # share of the level's constant
DAMPINGS = (0.8, 0.9, 0.98)
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
    pieces = [(stop, values[start:stop]) for start, stop in zip([1, *marks], marks, strict=False)]
    best = dict.fromkeys(marks)
    for gain in LEVELS:
        for share in TRENDS:
            bend = gain * share
            for damping in DAMPINGS:
                level, slope, sse = first, climb, 0.0
                for stop, piece in pieces:
                    for value in piece:
                        slope *= damping
                        level += slope
                        miss = value - level
                        sse += miss * miss
                        level += gain * miss
                        slope += bend * miss
                    known = best[stop]
                    if known is None or sse < known[0]:
                        best[stop] = (sse, level, slope, damping, gain)
    return {
        stop: Line(level, slope, damping, sse, stop - 1, gain)
        for stop, (sse, level, slope, damping, gain) in best.items()
    }
