"""Find card numbers in the parts of a file that are not read: comments, other sheets, and so on."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from zipfile import ZipFile

from lxml import etree

from .cards import long_numbers, stray_card


def holds_stray_card(format: str, content: bytes, orders: list[object]) -> bool:
    """Tell whether a file that could be read holds a card number beside its orders.

    :param orders: the orders as they were read, whose own values were judged already
    """
    if format not in _TEXTS:
        return False
    known = set().union(*map(long_numbers, orders))
    return any(stray_card(text, known) for text in _TEXTS[format](content))


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, with marks for what is no text."""
    return content.decode(json.detect_encoding(content), "replace").replace("\x00", "\ufffd")


def _csv_texts(content: bytes) -> Iterator[str]:
    yield decoded(content)


def _ubl_texts(content: bytes) -> Iterator[str]:
    """Yield all texts of a file that was found free of a DOCTYPE, comments included."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(content, parser)
    for node in (*root.itersiblings(preceding=True), *root.iter(), *root.itersiblings()):
        yield node.text or ""
        yield node.tail or ""
        yield from node.attrib.values()


def _xlsx_texts(content: bytes) -> Iterator[str]:
    with ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name
            yield decoded(archive.read(name))


_TEXTS: Mapping[str, Callable[[bytes], Iterator[str]]] = MappingProxyType(
    {"csv": _csv_texts, "ubl": _ubl_texts, "xlsx": _xlsx_texts}
)
