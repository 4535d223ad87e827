"""Find the formulas of a sheet whose results are not stored, which read like blank cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from zipfile import ZipFile

from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple

Place = tuple[int, int]  # row and column, counting from 1


def without_result(content: bytes, part: str) -> frozenset[Place]:
    """Return where they stand in the sheet that is stored in this part of the workbook."""
    found: list[Place] = []
    number = 0
    with ZipFile(io.BytesIO(content)) as archive, archive.open(part) as stream:
        rows = etree.iterparse(stream, tag="{*}row", resolve_entities=False, no_network=True)
        for _event, row in rows:
            number = int(row.get("r") or number + 1)
            found += ((number, column) for column in _columns(row))
            row.clear()
    return frozenset(found)


def _columns(row: etree._Element) -> Iterator[int]:
    column = 0
    for cell in row.iterchildren("{*}c"):
        place = cell.get("r")
        column = coordinate_to_tuple(place)[1] if place else column + 1
        if cell.find("{*}f") is not None and not _has_result(cell):
            yield column


def _has_result(cell: etree._Element) -> bool:
    """Tell whether there is a value; where the type is a text, none is an empty text."""
    return cell.get("t") == "str" or bool(cell.findtext("{*}v"))
