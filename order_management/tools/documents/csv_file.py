"""Read orders from a CSV file: a header, one row a line; comma, semicolon or tab between cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from . import table
from .columns import TableOptions, known_headers
from .table import Item, Refused, Row

DELIMITERS = (",", ";", "\t")

Fits = Callable[[Sequence[object]], int]

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_LETTER = re.compile(
    rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def read(content: bytes, options: TableOptions | None = None) -> list[Item]:
    """Return one `{"order", "errors"}` per order of the file, its values in JSON types.

    What the orders may hold is not judged here, only whether each cell can be read.
    """
    options = options or TableOptions()
    try:
        text, delimiter = _delimited(_decoded(content), _fits(options))
        decimal = "." if delimiter == "," else None
        return table.read(_rows(text, delimiter), options, decimal)
    except Refused as refusal:
        return [table.refused(refusal.error)]


def first_row(content: bytes, options: TableOptions) -> tuple[object, ...]:
    """Return the cells of the header; raises `Refused` for a file that is no table."""
    text, delimiter = _delimited(_decoded(content), _fits(options))
    return _first_row(text, delimiter)


def rows(content: bytes, fits: Fits) -> tuple[Iterator[Row], str | None]:
    """Return all rows of any table, and the decimal sign its delimiter suggests.

    `fits` counts the headers that are known in a row. Raises `Refused`, also while rows are read.
    """
    text, delimiter = _delimited(_decoded(content), fits)
    return _rows(text, delimiter), "." if delimiter == "," else None


def _fits(options: TableOptions) -> Fits:
    return lambda header: known_headers(header, options)


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in _ENCODINGS if content.startswith(mark)]
    try:
        text = content.decode(encodings[0]) if encodings else _decoded_unmarked(content)
    except UnicodeDecodeError:
        message = "The file is no readable text; save it as CSV in UTF-8, or send it again."
        raise Refused("malformed", message) from None
    if "\x00" in text:
        message = "The file holds zero bytes, so it is no CSV text; save it as CSV in UTF-8."
        raise Refused("malformed", message)
    return text


def _decoded_unmarked(content: bytes) -> str:
    """Read UTF-8, else Windows' Western European code page.

    A file mostly, but not throughout, in UTF-8 is damaged or cut off: read by the code page, its
    names would be garbled.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        rest, letters = _UTF8_LETTER.subn(b"", content)
        if letters > len(_HIGH_BYTE.findall(rest)):
            raise
        return content.decode("cp1252")


def _delimited(text: str, fits: Fits) -> tuple[str, str]:
    """Return the table's text, and the delimiter it names or that fits its header best."""
    named = _SEPARATOR_LINE.match(text)
    if named:
        return text[named.end() :], named[1]
    headers = {delimiter: _first_row(text, delimiter) for delimiter in DELIMITERS}
    known = {delimiter: (fits(header), len(header)) for delimiter, header in headers.items()}
    return text, max(DELIMITERS, key=known.__getitem__)


def _first_row(text: str, delimiter: str) -> tuple[object, ...]:
    try:
        return next((row.cells for row in _records(text, delimiter) if not row.is_blank), ())
    except csv.Error:
        return ()


def _records(text: str, delimiter: str) -> Iterator[Row]:
    lines = io.StringIO(text, newline="")
    for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
        yield Row(number, tuple(cells))


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    number = width = 0
    cells: tuple[object, ...] = ()
    try:
        for row in _records(text, delimiter):
            number, cells = row.number, row.cells
            width = width or len(cells)
            yield row
    except csv.Error as problem:
        raise _broken(number + 1, problem) from None
    if 0 < len(cells) < width and not text.endswith(("\n", "\r")):
        message = f"The file is cut off in row {number}; send it again."
        raise Refused("malformed", message)


def _broken(number: int, problem: csv.Error) -> Refused:
    if "field larger" in str(problem):
        message = f"Row {number} has a cell of enormous size; is a quote not closed?"
        return Refused("too_large", message)
    message = (
        f"Row {number} cannot be read: a quote is not closed or stands inside a cell. Correct it "
        "there, or send the file again if it was cut off."
    )
    return Refused("malformed", message)
