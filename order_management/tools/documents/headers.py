"""The headers of a table, without reading its rows."""

from __future__ import annotations

from . import csv_file, xlsx_file
from .columns import TableOptions
from .table import Refused


def read_headers(content: bytes) -> list[str]:
    """Return the headers of a CSV or XLSX table, `[]` when it is none that can be read."""
    reader = xlsx_file if content.startswith(b"PK") else csv_file
    try:
        row = reader.first_row(content, TableOptions())
    except Refused:
        return []
    return [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
