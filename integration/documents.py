"""The orders of the story: a batch of twenty in JSON, and three UBL files."""

import base64
from xml.sax.saxutils import escape

PRICES = {"MUG": 12.50, "LAMP": 49.90, "CHAIR": 120.00, "RARE": 80.00}
STREETS = (
    ("Rue Neuve 12", "1000", "Bruxelles", "BE"),
    ("Meir 50", "2000", "Antwerpen", "BE"),
    ("Domstraße 3", "50667", "Köln", "DE"),
    ("Keizersgracht 10", "1015 CN", "Amsterdam", "NL"),
    ("Rue de Rivoli 99", "75001", "Paris", "FR"),
)

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
NAMES = (
    "Galerie Lumen",
    "Hotel Astoria",
    "Bistro Verde",
    "Atelier Noord",
    "Villa Rosa",
    "Café Central",
    "Studio Kant",
    "Maison Blanche",
    "Haus am See",
    "De Gouden Leeuw",
    "Chez Antoine",
)


def customer(prefix, number):
    """One of the story's customers, always with the same address."""
    street, postcode, city, country = STREETS[number % len(STREETS)]
    return {
        "ref": f"{prefix}-C{number}",
        "name": NAMES[number % len(NAMES)],
        "email": f"customer{number}@{prefix.lower()}.example.com",
        "street": street,
        "zip": postcode,
        "city": city,
        "country": country,
    }


def line(prefix, number, article, quantity, price=None):
    """An order line at list price unless told otherwise."""
    return {
        "ref": str(number),
        "sku": f"{prefix}-{article}",
        "quantity": quantity,
        "unit_price": PRICES[article] if price is None else price,
    }


def batch(prefix):
    """Twenty orders of a web shop; four of them must be held.

    Number 4 has a postcode of four digits in Germany, 7 a wrong price, 11 comes from the
    customer with a credit limit of 1,000.00, 15 wants more than there is.
    """
    orders = [_plain_order(prefix, number) for number in range(1, 21)]
    orders[3]["customer"] = {
        **customer(prefix, 40),
        "zip": "1234",
        "city": "Köln",
        "country": "DE",
    }
    orders[6]["lines"] = [line(prefix, 1, "LAMP", 2, price=39.90)]
    orders[10]["customer"] = customer(prefix, 90)
    orders[10]["lines"] = [line(prefix, 1, "CHAIR", 10)]
    orders[14]["lines"] = [line(prefix, 1, "RARE", 3)]
    return orders


def _plain_order(prefix, number):
    lines = [line(prefix, 1, "MUG", 1 + number % 4)]
    if number % 2:
        lines.append(line(prefix, 2, "LAMP", 1))
    if number % 5 == 0:
        lines.append(line(prefix, 3, "CHAIR", 2))
    return {
        "external_ref": f"{prefix}-WEB-{number:04}",
        "ordered_at": "2026-03-02T09:30:00Z",
        "customer": customer(prefix, number % 8),
        "lines": lines,
    }


def changed(order):
    """The same order with one unit more on its first line."""
    first, *rest = order["lines"]
    return {**order, "lines": [{**first, "quantity": first["quantity"] + 1}, *rest]}


def ubl_files(prefix, currency):
    """Three orders as UBL: with line discount and freight, with a period, with a place."""
    discount = _allowance("5.00", "Spring campaign")
    freight = _document_charge("9.00", "Freight")
    return [
        _file(
            _ubl_order(
                f"{prefix}-UBL-1",
                customer(prefix, 1),
                _delivery(customer(prefix, 21)),
                [(f"{prefix}-MUG", 24, "12.50", discount), (f"{prefix}-LAMP", 1, "49.90", "")],
                charges=freight,
            ),
            currency,
        ),
        _file(
            _ubl_order(
                f"{prefix}-UBL-2",
                customer(prefix, 2),
                "<cac:Delivery><cac:RequestedDeliveryPeriod><cbc:StartDate>2026-03-16"
                "</cbc:StartDate><cbc:EndDate>2026-03-18</cbc:EndDate>"
                "</cac:RequestedDeliveryPeriod></cac:Delivery>",
                [(f"{prefix}-MUG", 24, "12.50", "")],
            ),
            currency,
        ),
        _file(
            _ubl_order(
                f"{prefix}-UBL-3",
                customer(prefix, 3),
                _delivery(customer(prefix, 23)),
                [(f"{prefix}-CHAIR", 1, "120.00", "")],
            ),
            currency,
        ),
    ]


def _file(content, currency):
    content = content.replace("{currency}", currency)
    return {
        "format": "ubl",
        "filename": "order.xml",
        "content": base64.b64encode(content.encode()).decode(),
    }


def _ubl_order(reference, buyer, delivery, lines, charges=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Order xmlns="{UBL}:Order-2" '
        f'xmlns:cac="{UBL}:CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}:CommonBasicComponents-2">'
        "<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>"
        "<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>"
        f"<cbc:ID>{reference}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>"
        "<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>"
        f"<cac:BuyerCustomerParty>{_party(buyer)}</cac:BuyerCustomerParty>"
        "<cac:SellerSupplierParty><cac:Party>"
        '<cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID>'
        "<cac:PartyLegalEntity><cbc:RegistrationName>The seller</cbc:RegistrationName>"
        "</cac:PartyLegalEntity></cac:Party></cac:SellerSupplierParty>"
        f"{delivery}{charges}"
        + "".join(_ubl_line(number, *entry) for number, entry in enumerate(lines, 1))
        + "</Order>"
    )


def _party(buyer):
    return (
        "<cac:Party>"
        '<cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>'
        f"<cac:PartyIdentification><cbc:ID>{buyer['ref']}</cbc:ID></cac:PartyIdentification>"
        f"<cac:PartyName><cbc:Name>{escape(buyer['name'])}</cbc:Name></cac:PartyName>"
        f"{_address('PostalAddress', buyer)}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(buyer['name'])}"
        "</cbc:RegistrationName></cac:PartyLegalEntity>"
        f"<cac:Contact><cbc:ElectronicMail>{buyer['email']}</cbc:ElectronicMail></cac:Contact>"
        "</cac:Party>"
    )


def _address(tag, place):
    return (
        f"<cac:{tag}><cbc:StreetName>{escape(place['street'])}</cbc:StreetName>"
        f"<cbc:CityName>{escape(place['city'])}</cbc:CityName>"
        f"<cbc:PostalZone>{place['zip']}</cbc:PostalZone>"
        f"<cac:Country><cbc:IdentificationCode>{place['country']}</cbc:IdentificationCode>"
        f"</cac:Country></cac:{tag}>"
    )


def _delivery(place):
    return (
        f"<cac:Delivery><cac:DeliveryLocation>{_address('Address', place)}"
        "</cac:DeliveryLocation><cac:DeliveryParty><cac:PartyName><cbc:Name>"
        f"{escape(place['name'])}</cbc:Name></cac:PartyName></cac:DeliveryParty></cac:Delivery>"
    )


def _allowance(amount, reason):
    return (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>"
        f'<cbc:Amount currencyID="{{currency}}">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


def _document_charge(amount, reason):
    return (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>"
        f'<cbc:Amount currencyID="{{currency}}">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


def _ubl_line(number, sku, quantity, price, allowance):
    total = round(quantity * float(price) - (5.0 if allowance else 0.0), 2)
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID>"
        f'<cbc:Quantity unitCode="C62" unitCodeListID="UNECERec20">{quantity}</cbc:Quantity>'
        f'<cbc:LineExtensionAmount currencyID="{{currency}}">{total:.2f}'
        f"</cbc:LineExtensionAmount>{allowance}"
        f'<cac:Price><cbc:PriceAmount currencyID="{{currency}}">{price}</cbc:PriceAmount>'
        "</cac:Price><cac:Item>"
        f"<cbc:Name>{sku}</cbc:Name><cac:SellersItemIdentification><cbc:ID>{sku}</cbc:ID>"
        "</cac:SellersItemIdentification></cac:Item></cac:LineItem></cac:OrderLine>"
    )
