"""The label of a tote, 100 x 50 mm."""

from collections.abc import Iterator

from . import symbols
from .content import ToteLabel
from .fields import Bars, Field, Sheet, Text
from .texts import clean

WIDTH, HEIGHT = 100, 50
MARGIN = 3
INNER = WIDTH - 2 * MARGIN


def lay_out(content: ToteLabel) -> Sheet:
    return Sheet(WIDTH, HEIGHT, tuple(_fields(content)))


def _fields(content: ToteLabel) -> Iterator[Field]:
    yield Text(MARGIN, 2.5, INNER, 14, content.name, bold=True, align="center", smallest=5)
    yield Bars(0, 19, WIDTH, 23, symbols.plain(clean(content.name)), 0.5)
    yield Text(MARGIN, 44, 46, 3, content.kind, smallest=2)
    yield Text(51, 44, 46, 3, content.owner, align="right", smallest=2)
