"""Read an order from a UBL 2 Order file, as Peppol BIS Ordering 3 sends it."""

from __future__ import annotations

from decimal import Decimal

from . import ubl_rules
from .cards import shown
from .errors import Error, error
from .xml_tree import Element, find, find_all, parse_decimal, parse_order, raw_text, text

__all__ = ["read", "validate"]

validate = ubl_rules.validate


def read(content: bytes) -> list[dict[str, object]]:
    """Return one `{"order", "errors"}`: a UBL file holds one order.

    Every key is there, `False` when the file says nothing; dates are as written. `errors` are
    numbers that cannot be read and broken rules of Peppol that are fatal.
    """
    root, errors = parse_order(content)
    if root is None:
        return [{"order": False, "errors": errors}]
    order = _order(root, errors)
    broken = [
        error(rule["code"], rule["message"], rule["path"]) for rule in ubl_rules.fatal_rules(root)
    ]
    return [{"order": order, "errors": errors + broken}]


def _order(root: Element, errors: list[Error]) -> dict[str, object]:
    lines = [_line(node, index, errors) for index, node in enumerate(find_all(root, "OrderLine"))]
    total = find(root, "AnticipatedMonetaryTotal/PayableAmount")
    return {
        "external_ref": text(root, "ID") or False,
        "ordered_at": _ordered_at(root),
        "customer": _party(find(root, "BuyerCustomerParty/Party")),
        "ship_to": _ship_to(root),
        "bill_to": _party(find(root, "AccountingCustomerParty/Party")),
        "customer_reference": text(root, "CustomerReference") or False,
        "currency": text(root, "DocumentCurrencyCode") or False,
        "prices_include_tax": False,
        "requested_date": _requested_date(root),
        "ship_complete": _ship_complete(root),
        "note": _note(root),
        "expected_total": _number(total, "expected_total", errors),
        "charges": _charges(root, errors),
        "lines": lines,
    }


def _ordered_at(root: Element) -> str | bool:
    day, time = text(root, "IssueDate"), text(root, "IssueTime")
    return f"{day}T{time}" if day and time else day or False


def _requested_date(root: Element) -> str | bool:
    period = "Delivery/RequestedDeliveryPeriod/"
    return text(root, period + "EndDate") or text(root, period + "StartDate") or False


def _ship_complete(root: Element) -> bool:
    indicators = find_all(root, "OrderLine/LineItem/PartialDeliveryIndicator")
    return any(_boolean(node) is False for node in indicators)


def _note(root: Element) -> str | bool:
    notes = [raw_text(node).strip() for node in find_all(root, "Note")]
    return "\n".join(filter(None, notes)) or False


def _party(node: Element | None, address: Element | None = None) -> dict[str, object] | bool:
    """Return who a Party is; `address` is where, if not at its own address."""
    if address is None:
        address = find(node, "PostalAddress")
    if address is None:
        address = find(node, "PartyLegalEntity/RegistrationAddress")
    party = {
        "ref": text(node, "PartyIdentification/ID") or text(node, "EndpointID") or False,
        "name": text(node, "PartyName/Name")
        or text(node, "PartyLegalEntity/RegistrationName")
        or False,
        "email": text(node, "Contact/ElectronicMail") or False,
        "phone": text(node, "Contact/Telephone") or False,
        "vat": _vat(node),
        **_address(address),
    }
    return party if any(party.values()) else False


def _ship_to(root: Element) -> dict[str, object] | bool:
    delivery = find(root, "Delivery")
    return _party(find(delivery, "DeliveryParty"), find(delivery, "DeliveryLocation/Address"))


def _vat(node: Element | None) -> str | bool:
    for scheme in find_all(node, "PartyTaxScheme"):
        if text(scheme, "TaxScheme/ID") == "VAT":
            return text(scheme, "CompanyID") or False
    return False


def _address(node: Element | None) -> dict[str, object]:
    more = [find(node, "AdditionalStreetName"), *find_all(node, "AddressLine/Line")]
    return {
        "street": text(node, "StreetName") or False,
        "street2": ", ".join(filter(None, map(text, more))) or False,
        "zip": text(node, "PostalZone") or False,
        "city": text(node, "CityName") or False,
        "state": text(node, "CountrySubentity") or False,
        "country": text(node, "Country/IdentificationCode") or False,
    }


def _line(node: Element, index: int, errors: list[Error]) -> dict[str, object]:
    item, path = find(node, "LineItem"), f"lines[{index}]"
    quantity = find(item, "Quantity")
    return {
        "ref": text(item, "ID") or False,
        "sku": text(item, "Item/SellersItemIdentification/ID") or False,
        "barcode": text(item, "Item/StandardItemIdentification/ID") or False,
        "customer_sku": text(item, "Item/BuyersItemIdentification/ID") or False,
        "quantity": _number(quantity, f"{path}.quantity", errors),
        "uom": (quantity is not None and quantity.get("unitCode", "").strip()) or False,
        "unit_price": _unit_price(item, f"{path}.unit_price", errors),
        "discount": _discount(item),
        "name": text(item, "Item/Name") or text(item, "Item/Description") or False,
    }


def _unit_price(item: Element | None, path: str, errors: list[Error]) -> float | bool:
    """Return PriceAmount for one unit; BaseQuantity says for how many it is."""
    price = find(item, "Price/PriceAmount")
    if _number(price, path, errors) is False:
        return False
    return float(_decimal(price) / _base_quantity(item))


def _base_quantity(item: Element | None) -> Decimal:
    return _decimal(find(item, "Price/BaseQuantity")) or Decimal(1)


def _line_value(item: Element | None) -> Decimal:
    price = _decimal(find(item, "Price/PriceAmount")) / _base_quantity(item)
    return _decimal(find(item, "Quantity")) * price


def _discount(item: Element | None) -> float:
    """Return the line's allowances in percent of quantity × unit price."""
    value = _line_value(item)
    allowances = [_decimal(find(node, "Amount")) for node in _allowances(item, charge=False)]
    return float(100 * sum(allowances, Decimal(0)) / value) if value else 0.0


def _charges(root: Element, errors: list[Error]) -> list[dict[str, object]]:
    """Return charges and allowances of the document, then the charges of the lines.

    An allowance on a line that is worth nothing is no discount in percent; it stays an amount.
    """
    found = [(node, False) for node in find_all(root, "AllowanceCharge")]
    for item in find_all(root, "OrderLine/LineItem"):
        ref = text(item, "ID") or False
        found += [(node, ref) for node in _allowances(item, charge=True)]
        if not _line_value(item):
            found += [(node, ref) for node in _allowances(item, charge=False)]
    errors.extend(_indicator_errors(root))
    known = [(node, ref) for node, ref in found if _is_charge(node) is not None]
    return [_charge(node, ref, i, errors) for i, (node, ref) in enumerate(known)]


def _indicator_errors(root: Element) -> list[Error]:
    """Tell of amounts of which one cannot say whether they are charges or allowances."""
    nodes = find_all(root, "AllowanceCharge") + find_all(root, "OrderLine/LineItem/AllowanceCharge")
    if all(_is_charge(node) is not None for node in nodes):
        return []
    message = "A ChargeIndicator is neither true (a charge) nor false (an allowance); correct it."
    return [error("wrong_value", message, "charges")]


def _allowances(item: Element | None, charge: bool) -> list[Element]:
    nodes = find_all(item, "AllowanceCharge")
    return [node for node in nodes if _is_charge(node) is charge]


def _is_charge(node: Element) -> bool | None:
    return _boolean(find(node, "ChargeIndicator"))


def _charge(node: Element, ref: str | bool, index: int, errors: list[Error]) -> dict[str, object]:
    is_charge = _is_charge(node)
    amount = _number(find(node, "Amount"), f"charges[{index}].amount", errors)
    reason = text(node, "AllowanceChargeReason") or text(node, "AllowanceChargeReasonCode")
    return {
        "name": reason or ("Charge" if is_charge else "Allowance"),
        "amount": amount if is_charge or amount is False else 0.0 - amount,
        "line": ref,
    }


def _boolean(node: Element | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text(node))


def _decimal(node: Element | None) -> Decimal:
    return parse_decimal(raw_text(node)) or Decimal(0)


def _number(node: Element | None, path: str, errors: list[Error]) -> float | bool:
    """Return the element's number; False when there is none, with an error if it is no number."""
    if node is None or not text(node):
        return False
    number = parse_decimal(raw_text(node))
    if number is None:
        message = f"`{path}` is “{shown(text(node))}”, which is no decimal number; correct it."
        errors.append(error("wrong_value", message, path))
        return False
    return float(number)
