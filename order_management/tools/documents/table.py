"""Read orders from the rows of a table: a header, then one row a line.

Rows with the same `external_ref` make one order, wherever they stand; orders come as they first
appear. What belongs to the whole order need not be repeated, but must agree where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from .cards import shown
from .cells import Conventions, Unreadable, Value, is_blank, settle
from .cells import read as read_cell
from .columns import LINES, REFERENCE, Column, TableOptions, letters, read_header
from .errors import Error, error

ROW_LIMIT = 10_000  # rows below the header that are not blank

Item = dict[str, object]

_PLACE = re.compile(r"(rows|lines)\[(\d+)\]\.?")


class Refused(Exception):
    """A file that cannot be read at all."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.error = error(code, message)


@dataclass(frozen=True)
class Row:
    """A row; `number` is the one a spreadsheet shows beside it."""

    number: int
    cells: tuple[object, ...]

    @property
    def is_blank(self) -> bool:
        return all(is_blank(cell) for cell in self.cells)

    def cell(self, column: Column) -> object:
        return self.cells[column.index] if column.index < len(self.cells) else None


@dataclass(frozen=True)
class _Table:
    header: Row
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    conventions: Conventions = Conventions()

    @property
    def reference(self) -> Column:
        return next(column for column in self.columns if column.key == REFERENCE)

    def texts(self, *kinds: str) -> Iterator[str]:
        """Yield the texts in the columns of these kinds."""
        for column in self.columns:
            if column.kind in kinds:
                cells = (row.cell(column) for row in self.rows)
                yield from (cell for cell in cells if isinstance(cell, str))

    def path(self, row: Row, key: str = "") -> str:
        path = f"rows[{row.number - self.header.number - 1}]"
        return f"{path}.{key}" if key else path


def read(rows: Iterable[Row], options: TableOptions, decimal: str | None = None) -> list[Item]:
    """Return one `{"order", "errors", "origin"}` per order.

    `decimal` is what the format suggests; `origin` tells `locate` where the order stood. A header
    that is wrong refuses the whole table, as no order could be right.
    """
    filled = list(islice((row for row in rows if not row.is_blank), ROW_LIMIT + 2))
    if not filled:
        return [refused(error("malformed", "The table is empty; send it again."))]
    header, *lines = filled
    columns, errors = read_header(header.number, header.cells, options)
    errors = errors or _size_errors(lines)
    if errors:
        return [refused(*errors)]
    table = _settled(_Table(header, columns, tuple(lines)), options, decimal)
    return [_order(table, *group) for group in _groups(table).items()]


def refused(*errors: Error) -> Item:
    return {"order": False, "errors": list(errors)}


def _size_errors(rows: list[Row]) -> list[Error]:
    if not rows:
        return [error("malformed", "The table has a header but no rows; send it again.")]
    if len(rows) > ROW_LIMIT:
        message = f"The table has more than {ROW_LIMIT:,} rows; split it into several files."
        return [error("too_large", message)]
    return []


def _settled(table: _Table, options: TableOptions, decimal: str | None) -> _Table:
    found = settle(table.texts("number"), table.texts("day", "moment"), decimal, options.day_first)
    decimal = found.decimal if options.decimal == "auto" else options.decimal
    found = Conventions(decimal, found.day_first, options.zone)
    return _Table(table.header, table.columns, table.rows, found)


def _groups(table: _Table) -> dict[str, list[Row]]:
    """Return the rows of each order by its reference.

    A row without one is counted to the order above, whose error it becomes: were it left out,
    that order might come in incomplete.
    """
    groups: dict[str, list[Row]] = {}
    current = ""
    for row in table.rows:
        current = _value(table, table.reference, row, "", []) or current
        groups.setdefault(current, []).append(row)
    return groups


def _order(table: _Table, reference: str, rows: list[Row]) -> Item:
    errors = [*_reference_errors(table, rows), *_surplus_errors(table, rows)]
    order: dict[str, object] = {REFERENCE: reference} if reference else {}
    for column in table.columns:
        if column.key != REFERENCE and not column.is_of_line:
            _put(order, column.key, _agreed(table, column, rows, errors))
    order["lines"] = [_line(table, row, index, errors) for index, row in enumerate(rows)]
    return {"order": order, "errors": errors, "origin": _origin(table, rows)}


def _origin(table: _Table, rows: list[Row]) -> dict[str, object]:
    return {
        "header": table.header.number,
        "rows": [row.number for row in rows],
        "columns": [[column.key, letters(column.index)] for column in table.columns],
    }


def locate(origin: Mapping[str, object], path: str) -> tuple[int, str]:
    """Return the row and the column's letters that `path` names; 0 and `""` where none is known.

    What belongs to the whole order stands in its first row.
    """
    number, key = origin["rows"][0], path
    found = _PLACE.match(path)
    if found:
        index, key = int(found[2]), path[found.end() :]
        if found[1] == "rows":
            number = origin["header"] + 1 + index
        else:
            number = origin["rows"][index] if index < len(origin["rows"]) else 0
            key = LINES + key
    names = [letter for name, letter in origin["columns"] if name == key]
    inside = [letter for name, letter in origin["columns"] if name.startswith(f"{key}.")]
    return number, next(iter([*names, *inside]), "")


def _put(order: dict[str, object], key: str, value: Value | None) -> None:
    if value is None:
        return
    holder, _dot, name = key.rpartition(".")
    target = order.setdefault(holder, {}) if holder else order
    target[name] = value


def _agreed(table: _Table, column: Column, rows: list[Row], errors: list[Error]) -> Value | None:
    """Return the one value that the rows of an order have in this column."""
    agreed, first = None, rows[0]
    for row in _differing(rows, column):
        value = _value(table, column, row, column.key, errors)
        if agreed is None:
            agreed, first = value, row
        elif value is not None and value != agreed:
            errors.append(_contradiction(table, column, row, first))
    return agreed


def _differing(rows: list[Row], column: Column) -> list[Row]:
    """Return the first row with each content of the column."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(str(row.cell(column)), row)
    return list(found.values())


def _contradiction(table: _Table, column: Column, row: Row, first: Row) -> Error:
    message = (
        f"{_place(row, column)}: `{column.key}` is “{_shown(row, column)}”, but row {first.number} "
        f"of the same order says “{_shown(first, column)}”. Make them agree."
    )
    return error("wrong_value", message, table.path(row, column.key))


def _line(table: _Table, row: Row, index: int, errors: list[Error]) -> dict[str, Value]:
    line = {}
    for column in table.columns:
        if column.is_of_line:
            name = column.key.removeprefix(LINES)
            value = _value(table, column, row, f"lines[{index}].{name}", errors)
            line |= {} if value is None else {name: value}
    return line


def _value(table: _Table, column: Column, row: Row, path: str, errors: list[Error]) -> Value | None:
    """Return what the cell says; None when it is blank, or wrong, which is noted in `errors`."""
    cell = row.cell(column)
    if is_blank(cell):
        return None
    try:
        return read_cell(cell, column.kind, table.conventions)
    except Unreadable as problem:
        message = f"{_place(row, column)}: `{path}` {problem}"
        errors.append(error(problem.code, message, path))
        return None


def _reference_errors(table: _Table, rows: list[Row]) -> Iterator[Error]:
    column = table.reference
    for row in rows:
        path = table.path(row, REFERENCE)
        unreadable: list[Error] = []
        if _value(table, column, row, path, unreadable) is None:
            message = (
                f"{_place(row, column)}: `{REFERENCE}` is missing; repeat it on each row of an "
                "order, so that it is sure where the row belongs."
            )
            yield from unreadable or [error("missing", message, path)]


def _surplus_errors(table: _Table, rows: list[Row]) -> Iterator[Error]:
    width = len(table.header.cells)
    for row in rows:
        if not all(is_blank(cell) for cell in row.cells[width:]):
            message = (
                f"Row {row.number} has more cells than the header. Put quotes around a text or "
                "number that holds the sign that separates the cells."
            )
            yield error("malformed", message, table.path(row))


def _place(row: Row, column: Column) -> str:
    return f"Row {row.number}, column {letters(column.index)}"


def _shown(row: Row, column: Column) -> str:
    return shown(str(row.cell(column)).strip())
