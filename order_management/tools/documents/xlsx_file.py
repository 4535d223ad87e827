"""Read orders from an Excel workbook: its first sheet that has a header we know."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice

from openpyxl import Workbook, load_workbook
from openpyxl.cell.read_only import ReadOnlyCell

from . import table, xlsx_archive
from .cards import shown
from .cells import Fault
from .columns import COLUMN_LIMIT, TableOptions, known_headers
from .table import ROW_LIMIT, Item, Refused, Row

SHEET_ROWS = 1_048_576  # rows that a sheet can have

_NO_RESULT = "is a formula whose result is not stored; open the file in Excel and save it."

Place = tuple[int, int]  # row and column, counting from 1


def read(content: bytes, options: TableOptions | None = None) -> list[Item]:
    """Return one `{"order", "errors"}` per order of the workbook, its values in JSON types.

    What the orders may hold is not judged here, only whether each cell can be read.
    """
    options = options or TableOptions()
    try:
        xlsx_archive.check(content)
        return table.read(_rows(content, options), options)
    except Refused as refusal:
        return [table.refused(refusal.error)]


def _rows(content: bytes, options: TableOptions) -> list[Row]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that have nothing to do with the cells
            return _rows_of_orders(content, options)
    except Refused:
        raise
    except Exception as problem:  # a damaged part makes openpyxl raise almost anything
        raise xlsx_archive.not_a_workbook() from problem


def _rows_of_orders(content: bytes, options: TableOptions) -> list[Row]:
    """Return the header and the rows below, as far as the limit and one beyond."""
    book = _opened(content, data_only=True)
    title, header = _place_of_header(book, options)
    if header is None:
        return []
    cells = list(islice(_filled(_cells(book, title, len(header.cells))), ROW_LIMIT + 2))
    doubtful = {place for row in cells for place in _doubtful(row)}
    lost = _formulas(content, title, doubtful) if doubtful else set()
    return [_row(number, row, lost) for number, row in cells]


def _opened(content: bytes, data_only: bool) -> Workbook:
    return load_workbook(
        io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
    )


def _place_of_header(book: Workbook, options: TableOptions) -> tuple[str, Row | None]:
    """Return sheet and header: the first we know a key of, else the first there is."""
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    first: tuple[str, Row | None] = "", None
    for sheet in visible or book.worksheets:
        header = _header(book, sheet.title)
        if header and known_headers(header.cells, options):
            return sheet.title, header
        first = first if first[1] else (sheet.title, header)
    return first


def _header(book: Workbook, title: str) -> Row | None:
    """Return the first row that is not blank, without the blank cells at its end."""
    for number, cells in _filled(_cells(book, title, COLUMN_LIMIT + 1)):
        row = _row(number, cells, set())
        width = max(index for index, cell in enumerate(row.cells, 1) if cell is not None)
        return Row(number, row.cells[:width])
    return None


def _cells(book: Workbook, title: str, width: int) -> Iterator[tuple[int, tuple]]:
    """Yield number and cells of each row of the sheet."""
    sheet = book[title]
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, row in enumerate(sheet.iter_rows(max_col=width), 1):
        if number > SHEET_ROWS:
            raise Refused("too_large", f"The sheet has more than {SHEET_ROWS:,} rows; split it.")
        yield number, row


def _filled(rows: Iterable[tuple[int, tuple]]) -> Iterator[tuple[int, tuple]]:
    """Leave out rows that hold nothing at all."""
    return (
        (number, row) for number, row in rows if any(isinstance(cell, ReadOnlyCell) for cell in row)
    )


def _doubtful(row: tuple[int, tuple]) -> Iterator[Place]:
    """Yield the cells without a value that may yet be formulas.

    A formula whose result is an empty text has the type of a text.
    """
    number, cells = row
    for column, cell in enumerate(cells, 1):
        if isinstance(cell, ReadOnlyCell) and cell.value is None and cell.data_type == "n":
            yield number, column


def _formulas(content: bytes, title: str, places: set[Place]) -> set[Place]:
    """Return which of the cells hold a formula."""
    book = _opened(content, data_only=False)
    last, width = (max(numbers) for numbers in zip(*places, strict=True))
    return {
        (number, column)
        for number, row in islice(_cells(book, title, width), last)
        for column, cell in enumerate(row, 1)
        if cell.data_type == "f" and (number, column) in places
    }


def _row(number: int, cells: tuple, lost: set[Place]) -> Row:
    return Row(
        number,
        tuple(
            Fault(_NO_RESULT) if (number, column) in lost else _content(cell)
            for column, cell in enumerate(cells, 1)
        ),
    )


def _content(cell: ReadOnlyCell) -> object:
    if cell.data_type == "e":
        return Fault(f"is the error {shown(str(cell.value))} of a formula; correct it.")
    return cell.value
