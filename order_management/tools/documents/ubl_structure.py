"""The structure of a Peppol order: what is missing, what is unknown, which code is on no list.

The rules are numbered by the outline of the data model: PEPPOL-T01-B, the number of the element
(attributes count too, the order itself is 1), and the number of the check on that element.

They are reported as warnings: an order that breaks one of them can mostly still be understood,
and what an order cannot do without is asked of every format by `order.read`.
"""

from __future__ import annotations

from collections.abc import Iterator

from .code_lists import BOOLEANS, COUNTRIES, CURRENCIES, ORDER_TYPES, PRIORITIES
from .identifiers import has_form
from .rules import WARNING, Paths, Problem, problem
from .ubl_outline import Node, outline
from .xml_tree import Element, find, local_name, text

STRUCTURE_LEVEL = WARNING

# Long lists are checked by their form only.
VALUES = {
    "order-type": ORDER_TYPES,
    "currency": CURRENCIES,
    "country": COUNTRIES | {"1A", "XI"},
    "boolean": BOOLEANS,
    "false": frozenset({"false"}),
    "priority": PRIORITIES,
    "mime": r"[a-z]+/[\w.+-]+",
    "eas": r"\d{4}",
    "icd": r"\d{4}",
    "unit": r"[0-9A-Z]{2,3}",
    "item-list": r"[A-Z]{2,3}",
}


def structure_problems(root: Element) -> Iterator[Problem]:
    """Yield what is missing, what is unknown, and which code is on no list."""
    paths, waiting = Paths(), [(root, outline())]
    while waiting:
        element, node = waiting.pop()
        for code, message, where in _problems_of(element, node):
            yield problem(f"PEPPOL-T01-B{code}", message, paths.of(where), STRUCTURE_LEVEL)
        known = [(child, node.children.get(local_name(child))) for child in element]
        waiting.extend((child, found) for child, found in reversed(known) if found and found.number)


def _problems_of(element: Element, node: Node) -> Iterator[tuple[str, str, Element]]:
    """Yield (number of the rule, message, where)."""
    number = 0
    for holds, message in _checks(element, node):
        number += 1
        if not holds:
            yield f"{node.number:03d}{number:02d}", message, element
    for child in element if node.children else ():
        if local_name(child) not in node.children:
            message = "this element is not part of the data model; leave it out."
            yield f"{node.number:03d}{number + 1:02d}", message, child


def _checks(element: Element, node: Node) -> Iterator[tuple[bool, str]]:
    """Yield each check on the element itself, in the order of the numbering."""
    if node.values:
        yield _is_one_of(text(element), node.values), "this value is not on its code list."
    for child in node.children.values():
        if child.required:
            yield find(element, child.name) is not None, f"{child.name} is missing; add it."
    for attribute in node.attributes:
        value = element.get(attribute.name)
        if attribute.required:
            yield value is not None, f"the attribute {attribute.name} is missing; add it."
        if attribute.values:
            fits = value is None or _is_one_of(value, attribute.values)
            yield fits, f"the attribute {attribute.name} is not on its code list."
    if node.number == 1:
        named = any(name.endswith("}schemaLocation") for name in element.attrib)
        yield not named, "The file must not name a schema location; leave the attribute out."


def _is_one_of(value: str, name: str) -> bool:
    values = VALUES[name]
    return has_form(values, value) if isinstance(values, str) else value in values
