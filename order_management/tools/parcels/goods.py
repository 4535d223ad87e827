"""Goods to be sent, the rules of a company, and the parcels they make."""

from dataclasses import dataclass

HIGH_VOID = 0.5


@dataclass(frozen=True)
class Goods:
    """Equal pieces of one transfer line."""

    id: str
    pieces: float
    length: float = 0.0  # cm; 0 = not known, like every measure, volume and weight
    width: float = 0.0
    height: float = 0.0
    volume: float = 0.0  # cm³
    weight: float = 0.0
    fragile: bool = False
    keep_upright: bool = False
    ships_alone: bool = False
    hazard_class: str = ""
    max_load: float = 0.0  # what may stand on it; 0 = anything

    @property
    def is_measured(self) -> bool:
        return min(self.length, self.width, self.height) > 0

    @property
    def is_whole(self) -> bool:
        return self.pieces == int(self.pieces)

    @property
    def stated_volume(self) -> float:
        return self.length * self.width * self.height if self.is_measured else self.volume


@dataclass(frozen=True)
class Rules:
    """What a company lays down."""

    padding: float = 0.0  # free space on every side of a fragile piece, cm
    heavy: float = 0.0  # from this weight on never beside fragile goods; 0 = off
    apart: tuple[tuple[str, str], ...] = ()  # hazard classes; "" = no hazard
    together: tuple[tuple[str, str], ...] = ()  # different classes that may share a parcel
    kilogram: float = 1.0  # in the unit of weight

    def are_apart(self, one: str, other: str) -> bool:
        """Whether goods of two hazard classes never share a parcel."""
        pairs = {(one, other), (other, one)}
        if pairs & set(self.apart):
            return True
        return bool(one and other and one != other and not pairs & set(self.together))


@dataclass(frozen=True)
class Content:
    """So many pieces of one kind of goods in a parcel, and where they lie if that is known."""

    goods: str
    pieces: float
    placements: tuple = ()


@dataclass(frozen=True)
class PlannedParcel:
    """One parcel; ``box`` is None for what ships alone or finds no box at all."""

    box: object
    contents: tuple[Content, ...]
    weight: float  # gross
    void: float
    fragile: bool
    measured: bool  # whether every piece in it has its place
    hazards: tuple[str, ...] = ()
    alone: bool = False

    @property
    def is_void_high(self) -> bool:
        return self.void > HIGH_VOID


@dataclass(frozen=True)
class ParcelPlan:
    parcels: tuple[PlannedParcel, ...]
    unplaced: tuple[tuple[str, float, str], ...]  # goods, pieces, too_large | too_heavy


@dataclass(frozen=True)
class Lying:
    """Where a piece lies that is in no box."""

    x: float
    y: float
    z: float
    length: float
    width: float
    height: float
