"""A history made fit for a method: what could not be sold is left out, the season is found."""

from typing import NamedTuple

from .season import MOST_YEARS, SEASONS_NEEDED, find_season, season_of_profile


class Prepared(NamedTuple):
    """A history made fit for a method."""

    values: list  # from the first to the last period in which it could be sold, gaps filled
    sold: list  # of these, only the periods in which it could be sold
    gap: int  # masked periods at the end
    season: object  # Season, or None


def prepare(history, available, season, profile=None, ago=0):
    """Leave out what could not be sold at both ends, fill gaps between, find the season.

    :param list profile: of :func:`season.learn_profile`, or ``None``
    :param int ago: periods from the end of this history to the one that the profile starts after
    :return: :class:`Prepared`, ``None`` when it could never be sold
    """
    if season > 12:  # older years say little about the next
        history, available = history[-MOST_YEARS * season :], available[-MOST_YEARS * season :]
    if all(available):
        if not history:
            return None
        values = sold = history
        gap = 0
    else:
        places = [place for place, there in enumerate(available) if there]
        if not places:
            return None
        first, last = places[0], places[-1]
        sold = [history[place] for place in places]
        values, gap = history[first : last + 1], len(history) - 1 - last
        if len(places) < len(values):
            values = _fill(values, available[first : last + 1])
    if profile is not None:
        found = season_of_profile(profile, len(values) + gap + ago)
    else:
        is_long = len(values) >= SEASONS_NEEDED * season
        found = find_season(values, season) if is_long and _may_have_season(values) else None
    return Prepared(values, sold, gap, found)


def _may_have_season(values):
    """Sparse demand shows no season of its own."""
    return 2 * sum(1 for value in values if value > 0.0) > len(values)


def _fill(values, available):
    """Gaps filled along a straight line between their neighbours."""
    filled = list(values)
    before = 0
    for place, there in enumerate(available):
        if not there:
            continue
        for gap in range(before + 1, place):
            share = (gap - before) / (place - before)
            filled[gap] = values[before] + share * (values[place] - values[before])
        before = place
    return filled


def last_season(history, available, season):
    """What seasonal naive keeps: for each place of a season the last value that could be sold."""
    if season <= len(history) and all(available[len(history) - season :]):
        return history[len(history) - season :]
    fallback = next(
        (value for value, there in zip(history[::-1], available[::-1], strict=True) if there), 0.0
    )
    found = []
    for place in range(season):
        index = len(history) - season + place
        while index >= 0 and not available[index]:
            index -= season
        found.append(history[index] if index >= 0 else fallback)
    return found
