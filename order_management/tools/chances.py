"""How likely a promised day is kept, learned from how late things were before.

A histogram is ``(days, count)`` in any order: so many were so many days late, negative ones
early, 0 on time. Counts may be fractions, so that what is believed beforehand counts as a few
observations more: it decides while there are none and is outvoted by many.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

# Believed of anything nobody has observed: nine in ten on time, hardly any a week late. It
# weighs as much as five observations.
PRIOR = ((0, 4.5), (1, 0.25), (3, 0.15), (7, 0.1))


@dataclass(frozen=True)
class Delays:
    """How late things were.

    :param tuple counts: ``(days, count)``, ascending, without empty days
    :param float observations: how many there were
    :param float mean: days late on average, early ones set off; 0 without observations
    :param float on_time: the share that was not late; 0 without observations
    """

    counts: tuple
    observations: float
    mean: float
    on_time: float


@dataclass(frozen=True)
class Band:
    """Promises told with about the same chance, ``low <= chance < high`` (the last: ``<=``).

    :param int count: how many
    :param float chance: the mean of what was told
    :param float kept: the share that was kept
    """

    low: float
    high: float
    count: int
    chance: float
    kept: float

    @property
    def gap(self) -> float:
        """How much more was told than kept; negative when more was kept than told."""
        return self.chance - self.kept


@dataclass(frozen=True)
class Calibration:
    """What was told and what happened.

    :param tuple bands: the bands with promises, ascending
    :param int count: promises in all
    :param float chance: the mean of what was told; 0 without promises
    :param float kept: the share that was kept; 0 without promises
    :param float brier: mean squared distance between chance and outcome: 0 is perfect, 0.25 is
        what always telling one half gets
    """

    bands: tuple
    count: int
    chance: float
    kept: float
    brier: float

    def find_off(self, tolerance: float, least: int = 1) -> tuple:
        """The bands of at least ``least`` promises that are off by more than ``tolerance``."""
        return tuple(
            band
            for band in self.bands
            if band.count >= least and round(abs(band.gap) - tolerance, 9) > 0
        )


def pool(histograms: Iterable) -> Delays:
    """Put observations of the same kind together.

    :param histograms: of ``(days, count)``
    :raises ValueError: a histogram holds something else
    """
    return _describe(_add(histograms, "histograms"))


def shrink(histogram: Iterable, prior: Iterable, weight: float | None = None) -> Delays:
    """Draw few observations towards what is known of their like.

    :param histogram: what was observed
    :param prior: what is believed without it, as a histogram
    :param float weight: how many observations the prior counts for; its own when left out
    :raises ValueError: an argument is of the wrong kind
    """
    own, believed = _add([histogram], "histogram"), _add([prior], "prior")
    if weight is not None:
        weight, total = _number(weight, "weight"), math.fsum(believed.values())
        believed = {day: count * weight / total for day, count in believed.items() if total}
    return _describe(_add([own.items(), believed.items()], "prior"))


def hold_back(histogram: Iterable, slack: float = 0) -> Delays:
    """What is late of something that has ``slack`` days, and gains nothing when it is early.

    :raises ValueError: an argument is of the wrong kind
    """
    room = math.floor(_finite(slack, "slack"))
    found = defaultdict(float)
    for day, count in _add([histogram], "histogram").items():
        found[max(day - room, 0)] += count
    return _describe(found)


def latest(histograms: Sequence) -> Delays:
    """How late the last of several is that do not depend on each other, as shares of one.

    :param histograms: of ``(days, count)``; without any, nothing is late
    :raises ValueError: a histogram holds something else, or nothing at all
    """
    shares = []
    for index, histogram in enumerate(histograms):
        counts = _add([histogram], name := f"histograms[{index}]")
        total = math.fsum(counts.values())
        if not total:
            raise ValueError(f"{name}: nothing was observed")
        shares.append({day: count / total for day, count in counts.items()})
    found, before = {}, 0.0
    for day in sorted({day for counts in shares for day in counts}) or [0]:
        until = math.prod(
            math.fsum(share for other, share in counts.items() if other <= day) for counts in shares
        )
        found[day], before = max(until - before, 0.0), until
    return _describe(found)


def chance_within(slack: float, histograms: Sequence, prior: Iterable = PRIOR) -> float:
    """The chance that delays that do not depend on each other add up to ``slack`` at most.

    Each step is drawn towards the prior; a step that was never observed is the prior alone.

    :param float slack: days to spare; negative: as many must be gained
    :param histograms: ``(days, count)`` of each step; without steps nothing is ever late
    :param prior: believed of each step; empty when the histograms carry theirs
    :return float: 0..1
    :raises ValueError: an argument is of the wrong kind, or nothing is known of a step
    """
    slack = _finite(slack, "slack")
    believed = _add([prior], "prior")
    total = {0: 1.0}
    for index, histogram in enumerate(histograms):
        name = f"histograms[{index}]"
        step = _add([histogram, believed.items()], name)
        observed = math.fsum(step.values())
        if not observed:
            raise ValueError(f"{name}: nothing was observed, and there is no prior")
        total = _convolve(total, {day: count / observed for day, count in step.items()})
    kept = math.fsum(share for day, share in total.items() if day <= slack)
    return min(kept / math.fsum(total.values()), 1.0)


def calibration(
    pairs: Sequence, bands: int = 10, counts: Sequence[int] | None = None
) -> Calibration:
    """Compare the chances that were told with what happened.

    :param pairs: ``(chance, kept)``
    :param int bands: into how many equal parts 0..1 is cut
    :param counts: how often each pair occurred; once when left out
    :raises ValueError: an argument is of the wrong kind
    """
    if isinstance(bands, bool) or not isinstance(bands, int) or bands < 1:
        raise ValueError(f"bands: {bands!r} is not a number of bands")
    counts = [1] * len(pairs) if counts is None else counts
    if len(counts) != len(pairs):
        raise ValueError("counts: there must be one for each pair")
    rows = [(*_outcome(pair), _count(count)) for pair, count in zip(pairs, counts, strict=True)]
    members = defaultdict(list)
    for told in rows:
        members[_band_of(told[0], bands)].append(told)
    found = [
        Band(index / bands, (index + 1) / bands, *_sum_up(members[index]))
        for index in sorted(members)
        if any(count for _chance, _kept, count in members[index])
    ]
    count, chance, kept = _sum_up(rows)
    error = math.fsum(times * (told - was_kept) ** 2 for told, was_kept, times in rows)
    return Calibration(tuple(found), count, chance, kept, error / count if count else 0.0)


def _sum_up(rows):
    """How many promises, what they were told with on average, the share that was kept."""
    count = sum(times for _chance, _kept, times in rows)
    if not count:
        return 0, 0.0, 0.0
    told = math.fsum(chance * times for chance, _kept, times in rows)
    return count, told / count, sum(times for _chance, kept, times in rows if kept) / count


def _band_of(chance, bands):
    """The band of a chance that means its shortest decimal: 0.29 is in the 30th of 100."""
    return min(int(Decimal(repr(chance)) * bands), bands - 1)


def _convolve(first, second):
    found = defaultdict(float)
    for day, share in first.items():
        for more, times in second.items():
            found[day + more] += share * times
    return found


def _describe(counts):
    found = tuple((day, counts[day]) for day in sorted(counts) if counts[day])
    total = math.fsum(count for _day, count in found)
    if not total:
        return Delays((), 0.0, 0.0, 0.0)
    late = math.fsum(day * count for day, count in found)
    in_time = math.fsum(count for day, count in found if day <= 0)
    return Delays(found, total, late / total, min(in_time / total, 1.0))


def _add(histograms, name):
    """Counts by day, days ascending."""
    found = defaultdict(float)
    for histogram in histograms:
        for row in histogram.counts if isinstance(histogram, Delays) else histogram:
            day, count = _row(row, name)
            found[day] += count
    return {day: found[day] for day in sorted(found)}


def _row(row, name):
    try:
        day, count = row
    except (TypeError, ValueError) as exception:
        raise ValueError(f"{name}: {row!r} is not (days, count)") from exception
    if isinstance(day, bool) or not isinstance(day, int):
        raise ValueError(f"{name}: {day!r} is not a whole number of days")
    return day, _number(count, name)


def _number(value, name):
    if _finite(value, name) < 0:
        raise ValueError(f"{name}: {value!r} must not be negative")
    return value


def _finite(value, name):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name}: {value!r} is not a number")
    return value


def _outcome(pair):
    try:
        chance, kept = pair
    except (TypeError, ValueError) as exception:
        raise ValueError(f"pairs: {pair!r} is not (chance, kept)") from exception
    if not 0 <= _finite(chance, "pairs") <= 1:
        raise ValueError(f"pairs: {chance!r} is not a chance, 0 to 1")
    return float(chance), bool(kept)


def _count(value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"counts: {value!r} is not a count")
    return value
