"""What a scanner read from a GS1 symbol, taken apart.

Scanners tell a GS1 symbol by a symbology prefix (``]C1``, ``]d2``, ``]Q3`` ...) or by FNC1; people
write brackets; phones read a link. A bare run of digits may be an element string, too: it is
taken for one only when every element in it is right, check digits included.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

from .gs1 import APPLICATION_IDENTIFIERS, GROUP_SEPARATOR, check_digit, element_string

GTIN_LENGTHS = (8, 12, 13, 14)

_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9a-z]")
_GS1_SYMBOLOGY = frozenset(["]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2"])
_SEPARATORS = re.compile("<GS>|\\{GS\\}|\u241d")
_BRACKET = re.compile(r"\(([0-9]{2,4})\)([^(]*)")
_PRIMARY = frozenset(["00", "01", "02"])  # what bare digits must begin with to be taken for GS1
_LINK_KEYS = frozenset(["00", "01"])  # what a link is about
_KILOGRAMS = "310"  # net weight; the fourth digit is the number of decimal places
_POUNDS = "320"


@dataclass(frozen=True)
class Gs1Content:
    """The elements of one symbol; what is not in it is empty."""

    sscc: str = ""
    gtin: str = ""  # 14 digits: of the trade item, or of what a logistic unit contains
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None  # (17), else (15) best before: the last good day
    count: float = 0.0  # (30) or (37)
    net_weight: float = 0.0  # kg
    elements: tuple[tuple[str, str], ...] = field(default=())


def strip_symbology(code: str) -> str:
    """Return ``code`` without the prefix by which scanners tell the symbology."""
    return _SYMBOLOGY.sub("", code)


def to_gtin(code: str) -> str:
    """Return the 14 digits of a GTIN-8, -12, -13 or -14, or an empty text when it is none."""
    if len(code) not in GTIN_LENGTHS or not (code.isascii() and code.isdigit()):
        return ""
    return code.zfill(14) if check_digit(code[:-1]) == int(code[-1]) else ""


def read(code: str, today: date, certain: bool = True) -> Gs1Content | None:
    """Return what a GS1 symbol holds, or None when ``code`` is none.

    :param code: as the scanner sent it
    :param today: decides the century of dates
    :param certain: take only what says of itself that it is GS1; else also bare element strings
    """
    text = _SEPARATORS.sub(GROUP_SEPARATOR, code.strip(" \r\n\t"))
    says_so = text[:3] in _GS1_SYMBOLOGY or GROUP_SEPARATOR in text
    text = strip_symbology(text)
    if text.startswith("("):
        pairs = _read_brackets(text)
    elif text[:8].lower().startswith(("http://", "https://")):
        pairs = _read_link(text)
    elif says_so or (not certain and text[:2] in _PRIMARY):
        pairs = _read_elements(text.strip(GROUP_SEPARATOR))
    else:
        return None
    if not pairs or not _are_right(pairs):
        return None
    return _as_content(pairs, today)


def read_date(value: str, today: date) -> date:
    """Return the day of six digits YYMMDD; day 00 is the last of the month.

    The century is the one that brings the date nearest to ``today``, as GS1 has it.
    """
    year, month, day = (int(value[at : at + 2]) for at in (0, 2, 4))
    distance = year - today.year % 100
    century = today.year // 100 * 100
    if distance >= 51:
        century -= 100
    elif distance <= -50:
        century += 100
    return date(century + year, month, day or calendar.monthrange(century + year, month)[1])


def _read_elements(text: str) -> list[tuple[str, str]]:
    """Take an element string apart; nothing when it is none."""
    pairs = []
    while text:
        ai = next((text[:size] for size in (2, 3, 4) if text[:size] in APPLICATION_IDENTIFIERS), "")
        if not ai:
            return []
        identifier = APPLICATION_IDENTIFIERS[ai]
        rest = text[len(ai) :]
        if identifier.has_predefined_length:
            value, text = rest[: identifier.max_length], rest[identifier.max_length :]
            text = text.removeprefix(GROUP_SEPARATOR)
        else:
            value, _separator, text = rest.partition(GROUP_SEPARATOR)
        pairs.append((ai, value))
    return pairs


def _read_brackets(text: str) -> list[tuple[str, str]]:
    found = _BRACKET.findall(text)
    whole = "".join(f"({ai}){value}" for ai, value in found)
    return [(ai, value.strip()) for ai, value in found] if whole == text else []


def _read_link(text: str) -> list[tuple[str, str]]:
    """A GS1 Digital Link: pairs of identifier and value in the path, more in the query."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return []
    path = [unquote(part) for part in parts.path.split("/") if part]
    start = next((at for at, part in enumerate(path) if part in _LINK_KEYS), len(path))
    found = list(zip(path[start::2], path[start + 1 :: 2], strict=False))
    found += [(ai, value) for ai, value in parse_qsl(parts.query) if ai in APPLICATION_IDENTIFIERS]
    return [
        (ai, value.zfill(14) if ai == "01" and value.isdigit() else value) for ai, value in found
    ]


def _are_right(pairs: Sequence[tuple[str, str]]) -> bool:
    try:
        element_string(pairs)
    except ValueError:
        return False
    return True


def _as_content(pairs: Sequence[tuple[str, str]], today: date) -> Gs1Content:
    values = dict(pairs)
    expires = values.get("17") or values.get("15")
    return Gs1Content(
        sscc=values.get("00", ""),
        gtin=values.get("01") or values.get("02", ""),
        lot=values.get("10", ""),
        serial=values.get("21", ""),
        expires_on=read_date(expires, today) if expires else None,
        count=float(values.get("30") or values.get("37") or 0),
        net_weight=_read_weight(pairs),
        elements=tuple(pairs),
    )


def _read_weight(pairs: Sequence[tuple[str, str]]) -> float:
    for ai, value in pairs:
        if ai[:3] in (_KILOGRAMS, _POUNDS):
            weight = int(value) / 10 ** int(ai[3])
            return weight if ai[:3] == _KILOGRAMS else round(weight * 0.45359237, 6)
    return 0.0
