"""Peppol's own example orders, where they lie beside the checkout: read here with plain lxml."""

from pathlib import Path

from lxml import etree
from tools import documents

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "peppol"


def texts(node, path):
    steps = "/".join("{*}" + step for step in path.split("/"))
    return [(found.text or "").strip() for found in node.findall(steps)]


def text(node, path):
    return next(iter(texts(node, path)), "")


def amounts(node, indicator):
    for found in node.findall("{*}AllowanceCharge"):
        if text(found, "ChargeIndicator") == indicator:
            yield float(text(found, "Amount"))


def check_line(node, line):
    quantity, base = float(text(node, "Quantity")), text(node, "Price/BaseQuantity")
    price = float(text(node, "Price/PriceAmount")) / float(base or 1)
    assert (line["ref"], line["quantity"]) == (text(node, "ID"), quantity)
    assert line["unit_price"] == price
    assert line.get("sku", "") == text(node, "Item/SellersItemIdentification/ID")
    assert line.get("barcode", "") == text(node, "Item/StandardItemIdentification/ID")
    assert line["uom"] == node.find("{*}Quantity").get("unitCode")
    assert line["name"] == text(node, "Item/Name")
    net = quantity * price * (1 - line["discount"] / 100) + sum(amounts(node, "true"))
    assert round(net, 2) == float(text(node, "LineExtensionAmount"))


def check_places(root, order):
    buyer = text(root, "BuyerCustomerParty/Party/PartyName/Name")
    assert order["customer"]["name"] == buyer
    place = "Delivery/DeliveryLocation/Address/"
    for key, name in (("street", "StreetName"), ("zip", "PostalZone"), ("city", "CityName")):
        assert order["ship_to"][key] == text(root, place + name)
    assert order["ship_to"]["country"] == text(root, place + "Country/IdentificationCode")
    payer = text(root, "AccountingCustomerParty/Party/PostalAddress/StreetName")
    assert order.get("bill_to", {}).get("street", "") == payer


def check_order(root, order):
    assert order["external_ref"] == text(root, "ID")
    moment = f"{text(root, 'IssueDate')} {text(root, 'IssueTime') or '00:00:00'}"
    assert order["ordered_at"] == moment.removesuffix("Z")
    assert order["requested_date"] == text(root, "Delivery/RequestedDeliveryPeriod/EndDate")
    assert order.get("note", "") == "\n".join(texts(root, "Note"))
    assert order["currency"] == text(root, "DocumentCurrencyCode")
    assert order["expected_total"] == float(text(root, "AnticipatedMonetaryTotal/PayableAmount"))
    partial = texts(root, "OrderLine/LineItem/PartialDeliveryIndicator")
    assert order.get("ship_complete", False) is ("false" in partial)
    check_places(root, order)
    nodes = root.findall("{*}OrderLine/{*}LineItem")
    assert len(order["lines"]) == len(nodes) > 0
    for node, line in zip(nodes, order["lines"], strict=True):
        check_line(node, line)
    wanted = [*amounts(root, "true"), *(-amount for amount in amounts(root, "false"))]
    wanted += [amount for node in nodes for amount in amounts(node, "true")]
    assert sorted(charge["amount"] for charge in order.get("charges", [])) == sorted(wanted)


def test_peppols_own_orders():
    for path in sorted(FOLDER.glob("*.xml")):
        content = path.read_bytes()
        [item] = documents.read_file("ubl", content)
        assert item["errors"] == [], path.name
        check_order(etree.fromstring(content), item["order"])
