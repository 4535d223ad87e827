"""Items, boxes, and plans of parcels."""

import math
from dataclasses import dataclass

EDGES = "lwh"


@dataclass(frozen=True)
class Item:
    """So many equal pieces."""

    id: object
    length: float
    width: float
    height: float
    weight: float = 0.0
    quantity: int = 1
    vertical: str = "lwh"  # which of its edges may stand upright; "h" = this side up
    fragile: bool = False  # nothing lies above it
    max_load: float | None = None  # the most that may stand above it; None = anything
    kind: str = ""  # what keep-apart rules go by

    def __post_init__(self) -> None:
        for name in ("length", "width", "height"):
            _check_number(f"{name} of item {self.id!r}", getattr(self, name), above=0.0)
        _check_number(f"weight of item {self.id!r}", self.weight, least=0.0)
        if self.max_load is not None:
            _check_number(f"max_load of item {self.id!r}", self.max_load, least=0.0)
        if (
            isinstance(self.quantity, bool)
            or not isinstance(self.quantity, int)
            or self.quantity < 1
        ):
            raise ValueError(f"quantity of item {self.id!r} must be a whole number of at least 1")
        if not self.vertical or set(self.vertical) - set(EDGES):
            raise ValueError(f"vertical of item {self.id!r} must be some of the letters l, w and h")


@dataclass(frozen=True)
class Box:
    """A kind of box, by its inner sizes; there are any number of it."""

    id: object
    length: float
    width: float
    height: float
    max_weight: float | None = None  # of the contents and the box
    weight: float = 0.0
    cost: float = 0.0

    def __post_init__(self) -> None:
        for name in ("length", "width", "height"):
            _check_number(f"{name} of box {self.id!r}", getattr(self, name), above=0.0)
        for name in ("weight", "cost"):
            _check_number(f"{name} of box {self.id!r}", getattr(self, name), least=0.0)
        if self.max_weight is not None:
            _check_number(f"max_weight of box {self.id!r}", self.max_weight, least=0.0)

    @property
    def volume(self) -> float:
        return self.length * self.width * self.height


@dataclass(frozen=True)
class Placement:
    """One piece in a parcel: its corner nearest the box's origin, and its sizes as it lies."""

    item: object
    x: float
    y: float
    z: float
    length: float
    width: float
    height: float


@dataclass(frozen=True)
class Parcel:
    """One filled box."""

    box: object
    placements: tuple[Placement, ...]
    weight: float  # gross
    void: float  # share of the box that no piece fills, 0 to 1
    fragile: bool


@dataclass(frozen=True)
class Plan:
    """Parcels, what fits no box, and what was asked."""

    parcels: tuple[Parcel, ...]
    unplaced: list
    items: tuple[Item, ...]
    boxes: tuple[Box, ...]
    padding: float
    apart: tuple[tuple[str, str], ...]


def _check_number(name, value, least=None, above=None):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"{name} must be a number, not {value!r}")
    if above is not None and value <= above:
        raise ValueError(f"{name} must be above {above:g}, not {value!r}")
    if least is not None and value < least:
        raise ValueError(f"{name} must be at least {least:g}, not {value!r}")


def check_request(items, boxes, padding, apart):
    """Refuse what cannot be planned, naming the argument."""
    for name, group in (("items", items), ("boxes", boxes)):
        ids = [one.id for one in group]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{name}: an id stands twice")
    _check_number("padding", padding, least=0.0)
    for pair in apart:
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(k, str) for k in pair):
            raise ValueError(f"apart must be pairs of kinds, not {pair!r}")
