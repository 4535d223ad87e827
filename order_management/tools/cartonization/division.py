"""Dividing a small order among parcels: all ways at once, by a programme over sets of pieces."""

from functools import cache
from itertools import product
from math import prod

MOST_PARTS = 128  # sets of pieces that may be looked at


def is_small(counts) -> bool:
    """Whether all ways can be looked at.

    :param counts: number of pieces of each item
    """
    return prod(count + 1 for count in counts) <= MOST_PARTS


class Division:
    """The best parcels for a set of pieces, told by the number of pieces of each item.

    :param may_hold: function of such a set: whether some box might hold it, at a glance
    :param find: function of such a set, answering the best parcel that holds it, or None
    :param rate: function of a list of parcels, answering what compares
    """

    def __init__(self, may_hold, find, rate):
        self.may_hold, self.rate = cache(may_hold), rate
        self.find, self.failed = cache(find), []
        self.best = cache(self._best)

    def _best(self, left, most):
        """The best list of at most so many parcels, or None."""
        if not any(left):
            return []
        if most == 1:
            parcel = self._parcel(left)
            return [parcel] if parcel else None
        first = next(at for at, count in enumerate(left) if count)
        best = None
        for part in product(*(range(count + 1) for count in left)):
            if not part[first]:
                continue
            rest = tuple(one - taken for one, taken in zip(left, part, strict=True))
            if most == 2 and any(rest) and not self.may_hold(rest):
                continue
            parcel = self._parcel(part)
            others = self.best(rest, most - 1) if parcel else None
            if others is not None:
                found = [parcel, *others]
                if best is None or self.rate(found) < self.rate(best):
                    best = found
        return best

    def _parcel(self, part):
        """What holds them; nothing holds more than what nothing holds."""
        if not self.may_hold(part) or any(
            all(few <= many for few, many in zip(failed, part, strict=True))
            for failed in self.failed
        ):
            return None
        parcel = self.find(part)
        if not parcel:
            self.failed.append(part)
        return parcel
