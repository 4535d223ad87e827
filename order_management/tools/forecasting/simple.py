"""Naive, seasonal naive and means: what a better method has to beat."""

from .lines import Line


def trace_naive(values, stops):
    """The last value goes on."""
    found = []
    for stop in stops:
        steps = [
            values[index] - values[index - 1] for index in range(1, stop)
        ]  # fmt: skip
        sse = sum(step * step for step in steps)
        found.append(Line(values[stop - 1], 0.0, 1.0, sse, len(steps), 1.0))
    return found


def trace_mean(values, stops):
    """The mean of all values."""
    found = []
    for stop in stops:
        mean = sum(values[:stop]) / stop
        sse = sum((value - mean) ** 2 for value in values[:stop])
        found.append(Line(mean, 0.0, 1.0, sse * (1.0 + 1.0 / stop), stop, 0.0))
    return found


def trace_smoothing(values, stops):
    """Simple exponential smoothing, the constant being the best of a grid."""
    best = dict.fromkeys(stops)
    for alpha in (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.97):
        level, sse = values[0], 0.0
        if 1 in best and best[1] is None:
            best[1] = (0.0, level, alpha)
        for index in range(1, max(stops)):
            miss = values[index] - level
            sse += miss * miss
            level += alpha * miss
            stop = index + 1
            if stop in best and (best[stop] is None or sse < best[stop][0]):
                best[stop] = (sse, level, alpha)
    return [
        Line(level, 0.0, 1.0, sse, stop - 1, alpha)
        for stop, (sse, level, alpha) in ((stop, best[stop]) for stop in stops)
    ]


class SeasonalNaive:
    """The value of a season ago, again; of what could be sold, the latest of that place.

    :param list last: what is kept for the periods after the history
    :param int gap: periods at the end of the history that could not be sold
    """

    def __init__(self, values, season, last, gap):
        self.season = season
        self.last = [last[(place - gap) % season] for place in range(season)]
        self.count = len(values) - season
        misses = [
            values[index] - values[index - season] for index in range(season, len(values))
        ]  # fmt: skip
        self.variance = sum(miss * miss for miss in misses) / max(len(misses), 1)

    def predict(self, steps):
        """The last season, as often as it is needed."""
        return [self.last[step % len(self.last)] for step in range(steps)]

    def spreads(self, steps):
        """The deviations of periods; each season that goes by adds as much again."""
        return [(self.variance * (1 + (step - 1) // self.season)) ** 0.5 for step in steps]
