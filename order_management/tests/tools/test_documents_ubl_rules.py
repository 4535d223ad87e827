"""Peppol's rules for orders: a good and a bad fragment for each."""

import pytest
from tools.documents import identifiers, ubl, ubl_rules
from tools.documents.ubl_common_rules import EMPTINESS, FORMATS
from tools.documents.ubl_outline import outline

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
AGGREGATES = {
    "AdditionalItemProperty",
    "AllowanceCharge",
    "AnticipatedMonetaryTotal",
    "BuyerCustomerParty",
    "ClassifiedTaxCategory",
    "Delivery",
    "Item",
    "LineItem",
    "OrderLine",
    "OriginatorCustomerParty",
    "Party",
    "PartyIdentification",
    "PartyLegalEntity",
    "PartyName",
    "PartyTaxScheme",
    "Price",
    "QuotationDocumentReference",
    "QuotationLineReference",
    "TaxCategory",
    "TaxScheme",
    "TaxTotal",
    "ValidityPeriod",
}


def tag(name, *inside, **attributes):
    """Return an element; its prefix follows from its name, its content from the arguments."""
    prefix = "cac" if name in AGGREGATES else "cbc"
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    content = "".join(map(str, inside))
    return f"<{prefix}:{name}{written}>{content}</{prefix}:{name}>"


def order(*inside, attributes=""):
    return f"<Order {NAMESPACES} {attributes}>{''.join(inside)}</Order>".encode()


def line(*inside):
    return tag("OrderLine", tag("LineItem", *inside))


def total(**amounts):
    return tag("AnticipatedMonetaryTotal", *(tag(name, amount) for name, amount in amounts.items()))


def charge(indicator="true", **inside):
    values = {"ChargeIndicator": indicator, "Amount": 10, "AllowanceChargeReason": "x"} | inside
    return tag(
        "AllowanceCharge", *(tag(key, value) for key, value in values.items() if value is not None)
    )


def price(amount, *inside):
    return tag("Price", tag("PriceAmount", amount), *inside)


def discount(**inside):
    return tag(
        "AllowanceCharge",
        tag("ChargeIndicator", "false"),
        *(tag(key, value) for key, value in inside.items()),
    )


def vat(number, scheme="VAT"):
    scheme = tag("TaxScheme", tag("ID", scheme))
    party = tag("Party", tag("PartyTaxScheme", tag("CompanyID", number), scheme))
    return tag("BuyerCustomerParty", party)


def tax(category, *rate):
    inside = (tag("ID", category), *(tag("Percent", percent) for percent in rate))
    return charge().replace("</cac:", tag("TaxCategory", *inside) + "</cac:")


def party_number(scheme, number, element="EndpointID"):
    return tag("BuyerCustomerParty", tag("Party", tag(element, number, schemeID=scheme)))


CASES = {
    "PEPPOL-T01-R001": (
        [
            line(tag("ID", 1)) + line(tag("ID", 2)),
            line(tag("ID", "1")) + line(tag("ID", "01")),
        ],
        [
            (line(tag("ID", 1)) + line(tag("ID", 1)) + line(tag("ID", 2)), 2),
            (line(), 1),
        ],
    ),
    "PEPPOL-T01-R002": (
        [tag("ValidityPeriod", tag("EndDate", "2026-01-31"))],
        [("", 1), (tag("ValidityPeriod", tag("StartDate", "2026-01-31")), 1)],
    ),
    "PEPPOL-T01-R003": (
        [
            tag("DocumentCurrencyCode", "NOK") + tag("TaxTotal", tag("TaxAmount", 1)),
            tag("DocumentCurrencyCode", "NOK")
            + tag("TaxTotal", tag("TaxAmount", 1, currencyID="NOK")),
        ],
        [
            (
                tag("DocumentCurrencyCode", "NOK")
                + tag("TaxTotal", tag("TaxAmount", 1, currencyID="EUR")),
                1,
            ),
            (tag("TaxTotal", tag("TaxAmount", 1, currencyID="EUR")), 1),
            (
                tag("DocumentCurrencyCode", "NOK")
                + line(tag("Price", tag("PriceAmount", 1, currencyID="SEK"))),
                1,
            ),
            (
                tag("DocumentCurrencyCode", "NOK")
                + tag("AnticipatedMonetaryTotal", tag("PrepaidAmount", 1, currencyID="SEK")),
                1,
            ),
        ],
    ),
    "PEPPOL-T01-R004": (
        [line(tag("Quantity", 0)), line(tag("Quantity", "1.5"))],
        [(line(tag("Quantity", "-1")), 1), (line(), 1), (line(tag("Quantity", "many")), 1)],
    ),
    "PEPPOL-T01-R005": (
        [line(price(0)), line(price("0.123456"))],
        [(line(price("-0.01")), 1), (line(tag("Price", tag("BaseQuantity", 1))), 1)],
    ),
    "PEPPOL-T01-R006": (
        [total(PayableAmount=0), total(PayableAmount="12.50")],
        [(total(PayableAmount="-0.01"), 1), (total(LineExtensionAmount=1), 1)],
    ),
    "PEPPOL-T01-R007": (
        [total(LineExtensionAmount=0)],
        [(total(LineExtensionAmount=-1), 1), (total(PayableAmount=1), 1)],
    ),
    "PEPPOL-T01-R008": (
        [
            total(LineExtensionAmount="300.30")
            + line(tag("LineExtensionAmount", "100.1"))
            + line(tag("LineExtensionAmount", "200.20")),
            total(LineExtensionAmount="80")
            + line(tag("LineExtensionAmount", "100"))
            + line(tag("LineExtensionAmount", "-20.00")),
            total(LineExtensionAmount="0.00"),
        ],
        [
            (total(LineExtensionAmount=300) + line(tag("LineExtensionAmount", "300.01")), 1),
            (total(LineExtensionAmount=1), 1),
            (total(LineExtensionAmount=1) + line(tag("LineExtensionAmount", "one")), 1),
        ],
    ),
    "PEPPOL-T01-R009": (
        [
            total(AllowanceTotalAmount=15) + charge("false") + charge("false", Amount=5),
            total(PayableAmount=1) + charge("true"),
        ],
        [
            (total(AllowanceTotalAmount=10) + charge("true"), 1),
            (total(PayableAmount=1) + charge("false"), 1),
        ],
    ),
    "PEPPOL-T01-R010": (
        [total(ChargeTotalAmount=10) + charge("true"), total(PayableAmount=1) + charge("false")],
        [
            (total(ChargeTotalAmount="10.01") + charge("true"), 1),
            (total(ChargeTotalAmount=10) + charge("false"), 1),
        ],
    ),
    "PEPPOL-T01-R011": (
        [
            total(LineExtensionAmount=100, AllowanceTotalAmount=10, ChargeTotalAmount=5),
            total(
                LineExtensionAmount=100,
                AllowanceTotalAmount=10,
                ChargeTotalAmount=5,
                TaxExclusiveAmount="95.00",
            ),
        ],
        [
            (total(LineExtensionAmount=100, TaxExclusiveAmount="100.01"), 1),
            (total(LineExtensionAmount=100, AllowanceTotalAmount=10, TaxExclusiveAmount=100), 1),
        ],
    ),
    "PEPPOL-T01-R013": (
        [line(tag("Quantity", 1))],
        [(line(tag("ID", 1)), 1), (line() + line(), 2)],
    ),
    "PEPPOL-T01-R014": (
        [
            tag(
                "OriginatorCustomerParty",
                tag("Party", tag("PartyName", tag("Name", "Ward"))),
            ),
            tag(
                "OriginatorCustomerParty",
                tag("Party", tag("PartyIdentification", tag("ID", "7"))),
            ),
            tag("BuyerCustomerParty", tag("Party", tag("EndpointID", "7"))),
        ],
        [(tag("OriginatorCustomerParty", tag("Party", tag("Telephone", "7"))), 1)],
    ),
    "PEPPOL-T01-R016": (
        [
            total(TaxInclusiveAmount=100, PayableAmount=100),
            total(
                TaxInclusiveAmount=100,
                PrepaidAmount=10,
                PayableRoundingAmount="-0.4",
                PayableAmount="89.60",
            ),
            total(PayableAmount=7),
        ],
        [
            (total(TaxInclusiveAmount=100, PrepaidAmount=10, PayableAmount=100), 1),
            (total(TaxInclusiveAmount=100), 1),
        ],
    ),
    "PEPPOL-T01-R017": (
        [
            total(TaxExclusiveAmount=100, TaxInclusiveAmount=125)
            + tag("TaxTotal", tag("TaxAmount", 25)),
            total(TaxExclusiveAmount=100, TaxInclusiveAmount=999),
            total(LineExtensionAmount=90, ChargeTotalAmount=10, TaxInclusiveAmount=125)
            + tag("TaxTotal", tag("TaxAmount", 25)),
        ],
        [
            (
                total(TaxExclusiveAmount=100, TaxInclusiveAmount=126)
                + tag("TaxTotal", tag("TaxAmount", 25)),
                1,
            ),
            (
                total(TaxExclusiveAmount=100, TaxInclusiveAmount=125)
                + tag("TaxTotal", tag("TaxSubtotal", 25)),
                1,
            ),
        ],
    ),
    "PEPPOL-T01-R019": (
        [
            line(price(90, discount(Amount=10, BaseAmount=100))),
            line(price(90, discount(Amount=10))),
        ],
        [
            (line(price(90, discount(Amount=10, BaseAmount=101))), 1),
            (line(price(90, discount(BaseAmount=90))), 1),
        ],
    ),
    "PEPPOL-T01-R020": (
        [charge(MultiplierFactorNumeric=10, BaseAmount=100), charge()],
        [
            (charge(MultiplierFactorNumeric=10), 1),
            (line(charge(MultiplierFactorNumeric=10)), 1),
            (line(price(1, charge(MultiplierFactorNumeric=10))), 1),
        ],
    ),
    "PEPPOL-T01-R021": (
        [
            charge(MultiplierFactorNumeric=10, BaseAmount=100),
            line(price(1, discount(Amount=1, BaseAmount=2))),
        ],
        [(charge(BaseAmount=10), 1), (line(charge(BaseAmount=10)), 1)],
    ),
    "PEPPOL-T01-R022": (
        [
            charge(MultiplierFactorNumeric=10, BaseAmount=100),
            line(charge(MultiplierFactorNumeric="9.98", BaseAmount=100)),
            charge(),
        ],
        [
            (charge(MultiplierFactorNumeric="10.03", BaseAmount=100), 1),
            (line(charge(MultiplierFactorNumeric="0.1", BaseAmount=100)), 1),
            (charge(MultiplierFactorNumeric="ten", BaseAmount=100), 1),
        ],
    ),
    "PEPPOL-T01-R023": (
        [charge(), line(charge(AllowanceChargeReason=None, AllowanceChargeReasonCode="FC"))],
        [
            (charge(AllowanceChargeReason=None), 1),
            (line(charge("false", AllowanceChargeReason=None)), 1),
        ],
    ),
    "PEPPOL-T01-R024": (
        [
            line(tag("Quantity", 3), tag("LineExtensionAmount", 30), price(10)),
            line(
                tag("Quantity", "12.345"),
                tag("LineExtensionAmount", "174.54"),
                price("35.1245", tag("BaseQuantity", 3)),
                charge("true", Amount=40),
                charge("false", Amount=10),
            ),
            line(tag("Quantity", 3), tag("LineExtensionAmount", "30.02"), price(10)),
            line(tag("LineExtensionAmount", 10), price(10)),
            line(tag("Quantity", 3)),
            line(
                tag("Quantity", 3),
                tag("LineExtensionAmount", 30),
                price(10, tag("BaseQuantity", 0)),
            ),
        ],
        [
            (line(tag("Quantity", 3), tag("LineExtensionAmount", "30.03"), price(10)), 1),
            (line(tag("Quantity", 3), price(10)), 1),
            (line(tag("Quantity", "three"), price(10)), 1),
            (
                line(tag("Quantity", 3), tag("LineExtensionAmount", 30), price(10), charge()),
                1,
            ),
        ],
    ),
    "PEPPOL-T01-R025": (
        [line(price(1)), line(price(1, tag("BaseQuantity", "0.5")))],
        [
            (line(price(1, tag("BaseQuantity", 0))), 1),
            (line(price(1, tag("BaseQuantity", -1))), 1),
        ],
    ),
    "PEPPOL-T01-R026": (
        [vat("NO987654325MVA"), vat("EL123456789"), vat("123", scheme="GST")],
        [(vat("A123456789"), 1), (vat("987654321"), 1), (vat("no987654325"), 1)],
    ),
    "PEPPOL-T01-R027": (
        [line(price(1, discount(BaseAmount=0))), line(price(1, discount(Amount=1)))],
        [(line(price(1, discount(BaseAmount="-0.5"))), 1)],
    ),
    "PEPPOL-T01-R028": (
        [
            charge(Amount="10.25"),
            line(price("1.23456", discount(Amount="0.00001", BaseAmount="1.23457"))),
        ],
        [
            (charge(Amount="10.250"), 1),
            (
                total(LineExtensionAmount="1.001", PayableAmount="1.000")
                + line(tag("LineExtensionAmount", "1.001")),
                3,
            ),
        ],
    ),
    "PEPPOL-T01-R029": (
        [tax("S", 25), tax("O")],
        [
            (tax("Z"), 1),
            (line(tag("Item", tag("ClassifiedTaxCategory", tag("ID", "E")))), 1),
        ],
    ),
    "PEPPOL-T01-R030": (
        [tax("S", "0.5"), tax("Z", 0)],
        [(tax("S", 0), 1), (tax("S"), 1)],
    ),
    "PEPPOL-T01-R031": (
        [
            tag("ProfileID", f"urn:fdc:peppol.eu:poacc:bis:{name}:3")
            for name in ("order_only", "ordering", "advanced_ordering")
        ],
        [
            (tag("ProfileID", "urn:fdc:peppol.eu:poacc:bis:mlr:3"), 1),
            (tag("ProfileID", "urn:fdc:peppol.eu:poacc:bis:order:3"), 1),
        ],
    ),
    "PEPPOL-T01-R032": (
        [charge(Amount=0), line(charge())],
        [(charge(Amount=-1), 1), (line(charge("false", Amount="-0.01")), 1)],
    ),
    "PEPPOL-T01-R033": (
        [line(price(1, discount(Amount=0))), line(price(1))],
        [(line(price(1, discount(Amount=-1))), 1)],
    ),
    "PEPPOL-T01-R034": (
        [
            tag("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order:3"),
            tag("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order:3:extended:x"),
        ],
        [(tag("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order_change:3"), 1)],
    ),
    "PEPPOL-T01-R035": (
        [
            tag("QuotationDocumentReference", tag("ID", "Q"))
            + tag("OrderLine", tag("QuotationLineReference", tag("LineID", 1)))
        ],
        [(tag("OrderLine", tag("QuotationLineReference", tag("LineID", 1))), 1)],
    ),
    "PEPPOL-T01-CL001": (
        [
            charge("false", AllowanceChargeReasonCode="95"),
            charge("true", AllowanceChargeReasonCode="FC"),
        ],
        [(charge("false", AllowanceChargeReasonCode="FC"), 1)],
    ),
    "PEPPOL-T01-CL002": (
        [
            charge("true", AllowanceChargeReasonCode="FC"),
            charge("false", AllowanceChargeReasonCode="95"),
        ],
        [(charge("true", AllowanceChargeReasonCode="95"), 1)],
    ),
    "PEPPOL-COMMON-R001": (
        [tag("Note", "x")],
        [(tag("Note", ""), 1), (tag("Note", " \n "), 1)],
    ),
    "PEPPOL-COMMON-R002": (
        [tag("Delivery", tag("ID", 1))],
        [(tag("Delivery"), 1), (tag("BuyerCustomerParty", tag("Party")), 1)],
    ),
    "PEPPOL-COMMON-R003": (["<cbc:Note>x</cbc:Note>"], []),
    "PEPPOL-COMMON-R030": (
        [tag("IssueDate", "2024-02-29"), tag("ValidityPeriod", tag("EndDate", "2024-12-31"))],
        [
            (tag("IssueDate", "2023-02-29"), 1),
            (tag("IssueDate", "2024-08-28Z"), 1),
            (tag("IssueDate", "28.08.2024"), 1),
            (tag("ValidityPeriod", tag("EndDate", "2024-8-2")), 1),
        ],
    ),
    "PEPPOL-COMMON-R056-2": ([vat("NL123456789B12")], [(vat("NL123456789B1"), 1)]),
}

NUMBERS = [
    ("R040", "0088", "fatal", ["7300010000001", "4006381333931"], ["7300010000002", "73000X"]),
    ("R041", "0192", "fatal", ["987654325", "974760673"], ["987654326", "98765432", "000000000"]),
    ("R042", "0184", "fatal", ["DK12345674", "12345674"], ["DK1234567", "SE12345674"]),
    ("R043", "0208", "fatal", ["0202239951", "0123456749"], ["0202239952", "202239951"]),
    ("R044", "0201", "warning", ["UF1abc"], ["UF1ab", "UF-abc"]),
    ("R045", "0210", "warning", ["RSSMRA85T10A562S", "12345678901"], ["RSSMRA85T10A5", "X"]),
    ("R046", "9907", "warning", ["RSSMRA85T10A562S"], ["123"]),
    ("R047", "0211", "warning", ["IT12345678903", "DE1"], ["IT12345678901", "IT123"]),
    ("R048", "9906", "warning", ["IT12345678903"], ["IT12345678901"]),
    ("R049", "0007", "fatal", ["2021005489"], ["553322-1144", "SE5533221144"]),
    ("R050", "0151", "fatal", ["51824753556"], ["51824753557", "5182475355"]),
    ("R052", "0096", "fatal", ["1234567890"], ["123456789"]),
    ("R053", "0198", "fatal", ["DK12345678"], ["12345678"]),
    ("R054", "0106", "warning", ["12345678"], ["1234567"]),
    ("R055", "0190", "warning", ["12345678901234567890"], ["1234567890123456789"]),
    ("R056-1", "9944", "warning", ["NL123456789B12"], ["NL123456789"]),
    ("R057", "0217", "warning", ["123456789012"], ["12345678901"]),
    ("R059", "0240", "warning", ["19742010018"], ["19742010011", "19741910018", "1974"]),
]


def codes(content):
    return [problem["code"] for problem in ubl.validate(content)]


GOOD = [(code, inside) for code, (good, _bad) in CASES.items() for inside in good]
BAD = [(code, inside, n) for code, (_good, bad) in CASES.items() for inside, n in bad]


@pytest.mark.parametrize(("code", "inside"), GOOD)
def test_rules_that_are_kept(code, inside):
    assert code not in codes(order(inside))


@pytest.mark.parametrize(("code", "inside", "count"), BAD)
def test_rules_that_are_broken(code, inside, count):
    assert codes(order(inside)).count(code) == count


@pytest.mark.parametrize(("code", "scheme", "level", "good", "bad"), NUMBERS)
def test_party_numbers(code, scheme, level, good, bad):
    code = f"PEPPOL-COMMON-{code}"
    for number in good:
        assert code not in codes(order(party_number(scheme, number)))
    for number in bad:
        found = ubl.validate(order(party_number(scheme, number)))
        assert [item["level"] for item in found if item["code"] == code] == [level]


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        (party_number("0088", "1", "CompanyID"), 1),
        (tag("PartyIdentification", tag("ID", "1", schemeID="0088")), 1),
        (tag("Delivery", tag("ID", "1", schemeID="0088")), 0),
        (party_number("9999", "1"), 0),
    ],
)
def test_where_party_numbers_are_looked_at(inside, count):
    assert codes(order(inside)).count("PEPPOL-COMMON-R040") == count


def test_two_numbers_are_only_checked_as_addresses():
    content = order(party_number("9906", "IT1", "CompanyID"))
    assert "PEPPOL-COMMON-R048" not in codes(content)


def test_a_schema_location_is_advised_against():
    location = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x x.xsd"'
    )
    assert "PEPPOL-COMMON-R003" in codes(order(attributes=location))


def test_every_rule_has_its_cases():
    rules = {rule for pattern in (EMPTINESS, FORMATS, ubl_rules.ORDER) for rule in _rules(pattern)}
    known = set(CASES) | {f"PEPPOL-COMMON-{row[0]}" for row in NUMBERS}
    assert {check.code for rule in rules for check in rule.checks} == known


def _rules(pattern):
    return {rule for rules in pattern.values() for rule in rules}


def test_warnings_are_few():
    warnings = {
        check.code
        for pattern in (EMPTINESS, FORMATS, ubl_rules.ORDER)
        for rule in _rules(pattern)
        for check in rule.checks
        if check.level == "warning"
    }
    assert {code for code in warnings if "T01" in code} == {"PEPPOL-T01-R002", "PEPPOL-T01-R013"}


def test_of_a_table_an_element_meets_only_the_first_rule():
    """A percentage without its base is told as that, and not as a missing reason, too."""
    found = codes(order(charge(MultiplierFactorNumeric=10, AllowanceChargeReason=None)))
    assert "PEPPOL-T01-R020" in found
    assert "PEPPOL-T01-R023" not in found


def test_a_rule_without_its_element_is_not_broken():
    found = [code for code in codes(order(tag("ID", 1))) if "-B" not in code]
    assert found == ["PEPPOL-T01-R002"]


def test_problems_are_told_with_place_and_remedy():
    content = order(line(tag("ID", 1)), line(tag("ID", 2), tag("Quantity", -1)))
    [problem] = [
        item
        for item in ubl.validate(content)
        if item["code"] == "PEPPOL-T01-R004" and item["path"] == "lines[1]"
    ]
    assert problem == {
        "code": "PEPPOL-T01-R004",
        "message": "`lines[1]`: Quantity is missing or negative.",
        "path": "lines[1]",
        "level": "fatal",
    }


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        (tag("IssueDate", "x"), "IssueDate"),
        (line(tag("Delivery", tag("EndDate", "x"))), "lines[0].Delivery.EndDate"),
        (line() + line(tag("EndDate", "x")), "lines[1].EndDate"),
        (charge() + charge(EndDate="x"), "AllowanceCharge[1].EndDate"),
    ],
)
def test_paths(inside, path):
    found = [
        item["path"] for item in ubl.validate(order(inside)) if item["code"] == "PEPPOL-COMMON-R030"
    ]
    assert found == [path]


# The structure


def walk(node, path=""):
    yield path + node.name, node
    for child in node.children.values():
        yield from walk(child, f"{path}{node.name}/")


def test_the_numbers_of_the_outline():
    numbers = {path: node.number for path, node in walk(outline())}
    assert {
        path: numbers[f"Order{path}"]
        for path in (
            "",
            "/OrderTypeCode",
            "/QuotationDocumentReference",
            "/Delivery/DeliveryParty/PostalAddress/Country",
            "/OrderLine/LineItem/Item",
            "/OrderLine/LineItem/Item/ClassifiedTaxCategory/TaxScheme",
            "/OrderLine/LineItem/Item/ItemInstance/LotIdentification",
        )
    } == {
        "": 1,
        "/OrderTypeCode": 8,
        "/QuotationDocumentReference": 15,
        "/Delivery/DeliveryParty/PostalAddress/Country": 182,
        "/OrderLine/LineItem/Item": 281,
        "/OrderLine/LineItem/Item/ClassifiedTaxCategory/TaxScheme": 303,
        "/OrderLine/LineItem/Item/ItemInstance/LotIdentification": 319,
    }


def test_what_an_order_must_have():
    found = [code for code in codes(order(tag("Note", "x"))) if "-B" in code]
    assert found == [f"PEPPOL-T01-B001{number:02d}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("inside", "code", "path"),
    [
        (tag("OrderTypeCode", "999"), "PEPPOL-T01-B00801", "OrderTypeCode"),
        (tag("DocumentCurrencyCode", "Kr"), "PEPPOL-T01-B01001", "DocumentCurrencyCode"),
        (tag("ValidityPeriod", tag("StartDate", "x")), "PEPPOL-T01-B01301", "ValidityPeriod"),
        (
            tag("ValidityPeriod", tag("StartDate", "x")),
            "PEPPOL-T01-B01302",
            "ValidityPeriod.StartDate",
        ),
        (tag("Colour", "red"), "PEPPOL-T01-B00110", "Colour"),
        (line(tag("Item", tag("Description", "x"))), "PEPPOL-T01-B28101", "lines[0].Item"),
        (line(tag("Colour", "red")), "PEPPOL-T01-B23904", "lines[0].Colour"),
    ],
)
def test_the_structure(inside, code, path):
    found = [item for item in ubl.validate(order(inside)) if item["code"] == code]
    assert [(item["path"], item["level"]) for item in found] == [(path, "warning")]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({}, ["PEPPOL-T01-B24101"]),
        ({"unitCode": "kg"}, ["PEPPOL-T01-B24102"]),
        ({"unitCode": "KGM"}, []),
        ({"unitCode": "XBX", "unitCodeListID": "x"}, []),
    ],
)
def test_attributes(attributes, found):
    content = order(line(tag("Quantity", 1, **attributes)))
    assert [code for code in codes(content) if code.startswith("PEPPOL-T01-B241")] == found


def test_newer_elements_are_allowed_and_not_judged():
    inside = tag("OrderLine", tag("QuotationLineReference", tag("LineID", 1), tag("X", 1)))
    assert not [
        item
        for item in ubl.validate(order(inside))
        if "Quotation" in item["path"] and "-B" in item["code"]
    ]


# Check digits


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (identifiers.is_gln, "7300010000001"),
        (identifiers.is_norwegian, "987654325"),
        (identifiers.is_belgian, "0202239951"),
        (identifiers.is_australian, "51824753556"),
        (identifiers.is_luxembourgish, "19742010018"),
    ],
)
def test_check_digits_find_every_single_wrong_digit(check, good):
    assert check(good)
    for place, digit in enumerate(good):
        for other in "0123456789".replace(digit, ""):
            assert not check(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize("value", ["", "x", "٣" * 11, "1" * 40, " 123", "12-34"])
def test_check_digits_take_any_text(value):
    for check in (
        identifiers.is_gln,
        identifiers.is_norwegian,
        identifiers.is_belgian,
        identifiers.is_australian,
        identifiers.is_luxembourgish,
        identifiers.is_italian_fiscal_code,
        identifiers.is_italian_vat,
    ):
        assert check(value) in (True, False)
