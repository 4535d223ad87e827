"""Which boxes an order goes into, and how its pieces lie in them.

``pack`` plans, ``check`` looks at a plan again with geometry of its own. Sizes and weights are
floats in the caller's units, the same throughout one call.
"""

from .checker import check
from .packer import pack
from .shapes import Box, Item, Parcel, Placement, Plan

__all__ = ["Box", "Item", "Parcel", "Placement", "Plan", "check", "pack"]
