"""What a label is made of, in millimetres from its top left corner.

A layout says what stands where; a format writes it down. Texts say how much room they have, and
the format, which knows its font, makes them fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .symbols import Symbol


@dataclass(frozen=True)
class Text:
    """One line; written smaller, down to ``smallest``, then shortened when it is too wide."""

    x: float
    y: float
    width: float
    size: float  # height of its letters
    text: str
    bold: bool = False
    align: str = "left"  # "center", "right"
    smallest: float = 0.0  # 0 = ``size``


@dataclass(frozen=True)
class Block:
    """Lines below each other, in at most so many rows; long ones are wrapped."""

    x: float
    y: float
    width: float
    size: float
    pitch: float  # from row to row
    rows: int
    lines: tuple[str, ...]
    bold: str = ""  # "first", "all" or none


@dataclass(frozen=True)
class Bars:
    """A bar code in the middle of its room; left out when it cannot be read at that width."""

    x: float
    y: float
    width: float
    height: float
    symbol: Symbol | None
    widest: float  # of the narrowest bar


@dataclass(frozen=True)
class Box:
    """A filled rectangle; a rule is a thin one."""

    x: float
    y: float
    width: float
    height: float


Field = Text | Block | Bars | Box


@dataclass(frozen=True)
class Sheet:
    """One label, ready to be written down."""

    width: float
    height: float
    fields: tuple[Field, ...]


def arrow(x: float, y: float, width: float, height: float, up: bool) -> Iterator[Box]:
    """Yield an arrow of thin boxes, which any printer can draw."""
    steps = 36
    head = height * 0.6
    for step in range(steps):
        wide = width * (step + 1) / steps
        at = y + head * step / steps if up else y + height - head * (step + 1) / steps
        yield Box(x + (width - wide) / 2, at, wide, head / steps + 0.05)
    shaft = width * 0.36
    top = y + head if up else y
    yield Box(x + (width - shaft) / 2, top, shaft, height - head)
