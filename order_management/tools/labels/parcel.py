"""The logistic label of 100 x 150 mm.

Top to bottom: who sends and who carries, where it goes, facts of the parcel, the carrier's
tracking number, what is inside, and last, as GS1 asks, the bar code of the shipping container.
"""

from collections.abc import Iterator

from . import symbols
from .content import LabelContent
from .fields import Bars, Block, Box, Field, Sheet, Text
from .texts import clean

WIDTH, HEIGHT = 100, 150
MARGIN = 4
INNER = WIDTH - 2 * MARGIN

SSCC_MODULE = 0.5  # width of the narrowest bar; GS1 asks for 0.495 to 1.016
SSCC_HEIGHT = 32  # GS1 asks for 31.75
TRACKING_MODULE = 0.375
CAPTION = 2.3


def lay_out(content: LabelContent) -> Sheet:
    """Return the label; contents of the goods make the blocks above them a little lower."""
    fields = [*_sender(content), *_carrier(content)]
    if content.elements:
        fields += [*_recipient(content, 4.0, 4.6, 57), *_facts(content, 58)]
        fields += [*_tracking(content, 82.2, 7.2), *_goods(content, 95.5)]
    else:
        fields += [*_recipient(content, 4.5, 5.2, 61.5), *_facts(content, 62.8)]
        fields += _tracking(content, 88.2, 10)
    fields += _container(content)
    return Sheet(WIDTH, HEIGHT, tuple(fields))


def _rule(y: float) -> Box:
    return Box(MARGIN, y, INNER, 0.25)


def _sender(content: LabelContent) -> Iterator[Field]:
    yield Text(MARGIN, 3, 50, CAPTION, "FROM")
    yield Block(MARGIN, 6.2, 50, 3, 3.5, 5, content.ship_from)
    yield _rule(24.5)


def _carrier(content: LabelContent) -> Iterator[Field]:
    yield Block(58, 3, 38, 4.6, 5.4, 2, (content.carrier,), bold="all")
    yield Block(58, 14.4, 38, 4, 4.6, 2, (content.service,))


def _recipient(content: LabelContent, size: float, pitch: float, end: float) -> Iterator[Field]:
    yield Text(MARGIN, 26, 50, CAPTION, "TO")
    yield Block(MARGIN, 29.3, INNER, size, pitch, 6, content.ship_to, bold="first")
    yield _rule(end)


def _facts(content: LabelContent, top: float) -> Iterator[Field]:
    facts = (
        ("ORDER", content.order_name),
        ("REFERENCE", content.customer_reference),
        ("DATE", content.ship_date),
    )
    for row, (caption, value) in enumerate(facts):
        y = top + 5.5 * row
        if clean(value):
            yield Text(MARGIN, y + 1.2, 18, CAPTION, caption)
            yield Text(MARGIN + 18, y, 44, 4, value, smallest=2.5)
    yield Text(68, top, 28, CAPTION, "PARCEL")
    yield Text(68, top + 2.9, 28, 7, content.parcel, bold=True, smallest=3)
    if content.weight:
        yield Text(68, top + 11.6, 28, 4, f"{content.weight:.2f} kg", smallest=3)
    marks = " / ".join(mark for mark in map(clean, content.marks) if mark)
    yield Text(MARGIN, top + 17, INNER, 5.5, marks, bold=True, smallest=3)
    yield _rule(top + 23.6)


def _tracking(content: LabelContent, top: float, height: float) -> Iterator[Field]:
    reference = clean(content.tracking_ref)
    if not reference:
        return
    yield Text(MARGIN, top + 0.7, 17, CAPTION, "TRACKING")
    yield Text(MARGIN + 18, top, 74, 3.5, reference)
    yield Bars(0, top + 4.3, WIDTH, height, symbols.plain(reference), TRACKING_MODULE)
    if not content.elements:
        yield _rule(top + 15.8)


def _goods(content: LabelContent, top: float) -> Iterator[Field]:
    """What is inside; the last elements are left out when all are too wide."""
    elements = content.elements
    while len(elements) > 1 and not symbols.gs1_128(elements).fits(WIDTH):
        elements = elements[:-1]
    symbol = symbols.gs1_128(elements)
    yield Bars(0, top, WIDTH, 6.6, symbol, SSCC_MODULE)
    yield Text(MARGIN, top + 7.1, INNER, 2.6, symbol.text, align="center")


def _container(content: LabelContent) -> Iterator[Field]:
    """The lowest bar code: of the shipping container, else of the package's name."""
    name = clean(content.package_name)
    symbol = symbols.gs1_128([("00", content.sscc)]) if content.sscc else symbols.plain(name)
    yield Bars(0, 106.5, WIDTH, SSCC_HEIGHT, symbol, SSCC_MODULE)
    line = symbol.text if symbol else name
    yield Text(MARGIN, 140.2, INNER, 5, line, align="center", smallest=3)
