"""Bar codes, as values: which symbology, what it holds, what stands below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import gs1
from . import code_128

CODE_128, GS1_128, EAN_13, EAN_8 = "code128", "gs1-128", "ean13", "ean8"
_RETAIL = {13: EAN_13, 8: EAN_8}
_RETAIL_MODULES = {EAN_13: 95, EAN_8: 67}
GTIN_LENGTHS = (8, 12, 13, 14)
NARROWEST_MODULE = 0.25  # mm of the narrowest bar that a scanner still reads
_ROUNDED = 0.255  # the same in whole dots of the printers


@dataclass(frozen=True)
class Symbol:
    """One bar code."""

    kind: str
    data: str  # what a scanner reads; GS1's separator as ``\\x1d``
    text: str  # for people

    @property
    def modules(self) -> int:
        """Its width in narrowest bars, without the quiet zones."""
        return _RETAIL_MODULES.get(self.kind) or code_128.count_modules(self.encoded)

    @property
    def quiet(self) -> int:
        """What must be free on either side, in narrowest bars."""
        return 11 if self.kind == EAN_13 else 10

    def fits(self, width: float) -> bool:
        """Tell whether it can be read when it has so many millimetres."""
        return (self.modules + 2 * self.quiet) * _ROUNDED <= width

    @property
    def encoded(self) -> str:
        """What Code 128 has to hold."""
        return code_128.FNC1 + self.data if self.kind == GS1_128 else self.data


def plain(text: str) -> Symbol | None:
    """Return a Code 128, or None for a text it cannot hold."""
    fitting = code_128.can_hold(text) and code_128.FNC1 not in text and len(text) <= 80
    return Symbol(CODE_128, text, text) if fitting else None


def gs1_128(pairs: Sequence[tuple[str, str]]) -> Symbol:
    """Return a GS1-128 of these elements.

    :raise ValueError: as ``gs1.element_string`` does
    """
    return Symbol(GS1_128, gs1.element_string(pairs), gs1.readable(pairs))


def for_product(barcode: str) -> Symbol | None:
    """Return what goods carry: EAN where the number is one, GS1-128 for a carton, else Code 128."""
    if not is_gtin(barcode):
        return plain(barcode)
    if len(barcode) == 14:
        return gs1_128([("01", barcode)])
    digits = barcode.zfill(13) if len(barcode) == 12 else barcode  # UPC-A is an EAN-13
    return Symbol(_RETAIL[len(digits)], digits, digits)


def is_gtin(barcode: str) -> bool:
    """Tell whether a bar code is a trade item number: its length and its check digit."""
    digits = barcode.isascii() and barcode.isdigit() and len(barcode) in GTIN_LENGTHS
    return digits and gs1.check_digit(barcode[:-1]) == int(barcode[-1])
