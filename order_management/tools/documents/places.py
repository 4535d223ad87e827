"""Read the places of locations from a table: a header, one row a location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from . import csv_file, xlsx_file
from .cells import Unreadable, is_blank, settle
from .cells import read as read_cell
from .columns import fold, letters
from .table import ROW_LIMIT, Refused, Row

NUMBERS = ("x", "y", "z")
KEYS = ("location", "aisle", "bay", "level", *NUMBERS)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        **{key: key for key in KEYS},
        **{f"pos_{key}": key for key in NUMBERS},
        **{f"{key} (m)": key for key in NUMBERS},
        "barcode": "location",
        "name": "location",
        "place": "location",
        "shelf": "level",
    }
)
FARTHEST = 10_000  # metres; what lies farther is a typing error


@dataclass(frozen=True)
class PlaceRow:
    """A row that can be read: what stands in it, blank cells left out."""

    number: int
    location: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row; `column` as a spreadsheet shows it, empty for the whole row."""

    row: int
    column: str
    message: str


def read(content: bytes, format: str) -> tuple[list[PlaceRow], list[Problem]]:
    """Return the rows that can be used, and what is wrong with the others.

    A file that is no table, or lacks a column that is needed, is one problem of row 0 or of the
    header. A row with a problem is left out.
    """
    decimal = None
    try:
        if format == "xlsx":
            found = xlsx_file.rows(content, _known)
        else:
            found, decimal = csv_file.rows(content, _known)
        filled = list(islice((row for row in found if not row.is_blank), ROW_LIMIT + 2))
    except Refused as refusal:
        return [], [Problem(0, "", refusal.error["message"])]
    if not filled:
        return [], [Problem(0, "", "The file is empty; send one with a header and rows.")]
    header, *rows = filled
    columns, problems = _read_header(header)
    if problems:
        return [], problems
    if len(rows) > ROW_LIMIT:
        return [], [Problem(0, "", f"More than {ROW_LIMIT:,} rows; split the file.")]
    return _read_rows(rows, columns, decimal)


def _key_of(header: object) -> str | None:
    return NAMES.get(fold(header))


def _known(header: Sequence[object]) -> int:
    return sum(_key_of(cell) is not None for cell in header)


def _read_header(header: Row) -> tuple[dict[str, int], list[Problem]]:
    columns: dict[str, int] = {}
    problems = []
    for index, cell in enumerate(header.cells):
        if is_blank(cell):
            continue
        key = _key_of(cell)
        if key is None:
            message = f"“{cell}” is unknown; use {', '.join(KEYS)}, or remove the column."
        elif key in columns:
            message = f"“{cell}” stands for {key}, which stands twice; keep one of them."
        else:
            columns[key] = index
            continue
        problems.append(Problem(header.number, letters(index), message))
    if "location" not in columns:
        message = "The column “location” is missing: a name or a barcode."
        problems.append(Problem(header.number, "", message))
    return columns, problems


def _read_rows(
    rows: Iterable[Row], columns: Mapping[str, int], decimal: str | None
) -> tuple[list[PlaceRow], list[Problem]]:
    rows = list(rows)
    texts = [
        cell
        for row in rows
        for key in NUMBERS
        if key in columns and isinstance(cell := _cell(row, columns[key]), str)
    ]
    conventions = settle(texts, (), decimal, True)
    good, problems = [], []
    for row in rows:
        values: dict[str, object] = {}
        wrong = []
        for key, index in columns.items():
            cell = _cell(row, index)
            if is_blank(cell):
                continue
            try:
                values[key] = _value(cell, key, conventions)
            except Unreadable as reason:
                message = str(reason).replace(
                    "set the decimal sign of the channel", "write two decimals"
                )
                wrong.append(Problem(row.number, letters(index), f"{key} {message}"))
        location = str(values.pop("location", ""))
        if not location and not wrong:
            wrong.append(Problem(row.number, letters(columns["location"]), "location is missing."))
        if wrong:
            problems += wrong
        else:
            good.append(PlaceRow(row.number, location, MappingProxyType(values)))
    return good, problems


def _cell(row: Row, index: int) -> object:
    return row.cells[index] if index < len(row.cells) else None


def _value(cell: object, key: str, conventions) -> object:
    if key not in NUMBERS:
        return read_cell(cell, "text", conventions)
    number = float(read_cell(cell, "number", conventions))
    if abs(number) > FARTHEST:
        raise Unreadable(f"is {number:g}; no place lies farther than {FARTHEST:,} metres away.")
    return number
