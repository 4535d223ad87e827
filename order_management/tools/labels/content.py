"""What stands on the label of one parcel, whatever the format."""

import math
from dataclasses import dataclass

from ..gs1 import parse_sscc

_LINES = ("ship_from", "ship_to", "marks")


@dataclass(frozen=True)
class LabelContent:
    """The content of one logistic label; what is empty is left out.

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

    def __post_init__(self) -> None:
        if self.sscc and parse_sscc(self.sscc) != self.sscc:
            raise ValueError(f"sscc must be 18 digits with their check digit, not {self.sscc!r}")
        if not 1 <= self.parcel_number <= self.parcel_count:
            raise ValueError("parcel_number must be from 1 to parcel_count")
        if not math.isfinite(self.weight) or self.weight < 0:
            raise ValueError(f"weight must be a number of at least 0, not {self.weight!r}")
        for name in _LINES:
            if isinstance(getattr(self, name), str):
                raise ValueError(f"{name} must be a tuple of lines, not one text")

    @property
    def parcel(self) -> str:
        """Which of how many parcels this is, such as ``1/3``."""
        return f"{self.parcel_number}/{self.parcel_count}"
