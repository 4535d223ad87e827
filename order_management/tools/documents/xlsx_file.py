"""Read orders from an Excel workbook: its first sheet that has a header we know."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import islice

from openpyxl import Workbook, load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from . import table, xlsx_archive, xlsx_formulas
from .cards import shown
from .cells import Fault, is_blank
from .columns import COLUMN_LIMIT, TableOptions, known_headers
from .table import ROW_LIMIT, Item, Refused, Row
from .xlsx_formulas import Place

Fits = Callable[[Sequence[object]], int]

SHEET_ROWS = 1_048_576  # rows that a sheet can have

_NO_RESULT = "is a formula whose result is not stored; open the file in Excel and save it."


def read(content: bytes, options: TableOptions | None = None) -> list[Item]:
    """Return one `{"order", "errors"}` per order of the workbook, its values in JSON types.

    What the orders may hold is not judged here, only whether each cell can be read.
    """
    options = options or TableOptions()
    try:
        xlsx_archive.check(content)
        return table.read(_rows(content, _fits(options)), options)
    except Refused as refusal:
        return [table.refused(refusal.error)]


def first_row(content: bytes, options: TableOptions) -> tuple[object, ...]:
    """Return the cells of the header; raises `Refused` for a file that is no workbook."""
    xlsx_archive.check(content)
    found = _rows(content, _fits(options))
    return found[0].cells if found else ()


def rows(content: bytes, fits: Fits) -> list[Row]:
    """Return the rows of any table, as far as the limit and one beyond; raises `Refused`.

    `fits` counts the headers that are known in a row: the first sheet with one is read.
    """
    xlsx_archive.check(content)
    return _rows(content, fits)


def _fits(options: TableOptions) -> Fits:
    return lambda header: known_headers(header, options)


def _rows(content: bytes, fits: Fits) -> list[Row]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that have nothing to do with the cells
            return _rows_of_sheet(content, fits)
    except Refused:
        raise
    except Exception as problem:  # a damaged part makes openpyxl raise almost anything
        raise xlsx_archive.not_a_workbook() from problem


def _rows_of_sheet(content: bytes, fits: Fits) -> list[Row]:
    """Return the header and the rows below, as far as the limit and one beyond."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = _find_sheet(book, fits)
    if sheet is None:
        return []
    header = _header(sheet)
    # openpyxl reads such a formula as a blank cell, and tells the sheet's part only there
    lost = xlsx_formulas.without_result(content, sheet._worksheet_path)
    return list(islice(_filled_rows(sheet, len(header.cells), lost), ROW_LIMIT + 2))


def _find_sheet(book: Workbook, fits: Fits) -> ReadOnlyWorksheet | None:
    """Return the first sheet with a header we know a key of, else the first that is not blank."""
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    filled = None
    for sheet in visible or book.worksheets:
        header = _header(sheet)
        if header and fits(header.cells):
            return sheet
        if header and filled is None:
            filled = sheet
    return filled


def _header(sheet: ReadOnlyWorksheet) -> Row | None:
    """Return the first row that is not blank, without the blank cells at its end."""
    row = next(_filled_rows(sheet, COLUMN_LIMIT + 1), None)
    if row is None:
        return None
    width = max(index for index, cell in enumerate(row.cells, 1) if not is_blank(cell))
    return Row(row.number, row.cells[:width])


def _filled_rows(
    sheet: ReadOnlyWorksheet, width: int, lost: Set[Place] = frozenset()
) -> Iterator[Row]:
    """Yield the rows that are not blank; `lost` are the formulas without a result."""
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(max_col=width), 1):
        if number > SHEET_ROWS:
            raise Refused("too_large", f"The sheet has more than {SHEET_ROWS:,} rows; split it.")
        row = Row(number, tuple(_content(cell) for cell in cells))
        row = _with_faults(row, lost) if lost else row
        if not row.is_blank:
            yield row


def _content(cell: ReadOnlyCell) -> object:
    if cell.data_type == "e":
        return Fault(f"is the error {shown(str(cell.value))} of a formula; correct it.")
    return cell.value


def _with_faults(row: Row, lost: Set[Place]) -> Row:
    cells = (
        Fault(_NO_RESULT) if (row.number, column) in lost else cell
        for column, cell in enumerate(row.cells, 1)
    )
    return Row(row.number, tuple(cells))
