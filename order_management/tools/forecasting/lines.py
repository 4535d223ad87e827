"""What a method that was fitted says of the periods ahead."""

from math import sqrt
from typing import NamedTuple

OPTIMISM, GROWTH = 1.3, 0.02


class Line(NamedTuple):
    """A level that goes on along a slope, which may be damped."""

    level: float
    slope: float
    damping: float
    sse: float  # sum of squared errors one step ahead, while it was fitted
    count: int  # of those errors
    gain: float  # the share of an error that changes the level

    def predict(self, steps):
        """The values of the next periods."""
        level, slope, damping = self.level, self.slope, self.damping
        if slope == 0.0:
            return [level] * steps
        found = []
        if damping == 1.0:
            for _step in range(steps):
                level += slope
                found.append(level)
            return found
        for _step in range(steps):
            slope *= damping
            level += slope
            found.append(level)
        return found

    def spread(self, step):
        """The deviation of the error of one period, so many steps ahead (1: the next).

        Errors while fitting are smaller than those that follow: chosen on rolling origins of the
        M1 histories, so that the middle 80 % of monthly series hold 80 % of what came.
        """
        return self.spreads(range(step, step + 1))[0]

    def spreads(self, steps):
        """The deviations of several periods."""
        variance = self.sse / max(self.count - 1, 1)
        growth = max(self.gain * self.gain, GROWTH)
        return [
            OPTIMISM * sqrt(variance * (1.0 + (step - 1) ** 1.5 * growth)) for step in steps
        ]  # fmt: skip


class Blend(NamedTuple):
    """The mean of several methods."""

    parts: tuple

    @property
    def count(self):
        """Errors that the spread was made of."""
        return self.parts[0].count

    def predict(self, steps):
        """The mean of what the parts say."""
        count = len(self.parts)
        if count == 1:
            return self.parts[0].predict(steps)
        said = [part.predict(steps) for part in self.parts]
        return [sum(values) / count for values in zip(*said, strict=True)]

    def spreads(self, steps):
        """The mean deviations of the parts."""
        count = len(self.parts)
        parts = [part.spreads(steps) for part in self.parts]
        return [sum(values) / count for values in zip(*parts, strict=True)]


class Rates(NamedTuple):
    """A constant rate of sparse demand; single periods are nothing like it."""

    rate: float
    known: list  # the last values it was fitted to

    @property
    def below(self):
        """One in ten periods is at most this."""
        ordered, ratio = self._compare()
        return min(ordered[int(0.1 * (len(ordered) - 1))] * min(ratio, 1.0), self.rate)

    @property
    def above(self):
        """One in ten periods is at least this."""
        ordered, ratio = self._compare()
        return max(ordered[-1 - int(0.1 * (len(ordered) - 1))] * max(ratio, 1.0), self.rate)

    def _compare(self):
        """The last values by size, and the rate over their mean."""
        mean = sum(self.known) / len(self.known)
        return sorted(self.known), self.rate / mean if mean > 0.0 else 1.0

    def predict(self, steps):
        """The rate, again and again."""
        return [self.rate] * steps
