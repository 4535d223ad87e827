"""Parse XML from strangers, and find one's way in it by local names.

Namespaces are not compared below the root: senders get prefixes and defaults wrong, and no two
elements of one document differ in nothing but their namespace.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from .cards import shown
from .errors import Error, error

Element = etree._Element

ELEMENT_LIMIT = 200_000  # of one file; an order of 1,000 rich lines has a third of it

DIGITS_LIMIT = 100  # of one number

ORDER_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def parse_order(content: bytes) -> tuple[Element | None, list[Error]]:
    """Return the root of a UBL order, or the one reason why there is none."""
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, LookupError, ValueError) as problem:
        return None, [_syntax_error(content, problem)]
    if root.getroottree().docinfo.doctype:
        return None, [_doctype_error()]
    if sum(1 for _element in root.iter()) > ELEMENT_LIMIT:
        message = f"The file has more than {ELEMENT_LIMIT:,} elements; split the order."
        return None, [error("too_large", message)]
    name = etree.QName(root)
    if name.localname != "Order" or name.namespace not in (ORDER_NAMESPACE, None):
        message = f"The file is a “{shown(name.localname)}”, not a UBL 2 Order; send the order."
        return None, [error("malformed", message)]
    return root, []


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _syntax_error(content: bytes, problem: Exception) -> Error:
    text = content.replace(b"\0", b"")  # of UTF-16 and UTF-32
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return _doctype_error()
    line, column = getattr(problem, "position", (0, 0))
    message = (
        f"The file is no valid XML: line {line}, column {column}. Correct it there, or send the "
        "file again if it was cut off."
    )
    return error("malformed", message)


def _doctype_error() -> Error:
    message = "The file declares a DOCTYPE, which is refused for safety; remove it."
    return error("forbidden_content", message)


def local_name(node: Element) -> str:
    """Return the element's name without its namespace."""
    return node.tag.rpartition("}")[2]


def find_all(node: Element | None, path: str) -> list[Element]:
    """Return the elements at `path`, steps separated by `/`, each a local name."""
    return [] if node is None else node.findall(_in_any_namespace(path))


@lru_cache(maxsize=256)
def _in_any_namespace(path: str) -> str:
    return "/".join("{*}" + step for step in path.split("/"))


def find(node: Element | None, path: str) -> Element | None:
    """Return the first element at `path`."""
    return None if node is None else node.find(_in_any_namespace(path))


def raw_text(node: Element | None, path: str = "") -> str:
    """Return the whole text of the element, or of the first at `path`, as it stands."""
    found = find(node, path) if path else node
    if found is None:
        return ""
    return "".join(found.itertext()) if len(found) else found.text or ""


def text(node: Element | None, path: str = "") -> str:
    """Return that text with white space folded to single spaces."""
    return " ".join(raw_text(node, path).split())


def parse_decimal(value: str) -> Decimal | None:
    """Return the number an XML Schema decimal stands for, or None when it is none."""
    value = value.strip(" \t\r\n")
    is_number = len(value) <= DIGITS_LIMIT and _DECIMAL.fullmatch(value)
    return Decimal(value) if is_number else None
