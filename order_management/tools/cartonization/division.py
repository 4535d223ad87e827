"""Dividing a small order among parcels: all ways at once, by a programme over sets of pieces."""

from functools import cache
from itertools import product
from math import prod

MOST_PARTS = 128  # sets of pieces that are looked at


def is_small(counts) -> bool:
    """Whether all ways can be looked at.

    :param counts: number of pieces of each item
    """
    return prod(count + 1 for count in counts) <= MOST_PARTS


def divide(counts, find, rate):
    """The best parcels, or None when some piece has none.

    :param counts: number of pieces of each item
    :param find: function of such counts, answering the best parcel that holds them, or None
    :param rate: function of a list of parcels, answering what compares
    """
    parcels = {}
    for part in sorted(product(*(range(count + 1) for count in counts)), key=sum):
        if any(part):
            parcels[part] = find(part) if _may_be_found(part, parcels) else None

    @cache
    def least(left):
        if not any(left):
            return []
        first = next(at for at, count in enumerate(left) if count)
        best = None
        for part in product(*(range(count + 1) for count in left)):
            if not part[first] or not (parcel := parcels[part]):
                continue
            rest = least(tuple(one - taken for one, taken in zip(left, part, strict=True)))
            if rest is not None:
                found = [parcel, *rest]
                if best is None or rate(found) < rate(best):
                    best = found
        return best

    return least(tuple(counts))


def _may_be_found(part, parcels):
    """No parcel holds them where none held them with a piece less."""
    if sum(part) == 1:
        return True
    return all(
        parcels[(*part[:at], count - 1, *part[at + 1 :])] for at, count in enumerate(part) if count
    )
