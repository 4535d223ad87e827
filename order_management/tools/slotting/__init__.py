"""Slotting: which products should stand where, and what that saves in metres."""

from .advice import Advice, Swap, advise_swaps
from .goods import (
    Affinity,
    Product,
    Rules,
    Slot,
    classify_by_lines,
    find_affinities,
    walked,
)

__all__ = [
    "Advice",
    "Affinity",
    "Product",
    "Rules",
    "Slot",
    "Swap",
    "advise_swaps",
    "classify_by_lines",
    "find_affinities",
    "walked",
]
