"""Seasons: whether there is one, how strong, and without it.

Classical decomposition by a centred moving average. The indices are drawn towards none by as much
as their noise explains (James and Stein's positive-part rule; Miller and Williams, International
Journal of Forecasting 19, 2003, showed what that saves). So a weak season does little harm, and
the test before it only keeps out what has none at all.
"""

from typing import NamedTuple

from .checks import numbers, whole

SEASONS_NEEDED = 2
MOST_YEARS = 5  # older seasons say little about the next one


class Season(NamedTuple):
    """The indices of one season, by the place of a period counted from the first value."""

    indices: tuple
    is_multiplicative: bool
    is_given: bool = False  # learned elsewhere

    def remove(self, values):
        """The values without their season."""
        length = len(self.indices)
        if self.is_multiplicative:
            return [
                value / self.indices[place % length] for place, value in enumerate(values)
            ]  # fmt: skip
        return [value - self.indices[place % length] for place, value in enumerate(values)]

    def put_back(self, values, start):
        """Values of periods from the place ``start`` on, with their season."""
        length = len(self.indices)
        if self.is_multiplicative:
            return [
                value * self.indices[(start + place) % length] for place, value in enumerate(values)
            ]
        return [
            value + self.indices[(start + place) % length] for place, value in enumerate(values)
        ]

    def ahead(self, start, count):
        """The indices of so many periods from the place ``start`` on."""
        length = len(self.indices)
        return [self.indices[(start + place) % length] for place in range(count)]

    def scale(self, place):
        """By how much deviations are larger in a period."""
        if self.is_multiplicative:
            return self.indices[place % len(self.indices)]
        return 1.0


def find_season(values, length):
    """The season of some values, or ``None``."""
    if length < 2 or len(values) < SEASONS_NEEDED * length or not _is_seasonal(values, length):
        return None
    indices, is_multiplicative = _decompose(values, length)
    neutral = 1.0 if is_multiplicative else 0.0
    least = 1e-12 if is_multiplicative else 1e-12 * max(values)
    if all(abs(index - neutral) <= least for index in indices):
        return None
    return Season(tuple(indices), is_multiplicative)


def season_of_profile(profile, count):
    """A season learned elsewhere, for a series of ``count`` values that end with it.

    :param list profile: index of the first period after the last value, the second, and so on
    """
    length = len(profile)
    return Season(tuple(profile[(place - count) % length] for place in range(length)), True, True)


def learn_profile(series, season):
    """The season that several series share, for those that are too short to show their own.

    :param list series: lists of values that all end with the same period
    :param int season: periods in a season
    :return list: the index of the first period after the last value, the second, and so on, mean
        1; ``None`` when they share none
    """
    whole(season, "season", 1)
    series = [numbers(values, "series") for values in series]
    known = [values for values in series if len(values) >= SEASONS_NEEDED * season]
    if season < 2 or not known:
        return None
    length = max(len(values) for values in known)
    length = min(length, MOST_YEARS * season)
    total, usual = [0.0] * length, [0.0] * length
    for values in known:
        tail = values[-length:]
        mean = sum(tail) / len(tail)
        for place, value in enumerate(tail, start=length - len(tail)):
            total[place] += value
            usual[place] += mean  # so that a series that begins later makes no step
    total = [value / mean for value, mean in zip(total, usual, strict=True) if mean > 0.0]
    found = find_season(total, season)
    if found is None:
        return None
    start = len(total)
    indices = [found.indices[(start + place) % season] for place in range(season)]
    if not found.is_multiplicative:
        mean = sum(total) / len(total)
        indices = [max(1.0 + index / mean, 0.0) for index in indices]
    floor = 0.05  # an index near zero would blow up what it divides
    indices = [max(index, floor) for index in indices]
    mean = sum(indices) / season
    return [index / mean for index in indices]


def _is_seasonal(values, length):
    """Whether values a season apart are alike, the trend being taken out."""
    count = len(values)
    middle, mean = (count - 1) / 2.0, sum(values) / count
    moment = sum((index - middle) * value for index, value in enumerate(values))
    slope = moment * 12.0 / (count * (count * count - 1.0))
    rest = [value - mean - slope * (index - middle) for index, value in enumerate(values)]
    return sum(map(_product, rest[length:], rest)) > 0.0


def _product(one, other):
    return one * other


def _decompose(values, length):
    count, half = len(values), length // 2
    is_even = length % 2 == 0
    is_multiplicative = min(values) > 0.0
    window = sum(values[: 2 * half + 1])
    groups = [[] for _place in range(length)]
    for index in range(half, count - half):
        if index > half:
            window += values[index + half] - values[index - half - 1]
        around = window
        if is_even:
            around -= 0.5 * (values[index - half] + values[index + half])
        trend = around / length
        if not is_multiplicative:
            groups[index % length].append(values[index] - trend)
        elif trend > 0.0:
            groups[index % length].append(values[index] / trend)
    return _shrink(groups, 1.0 if is_multiplicative else 0.0), is_multiplicative


def _shrink(groups, neutral):
    length = len(groups)
    indices = [sum(group) / len(group) if group else neutral for group in groups]
    mean = sum(indices) / length
    if neutral:
        indices = [index / mean for index in indices]
    else:
        indices = [index - mean for index in indices]
    noise = freedom = 0
    for group in groups:
        if len(group) > 1:
            center = sum(group) / len(group)
            noise += sum((value - center) ** 2 for value in group)
            freedom += len(group) - 1
    strength = sum((index - neutral) ** 2 for index in indices)
    if not freedom or length <= 3 or strength <= 0.0:
        return indices
    repeats = sum(len(group) for group in groups) / length
    share = max(0.0, 1.0 - (length - 3) * noise / freedom / repeats / strength)
    return [neutral + (index - neutral) * share for index in indices]
