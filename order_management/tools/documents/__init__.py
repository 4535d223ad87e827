"""The shelf of document formats: files in, order documents out.

To add a format in four steps:

1. Write `<format>_file.py` with `read(content: bytes) -> [{"order": {...} | False, "errors":
   [...]}]`: one item per order in the file, its keys those of `order.py`, values in JSON types.
   It translates only; whether the order makes sense is judged by `order.read`. It never raises
   for what the file holds: a file that cannot be read, or that holds more than
   `order.FILE_LIMIT` orders, is one item, order `False`, one error.
   A table hands its rows to `table.read`, which groups them and reads the cells; its reader
   takes `options: TableOptions | None` as well, its items tell by `origin` where they stood.
2. Add it to `FORMATS` below, a table to `TABLES`, too.
3. Add `tests/tools/test_documents_<format>.py` and list it there.
4. Describe the format in the integrators' documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType

from . import csv_file, json_file, order, ubl, xlsx_file
from .columns import KINDS, TableOptions, fold, guess
from .errors import Error, error
from .table import locate
from .strays import holds_stray_card
from .templates import neutralise, template

__all__ = [
    "FORMATS",
    "KINDS",
    "SIZE_LIMIT",
    "TABLES",
    "TableOptions",
    "fold",
    "guess",
    "guess_format",
    "locate",
    "neutralise",
    "read_file",
    "template",
]

SIZE_LIMIT = 5 * 1024 * 1024  # bytes of one file

Item = dict[str, object]

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")

FORMATS: Mapping[str, Callable[..., list[Item]]] = MappingProxyType(
    {
        "json": json_file.read,
        "ubl": ubl.read,
        "csv": csv_file.read,
        "xlsx": xlsx_file.read,
    }
)
ENDINGS: Mapping[str, str] = MappingProxyType(
    {"csv": "csv", "txt": "csv", "tsv": "csv", "xlsx": "xlsx", "json": "json", "xml": "ubl"}
)
_STRAY_CARD: Item = {
    "order": False,
    "errors": [
        error(
            "card_number",
            "The file holds what looks like a payment card number beside its orders, such as in a "
            "comment or on another sheet. Remove it and send the file anew.",
        )
    ],
}
NAMING = frozenset({"ubl"})  # formats whose lines may name a product by nothing but its name
TABLES = frozenset({"csv", "xlsx"})  # formats whose readers take `TableOptions`, too


def read_file(format: str, content: bytes, options: TableOptions | None = None) -> list[Item]:
    """Return one `{"order", "errors"}` per order in the file, read as by `order.read`.

    `order` is `False` when there is none; with errors it must not be used as it is. `options`
    tell how tables are written, and do nothing to the other formats.
    """
    refusal = _refusal(format, content)
    if refusal:
        return [{"order": False, "errors": [refusal]}]
    arguments = (content, options) if format in TABLES else (content,)
    items = [_judged(item, format in NAMING) for item in FORMATS[format](*arguments)]
    return [deepcopy(_STRAY_CARD)] if _has_stray_card(format, content, items) else items


def _has_stray_card(format: str, content: bytes, items: list[Item]) -> bool:
    """Tell whether nobody has complained about a card number that the file holds somewhere."""
    orders = [item["order"] for item in items if item["order"] is not False]
    is_told = any(problem["code"] == "card_number" for item in items for problem in item["errors"])
    return bool(orders) and not is_told and holds_stray_card(format, content, orders)


def guess_format(filename: str, content: bytes) -> str:
    """Return the format that a file seems to have; `""` when it is none that is read.

    A zip archive can only be a workbook, whatever its name says, and the other way round.
    """
    ending = ENDINGS.get(filename.rpartition(".")[2].casefold(), "")
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if ending not in ("", "xlsx"):
        return ending
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        return "ubl"
    is_text = start.startswith((b"\xff\xfe", b"\xfe\xff")) or not _BINARY.search(start)
    return "csv" if any(sign in start for sign in b",;\t") and is_text else ending


def _refusal(format: str, content: bytes) -> Error | None:
    if format not in FORMATS:
        known = ", ".join(f"“{name}”" for name in FORMATS)
        return error("unsupported_format", f"This format is not read; send one of {known}.")
    if len(content) > SIZE_LIMIT:
        return error("too_large", "The file exceeds 5 MiB; split it into several.")
    if not content.strip():
        return error("malformed", "The file is empty; send it again.")
    return None


def _judged(item: Item, may_name: bool) -> Item:
    """Add what `order.read` finds to what the format's reader found, each thing once.

    A value that the reader could not use is told as wrong, not as missing besides.
    """
    if item["order"] is False:
        return item
    found, errors = order.read(item["order"])
    known = {(problem["code"], problem["path"]) for problem in item["errors"]}
    if may_name and found:
        lines = enumerate(found.get("lines", []))
        known |= {("missing", f"lines[{index}].sku") for index, line in lines if "name" in line}
    known |= {("missing", path) for code, path in known if code in ("wrong_value", "too_large")}
    new = [problem for problem in errors if (problem["code"], problem["path"]) not in known]
    return {**item, "order": found, "errors": [*item["errors"], *new]}
