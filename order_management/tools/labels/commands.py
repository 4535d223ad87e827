"""The bar codes that command the station: a page for the wall, or a label of 100 x 150 mm."""

from collections.abc import Iterator

from . import symbols
from .content import CommandSheet
from .fields import Bars, Block, Box, Field, Sheet, Text

_SIZES = {"label": (100, 150), "a4": (210, 297)}


def lay_out(content: CommandSheet) -> Sheet:
    width, height = _SIZES[content.paper]
    fields = _poster if content.paper == "a4" else _strip
    return Sheet(width, height, tuple(fields(content)))


def _poster(content: CommandSheet) -> Iterator[Field]:
    """Two codes beside each other, far enough apart that a scanner takes one only."""
    yield Text(15, 14, 180, 10, content.title, bold=True, smallest=5)
    yield Box(15, 28, 180, 0.5)
    pitch = min(84.0, 252 / max(1, (len(content.commands) + 1) // 2))
    for number, (code, title, hint) in enumerate(content.commands):
        x, y = 15 + 95 * (number % 2), 36 + pitch * (number // 2)
        yield Text(x, y, 85, 9, title, bold=True, smallest=4)
        yield Block(x, y + 11.5, 85, 3.8, 4.6, 2, (hint,))
        yield Bars(x - 5, y + 24, 95, min(26, pitch - 38), symbols.plain(code), 0.5)
        yield Text(x, y + 25.5 + min(26, pitch - 38), 85, 4, code, align="center")


def _strip(content: CommandSheet) -> Iterator[Field]:
    """One below the other: the code on the left, what it does on the right."""
    yield Text(4, 3, 92, 5, content.title, bold=True, smallest=3)
    yield Box(4, 10, 92, 0.3)
    pitch = min(27.0, 136 / max(1, len(content.commands)))
    for number, (code, title, hint) in enumerate(content.commands):
        y = 12.5 + pitch * number
        yield Text(4, y, 36, 5, title, bold=True, smallest=3)
        yield Block(4, y + 6.2, 36, 2.5, 3, 4, (hint,))
        yield Bars(41, y, 57, min(15, pitch - 8), symbols.plain(code), 0.375)
        yield Text(43, y + min(15, pitch - 8) + 0.6, 53, 3, code, align="center")
