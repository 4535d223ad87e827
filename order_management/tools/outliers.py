"""Telling a quantity that does not fit what was usual before."""

from typing import Literal


def compare(
    quantity: float, usual: float, smallest: float, largest: float, factor: float
) -> Literal["high", "low"] | None:
    """Return how ``quantity`` stands out, None when it does not.

    It stands out when it is more than ``factor`` times what is usual, or less than that part of
    it, and has never been so before. The usual quantity is the median, which one odd order in the
    past does not move.

    :param usual: median of earlier quantities
    :param smallest: the smallest of them
    :param largest: the largest of them
    :param factor: multiple that still passes, at least 1
    """
    if factor < 1:
        raise ValueError(f"factor must be at least 1, not {factor!r}")
    if not 0 <= smallest <= usual <= largest:
        raise ValueError("smallest, usual and largest must ascend from 0")
    if quantity > largest and round(quantity - factor * usual, 9) > 0:
        return "high"
    if quantity < smallest and round(usual - factor * quantity, 9) > 0:
        return "low"
    return None
