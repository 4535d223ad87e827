"""The order document: what it may hold, and how it is read.

To add a key: add a line to the table it belongs to, with its reader from `values`; a test;
the integrators' documentation follows from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from .cards import card_paths, mask_cards, shown
from .errors import Error, error, join
from .values import (
    UNSET,
    Key,
    Reader,
    choice,
    code,
    day,
    flag,
    is_unset,
    letters,
    moment,
    number,
    text,
    wrong_type,
)

__all__ = ["FILE_LIMIT", "LINE_LIMIT", "PRODUCT_KEYS", "mask_cards", "read", "read_party"]

LINE_LIMIT = 1000  # lines, and charges, of one order
FILE_LIMIT = 10_000  # orders of one file
UNKNOWN_KEYS_SHOWN = 20  # per object; one more error tells how many were left out
PRODUCT_KEYS = ("sku", "barcode", "customer_sku")  # a line names its product by one of these

Keys = Mapping[str, Key]

PARTY: Keys = MappingProxyType(
    {
        "ref": Key(code(128)),
        "name": Key(text(256)),
        "email": Key(text(254)),
        "phone": Key(text(64)),
        "vat": Key(text(64)),
        "is_company": Key(flag),
        "lang": Key(text(16)),
        "street": Key(text(256)),
        "street2": Key(text(512)),
        "zip": Key(text(32)),
        "city": Key(text(128)),
        "state": Key(text(128)),
        "country": Key(letters(2, "a two-letter country code such as DE")),
    }
)

LINE: Keys = MappingProxyType(
    {
        "ref": Key(code(128)),
        "sku": Key(code(128)),
        "barcode": Key(code(128)),
        "customer_sku": Key(code(128)),
        "quantity": Key(number(), required=True),
        "uom": Key(text(64)),
        "unit_price": Key(number()),
        "discount": Key(number(limit=1000)),
        "name": Key(text(2000)),
    }
)

CHARGE: Keys = MappingProxyType(
    {
        "name": Key(text(256)),
        "amount": Key(number(), required=True),
        "line": Key(code(128)),
    }
)

PAYMENT: Keys = MappingProxyType(
    {
        "status": Key(choice("none", "authorized", "captured")),
        "provider": Key(text(64)),
        "reference": Key(code(128)),
        "amount": Key(number()),
    }
)


def read(document: object) -> tuple[dict[str, object] | bool, list[Error]]:
    """Return the normalised order and everything that is wrong with the document.

    With errors, the order holds what could be read (its `lines` still in their places, so that
    `lines[2]` of an error's path is `order["lines"][2]`; card numbers masked) and must not be
    used as it is; a document that is no object at all gives `False`. Reading a read order again
    changes nothing.
    """
    if not isinstance(document, dict):
        message = "The order must be an object; give its keys between { and }."
        return False, [error("wrong_type", message)]
    errors: list[Error] = []
    order = _object(ORDER)(document, "", errors)
    order = {} if order is UNSET else order
    cards = list(_card_errors(document))
    errors += [*cards, *_reference_errors(order)]
    return mask_cards(order) if cards else order, errors


def read_party(party: object, path: str) -> tuple[dict[str, object] | bool, list[Error]]:
    """Return a customer or address as it stands in an order, and what is wrong with it."""
    errors: list[Error] = []
    found = _object(PARTY)(party, path, errors)
    cards = [error("card_number", problem["message"], path) for problem in _card_errors(party)]
    return (False if found is UNSET else found), [*errors, *cards[:1]]


def _object(keys: Keys) -> Reader:
    """Read an object with these keys; an object without any is unset."""

    def read_object(value: object, path: str, errors: list[Error]) -> object:
        if not isinstance(value, dict):
            errors.append(wrong_type(value, path, "an object", "Give its keys between { and }."))
            return UNSET
        errors.extend(_unknown_keys(value, path, keys))
        found = {name: _key(value, name, keys[name], path, errors) for name in keys}
        return {name: item for name, item in found.items() if item is not UNSET} or UNSET

    return read_object


def _key(holder: dict[str, object], name: str, key: Key, path: str, errors: list[Error]) -> object:
    """Read one key of an object; a required one without a value is an error."""
    value, before = holder.get(name), len(errors)
    given = not is_unset(value) or (value is False and key.read is flag)
    result = key.read(value, join(path, name), errors) if given else UNSET
    if result is UNSET and key.required and len(errors) == before:
        message = f"`{join(path, name)}` is missing or empty; it must be given."
        errors.append(error("missing", message, join(path, name)))
    return result


def _list_of(read_item: Reader) -> Reader:
    """Read a list of objects, each kept in its place; an empty list is unset."""

    def read_list(value: object, path: str, errors: list[Error]) -> object:
        if not isinstance(value, list):
            errors.append(wrong_type(value, path, "a list", "Put the items between [ and ]."))
            return UNSET
        if len(value) > LINE_LIMIT:
            message = (
                f"`{path}` has {len(value)} items; split the order, {LINE_LIMIT} is the limit."
            )
            errors.append(error("too_large", message, path))
            return UNSET
        items = [read_item(item, f"{path}[{index}]", errors) for index, item in enumerate(value)]
        return [{} if item is UNSET else item for item in items] or UNSET

    return read_list


def _line(value: object, path: str, errors: list[Error]) -> object:
    """Read an order line, which must name its product."""
    line = _object(LINE)(value, path, errors)
    if isinstance(value, dict) and all(is_unset(value.get(key)) for key in PRODUCT_KEYS):
        message = f"`{path}` names no product; give `sku`, `barcode` or `customer_sku`."
        errors.append(error("missing", message, join(path, "sku")))
    return line


ORDER: Keys = MappingProxyType(
    {
        "external_ref": Key(code(128), required=True),
        "ordered_at": Key(moment),
        "customer": Key(_object(PARTY), required=True),
        "ship_to": Key(_object(PARTY)),
        "bill_to": Key(_object(PARTY)),
        "customer_reference": Key(text(256)),
        "currency": Key(letters(3, "a three-letter currency code such as EUR")),
        "prices_include_tax": Key(flag),
        "requested_date": Key(day),
        "carrier": Key(code(128)),
        "ship_complete": Key(flag),
        "note": Key(text(10_000)),
        "expected_total": Key(number()),
        "charges": Key(_list_of(_object(CHARGE))),
        "payment": Key(_object(PAYMENT)),
        "lines": Key(_list_of(_line), required=True),
    }
)


def _unknown_keys(holder: dict[str, object], path: str, keys: Keys) -> Iterator[Error]:
    unknown = [str(name) for name in holder if name not in keys]
    for name in unknown[:UNKNOWN_KEYS_SHOWN]:
        where = join(path, shown(name))
        message = f"`{where}` is not a known key. {_advice(name, tuple(keys))}"
        yield error("unknown_key", message, where)
    if len(unknown) > UNKNOWN_KEYS_SHOWN:
        count = len(unknown) - UNKNOWN_KEYS_SHOWN
        yield error("unknown_key", f"`{path}` has {count} more unknown keys; remove them.", path)


@lru_cache(maxsize=1024)
def _advice(name: str, known: tuple[str, ...]) -> str:
    nearest = get_close_matches(name.strip().lower()[:64], known, n=1)
    return f"Did you mean `{nearest[0]}`?" if nearest else "Remove it."


def _card_errors(document: dict[str, object]) -> Iterator[Error]:
    for path in dict.fromkeys(card_paths(document)):
        place = f"`{path}`" if path else "The order"
        message = (
            f"{place} holds what looks like a payment card number. Remove it and send the order "
            "anew; a payment is named by its provider's reference."
        )
        yield error("card_number", message, path)


def _reference_errors(order: dict[str, object]) -> Iterator[Error]:
    """Line references must be unique, and charges must point at one of them."""
    seen: set[object] = set()
    for index, line in enumerate(order.get("lines", [])):
        if line.get("ref") in seen:
            message = (
                f"`lines[{index}].ref` repeats “{shown(line['ref'])}”; give each line its own."
            )
            yield error("duplicate", message, f"lines[{index}].ref")
        seen |= {line["ref"]} if "ref" in line else set()
    for index, charge in enumerate(order.get("charges", [])):
        if "line" in charge and charge["line"] not in seen:
            message = (
                f"`charges[{index}].line` is “{shown(charge['line'])}”, which is the `ref` of no "
                "line; correct it or leave it out."
            )
            yield error("unknown_line", message, f"charges[{index}].line")
