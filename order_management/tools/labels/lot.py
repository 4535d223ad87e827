"""The label of a lot or a serial number, 100 x 50 mm."""

from collections.abc import Iterator

from . import symbols
from .content import LotLabel
from .fields import Bars, Block, Field, Sheet, Text
from .texts import clean

WIDTH, HEIGHT = 100, 50
MARGIN = 3
INNER = WIDTH - 2 * MARGIN


def lay_out(content: LotLabel) -> Sheet:
    return Sheet(WIDTH, HEIGHT, tuple(_fields(content)))


def _fields(content: LotLabel) -> Iterator[Field]:
    lot = clean(content.lot)
    yield Block(MARGIN, 2.5, INNER, 3.8, 4.4, 2, (content.name,))
    yield Text(MARGIN, 12, 46, 3, content.sku, smallest=2)
    yield Text(51, 12, 46, 3, content.expiry, align="right", smallest=2)
    yield Text(MARGIN, 16, INNER, 8, lot, bold=True, smallest=3)
    symbol = symbols.gs1_128(content.elements) if content.elements else None
    if not symbol or not symbol.fits(WIDTH):
        symbol = symbols.plain(lot)
    yield Bars(0, 26, WIDTH, 17, symbol, 0.5)
    if symbol:
        yield Text(MARGIN, 44.5, INNER, 3, symbol.text, align="center", smallest=2)
