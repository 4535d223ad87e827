"""Tables to start from: every header, and an order of two lines as an example."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .columns import KINDS

Value = str | int | float | bool | date | datetime | None
Record = tuple[Value, ...]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_FIRST_LINE: Mapping[str, Value] = MappingProxyType(
    {
        "external_ref": "WEB-1001",
        "ordered_at": datetime.fromisoformat("2026-03-02T09:30:00"),
        "customer.ref": "C-2001",
        "customer.name": "Muster GmbH",
        "customer.email": "orders@example.com",
        "customer.is_company": True,
        "customer.street": "Lindenstraße 12",
        "customer.zip": "04109",
        "customer.city": "Leipzig",
        "customer.country": "DE",
        "customer_reference": "PO 77",
        "currency": "EUR",
        "prices_include_tax": False,
        "requested_date": date(2026, 3, 9),
        "ship_complete": False,
        "note": "Please ring the bell.",
        "expected_total": 64.5,
        "lines.ref": "1",
        "lines.sku": "CHAIR-RED",
        "lines.quantity": 2,
        "lines.unit_price": 24.5,
        "lines.name": "Chair, red",
    }
)
_SECOND_LINE: Mapping[str, Value] = MappingProxyType(
    {
        "external_ref": "WEB-1001",
        "lines.ref": "2",
        "lines.sku": "LAMP-SMALL",
        "lines.quantity": 1,
        "lines.unit_price": 15.5,
        "lines.name": "Lamp, small",
    }
)
_NUMBER_FORMATS = MappingProxyType(
    {"text": "@", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
)
_SAVED_AT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def template(format: str, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the table as a file; the same bytes each time.

    `headers`: our key to the sender's header, for the columns that have one.
    """
    if format not in _WRITERS:
        raise ValueError("format: must be “csv” or “xlsx”")
    records = [tuple(line.get(key) for key in KINDS) for line in (_FIRST_LINE, _SECOND_LINE)]
    return _WRITERS[format]([tuple(headers.get(key, key) for key in KINDS), *records])


def neutralise(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; for every text exported."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _csv(records: list[Record]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([_csv_text(value) for value in record] for record in records)
    return target.getvalue().encode("utf-8-sig")


def _csv_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value)
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def _xlsx(records: list[Record]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Orders"
    sheet.freeze_panes = "B2"
    for record in records:
        sheet.append([neutralise(item) if isinstance(item, str) else item for item in record])
    for index, (key, kind) in enumerate(KINDS.items(), 1):
        _format_column(sheet, index, key, _NUMBER_FORMATS.get(kind, "General"))
    target = io.BytesIO()
    book.save(target)
    return _without_clock(target.getvalue())


def _format_column(sheet: object, index: int, key: str, number_format: str) -> None:
    """Format cells still to be filled, too: as texts, postcodes keep their first zero."""
    column = sheet.column_dimensions[get_column_letter(index)]
    column.width = max(12, len(key) + 2)
    column.number_format = number_format
    for row in (2, 3):
        sheet.cell(row, index).number_format = number_format
    sheet.cell(1, index).font = Font(bold=True)


def _without_clock(content: bytes) -> bytes:
    """Return the workbook without the moment at which it was made."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _SAVED_AT.sub(b"2026-01-01T00:00:00Z", part)
            copy.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return target.getvalue()


_WRITERS: Mapping[str, Callable[[list[Record]], bytes]] = MappingProxyType(
    {"csv": _csv, "xlsx": _xlsx}
)
