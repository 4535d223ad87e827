"""The logistic label of 100 x 150 mm in ZPL, the language of many label printers.

Top to bottom: who sends and who carries, where it goes, facts of the parcel, the carrier's
tracking number, and last, as GS1 asks, the bar code of the shipping container.

Texts reach the printer as data only: each byte that is not plain is sent as its number
(``^FH``), so that no name can hold a command. Texts are measured by the widest the letters
of the printer's scalable font can be, and wrapped or shortened before they are sent.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..gs1 import readable
from .content import LabelContent

# All measures are in millimetres.
WIDTH, HEIGHT = 100, 150
MARGIN = 4
DPIS = (203, 300)
MM_PER_INCH = 25.4

SSCC_MODULE = 0.5  # width of the narrowest bar; GS1 asks for 0.495 to 1.016
SSCC_HEIGHT = 32  # GS1 asks for 31.75
WIDEST_MODULE = 0.375  # of the tracking number
NARROWEST_MODULE = 0.25
QUIET_MODULES = 10  # free on either side of a bar code

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-/:;>()")
_WIDE = frozenset("MWmw@%&-ÆæŒœ©®¼½¾")
_NARROW = frozenset(" !\"'(),./:;I[\\]`fijlrt{|}")
_LAST_LATIN = "\u024f"
_ELLIPSIS = "..."


@dataclass(frozen=True)
class _Printer:
    """Turns millimetres into the dots of one printer, and fields into commands."""

    dpi: int

    def dots(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)

    def text(self, x: float, y: float, width: float, height: float, text: str) -> str:
        """Return the field of one line of text, shortened to its width."""
        size = self.dots(height)
        data = _escaped(_shortened(_clean(text), width / height))
        return f"{self._origin(x, y)}^A0N,{size},{size}^FH_^FD{data}^FS" if data else ""

    def rule(self, y: float) -> str:
        width = self.dots(WIDTH - 2 * MARGIN)
        return f"{self._origin(MARGIN, y)}^GB{width},0,{self.dots(0.25)}^FS"

    def bars(self, y: float, height: float, data: str, symbols: int, widest: float) -> str:
        """Return a centred Code 128, or nothing when it would be too wide to be read."""
        modules = 11 * (symbols + 2) + 13  # with start, check and stop
        module = self._module(modules, widest)
        if not module:
            return ""
        x = (self.dots(WIDTH) - modules * module) // 2
        symbol = f"^BY{module}^BCN,{self.dots(height)},N,N,N,N"
        return f"^FO{x},{self.dots(y)}{symbol}^FH_^FD{_escaped(data)}^FS"

    def _module(self, modules: int, widest: float) -> int:
        """Return the dots of the narrowest bar, 0 when even the least is too wide."""
        fitting = self.dots(WIDTH) // (modules + 2 * QUIET_MODULES)
        module = min(fitting, self.dots(widest))
        return module if module >= self.dots(NARROWEST_MODULE) else 0

    def _origin(self, x: float, y: float) -> str:
        return f"^FO{self.dots(x)},{self.dots(y)}"


def render(content: LabelContent, dpi: int = 203) -> str:
    """Return the label for a printer of 203 or 300 dots an inch."""
    if dpi not in DPIS:
        raise ValueError(f"dpi must be one of {', '.join(map(str, DPIS))}, not {dpi!r}")
    printer = _Printer(dpi)
    blocks = (_sender, _carrier, _recipient, _facts, _tracking, _container)
    commands = [command for block in blocks for command in block(printer, content) if command]
    size = f"^PW{printer.dots(WIDTH)}^LL{printer.dots(HEIGHT)}^LH0,0"
    return "\n".join(["^XA", "^CI28", size, *commands, "^XZ"]) + "\n"


def _sender(printer: _Printer, content: LabelContent) -> Iterator[str]:
    yield printer.text(MARGIN, 3, 50, 2.5, "FROM")
    for row, line in enumerate(_rows(content.ship_from, 50 / 3, 5)):
        yield printer.text(MARGIN, 6.2 + 3.5 * row, 50, 3, line)
    yield printer.rule(24.5)


def _carrier(printer: _Printer, content: LabelContent) -> Iterator[str]:
    names = _rows([content.carrier], 38 / 5, 2)
    for row, line in enumerate(names):
        yield printer.text(58, 3 + 5.5 * row, 38, 5, line)
    top = 3.5 + 5.5 * len(names)
    for row, line in enumerate(_rows([content.service], 38 / 4, 2)):
        yield printer.text(58, top + 4.5 * row, 38, 4, line)


def _recipient(printer: _Printer, content: LabelContent) -> Iterator[str]:
    yield printer.text(MARGIN, 26, 50, 2.5, "TO")
    for row, line in enumerate(_rows(content.ship_to, 92 / 4.5, 6)):
        yield printer.text(MARGIN, 29.5 + 5.2 * row, 92, 4.5, line)
    yield printer.rule(61.5)


def _facts(printer: _Printer, content: LabelContent) -> Iterator[str]:
    yield from _left_facts(printer, content)
    yield printer.text(68, 63, 28, 2.5, "PARCEL")
    yield printer.text(68, 66, 28, 7, content.parcel)
    if content.weight:
        yield printer.text(68, 74, 28, 4, f"{content.weight:.2f} kg")
    marks = " / ".join(mark for mark in map(_clean, content.marks) if mark)
    yield printer.text(MARGIN, 80, 92, 5.5, marks)
    yield printer.rule(87)


def _left_facts(printer: _Printer, content: LabelContent) -> Iterator[str]:
    facts = (
        ("ORDER", content.order_name),
        ("REFERENCE", content.customer_reference),
        ("DATE", content.ship_date),
    )
    for row, (caption, value) in enumerate(facts):
        y = 63 + 5.5 * row
        if _clean(value):
            yield printer.text(MARGIN, y + 0.8, 18, 2.5, caption)
            yield printer.text(MARGIN + 18, y, 44, 4, value)


def _tracking(printer: _Printer, content: LabelContent) -> Iterator[str]:
    reference = _clean(content.tracking_ref)
    if not reference:
        return
    yield printer.text(MARGIN, 88.9, 17, 2.5, "TRACKING")
    yield printer.text(MARGIN + 18, 88.2, 74, 3.5, reference)
    yield printer.bars(92.6, 10, *_code_128(reference), WIDEST_MODULE)
    yield printer.rule(104)


def _container(printer: _Printer, content: LabelContent) -> Iterator[str]:
    """The lowest bar code: of the shipping container, else of the package's name."""
    if content.sscc:
        # Digits in pairs (>;) after the character that makes it a GS1-128 (>8).
        data, symbols = f">;>800{content.sscc}", 1 + 10
        line = readable([("00", content.sscc)])
    else:
        line = _clean(content.package_name)
        data, symbols = _code_128(line)
    if line:
        yield printer.bars(106, SSCC_HEIGHT, data, symbols, SSCC_MODULE)
        yield printer.text(MARGIN + 7, 140, 85, 5, line)


def _code_128(text: str) -> tuple[str, int]:
    """Return the field data of a Code 128 and how many symbols it takes.

    A text that Code 128 does not know takes more symbols than any label holds.
    """
    if text.isascii() and text.isdigit() and len(text) % 2 == 0:
        return f">;{text}", len(text) // 2
    if not text.isascii():
        return "", WIDTH * max(DPIS)
    # ">" announces a function of the bar code; ">0" is the sign itself.
    return ">:" + text.replace(">", ">0"), len(text)


def _rows(lines: Iterable[str], ems: float, rows: int) -> list[str]:
    """Return the lines in at most that many rows, wrapped while there is room.

    When there is not, the first lines and the last two (town and country) stay.
    """
    clean = [line for line in map(_clean, lines) if line]
    wrapped = [row for line in clean for row in _wrapped(line, ems)]
    if len(wrapped) <= rows:
        return wrapped
    return clean if len(clean) <= rows else [*clean[: rows - 2], *clean[-2:]]


def _wrapped(text: str, ems: float) -> list[str]:
    """Break between words; a row may be too wide when a word is."""
    rows: list[str] = []
    for word in text.split():
        if rows and _ems(f"{rows[-1]} {word}") <= ems:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows


def _shortened(text: str, ems: float) -> str:
    if _ems(text) <= ems:
        return text
    while text and _ems(text + _ELLIPSIS) > ems:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def _ems(text: str) -> float:
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


def _clean(text: str) -> str:
    """Return the text in one line, without characters that cannot be printed."""
    composed = unicodedata.normalize("NFC", text)
    kept = (char for char in composed if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(kept).split())


def _escaped(text: str) -> str:
    """Return UTF-8 with each byte that is not plain as ``_`` and two hexadecimal digits."""
    return "".join(chr(byte) if byte in _PLAIN else f"_{byte:02X}" for byte in text.encode())
