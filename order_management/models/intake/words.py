"""Places in a document in plain words, for people who do not read paths."""

import re

from odoo.tools import LazyTranslate

from ...tools.documents import locate

_lt = LazyTranslate(__name__)

WORDS = {
    "external_ref": _lt("Order reference"),
    "ordered_at": _lt("Order date"),
    "customer": _lt("Customer"),
    "ship_to": _lt("Delivery address"),
    "bill_to": _lt("Invoice address"),
    "ref": _lt("number"),
    "name": _lt("name"),
    "email": _lt("e-mail"),
    "phone": _lt("phone"),
    "vat": _lt("tax number"),
    "is_company": _lt("is a company"),
    "lang": _lt("language"),
    "street": _lt("street"),
    "street2": _lt("second street line"),
    "zip": _lt("postcode"),
    "city": _lt("city"),
    "state": _lt("state"),
    "country": _lt("country"),
    "customer_reference": _lt("Customer's reference"),
    "currency": _lt("Currency"),
    "prices_include_tax": _lt("Prices include tax"),
    "requested_date": _lt("Requested date"),
    "carrier": _lt("Carrier"),
    "ship_complete": _lt("Ship complete"),
    "note": _lt("Note"),
    "expected_total": _lt("Expected total"),
    "charges": _lt("Charge"),
    "amount": _lt("amount"),
    "line": _lt("line"),
    "payment": _lt("Payment"),
    "status": _lt("status"),
    "provider": _lt("provider"),
    "reference": _lt("reference"),
    "lines": _lt("Line"),
    "sku": _lt("product code"),
    "barcode": _lt("barcode"),
    "customer_sku": _lt("customer's product code"),
    "quantity": _lt("quantity"),
    "uom": _lt("unit"),
    "unit_price": _lt("unit price"),
    "discount": _lt("discount"),
}
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def place_of(env, path, origin=None):
    """``lines[1].sku`` as “Line 2, product code”; the whole document for an empty path.

    :param dict origin: where the order stood in its table, which comes first then
    """
    words, cell = _words_of(env, path), cell_of(env, path, origin)
    return f"{cell}: {words}" if cell else words


def cell_of(env, path, origin):
    """“Row 3, column D”, as far as it is known where ``path`` stood in a table."""
    number, letters = locate(origin, path) if origin else (0, "")
    if number and letters:
        return env._("Row %(row)s, column %(column)s", row=number, column=letters)
    return env._("Row %(row)s", row=number) if number else ""


def _words_of(env, path):
    parts = []
    for name, number in _STEP.findall(path or ""):
        word = env._(WORDS[name]) if name in WORDS else name
        parts.append(f"{word} {int(number) + 1}" if number else str(word))
    return ", ".join(parts) or env._("The document")


def problem_of(env, found):
    """The message of an error as people read it: its place in words instead of its path."""
    path, message = found["path"], found["message"]
    return message.replace(f"`{path}`", _words_of(env, path)) if path else message


def value_of(env, value):
    """A value of a document in plain words; an object as its fields, one after another."""
    if value is False or value is None:
        return "–"
    if value is True:
        return env._("yes")
    if isinstance(value, dict):
        return ", ".join(f"{place_of(env, key)} {value_of(env, value[key])}" for key in value)
    if isinstance(value, list):
        return "; ".join(value_of(env, item) for item in value)
    return str(value)
