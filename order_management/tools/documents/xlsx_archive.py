"""Refuse a workbook that could harm, from its table of contents, before it is opened."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .table import Refused

SIZE_LIMIT = 50 * 1024 * 1024  # bytes of all parts, unpacked
PART_LIMIT = 1000  # files inside the workbook
RATIO_LIMIT = 200  # times that a large part may shrink when packed; sheets shrink 15 times
RATIO_FREE_SIZE = 1024 * 1024  # bytes up to which a part may shrink as it likes

_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of .xls, and of workbooks with a password
_MANIFEST = "[Content_Types].xml"
_OUTWARD = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)")
_BROKEN = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


class _Seen(Exception):
    """Ends the parsing of a part when what was looked for is there."""


def check(content: bytes) -> None:
    """Raise `Refused` unless `content` is a harmless archive that may hold a workbook."""
    if content.startswith(_OLD_FORMAT):
        message = "The file is an old .xls or has a password; save it as .xlsx without a password."
        raise Refused("unsupported_format", message)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            _check_declarations(archive)
    except _BROKEN as problem:
        raise not_a_workbook() from problem


def not_a_workbook() -> Refused:
    message = "The file is no readable Excel workbook (.xlsx), or it was cut off; send it again."
    return Refused("malformed", message)


def _check_parts(parts: list[ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > PART_LIMIT or sum(part.file_size for part in parts) > SIZE_LIMIT:
        message = "The workbook unpacks to more than 50 MiB or 1,000 parts; send the orders only."
        raise Refused("too_large", message)
    if _MANIFEST not in names:
        raise not_a_workbook()
    for harm, is_harmful in _HARMS.items():
        if any(is_harmful(part) for part in parts):
            raise Refused("forbidden_content", harm)
    if len(set(names)) < len(names):
        message = "The workbook holds two parts of one name; save it again as .xlsx."
        raise Refused("forbidden_content", message)


def _is_bomb(part: ZipInfo) -> bool:
    is_large = part.file_size > RATIO_FREE_SIZE
    return is_large and part.file_size > RATIO_LIMIT * part.compress_size


def _is_packed_oddly(part: ZipInfo) -> bool:
    return bool(part.flag_bits & 0x1) or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED)


_HARMS: dict[str, Callable[[ZipInfo], bool]] = {
    "The workbook is packed like a bomb; save it again as .xlsx.": _is_bomb,
    "The workbook is encrypted or packed in an odd way; save it again as .xlsx.": _is_packed_oddly,
    "The workbook holds parts that lead outside of it; save it again as .xlsx.": (
        lambda part: bool(_OUTWARD.match(part.filename))
    ),
    "The workbook holds macros; save it as .xlsx without them.": (
        lambda part: part.filename.lower().endswith("vbaproject.bin")
    ),
    "The workbook has links to other files; break them (Data, Edit Links) and save it again.": (
        lambda part: part.filename.lower().startswith("xl/externallinks/")
    ),
}


def _check_declarations(archive: ZipFile) -> None:
    for part in archive.infolist():
        with archive.open(part) as stream:
            if _has_doctype(stream):
                message = "The workbook declares a DOCTYPE, which is refused for safety; remove it."
                raise Refused("forbidden_content", message)


def _has_doctype(stream: IO[bytes]) -> bool:
    """Tell whether an XML part has a DOCTYPE, which can only stand before its first element.

    The parser that will read the part is asked, so that no encoding hides it. It stops before
    the first entity is declared. What is no XML has none.
    """
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_declared: _stop(found, True)
    parser.StartElementHandler = lambda *_element: _stop(found, False)
    with suppress(_Seen, expat.ExpatError):
        while piece := stream.read(4096):
            parser.Parse(piece, False)
    return any(found)


def _stop(found: list[bool], answer: bool) -> None:
    found.append(answer)
    raise _Seen
