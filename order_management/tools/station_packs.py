"""How a quantity is taken from a shelf: whole packs first, then single pieces."""

from collections.abc import Iterable

TINY = 1e-9  # what binary fractions may be off


def split_packs(quantity: float, sizes: Iterable[float]) -> tuple[list[tuple[float, int]], float]:
    """Split a quantity into the largest packs that fit.

    :param quantity: how many pieces
    :param sizes: pieces a pack; sizes of one piece and less are no packs
    :return: ``([(size, count)], rest)``, the largest packs first
    """
    if not 0 <= quantity < float("inf"):
        raise ValueError(f"quantity must be zero or more: {quantity}")
    packs, rest = [], float(quantity)
    for size in sorted({float(size) for size in sizes if size > 1 + TINY}, reverse=True):
        count = int((rest + TINY) // size)
        if count:
            packs.append((size, count))
            rest = max(round(rest - count * size, 9), 0.0)
    return packs, rest
