"""Which one more size of box would have saved most, from parcels that were packed.

Each parcel is known by the block its goods filled (``extents``), the box it took, and that box's
cost. A candidate holds a parcel when the block fits as it lies, turned about its height at most;
goods are not packed anew, so a saving is what there is at least. A candidate's cost is read off
the boxes there are: in between two of them by volume, beyond them in proportion.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_PARCELS = 500  # that are looked at
MOST_CANDIDATES = 400
ALIKE = 0.25  # two sizes are the same advice when no edge differs by more than this share


@dataclass(frozen=True)
class Packed:
    """A parcel of the past; centimeters."""

    length: float  # of the block that its goods filled
    width: float
    height: float
    box_volume: float
    box_cost: float = 0.0


@dataclass(frozen=True)
class Advice:
    """One more size of box, whole centimeters, and what it would have saved."""

    length: int
    width: int
    height: int
    cost: float  # of one such box, as estimated
    parcels: int  # that would have taken it
    saved_volume: float  # cm³
    saved_cost: float
    saved_share: float  # of the volume of all boxes that were looked at


def advise(parcels: Sequence[Packed], boxes, count: int = 3) -> list[Advice]:
    """Return the sizes that would have saved most, the best first.

    :param parcels: at most ``MOST_PARCELS`` are looked at, evenly spread
    :param boxes: ``(volume, cost)`` of the boxes there are
    :param count: how many sizes at most
    """
    if count < 1:
        raise ValueError("count must be at least 1")
    parcels = _sample([one for one in parcels if one.box_volume > 0], MOST_PARCELS)
    known = sorted({(float(volume), float(cost)) for volume, cost in boxes if volume > 0})
    total = sum(one.box_volume for one in parcels)
    found = [_rate(size, parcels, known, total) for size in _find_candidates(parcels)]
    found = [one for one in found if one.parcels]
    found.sort(
        key=lambda one: (
            -one.saved_cost,
            -one.saved_volume,
            one.length * one.width * one.height,
            (one.length, one.width, one.height),
        )
    )
    chosen = []
    for one in found:
        if len(chosen) < count and not any(_are_alike(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def _sample(values, most):
    """At most so many values, evenly spread over all."""
    if len(values) <= most:
        return list(values)
    return [values[at * len(values) // most] for at in range(most)]


def _find_candidates(parcels):
    """Sizes in whole centimeters: of each parcel, and of two alike ones together."""
    sizes = sorted({_round_up(one) for one in parcels})
    pairs = {
        tuple(map(max, one, other))
        for at, one in enumerate(sizes)
        for other in sizes[at + 1 : at + 4]
    }
    return _sample(sorted({*sizes, *pairs}), MOST_CANDIDATES)


def _round_up(one):
    length, width = sorted((one.length, one.width), reverse=True)
    return tuple(max(1, math.ceil(edge - 1e-6)) for edge in (length, width, one.height))


def _rate(size, parcels, boxes, total):
    volume = math.prod(size)
    cost = _estimate_cost(volume, boxes)
    count, saved_volume, saved_cost = 0, 0.0, 0.0
    for one in parcels:
        is_better = volume < one.box_volume and cost <= one.box_cost + 1e-9
        if is_better and all(edge <= side for edge, side in zip(_round_up(one), size, strict=True)):
            count += 1
            saved_volume += one.box_volume - volume
            saved_cost += one.box_cost - cost
    return Advice(
        *size,
        cost=round(cost, 4),
        parcels=count,
        saved_volume=round(saved_volume, 3),
        saved_cost=round(saved_cost, 4),
        saved_share=round(saved_volume / total, 6) if total else 0.0,
    )


def _estimate_cost(volume, boxes):
    if not boxes:
        return 0.0
    below = [box for box in boxes if box[0] <= volume]
    above = [box for box in boxes if box[0] >= volume]
    if not below or not above:
        nearest_volume, nearest_cost = (above or below)[0 if above else -1]
        return nearest_cost * volume / nearest_volume
    (low, cheap), (high, dear) = below[-1], above[0]
    if low == high:
        return min(cheap, dear)
    return cheap + (dear - cheap) * (volume - low) / (high - low)


def _are_alike(one, other):
    edges = zip(
        (one.length, one.width, one.height), (other.length, other.width, other.height), strict=True
    )
    return all(abs(a - b) <= ALIKE * max(a, b) for a, b in edges)
