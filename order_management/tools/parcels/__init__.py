"""Which goods of a transfer go into which parcel, and what is to be said about it."""

from ..cartonization import Box
from .goods import HIGH_VOID, Content, Goods, ParcelPlan, PlannedParcel, Rules
from .planner import plan_parcels
from .verdicts import get_extents, is_weight_wrong, tell_losers

__all__ = [
    "HIGH_VOID",
    "Box",
    "Content",
    "Goods",
    "ParcelPlan",
    "PlannedParcel",
    "Rules",
    "get_extents",
    "is_weight_wrong",
    "plan_parcels",
    "tell_losers",
]
