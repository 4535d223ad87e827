"""Single periods that are nothing like the others, such as a project order of a hundred times."""

from statistics import median
from typing import NamedTuple

from .checks import check_series

TIMES_USUAL = 10.0
TIMES_NEXT = 3.0  # what comes near the next largest is a peak that may come again
MOST = 0.05  # more than such a share of the periods with demand is no exception
FEWEST = 4  # other periods with demand that tell what is usual


class OneOff(NamedTuple):
    """A period that stands out."""

    place: int
    value: float
    usual: float  # median of the other periods with demand


def find_one_offs(history, season=1, available=None):
    """Periods whose demand was ten times what is usual, and has never come near it otherwise.

    What comes back a season later is a season, not an exception. Leave them out of a forecast by
    taking them for not available.

    :param list history: demand of closed periods, oldest first
    :param int season: periods in a season
    :param list available: for each period, whether it could be sold
    :return list: :class:`OneOff`, by place
    :raises ValueError: an argument is wrong
    """
    history, available = check_series(history, season, available)
    pairs = zip(history, available, strict=True)
    ranked = sorted(
        (place for place, (value, there) in enumerate(pairs) if there and value > 0.0),
        key=lambda place: (-history[place], place),
    )
    for count in range(max(1, int(MOST * len(ranked))), 0, -1):
        if len(ranked) - count < FEWEST:
            continue
        found, rest = sorted(ranked[:count]), ranked[count:]
        usual = median(history[place] for place in rest)
        least = min(history[place] for place in found)
        if least < TIMES_USUAL * usual or least < TIMES_NEXT * history[rest[0]]:
            continue
        if season > 1 and any(
            (later - place) % season == 0 for place in found for later in found if later > place
        ):
            continue
        return [OneOff(place, history[place], usual) for place in found]
    return []
