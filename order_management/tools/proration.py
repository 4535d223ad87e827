"""Sharing an amount so that the rounded parts add up to it, exactly.

Numbers come in and go out as floats and mean their shortest decimal: ``0.1`` is one tenth.
Inside, everything is computed in exact fractions.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

MAX_DIGITS = 6
# Sums of float quantities may pass the whole by this share of it and still mean the whole.
QUANTITY_NOISE = Fraction(1, 10**9)


def share(total: float, weights: Sequence[float], digits: int) -> list[float]:
    """Share ``total`` in proportion to ``weights``, rounded to ``digits`` decimal places.

    The parts add up to ``total``, which is first rounded half away from zero. Each part lies
    less than one unit (``10 ** -digits``) from its exact share. A weight of zero gets zero;
    equal weights differ by at most one unit, the earlier ones get more; when all weights are
    zero the parts are equal. The parts of ``-total`` are the negated parts of ``total``.

    :param weights: may be negative, unless they add up to zero without all being zero; may
        be empty when ``total`` is zero
    """
    scale = _scale(digits)
    exact = _fraction(total, "total") * scale
    sizes = _sizes(weights)
    if not sizes and _rounded(exact):
        raise ValueError("weights must not be empty when total is not zero")
    sign = -1 if exact < 0 else 1
    return [_float(sign * units, scale) for units in _apportion(abs(exact), sizes)]


def share_of_part(
    total: float,
    part_before: float,
    part: float,
    whole: float,
    digits: int,
    taken_before: float,
) -> float:
    """Return what the next part of a whole takes of ``total``, after what was taken before.

    The whole is taken part by part, such as the units of an order line that come back in
    several returns. After each part the sum taken is the rounded share of all parts so far;
    the last part therefore takes exactly the rest, whatever was rounded before. Three units
    of 107.99 together take 36.00, 35.99 and 36.00.

    :param part_before: what was taken of the whole before, in the unit of ``whole``
    :param part: what is taken now
    :param taken_before: the sum of the earlier answers
    :raise ValueError: when a part is negative or more than the whole is taken
    """
    scale = _scale(digits)
    sizes = [_fraction(part_before, "part_before"), _fraction(part, "part")]
    if min(sizes) < 0:
        raise ValueError(f"part_before and part must not be negative: {part_before!r}, {part!r}")
    done = _done_of_whole(sum(sizes), _fraction(whole, "whole"))
    due = _rounded(_fraction(total, "total") * scale * done)
    taken = _rounded(_fraction(taken_before, "taken_before") * scale)
    return _float(due - taken, scale)


def _done_of_whole(done: Fraction, whole: Fraction) -> Fraction:
    """Return ``done`` as a fraction of ``whole``, at most 1."""
    if whole <= 0:
        raise ValueError("whole must be more than zero")
    if done > whole * (1 + QUANTITY_NOISE):
        raise ValueError("part_before and part together are more than whole")
    return min(done / whole, Fraction(1))


def _apportion(exact: Fraction, sizes: list[Fraction]) -> list[int]:
    """Share the units of ``exact``, which is not negative, by largest remainder."""
    target = _rounded(exact)
    whole = sum(sizes)
    quotas = [target * size / whole for size in sizes]
    low, high = _bounds(quotas, [exact * size / whole for size in sizes], target)
    may_gain = [at for at in range(len(sizes)) if low[at] < high[at]]
    may_gain.sort(key=lambda at: low[at] - quotas[at])
    gaining = set(may_gain[: target - sum(low)])
    return [units + (at in gaining) for at, units in enumerate(low)]


def _bounds(
    quotas: list[Fraction], given: list[Fraction], target: int
) -> tuple[list[int], list[int]]:
    """Return the least and the most units of each part.

    A part lies less than one unit from its share of the rounded total (``quotas``) and from
    that of the total as given. Only where negative weights blow up the difference of the two
    can both be out of reach; then the share of the rounded total decides.
    """
    pairs = list(zip(quotas, given, strict=True))
    low = [math.floor(max(pair)) for pair in pairs]
    high = [math.ceil(min(pair)) for pair in pairs]
    in_order = all(least <= most for least, most in zip(low, high, strict=True))
    if in_order and sum(low) <= target <= sum(high):
        return low, high
    return [math.floor(quota) for quota in quotas], [math.ceil(quota) for quota in quotas]


def _sizes(weights: Sequence[float]) -> list[Fraction]:
    """Return the weights as fractions, all of them 1 when all are zero."""
    sizes = [_fraction(weight, f"weights[{at}]") for at, weight in enumerate(weights)]
    if not any(sizes):
        return [Fraction(1)] * len(sizes)
    if sum(sizes) == 0:
        raise ValueError("weights add up to zero though some are not zero")
    return sizes


def _fraction(value: float, name: str) -> Fraction:
    """Return the shortest decimal of ``value`` as a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{name} must be a number, not {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    return Fraction(float.__repr__(value) if isinstance(value, float) else value)


def _scale(digits: int) -> int:
    whole_number = isinstance(digits, int) and not isinstance(digits, bool)
    if not whole_number or not 0 <= digits <= MAX_DIGITS:
        raise ValueError(f"digits must be an integer from 0 to {MAX_DIGITS}, not {digits!r}")
    return 10**digits


def _rounded(value: Fraction) -> int:
    """Round half away from zero."""
    units = math.floor(abs(value) + Fraction(1, 2))
    return -units if value < 0 else units


def _float(units: int, scale: int) -> float:
    """Return the float nearest to ``units / scale``."""
    try:
        return units / scale
    except OverflowError:
        raise ValueError("total and weights give a share beyond the range of floats") from None
