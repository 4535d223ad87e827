"""What stands on a label, whatever the format; what is empty is left out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .. import gs1

_LINES = ("ship_from", "ship_to", "marks")
ARROWS = ("", "up", "down")
PAPERS = ("label", "a4")


@dataclass(frozen=True)
class LabelContent:
    """The content of one logistic label.

    A parcel without a shipping container code shows the bar code of its ``package_name``.
    """

    sscc: str = ""
    package_name: str = ""
    ship_from: tuple[str, ...] = ()  # address lines, the name first
    ship_to: tuple[str, ...] = ()
    order_name: str = ""
    customer_reference: str = ""
    parcel_number: int = 1
    parcel_count: int = 1
    weight: float = 0.0  # gross, kg; 0 = not weighed
    carrier: str = ""
    service: str = ""
    tracking_ref: str = ""
    ship_date: str = ""  # as it is to be printed
    marks: tuple[str, ...] = ()  # handling marks, such as "FRAGILE"
    elements: tuple[tuple[str, str], ...] = ()  # GS1 elements of the goods, such as ("37", "24")

    def __post_init__(self) -> None:
        if self.sscc and gs1.parse_sscc(self.sscc) != self.sscc:
            raise ValueError(f"sscc must be 18 digits with their check digit, not {self.sscc!r}")
        if not 1 <= self.parcel_number <= self.parcel_count:
            raise ValueError("parcel_number must be from 1 to parcel_count")
        if not math.isfinite(self.weight) or self.weight < 0:
            raise ValueError(f"weight must be a number of at least 0, not {self.weight!r}")
        for name in _LINES:
            if isinstance(getattr(self, name), str):
                raise ValueError(f"{name} must be a tuple of lines, not one text")
        _check_elements(self.elements)

    @property
    def parcel(self) -> str:
        """Which of how many parcels this is, such as ``1/3``."""
        return f"{self.parcel_number}/{self.parcel_count}"


@dataclass(frozen=True)
class ProductLabel:
    """Goods: their name, number, price and bar code."""

    name: str = ""
    sku: str = ""
    barcode: str = ""  # a trade item number, or any text
    price: str = ""  # as it is to be printed


@dataclass(frozen=True)
class LotLabel:
    """Goods of one lot or one serial number.

    With ``elements`` the bar code is theirs (GS1-128), else the name of the lot.
    """

    name: str = ""  # of the product
    sku: str = ""
    lot: str = ""
    expiry: str = ""  # as it is to be printed
    elements: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _check_elements(self.elements)


@dataclass(frozen=True)
class PlaceLabel:
    """A place on a shelf."""

    name: str = ""
    path: str = ""  # where it lies
    barcode: str = ""
    arrow: str = ""  # "up": the label is below the place, "down": above it

    def __post_init__(self) -> None:
        if self.arrow not in ARROWS:
            raise ValueError(f"arrow must be empty, 'up' or 'down', not {self.arrow!r}")


@dataclass(frozen=True)
class ToteLabel:
    """A tote, or another package that comes back."""

    name: str = ""  # its bar code, too
    kind: str = ""
    owner: str = ""


@dataclass(frozen=True)
class CommandSheet:
    """The bar codes that command the station: code, title and explanation of each."""

    title: str = ""
    commands: tuple[tuple[str, str, str], ...] = ()
    paper: str = "label"

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise ValueError(f"paper must be 'label' or 'a4', not {self.paper!r}")


Content = LabelContent | ProductLabel | LotLabel | PlaceLabel | ToteLabel | CommandSheet


def _check_elements(elements: Sequence[tuple[str, str]]) -> None:
    try:
        gs1.element_string(elements)
    except ValueError as problem:
        raise ValueError(f"elements: {problem}") from None
