"""The label of a place on a shelf, 100 x 50 mm: a name to read from afar, and its bar code."""

from collections.abc import Iterator

from . import symbols
from .content import PlaceLabel
from .fields import Bars, Field, Sheet, Text, arrow
from .texts import clean

WIDTH, HEIGHT = 100, 50
MARGIN = 3


def lay_out(content: PlaceLabel) -> Sheet:
    return Sheet(WIDTH, HEIGHT, tuple(_fields(content)))


def _fields(content: PlaceLabel) -> Iterator[Field]:
    left = MARGIN
    if content.arrow:
        yield from arrow(MARGIN, 5.5, 18, 18, content.arrow == "up")
        left += 21
    width = WIDTH - MARGIN - left
    yield Text(left, 3, width, 22, content.name, bold=True, align="center", smallest=6)
    yield Text(MARGIN, 44.8, WIDTH - 2 * MARGIN, 3, content.path, align="center", smallest=2)
    code = clean(content.barcode)
    yield Bars(0, 27, WIDTH, 13, symbols.plain(code), 0.5)
    if code != clean(content.name):
        yield Text(MARGIN, 40.6, WIDTH - 2 * MARGIN, 3, code, align="center", smallest=2)
