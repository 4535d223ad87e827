"""Points and free goods of an order of which a part comes back.

Points are rounded in the customer's favor; with the last of the goods all of them go.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NOISE = 1e-6


def get_due(points: float, returned: float, whole: float, up: bool = False) -> float:
    """Return how many of ``points`` belong to what was ``returned`` of the ``whole`` so far.

    :param up: whether the customer gets them: then a part of a point is a point
    """
    if whole <= NOISE or returned <= NOISE:
        return 0.0
    if returned >= whole - NOISE:
        return points
    share = points * returned / whole
    return min(float(math.ceil(share - NOISE) if up else math.floor(share + NOISE)), points)


@dataclass(frozen=True)
class Earning:
    """What a program asks for, and what it gives for it.

    ``mode``: points for each ``order``, ``unit`` or amount of ``money``; ``with_tax``: whether
    the least amount is one with tax.
    """

    mode: str
    points: float
    least_quantity: float = 0.0
    least_amount: float = 0.0
    with_tax: bool = False


def count_points(earning: Earning, lines: Iterable[Sequence[float]]) -> float:
    """Return the points that ``lines``, (units, net, total) of the goods that count, are worth."""
    sums = [sum(part) for part in zip(*lines, strict=True)] or [0.0, 0.0, 0.0]
    units, net, total = sums
    amount = total if earning.with_tax else net
    if units <= NOISE or units < earning.least_quantity - NOISE:
        return 0.0
    if amount < earning.least_amount - NOISE:
        return 0.0
    factors = {"order": 1.0, "unit": units, "money": total}
    return earning.points * factors[earning.mode]


@dataclass(frozen=True)
class Claim:
    """Free goods of one line: ``quantity`` was got by ``times`` claims of ``required`` points."""

    quantity: float
    times: float
    required: float


def share_points(points: float, claims: Iterable[Claim]) -> list[float]:
    """Return the quantity of each claim that ``points`` still pay for, the first claims first."""
    earned = []
    for claim in claims:
        able = math.floor(points / claim.required + NOISE) if claim.required > 0 else claim.times
        times = min(claim.times, max(able, 0))
        points -= times * claim.required
        earned.append(claim.quantity * times / claim.times if claim.times else 0.0)
    return earned
