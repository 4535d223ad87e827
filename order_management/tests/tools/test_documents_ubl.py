"""Reading UBL orders: the whole mapping, odd documents, hostile documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import documents
from tools.documents import ubl
from tools.error_codes import CODES

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def order_file(inside):
    return f'<?xml version="1.0" encoding="UTF-8"?><Order {NAMESPACES}>{inside}</Order>'.encode()


def read_order(inside):
    [item] = ubl.read(order_file(inside))
    return item["order"]


def line(inside="", ref="1"):
    item = f"<cac:LineItem><cbc:ID>{ref}</cbc:ID>{inside}</cac:LineItem>"
    return f"<cac:OrderLine>{item}</cac:OrderLine>"


def price(amount, base=None):
    base = f'<cbc:BaseQuantity unitCode="C62">{base}</cbc:BaseQuantity>' if base else ""
    return (
        f'<cac:Price><cbc:PriceAmount currencyID="EUR">{amount}</cbc:PriceAmount>{base}</cac:Price>'
    )


def charge(indicator, amount, reason="Freight"):
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>"
        f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


def quantity(number, unit="C62"):
    return f'<cbc:Quantity unitCode="{unit}">{number}</cbc:Quantity>'


ADDRESS = (
    "<cbc:StreetName>Kirkegata 1</cbc:StreetName>"
    "<cbc:AdditionalStreetName>Inngang B</cbc:AdditionalStreetName>"
    "<cbc:CityName>Bergen</cbc:CityName><cbc:PostalZone>5003</cbc:PostalZone>"
    "<cbc:CountrySubentity>Vestland</cbc:CountrySubentity>"
    "<cac:AddressLine><cbc:Line>3. etasje</cbc:Line></cac:AddressLine>"
    "<cac:AddressLine><cbc:Line>Dør 7</cbc:Line></cac:AddressLine>"
    "<cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country>"
)

BUYER = f"""
<cac:BuyerCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID>K-17</cbc:ID></cac:PartyIdentification>
  <cac:PartyName><cbc:Name>Byens Sykehus</cbc:Name></cac:PartyName>
  <cac:PostalAddress>{ADDRESS}</cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>X1</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>NO987654325MVA</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity>
    <cbc:RegistrationName>Byens Sykehus AS</cbc:RegistrationName>
  </cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>Kari</cbc:Name><cbc:Telephone>22 33 44 55</cbc:Telephone>
    <cbc:ElectronicMail>kari@example.no</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:BuyerCustomerParty>
"""

FULL = order_file(f"""
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
<cbc:ID>PO-77</cbc:ID>
<cbc:IssueDate>2024-08-28</cbc:IssueDate>
<cbc:IssueTime>05:10:10</cbc:IssueTime>
<cbc:Note> Leave at the gate </cbc:Note>
<cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>
<cbc:CustomerReference>Ward 4</cbc:CustomerReference>
<cac:ValidityPeriod><cbc:EndDate>2024-09-30</cbc:EndDate></cac:ValidityPeriod>
{BUYER}
<cac:SellerSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode>
  </cac:Country></cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:RegistrationName>Us</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:SellerSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode>
  </cac:Country></cac:PostalAddress>
  <cac:PartyLegalEntity>
    <cbc:RegistrationName>Regnskap AS</cbc:RegistrationName>
  </cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:Delivery>
  <cac:DeliveryLocation><cac:Address><cbc:StreetName>Havnegata 2</cbc:StreetName>
    <cbc:CityName>Oslo</cbc:CityName><cbc:PostalZone>0150</cbc:PostalZone>
    <cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country>
  </cac:Address></cac:DeliveryLocation>
  <cac:RequestedDeliveryPeriod><cbc:StartDate>2024-09-01</cbc:StartDate>
    <cbc:EndDate>2024-09-05</cbc:EndDate></cac:RequestedDeliveryPeriod>
  <cac:DeliveryParty>
    <cac:PartyIdentification><cbc:ID>W4</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Ward 4</cbc:Name></cac:PartyName>
    <cac:Contact><cbc:Telephone>99 88</cbc:Telephone></cac:Contact>
  </cac:DeliveryParty>
</cac:Delivery>
{charge("true", "50.00", "Freight")}
{charge("false", "20.50", "Bonus")}
<cac:TaxTotal><cbc:TaxAmount currencyID="NOK">294.88</cbc:TaxAmount></cac:TaxTotal>
<cac:AnticipatedMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="NOK">1150.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="NOK">1179.50</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="NOK">1474.38</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="NOK">20.50</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="NOK">50.00</cbc:ChargeTotalAmount>
  <cbc:PayableAmount currencyID="NOK">1474.38</cbc:PayableAmount>
</cac:AnticipatedMonetaryTotal>
<cac:OrderLine><cac:LineItem>
  <cbc:ID>10</cbc:ID><cbc:Quantity unitCode="EA">12</cbc:Quantity>
  <cbc:LineExtensionAmount currencyID="NOK">550.00</cbc:LineExtensionAmount>
  <cbc:PartialDeliveryIndicator>false</cbc:PartialDeliveryIndicator>
  {charge("false", "60.00", "Rebate")}
  {charge("true", "10.00", "Packing")}
  <cac:Price><cbc:PriceAmount currencyID="NOK">500</cbc:PriceAmount>
    <cbc:BaseQuantity unitCode="EA">10</cbc:BaseQuantity></cac:Price>
  <cac:Item><cbc:Name>Gloves</cbc:Name>
    <cac:BuyersItemIdentification><cbc:ID>B-1</cbc:ID></cac:BuyersItemIdentification>
    <cac:SellersItemIdentification><cbc:ID>S-1</cbc:ID></cac:SellersItemIdentification>
    <cac:StandardItemIdentification>
      <cbc:ID schemeID="0160">04006381333931</cbc:ID>
    </cac:StandardItemIdentification>
  </cac:Item>
</cac:LineItem></cac:OrderLine>
<cac:OrderLine><cac:LineItem>
  <cbc:ID>20</cbc:ID><cbc:Quantity unitCode="KGM">2.5</cbc:Quantity>
  <cbc:LineExtensionAmount currencyID="NOK">600.00</cbc:LineExtensionAmount>
  <cac:Price><cbc:PriceAmount currencyID="NOK">240.00</cbc:PriceAmount></cac:Price>
  <cac:Item><cbc:Name>Gel</cbc:Name>
    <cac:SellersItemIdentification><cbc:ID>S-2</cbc:ID></cac:SellersItemIdentification>
  </cac:Item>
</cac:LineItem></cac:OrderLine>
""").replace(b'currencyID="EUR"', b'currencyID="NOK"')

FULL_ORDER = {
    "external_ref": "PO-77",
    "ordered_at": "2024-08-28T05:10:10",
    "customer": {
        "ref": "K-17",
        "name": "Byens Sykehus",
        "email": "kari@example.no",
        "phone": "22 33 44 55",
        "vat": "NO987654325MVA",
        "street": "Kirkegata 1",
        "street2": "Inngang B, 3. etasje, Dør 7",
        "zip": "5003",
        "city": "Bergen",
        "state": "Vestland",
        "country": "NO",
    },
    "ship_to": {
        "ref": "W4",
        "name": "Ward 4",
        "phone": "99 88",
        "street": "Havnegata 2",
        "zip": "0150",
        "city": "Oslo",
        "country": "NO",
    },
    "bill_to": {"ref": "987654325", "name": "Regnskap AS", "country": "NO"},
    "customer_reference": "Ward 4",
    "currency": "NOK",
    "prices_include_tax": False,
    "requested_date": "2024-09-05",
    "ship_complete": True,
    "note": "Leave at the gate",
    "expected_total": 1474.38,
    "charges": [
        {"name": "Freight", "amount": 50.0},
        {"name": "Bonus", "amount": -20.5},
        {"name": "Packing", "amount": 10.0, "line": "10"},
    ],
    "lines": [
        {
            "ref": "10",
            "sku": "S-1",
            "barcode": "04006381333931",
            "customer_sku": "B-1",
            "quantity": 12.0,
            "uom": "EA",
            "unit_price": 50.0,
            "discount": 10.0,
            "name": "Gloves",
        },
        {
            "ref": "20",
            "sku": "S-2",
            "quantity": 2.5,
            "uom": "KGM",
            "unit_price": 240.0,
            "discount": 0.0,
            "name": "Gel",
        },
    ],
}


def without_unset(value):
    """Drop what is False and no answer of its own."""
    if isinstance(value, list):
        return [without_unset(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = ("prices_include_tax",)
    return {
        key: without_unset(item) for key, item in value.items() if item is not False or key in kept
    }


def test_a_full_order():
    [item] = ubl.read(FULL)
    assert item["errors"] == []
    assert without_unset(item["order"]) == FULL_ORDER


def test_a_full_order_through_the_shelf():
    [item] = documents.read_file("ubl", FULL)
    assert item["errors"] == []
    assert item["order"] == FULL_ORDER | {"ordered_at": "2024-08-28 05:10:10"}


def test_every_key_is_there_and_false_when_unset():
    order = read_order(line())
    assert order == {
        "external_ref": False,
        "ordered_at": False,
        "customer": False,
        "ship_to": False,
        "bill_to": False,
        "customer_reference": False,
        "currency": False,
        "prices_include_tax": False,
        "requested_date": False,
        "ship_complete": False,
        "note": False,
        "expected_total": False,
        "charges": [],
        "lines": [
            {
                "ref": "1",
                "sku": False,
                "barcode": False,
                "customer_sku": False,
                "quantity": False,
                "uom": False,
                "unit_price": False,
                "discount": 0.0,
                "name": False,
            }
        ],
    }


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<cbc:IssueDate>2024-08-28</cbc:IssueDate>", "2024-08-28"),
        (
            "<cbc:IssueDate>2024-08-28</cbc:IssueDate><cbc:IssueTime>05:10:10Z</cbc:IssueTime>",
            "2024-08-28T05:10:10Z",
        ),
        (
            "<cbc:IssueDate>2024-08-28</cbc:IssueDate>"
            "<cbc:IssueTime>05:10:10+02:00</cbc:IssueTime>",
            "2024-08-28T05:10:10+02:00",
        ),
        ("<cbc:IssueTime>05:10:10</cbc:IssueTime>", False),
        # the end of the validity period is no order date
        ("<cac:ValidityPeriod><cbc:EndDate>2024-01-01</cbc:EndDate></cac:ValidityPeriod>", False),
    ],
)
def test_ordered_at(inside, expected):
    assert read_order(inside)["ordered_at"] == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("<cbc:StartDate>2024-09-01</cbc:StartDate>", "2024-09-01"),
        ("<cbc:EndDate>2024-09-05</cbc:EndDate>", "2024-09-05"),
        (
            "<cbc:StartDate>2024-09-01</cbc:StartDate><cbc:EndDate>2024-09-05</cbc:EndDate>",
            "2024-09-05",
        ),
        ("", False),
    ],
)
def test_requested_date(period, expected):
    inside = f"<cac:RequestedDeliveryPeriod>{period}</cac:RequestedDeliveryPeriod>"
    order = read_order(f"<cac:Delivery>{inside}</cac:Delivery>")
    assert (order["requested_date"], order["ship_to"]) == (expected, False)


def test_a_requested_period_of_a_line_is_not_the_orders():
    period = "<cac:RequestedDeliveryPeriod><cbc:EndDate>2024-09-05</cbc:EndDate>"
    delivery = f"<cac:Delivery>{period}</cac:RequestedDeliveryPeriod></cac:Delivery>"
    assert read_order(line(delivery))["requested_date"] is False


@pytest.mark.parametrize(
    ("indicators", "expected"),
    [(["true", "false"], True), (["true", "true"], False), (["0"], True), (["1"], False)],
)
def test_ship_complete(indicators, expected):
    template = "<cbc:PartialDeliveryIndicator>{}</cbc:PartialDeliveryIndicator>"
    lines = "".join(line(template.format(indicator)) for indicator in indicators)
    assert read_order(lines)["ship_complete"] is expected


def test_notes_are_joined():
    assert read_order("<cbc:Note>a</cbc:Note><cbc:Note> b\n c </cbc:Note>")["note"] == "a\nb\n c"


def test_the_registration_address_stands_in_for_the_postal_one():
    legal = f"<cac:RegistrationAddress>{ADDRESS}</cac:RegistrationAddress>"
    party = f"<cac:Party><cac:PartyLegalEntity>{legal}</cac:PartyLegalEntity></cac:Party>"
    order = read_order(f"<cac:BuyerCustomerParty>{party}</cac:BuyerCustomerParty>")
    assert order["customer"]["city"] == "Bergen"


def test_the_delivery_partys_address_stands_in_for_the_locations():
    party = (
        f"<cac:DeliveryParty><cac:PostalAddress>{ADDRESS}</cac:PostalAddress></cac:DeliveryParty>"
    )
    order = read_order(f"<cac:Delivery>{party}</cac:Delivery>")
    assert order["ship_to"]["street"] == "Kirkegata 1"


def test_the_locations_address_comes_first():
    location = "<cac:DeliveryLocation><cac:Address><cbc:CityName>Oslo</cbc:CityName></cac:Address>"
    party = (
        f"<cac:DeliveryParty><cac:PostalAddress>{ADDRESS}</cac:PostalAddress></cac:DeliveryParty>"
    )
    order = read_order(f"<cac:Delivery>{location}</cac:DeliveryLocation>{party}</cac:Delivery>")
    assert (order["ship_to"]["city"], order["ship_to"]["street"]) == ("Oslo", False)


@pytest.mark.parametrize(
    ("amount", "base", "expected"),
    [("100", None, 100.0), ("100", "4", 25.0), ("1", "3", 1 / 3), ("100", "0", 100.0)],
)
def test_unit_price_is_for_one(amount, base, expected):
    assert read_order(line(price(amount, base)))["lines"][0]["unit_price"] == expected


@pytest.mark.parametrize(
    ("inside", "discount", "charges"),
    [
        (quantity(4) + price(25) + charge("false", "10"), 10.0, []),
        (quantity(4) + price(25) + charge("false", "10") + charge("false", "2.5"), 12.5, []),
        (quantity(4) + price(100, 4) + charge("0", "10"), 10.0, []),
        (quantity(4) + price(25) + charge("true", "10", "Box"), 0.0, [("Box", 10.0, "1")]),
        (quantity(3) + price("0.10") + charge("false", "0.30"), 100.0, []),
        (quantity(0) + price(25) + charge("false", "10", "Bonus"), 0.0, [("Bonus", -10.0, "1")]),
        (quantity(1) + price(0) + charge("false", "10", "Bonus"), 0.0, [("Bonus", -10.0, "1")]),
    ],
)
def test_line_allowances_and_charges(inside, discount, charges):
    order = read_order(line(inside))
    assert order["lines"][0]["discount"] == discount
    found = [(item["name"], item["amount"], item["line"]) for item in order["charges"]]
    assert found == charges


def test_an_allowance_of_the_price_is_in_the_price_already():
    inside = price(50).replace("</cac:Price>", charge("false", "10") + "</cac:Price>")
    order = read_order(line(quantity(1) + inside))
    assert (order["lines"][0]["unit_price"], order["lines"][0]["discount"]) == (50.0, 0.0)
    assert order["charges"] == []


@pytest.mark.parametrize(
    ("reasons", "name"),
    [
        ("<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>", "FC"),
        (
            "<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>"
            "<cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason>",
            "Freight",
        ),
        ("", "Charge"),
    ],
)
def test_a_charge_has_a_name(reasons, name):
    inside = f"<cbc:ChargeIndicator>true</cbc:ChargeIndicator>{reasons}<cbc:Amount>5</cbc:Amount>"
    order = read_order(f"<cac:AllowanceCharge>{inside}</cac:AllowanceCharge>")
    assert order["charges"] == [{"name": name, "amount": 5.0, "line": False}]


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        (line(quantity("12,5")), "lines[0].quantity"),
        (line() + line(price("ten"), ref="2"), "lines[1].unit_price"),
        (line(quantity("1e3")), "lines[0].quantity"),
        (line(quantity("NaN")), "lines[0].quantity"),
        (line(quantity("9" * 1_000_000)), "lines[0].quantity"),
        (charge("true", "x"), "charges[0].amount"),
        (
            "<cac:AnticipatedMonetaryTotal><cbc:PayableAmount>?</cbc:PayableAmount>"
            "</cac:AnticipatedMonetaryTotal>",
            "expected_total",
        ),
    ],
)
def test_what_is_no_number_is_an_error(inside, path):
    [item] = ubl.read(order_file(inside))
    assert ("wrong_value", path) in [(e["code"], e["path"]) for e in item["errors"]]


@pytest.mark.parametrize(
    ("text", "expected"), [(" 12 ", 12.0), ("+1.50", 1.5), ("-.5", -0.5), ("3.", 3.0)]
)
def test_numbers_as_xml_writes_them(text, expected):
    assert read_order(line(quantity(text)))["lines"][0]["quantity"] == expected


@pytest.mark.parametrize("inside", [charge("maybe", 5), line(charge("", 5))])
def test_an_amount_of_unknown_direction_is_an_error(inside):
    [item] = ubl.read(order_file(inside))
    assert item["order"]["charges"] == []
    assert ("wrong_value", "charges") in [(e["code"], e["path"]) for e in item["errors"]]


def test_prefixes_and_missing_namespaces_do_not_matter():
    plain = FULL.replace(b"cbc:", b"").replace(b"cac:", b"")
    other = FULL.replace(b"cbc:", b"x:").replace(b":cbc", b":x")
    bare = FULL.replace(b'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"', b"")
    for content in (plain, other, bare):
        [item] = ubl.read(content)
        assert without_unset(item["order"]) == FULL_ORDER


def test_comments_and_instructions_are_passed_over():
    content = FULL.replace(b"PO-77", b"PO<!-- x -->-<?y z?>77")
    assert ubl.read(content)[0]["order"]["external_ref"] == "PO-77"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings(encoding):
    declared = encoding.removesuffix("-sig")
    text = FULL.decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert without_unset(ubl.read(text.encode(encoding))[0]["order"]) == FULL_ORDER


DOCTYPE = b'<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
BOMB = (
    b'<!DOCTYPE Order [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(12)
    )
    + b"]>"
)

HOSTILE = [
    (b"", "malformed"),
    (b"not xml", "malformed"),
    (FULL[:-20], "malformed"),
    (FULL + b"<x/>", "malformed"),
    (b"\x00\x01\x02", "malformed"),
    (b'<?xml version="1.0" encoding="klingon"?><Order/>', "malformed"),
    (b"<Invoice/>", "malformed"),
    (b'<Order xmlns="urn:other"/>', "malformed"),
    (b"<a>" * 5000 + b"</a>" * 5000, "malformed"),
    (b"<Order>&undefined;</Order>", "malformed"),
    (b"<Order>" + b"<a/>" * 200_000 + b"</Order>", "too_large"),
    (FULL.replace(b"<Order", DOCTYPE + b"<Order"), "forbidden_content"),
    (FULL.replace(b"<Order", DOCTYPE + b"<Order").replace(b"PO-77", b"&x;"), "forbidden_content"),
    (FULL.replace(b"<Order", BOMB + b"<Order").replace(b"PO-77", b"&m;"), "forbidden_content"),
    (
        FULL.replace(b"<Order", b'<!DOCTYPE Order SYSTEM "http://x.test/a.dtd"><Order'),
        "forbidden_content",
    ),
    (b"<!DOCTYPE html><html></html>", "forbidden_content"),
    (DOCTYPE + b"<Order>", "forbidden_content"),
]


@pytest.mark.parametrize(("content", "code"), HOSTILE)
def test_hostile_files_are_one_error(content, code):
    [item] = ubl.read(content)
    assert item["order"] is False
    assert [(problem["code"], problem["path"]) for problem in item["errors"]] == [(code, "")]
    assert code in CODES


@pytest.mark.parametrize(("content", "code"), HOSTILE)
def test_validating_hostile_files_is_the_same_error(content, code):
    [problem] = ubl.validate(content)
    assert set(problem) == {"code", "message", "path", "level"}
    assert (problem["code"], problem["level"]) == (code, "fatal")


def test_broken_rules_come_with_the_order():
    content = FULL.replace(b">1150.00<", b">1151.00<")
    [item] = ubl.read(content)
    assert item["order"]["external_ref"] == "PO-77"
    codes = [problem["code"] for problem in item["errors"]]
    assert codes == ["PEPPOL-T01-R008", "PEPPOL-T01-R011"]
    assert all(set(problem) == {"code", "message", "path"} for problem in item["errors"])


def test_the_shelf_asks_for_what_an_order_needs():
    [item] = documents.read_file("ubl", order_file(line(quantity(1))))
    missing = {problem["path"] for problem in item["errors"] if problem["code"] == "missing"}
    assert missing == {"external_ref", "customer", "lines[0].sku"}


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(FULL)),
            st.integers(0, 40),
            st.sampled_from([b"", b"<", b">", b"-", b"x", b"</cac:Item>", b"9" * 50, b"&lt;"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_damaged_files_never_raise(cuts):
    content = FULL
    for start, length, instead in cuts:
        content = content[:start] + instead + content[start + length :]
    [item] = documents.read_file("ubl", content)
    assert item["order"] is not False or item["errors"]
    fatal = [rule["code"] for rule in ubl.validate(content) if rule["level"] == "fatal"]
    assert set(fatal) <= {problem["code"] for problem in item["errors"]}
