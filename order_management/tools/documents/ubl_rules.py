"""The rules of Peppol BIS Ordering 3."""

from __future__ import annotations

from .xml_tree import Element, parse_order


def validate(content: bytes) -> list[dict[str, str]]:
    root, errors = parse_order(content)
    if root is None:
        return [{**problem, "level": "fatal"} for problem in errors]
    return broken_rules(root)


def broken_rules(root: Element) -> list[dict[str, str]]:
    return []
