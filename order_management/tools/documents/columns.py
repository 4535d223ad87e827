"""The columns of a table of orders: which header stands for which key.

The headers are the keys of `order.py` with dots: `external_ref`, `customer.name`, `lines.sku`.
Capitals do not matter; a column without a header is left out. To add a key, add it in `order.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from difflib import get_close_matches
from types import MappingProxyType

from .cards import shown
from .errors import Error, error
from .order import LINE, ORDER, PARTY, PAYMENT, Keys
from .values import Key, Reader, day, flag, moment

COLUMN_LIMIT = 200  # columns of one table
UNKNOWN_HEADERS_SHOWN = 20
IGNORED = ""  # what a mapping names for a header whose column is left out

REFERENCE = "external_ref"  # the key whose value tells which order a row belongs to
LINES = "lines."  # what the keys of a line begin with

_PARTS: Mapping[str, Keys] = MappingProxyType(
    {"customer": PARTY, "ship_to": PARTY, "bill_to": PARTY, "payment": PAYMENT, "lines": LINE}
)
_WITHOUT_COLUMN = frozenset({"charges"})
_KINDS: Mapping[Reader, str] = MappingProxyType({flag: "flag", day: "day", moment: "moment"})


def _keys() -> Iterator[tuple[str, Key]]:
    for name, key in ORDER.items():
        if name in _PARTS:
            yield from ((f"{name}.{part}", inner) for part, inner in _PARTS[name].items())
        elif name not in _WITHOUT_COLUMN:
            yield name, key


def _kind(read: Reader) -> str:
    """Return `flag`, `day`, `moment`, `number` or `text`: what the key's reader takes."""
    refused: list[Error] = []
    read(1, "", refused)
    return _KINDS.get(read) or ("text" if refused else "number")


KINDS: Mapping[str, str] = MappingProxyType({name: _kind(key.read) for name, key in _keys()})
REQUIRED = tuple(name for name, key in _keys() if key.required)


@dataclass(frozen=True)
class TableOptions:
    """How a channel's tables are written.

    `mapping`: the sender's header to our key, or to `""` for a column to leave out; our own keys
    stay known beside it. `decimal`: `"."`, `","`, or `"auto"`, which reads what the file leaves no
    doubt about. `day_first`: whether 3/4/2026 is the third of April; with dots it always is.
    `zone`: where the clock hangs that moments without a zone are read from; `None` is UTC.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "auto"
    day_first: bool = True
    zone: tzinfo | None = None

    def __post_init__(self) -> None:
        if self.decimal not in ("auto", ".", ","):
            raise ValueError("decimal: must be “auto”, “.” or “,”")
        for header, key in self.mapping.items():
            if not fold(header):
                raise ValueError("mapping: a header is empty")
            if key != IGNORED and key not in KINDS:
                raise ValueError(f"mapping: “{shown(str(key))}” is not a known key")
        folded = {fold(header): key for header, key in self.mapping.items()}
        object.__setattr__(self, "mapping", MappingProxyType(folded))


@dataclass(frozen=True)
class Column:
    """A column that is read; `index` counts from 0."""

    index: int
    key: str

    @property
    def kind(self) -> str:
        return KINDS[self.key]

    @property
    def is_of_line(self) -> bool:
        return self.key.startswith(LINES)


def fold(header: object) -> str:
    """Return a header as it is compared."""
    return "" if header is None else " ".join(str(header).split()).casefold()


def letters(index: int) -> str:
    """Return the column's letters in a spreadsheet: A, B, … Z, AA, AB, …"""
    name = ""
    while index >= 0:
        index, digit = divmod(index, 26)
        name = chr(ord("A") + digit) + name
        index -= 1
    return name


def guess(header: object) -> str:
    """Return the key that a header most likely stands for, `""` when none comes near."""
    name = fold(header).replace(" ", "_")
    if name in KINDS:
        return name
    same_end = [key for key in KINDS if key.rpartition(".")[2] == name]
    nearest = (same_end or get_close_matches(name[:64], KINDS, n=1))[:1]
    return nearest[0] if nearest else ""


def known_headers(header: Sequence[object], options: TableOptions) -> int:
    """Return how many of the cells are headers we know."""
    return sum(1 for cell in header if fold(cell) and _key_of(cell, options) is not None)


def read_header(
    number: int, header: Sequence[object], options: TableOptions
) -> tuple[tuple[Column, ...], list[Error]]:
    """Return the columns to read, and what is wrong with the header in row `number`."""
    if len(header) > COLUMN_LIMIT:
        message = f"The table has {len(header)} columns; remove some, {COLUMN_LIMIT} is the limit."
        return (), [error("too_large", message)]
    named = [(index, cell) for index, cell in enumerate(header) if fold(cell)]
    unknown = [(index, cell) for index, cell in named if _key_of(cell, options) is None]
    columns = tuple(Column(index, key) for index, cell in named if (key := _key_of(cell, options)))
    problems = (_unknown(number, unknown), _repeated(number, columns), _missing(number, columns))
    return columns, [problem for found in problems for problem in found]


def _key_of(header: object, options: TableOptions) -> str | None:
    """Return the key, `IGNORED`, or None for a header that is not known."""
    name = fold(header)
    return options.mapping.get(name, name if name in KINDS else None)


def _unknown(number: int, headers: list[tuple[int, object]]) -> Iterator[Error]:
    for index, header in headers[:UNKNOWN_HEADERS_SHOWN]:
        name = shown(str(header).strip())
        message = (
            f"Row {number}, column {letters(index)}: `{name}` is not a known key. "
            f"{_advice(fold(header))}"
        )
        yield error("unknown_key", message, name)
    if len(headers) > UNKNOWN_HEADERS_SHOWN:
        count = len(headers) - UNKNOWN_HEADERS_SHOWN
        yield error("unknown_key", f"Row {number} has {count} more unknown headers; remove them.")


def _advice(name: str) -> str:
    same_end = [key for key in KINDS if key.rpartition(".")[2] == name]
    nearest = (same_end or get_close_matches(name[:64], KINDS, n=3))[:3]
    if not nearest:
        return "Remove the column, or map it in the channel."
    return f"Did you mean {', '.join(f'`{key}`' for key in nearest)}?"


def _repeated(number: int, columns: Sequence[Column]) -> Iterator[Error]:
    counts = Counter(column.key for column in columns)
    for key, count in counts.items():
        if count > 1:
            places = ", ".join(letters(column.index) for column in columns if column.key == key)
            message = f"Row {number}: the columns {places} all stand for `{key}`; keep one of them."
            yield error("duplicate", message, key)


def _missing(number: int, columns: Sequence[Column]) -> Iterator[Error]:
    present = {column.key for column in columns}
    for key in REQUIRED:
        if key not in present:
            message = f"Row {number} has no column `{key}`; add it, or map yours in the channel."
            yield error("missing", message, key)
