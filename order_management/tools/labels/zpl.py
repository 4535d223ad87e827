"""Labels in ZPL, the language of many label printers.

Texts reach the printer as data only: each byte that is not plain is sent as its number
(``^FH``), so that no name can hold a command. Texts are measured by the widest the letters
of the printer's scalable font can be, and wrapped, shrunk or shortened before they are sent.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from . import code_128, texts
from .fields import Bars, Block, Box, Sheet, Text
from .symbols import EAN_8, EAN_13, NARROWEST_MODULE, Symbol

DPIS = (203, 300)
MM_PER_INCH = 25.4

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-/:;>()")
_WIDE = frozenset("MWmw@%&-ÆæŒœ©®¼½¾")
_NARROW = frozenset(" !\"'(),./:;I[\\]`fijlrt{|}")
_LAST_LATIN = "\u024f"
_START = {"B": ">:", "C": ">;"}
_SHIFT = {"B": ">6", "C": ">5"}


@dataclass(frozen=True)
class _Printer:
    """Turns millimetres into the dots of one printer, and fields into commands."""

    dpi: int

    def dots(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)

    def commands(self, field: Text | Block | Bars | Box) -> Iterator[str]:
        """Yield the commands of one field; none when there is nothing to show."""
        if isinstance(field, Text):
            yield from self._text(field)
        elif isinstance(field, Block):
            yield from self._block(field)
        elif isinstance(field, Bars):
            yield from self._bars(field)
        else:
            width, height = max(1, self.dots(field.width)), max(1, self.dots(field.height))
            box = f"^GB{width},{height},{min(width, height)}"
            yield f"{self._origin(field.x, field.y)}{box}^FS"

    def _text(self, field: Text) -> Iterator[str]:
        smallest = field.smallest or field.size
        text, size = texts.fit(field.text, field.width, field.size, smallest, ems)
        if not text:
            return
        dots = self.dots(size)
        block = ""
        if field.align != "left":
            block = f"^FB{self.dots(field.width)},1,0,{field.align[0].upper()}"
            text = text.replace("\\", "\\\\")  # a block takes it for a command of its own
        font = f"^A0N,{dots},{dots}"
        origin = self._origin(field.x, field.y + (field.size - size) / 2)
        yield f"{origin}{font}{block}^FH_^FD{_escaped(text)}^FS"

    def _block(self, field: Block) -> Iterator[str]:
        rows = texts.wrap(field.lines, field.width / field.size, field.rows, ems)
        for number, row in enumerate(rows):
            y = field.y + field.pitch * number
            yield from self._text(Text(field.x, y, field.width, field.size, row))

    def _bars(self, field: Bars) -> Iterator[str]:
        symbol = field.symbol
        module = self._module(field) if symbol else 0
        if not symbol or not module:
            return
        x = self.dots(field.x) + (self.dots(field.width) - symbol.modules * module) // 2
        command, data = _encoded(symbol, self.dots(field.height))
        yield f"^FO{x},{self.dots(field.y)}^BY{module}{command}^FH_^FD{_escaped(data)}^FS"

    def _module(self, field: Bars) -> int:
        """Return the dots of the narrowest bar, 0 when even the least is too wide."""
        fitting = self.dots(field.width) // (field.symbol.modules + 2 * field.symbol.quiet)
        module = min(fitting, self.dots(field.widest))
        return module if module >= self.dots(NARROWEST_MODULE) else 0

    def _origin(self, x: float, y: float) -> str:
        return f"^FO{self.dots(x)},{self.dots(y)}"


def write(sheet: Sheet, dpi: int = 203) -> str:
    """Return the label for a printer of 203 or 300 dots an inch."""
    if dpi not in DPIS:
        raise ValueError(f"dpi must be one of {', '.join(map(str, DPIS))}, not {dpi!r}")
    printer = _Printer(dpi)
    commands = [command for field in sheet.fields for command in printer.commands(field)]
    size = f"^PW{printer.dots(sheet.width)}^LL{printer.dots(sheet.height)}^LH0,0"
    return "\n".join(["^XA", "^CI28", size, *commands, "^XZ"]) + "\n"


def ems(text: str, bold: bool = False) -> float:
    """Return the most room a text can take, in heights of its letters."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    if char > _LAST_LATIN:
        return 1.03
    if char in _WIDE:
        return 0.86
    if char in _NARROW:
        return 0.42
    return 0.64 if char.isupper() else 0.58


def _encoded(symbol: Symbol, height: int) -> tuple[str, str]:
    """Return the command and the field data of a bar code."""
    if symbol.kind == EAN_13:
        return f"^BEN,{height},N,N", symbol.data[:-1]  # the printer adds the check digit
    if symbol.kind == EAN_8:
        return f"^B8N,{height},N,N", symbol.data[:-1]
    codes = code_128.encode(symbol.encoded)
    data, charset = _START[codes[0].charset], codes[0].charset
    for code in codes:
        data += _SHIFT[code.charset] if code.charset != charset else ""
        # ">" announces a function of the bar code; ">0" is the sign itself, ">8" FNC1.
        data += ">8" if code.text == code_128.FNC1 else code.text.replace(">", ">0")
        charset = code.charset
    return f"^BCN,{height},N,N,N,N", data


def _escaped(text: str) -> str:
    """Return UTF-8 with each byte that is not plain as ``_`` and two hexadecimal digits."""
    return "".join(chr(byte) if byte in _PLAIN else f"_{byte:02X}" for byte in text.encode())
