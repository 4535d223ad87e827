"""The label of a product, 60 x 40 mm: name, number, price and bar code."""

from collections.abc import Iterator

from . import symbols
from .content import ProductLabel
from .fields import Bars, Block, Field, Sheet, Text
from .texts import clean

WIDTH, HEIGHT = 60, 40
MARGIN = 2.5
INNER = WIDTH - 2 * MARGIN


def lay_out(content: ProductLabel) -> Sheet:
    return Sheet(WIDTH, HEIGHT, tuple(_fields(content)))


def _fields(content: ProductLabel) -> Iterator[Field]:
    yield Block(MARGIN, 2.2, INNER, 3.5, 4.1, 2, (content.name,), bold="all")
    yield Text(MARGIN, 12, 29, 3, content.sku, smallest=2.2)
    yield Text(33, 11.2, 24.5, 4, content.price, bold=True, align="right", smallest=2.5)
    code = clean(content.barcode) or clean(content.sku)
    symbol = symbols.for_product(code)
    yield Bars(0, 17, WIDTH, 15, symbol, 0.375)
    yield Text(
        MARGIN, 34.6, INNER, 3.2, symbol.text if symbol else code, align="center", smallest=2
    )
