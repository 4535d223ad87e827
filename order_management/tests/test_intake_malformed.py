import base64
import io
import json
import re
from copy import deepcopy
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .intake_common import CUSTOMER, IntakeCase

CARD = "4111111111111111"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
COUNTED = (
    "sale.order",
    "sale.order.line",
    "res.partner",
    "product.product",
    "order.event",
    "order.decision",
    "order.outbox",
    "order.job",
    "order.finding",
    "order.channel.partner",
    "payment.transaction",
    "mail.message",
)
# Words of a program, which a clerk can do nothing with
PROGRAM_WORDS = re.compile(
    r"Traceback|Exception|[a-z]Error\b|<class|NoneType|\b(dict|str|int|float)\b|0x|psycopg"
)
REFS = (f"BAD-{number}" for number in range(10**6))


def order(path=(), value=None, **values):
    """A good order with a key of its own, changed: ``path`` leads to ``value``."""
    found = {
        "external_ref": next(REFS),
        "customer": dict(CUSTOMER),
        "lines": [{"ref": "1", "sku": "OM-A", "quantity": 2, "unit_price": 50.0}],
        **values,
    }
    if path:
        *steps, last = path
        holder = found
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return found


def without(*path):
    """A good order that lacks a key."""
    found = order()
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return found


def nested(depth):
    value = []
    for _level in range(depth):
        value = [value]
    return value


def file(kind, content, filename="orders", **more):
    content = content.encode() if isinstance(content, str) else content
    encoded = base64.b64encode(content).decode()
    return {"format": kind, "filename": f"{filename}.{kind}", "content": encoded, **more}


def json_file(content):
    return file("json", content)


def json_order(*changes):
    """A good order as JSON text, in which the first text of each pair became the second."""
    return replaced(json.dumps(order()), *changes)


def replaced(text, *changes):
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old} does not stand in the good file")
        text = text.replace(old, new, 1)
    return text


def ubl_order(*changes):
    """A good order as UBL, changed likewise."""
    address = "<cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>"
    text = (
        f'<Order xmlns="{UBL}Order-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}CommonBasicComponents-2">'
        "<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>"
        "<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>"
        f"<cbc:ID>{next(REFS)}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>"
        "<cbc:Note>Thanks</cbc:Note><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        "<cac:BuyerCustomerParty><cac:Party>"
        '<cbc:EndpointID schemeID="0088">7300010000001</cbc:EndpointID>'
        "<cac:PartyName><cbc:Name>Anna Peeters</cbc:Name></cac:PartyName>"
        f"<cac:PostalAddress>{address}</cac:PostalAddress><cac:PartyLegalEntity>"
        "<cbc:RegistrationName>Anna Peeters</cbc:RegistrationName></cac:PartyLegalEntity>"
        "</cac:Party></cac:BuyerCustomerParty><cac:SellerSupplierParty><cac:Party>"
        '<cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID><cac:PartyLegalEntity>'
        "<cbc:RegistrationName>The seller</cbc:RegistrationName></cac:PartyLegalEntity>"
        "</cac:Party></cac:SellerSupplierParty>"
        "<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>"
        '<cbc:Quantity unitCode="C62" unitCodeListID="UNECERec20">2</cbc:Quantity>'
        '<cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>'
        '<cac:Price><cbc:PriceAmount currencyID="EUR">50.00</cbc:PriceAmount></cac:Price>'
        "<cac:Item><cbc:Name>Mug</cbc:Name><cac:SellersItemIdentification><cbc:ID>OM-A</cbc:ID>"
        "</cac:SellersItemIdentification></cac:Item></cac:LineItem></cac:OrderLine></Order>"
    )
    return replaced(text, *changes)


def ubl_file(*changes):
    return file("ubl", ubl_order(*changes))


HEADER = ("external_ref", "customer.name", "customer.email", "lines.sku", "lines.quantity")


def row(**cells):
    """The cells of a good row, changed."""
    values = (next(REFS), "Anna Peeters", "anna@example.com", "OM-A", "2")
    found = dict(zip(("ref", "name", "email", "sku", "quantity"), values, strict=True))
    return tuple({**found, **cells}.values())


def csv_text(*rows, header=HEADER, sign=","):
    return "".join(f"{sign.join(cells)}\r\n" for cells in (header, *rows))


def csv_file(*rows, **options):
    return file("csv", csv_text(*rows, **options))


def with_column(key, value):
    """A good table with one column more."""
    return csv_file((*row(), value), header=(*HEADER, key))


def workbook(*rows, header=HEADER, change=None):
    book = Workbook()
    for cells in (header, *rows):
        book.active.append(cells)
    if change:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xlsx_row(**cells):
    return row(**{"quantity": 2, **cells})


def repacked(content, parts, **packing):
    """A workbook with other or more parts."""
    parts, target = dict(parts), io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, parts.pop(name, source.read(name)))
        for name, part in parts.items():
            copy.writestr(name, part, **packing)
    return target.getvalue()


def xlsx_file(*parts, **options):
    """A good workbook, with parts (name, bytes) more or instead."""
    return file("xlsx", repacked(workbook(xlsx_row(), **options), parts))


def bomb(prefix=""):
    """XML whose entities would unfold to gigabytes."""
    entities = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise("abcdefghij")
    )
    return f'{prefix}<!DOCTYPE Order [<!ENTITY a "aaaaaaaaaa">{entities}]>'


def add_sheet_with_card(book):
    book.create_sheet("Payments").append(
        ["Visa", f"{CARD[:4]}-{CARD[4:8]}-{CARD[8:12]}-{CARD[12:]}"]
    )


def spaced(sign):
    return sign.join(CARD[start : start + 4] for start in range(0, 16, 4))


def objects():
    """Malformed orders given as objects: what is wrong, document, code, path."""
    yield "a text", "an order", "wrong_type", ""
    yield "a number", 7, "wrong_type", ""
    yield "a list", [order()], "wrong_type", ""
    yield "nothing", None, "wrong_type", ""
    yield "true", True, "wrong_type", ""
    yield "no key at all", {}, "missing", "external_ref"
    yield "no reference", without("external_ref"), "missing", "external_ref"
    yield "blank reference", order(["external_ref"], "  "), "missing", "external_ref"
    yield "reference as number", order(["external_ref"], 1001), "wrong_type", "external_ref"
    yield "endless reference", order(["external_ref"], "A" * 200), "too_large", "external_ref"
    for name, sign in (
        ("right to left", "\u202e"),
        ("zero width", "\u200b"),
        ("byte order mark", "\ufeff"),
        ("line break", "\n"),
        ("NUL", "\x00"),
        ("half a character", "\ud800"),
    ):
        yield (
            f"{name} in the reference",
            order(["external_ref"], f"A{sign}1"),
            "wrong_value",
            "external_ref",
        )
    yield (
        "zero width in the code",
        order(["lines", 0, "sku"], "OM\u200b-A"),
        "wrong_value",
        "lines[0].sku",
    )
    yield "NUL in a note", order(note="a\x00b"), "wrong_value", "note"
    yield "half a character", order(note="a\udc00"), "wrong_value", "note"
    yield "endless note", order(note="x" * 20_000), "too_large", "note"
    yield "no customer", without("customer"), "missing", "customer"
    yield "customer as text", order(customer="Anna"), "wrong_type", "customer"
    yield "customer as list", order(customer=[dict(CUSTOMER)]), "wrong_type", "customer"
    yield "e-mail as list", order(["customer", "email"], ["a@b.c"]), "wrong_type", "customer.email"
    yield (
        "unknown country",
        order(["customer", "country"], "XX"),
        "unknown_country",
        "customer.country",
    )
    yield (
        "country in words",
        order(["customer", "country"], "Belgium"),
        "wrong_value",
        "customer.country",
    )
    yield (
        "unknown state",
        order(["customer"], {**CUSTOMER, "country": "US", "state": "QQ"}),
        "unknown_state",
        "customer.state",
    )
    yield (
        "is_company as number",
        order(["customer", "is_company"], 1),
        "wrong_type",
        "customer.is_company",
    )
    yield "no lines", without("lines"), "missing", "lines"
    yield "empty lines", order(lines=[]), "missing", "lines"
    yield "lines as object", order(lines={"sku": "OM-A", "quantity": 1}), "wrong_type", "lines"
    yield "line as text", order(lines=["OM-A"]), "wrong_type", "lines[0]"
    yield (
        "too many lines",
        order(lines=[{"sku": "OM-A", "quantity": 1}] * 1001),
        "too_large",
        "lines",
    )
    yield "no product", without("lines", 0, "sku"), "missing", "lines[0].sku"
    yield "unknown product", order(["lines", 0, "sku"], "ZZ-9"), "unknown_product", "lines[0].sku"
    yield "product as number", order(["lines", 0, "sku"], 17), "wrong_type", "lines[0].sku"
    yield "no quantity", without("lines", 0, "quantity"), "missing", "lines[0].quantity"
    for name, value, code in (
        ("text", "2", "wrong_type"),
        ("true", True, "wrong_type"),
        ("list", [2], "wrong_type"),
        ("NaN", float("nan"), "wrong_value"),
        ("infinity", float("inf"), "wrong_value"),
        ("huge", 1e300, "wrong_value"),
        ("400 digits", 10**400, "wrong_value"),
        ("5,000 digits", 10**5000, "wrong_value"),
        ("a typing error", -1e12, "wrong_value"),
    ):
        yield f"quantity: {name}", order(["lines", 0, "quantity"], value), code, "lines[0].quantity"
    yield (
        "price as text",
        order(["lines", 0, "unit_price"], "50,00"),
        "wrong_type",
        "lines[0].unit_price",
    )
    yield (
        "absurd discount",
        order(["lines", 0, "discount"], 5000),
        "wrong_value",
        "lines[0].discount",
    )
    yield "unknown unit", order(["lines", 0, "uom"], "cubits"), "unknown_unit", "lines[0].uom"
    yield "unit of another kind", order(["lines", 0, "uom"], "KGM"), "unknown_unit", "lines[0].uom"
    yield "reference twice", order(lines=order()["lines"] * 2), "duplicate", "lines[1].ref"
    yield (
        "charge for no line",
        order(charges=[{"amount": 5, "line": "9"}]),
        "unknown_line",
        "charges[0].line",
    )
    yield (
        "charge without amount",
        order(charges=[{"name": "Freight"}]),
        "missing",
        "charges[0].amount",
    )
    yield "unknown key", order(colour="red"), "unknown_key", "colour"
    yield "unknown key inside", order(["lines", 0, "qty"], 2), "unknown_key", "lines[0].qty"
    yield "unknown currency", order(currency="XXQ"), "unknown_currency", "currency"
    yield "currency nobody sells in", order(currency="JPY"), "unknown_currency", "currency"
    yield "currency as sign", order(currency="€"), "wrong_value", "currency"
    yield "unknown carrier", order(carrier="PIGEON"), "unknown_carrier", "carrier"
    yield "no date", order(requested_date="soon"), "wrong_value", "requested_date"
    yield "impossible date", order(requested_date="2026-02-30"), "wrong_value", "requested_date"
    yield "date as number", order(requested_date=20260302), "wrong_type", "requested_date"
    for day in ("0001-01-01", "1899-12-31", "9999-12-31"):
        yield f"requested on {day}", order(requested_date=day), "wrong_value", "requested_date"
        yield f"ordered on {day}", order(ordered_at=f"{day}T12:00:00Z"), "wrong_value", "ordered_at"
    yield (
        "ordered at 25 o'clock",
        order(ordered_at="2026-03-02T25:00:00"),
        "wrong_value",
        "ordered_at",
    )
    yield "flag as text", order(ship_complete="yes"), "wrong_type", "ship_complete"
    yield "payment as list", order(payment=[]), "wrong_type", "payment"
    yield "unknown payment", order(payment={"status": "paid"}), "wrong_value", "payment.status"
    paid = {"status": "captured", "provider": "stripe", "reference": "pi_1"}
    yield (
        "payment of nothing",
        order(payment={**paid, "amount": 0}),
        "wrong_value",
        "payment.amount",
    )
    yield "negative payment", order(payment={**paid, "amount": -5}), "wrong_value", "payment.amount"
    yield "nested deeply", order(note=nested(30)), "wrong_type", "note"
    yield "nested very deeply", order(note=nested(100_000)), "wrong_type", "note"
    yield "card number", order(note=f"Visa {CARD}"), "card_number", "note"
    yield (
        "card number as number",
        order(["lines", 0, "unit_price"], int(CARD)),
        "card_number",
        "lines[0].unit_price",
    )
    yield "card number with spaces", order(note=spaced(" ")), "card_number", "note"
    yield (
        "card number with dashes",
        order(["customer", "name"], spaced("-")),
        "card_number",
        "customer.name",
    )
    yield "card number in a key", order(**{spaced(" "): 1}), "card_number", ""
    yield (
        "card number inside",
        order(payment={**paid, "token": {"pan": [CARD]}}),
        "card_number",
        "payment.token.pan[0]",
    )
    yield "card number as bytes", order(note=CARD.encode()), "card_number", "note"
    yield "too large", order(note="x" * 6_000_000), "too_large", ""


def json_files():
    """Malformed JSON files."""
    yield "empty", json_file(""), "malformed", ""
    yield "only white space", json_file(" \n"), "malformed", ""
    yield "only a byte order mark", json_file(b"\xef\xbb\xbf"), "malformed", ""
    yield "no base64", {"format": "json", "filename": "x", "content": "%%%"}, "malformed", ""
    yield "half base64", {"format": "json", "filename": "x", "content": "YWJ"}, "malformed", ""
    yield "base64 of other letters", {"format": "json", "content": "Ünï="}, "malformed", ""
    yield "content as object", {"format": "json", "content": {}}, "wrong_type", ""
    yield "no content", {"format": "json", "filename": "x"}, "wrong_type", ""
    yield "no format", {"filename": "x", "content": "e30="}, "unsupported_format", ""
    yield "format as number", {"format": 7, "content": "e30="}, "unsupported_format", ""
    yield "unknown format", file("docx", "x"), "unsupported_format", ""
    yield "unknown key", file("json", json_order(), encoding="utf-8"), "unknown_key", ""
    yield "too large", {"format": "json", "content": "A" * 9_000_000}, "too_large", ""
    yield "large", json_file(b" " * (5 * 1024 * 1024 + 1)), "too_large", ""
    yield "cut off", json_file(json_order()[:-20]), "malformed", ""
    yield "something behind", json_file(json_order() + "{}"), "malformed", ""
    yield "in Latin-1", json_file(json_order(("Anna", "Ånna")).encode("latin-1")), "malformed", ""
    yield "a picture", json_file(b"\x89PNG\r\n\x1a\n\x00\x00"), "malformed", ""
    yield "no order", json_file("[]"), "missing", ""
    yield "a text", json_file('"order"'), "wrong_type", ""
    yield "null", json_file("null"), "wrong_type", ""
    yield "orders as object", json_file('{"orders": {}}'), "wrong_type", "orders"
    yield "key beside orders", json_file('{"orders": [], "x": 1}'), "unknown_key", "x"
    yield (
        "key twice",
        json_file(json_order(('"customer":', '"customer": {}, "customer":'))),
        "duplicate",
        "customer",
    )
    yield "NaN", json_file(json_order((": 50.0", ": NaN"))), "wrong_value", "lines[0].unit_price"
    yield (
        "endless number",
        json_file(json_order((": 50.0", ": 1e999"))),
        "wrong_value",
        "lines[0].unit_price",
    )
    yield (
        "5,000 digits",
        json_file(json_order((": 50.0", f": {'9' * 5000}"))),
        "wrong_value",
        "lines[0].unit_price",
    )
    yield "nested deeply", json_file("[" * 100_000 + "]" * 100_000), "malformed", ""
    yield (
        "order nested deeply",
        json_file(json_order((": 50.0", ": " + "[" * 30 + "]" * 30))),
        "malformed",
        "",
    )
    yield (
        "half a character",
        json_file(json_order(("Anna", "\\ud800"))),
        "wrong_value",
        "customer.name",
    )
    yield "NUL", json_file(json_order(("Anna", "\\u0000"))), "wrong_value", "customer.name"
    yield "card number", json_file(json_order(("Anna", CARD))), "card_number", "customer.name"
    yield (
        "card number in a key",
        json_file(json_order(('"ref"', f'"{CARD}"'))),
        "card_number",
        "customer",
    )
    yield "card number in broken JSON", json_file(json_order(("Anna", CARD))[:-9]), "malformed", ""
    yield (
        "card number in UTF-16",
        json_file(json_order(("Anna", CARD))[:-9].encode("utf-16")),
        "malformed",
        "",
    )
    yield (
        "card number as file name",
        file("json", json_order(), filename=f"{CARD}"),
        "card_number",
        "",
    )
    yield "card number as format", file(spaced(" "), "x"), "card_number", ""


def ubl_files():
    """Malformed UBL files."""
    note = "<cbc:Note>Thanks</cbc:Note>"
    yield "empty", file("ubl", ""), "malformed", ""
    yield "a byte order mark", file("ubl", b"\xef\xbb\xbf"), "malformed", ""
    yield "no XML", file("ubl", "external_ref,customer"), "malformed", ""
    yield "cut off", file("ubl", ubl_order()[:-30]), "malformed", ""
    yield "two roots", file("ubl", ubl_order() + "<x/>"), "malformed", ""
    yield "an invoice", file("ubl", f'<Invoice xmlns="{UBL}Invoice-2"/>'), "malformed", ""
    yield "another namespace", ubl_file((f'xmlns="{UBL}Order-2"', 'xmlns="urn:x"')), "malformed", ""
    yield (
        "unknown encoding",
        file("ubl", '<?xml version="1.0" encoding="klingon"?>' + ubl_order()),
        "malformed",
        "",
    )
    yield (
        "wrong encoding",
        file("ubl", ubl_order(("Anna", "Ånna")).encode("latin-1")),
        "malformed",
        "",
    )
    yield "nested deeply", file("ubl", "<a>" * 5000 + "</a>" * 5000), "malformed", ""
    yield "undefined entity", ubl_file(("Thanks", "&x;")), "malformed", ""
    yield "a DOCTYPE", file("ubl", "<!DOCTYPE Order>" + ubl_order()), "forbidden_content", ""
    yield (
        "foreign DTD",
        file("ubl", '<!DOCTYPE Order SYSTEM "http://x.test/a.dtd">' + ubl_order()),
        "forbidden_content",
        "",
    )
    yield (
        "a file as entity",
        file(
            "ubl",
            '<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + ubl_order(("Thanks", "&x;")),
        ),
        "forbidden_content",
        "",
    )
    yield "entity bomb", file("ubl", bomb() + ubl_order(("Thanks", "&j;"))), "forbidden_content", ""
    yield (
        "bomb in UTF-16",
        file(
            "ubl",
            (bomb('<?xml version="1.0" encoding="utf-16"?>') + ubl_order(("Thanks", "&j;"))).encode(
                "utf-16"
            ),
        ),
        "forbidden_content",
        "",
    )
    yield (
        "no reference",
        ubl_file(
            ("<cbc:ID>BAD", "<cbc:UUID>BAD"),
            ("</cbc:ID><cbc:IssueDate>", "</cbc:UUID><cbc:IssueDate>"),
        ),
        "missing",
        "external_ref",
    )
    yield (
        "no number",
        ubl_file((">2</cbc:Quantity>", ">two</cbc:Quantity>")),
        "wrong_value",
        "lines[0].quantity",
    )
    yield "decimal comma", ubl_file((">50.00<", ">50,00<")), "wrong_value", "lines[0].unit_price"
    yield (
        "NaN",
        ubl_file((">2</cbc:Quantity>", ">NaN</cbc:Quantity>")),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "huge number",
        ubl_file((">2</cbc:Quantity>", f">{'9' * 90}</cbc:Quantity>")),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "negative quantity",
        ubl_file((">2</cbc:Quantity>", ">-2</cbc:Quantity>"), (">100.00<", ">-100.00<")),
        "PEPPOL-T01-R004",
        "lines[0]",
    )
    yield "no date", ubl_file(("2026-03-02", "02.03.2026")), "PEPPOL-COMMON-R030", "IssueDate"
    yield "date out of range", ubl_file(("2026-03-02", "9999-12-31")), "wrong_value", "ordered_at"
    yield "empty element", ubl_file((note, "<cbc:Note/>")), "PEPPOL-COMMON-R001", "Note"
    yield (
        "unknown currency",
        file("ubl", ubl_order().replace("EUR", "QQQ")),
        "unknown_currency",
        "currency",
    )
    yield (
        "unknown unit",
        ubl_file(('unitCode="C62"', 'unitCode="CUBIT"')),
        "unknown_unit",
        "lines[0].uom",
    )
    yield "unknown product", ubl_file((">OM-A<", ">ZZ-9<")), "unknown_product", "lines[0].sku"
    yield "invisible sign", ubl_file((">OM-A<", ">OM\u2060-A<")), "wrong_value", "lines[0].sku"
    yield "card number", ubl_file(("Thanks", spaced(" "))), "card_number", "note"
    yield "card number in a comment", ubl_file((note, f"{note}<!-- {CARD} -->")), "card_number", ""
    yield (
        "card number in an attribute",
        ubl_file(("<cbc:Note>", f'<cbc:Note languageID="{CARD}">')),
        "card_number",
        "",
    )
    yield (
        "card number in an instruction",
        ubl_file((note, f"{note}<?pay {CARD}?>")),
        "card_number",
        "",
    )
    yield (
        "card number that is not read",
        ubl_file((note, f"{note}<cbc:AccountingCost>{spaced('-')}</cbc:AccountingCost>")),
        "card_number",
        "",
    )
    yield (
        "card number in signs",
        ubl_file((note, f"{note}<cbc:AccountingCost>&#52;{CARD[1:]}</cbc:AccountingCost>")),
        "card_number",
        "",
    )


def csv_files():
    """Malformed CSV files."""
    yield "a byte order mark", file("csv", b"\xef\xbb\xbf"), "malformed", ""
    yield "only a header", csv_file(), "malformed", ""
    yield "only separators", file("csv", ",,,\r\n,,,\r\n"), "missing", "external_ref"
    yield "zero bytes", file("csv", csv_text(row(name="Anna\x00"))), "malformed", ""
    yield "UTF-16 without a mark", file("csv", csv_text(row()).encode("utf-16-le")), "malformed", ""
    yield (
        "cut in a letter",
        file("csv", csv_text(row(name="éééé")).encode()[:-30] + b"\xc3"),
        "malformed",
        "",
    )
    yield "open quote", csv_file(row(name='"Anna')), "malformed", ""
    yield "cut off", file("csv", csv_text(row(), row())[:-12]), "malformed", ""
    yield "unknown header", with_column("lines.colour", "red"), "unknown_key", "lines.colour"
    yield "no reference column", csv_file(row()[1:], header=HEADER[1:]), "missing", "external_ref"
    yield "column twice", with_column("lines.sku", "OM-A"), "duplicate", "lines.sku"
    yield "too many columns", csv_file(("x",) * 201, header=("x",) * 201), "too_large", ""
    yield "too many rows", file("csv", csv_text(*[row()] * 10_001)), "too_large", ""
    yield (
        "too many lines",
        file("csv", csv_text(*[("MANY", *row()[1:])] * 1001)),
        "too_large",
        "lines",
    )
    yield "no reference", csv_file(row(ref="")), "missing", "rows[0].external_ref"
    yield "more cells than headers", csv_file((*row(), "x")), "malformed", "rows[0]"
    yield "no number", csv_file(row(quantity="two")), "wrong_value", "lines[0].quantity"
    yield (
        "doubtful number",
        csv_file(row(quantity="1.234"), sign=";"),
        "wrong_value",
        "lines[0].quantity",
    )
    yield "NaN", csv_file(row(quantity="NaN")), "wrong_value", "lines[0].quantity"
    yield "huge number", csv_file(row(quantity="9" * 30)), "wrong_value", "lines[0].quantity"
    yield (
        "impossible date",
        with_column("requested_date", "31.02.2026"),
        "wrong_value",
        "requested_date",
    )
    yield (
        "date out of range",
        with_column("requested_date", "31.12.9999"),
        "wrong_value",
        "requested_date",
    )
    yield "doubtful flag", with_column("ship_complete", "maybe"), "wrong_value", "ship_complete"
    yield "unknown product", csv_file(row(sku="ZZ-9")), "unknown_product", "lines[0].sku"
    yield "unknown currency", with_column("currency", "XXQ"), "unknown_currency", "currency"
    yield (
        "line reference twice",
        csv_file(
            ("TWICE", *row()[1:], "1"), ("TWICE", *row()[1:], "1"), header=(*HEADER, "lines.ref")
        ),
        "duplicate",
        "lines[1].ref",
    )
    yield (
        "contradiction",
        csv_file(("SPLIT", *row()[1:]), ("SPLIT", *row(name="Bea")[1:])),
        "wrong_value",
        "rows[1].customer.name",
    )
    yield "card number", csv_file(row(name=spaced(" "))), "card_number", "customer.name"
    yield "card number as header", with_column(CARD, "x"), "unknown_key", "************1111"
    yield (
        "card number without a header",
        csv_file((*row(), CARD), header=(*HEADER, "")),
        "card_number",
        "",
    )


def xlsx_files():
    """Malformed workbooks."""
    good = workbook(xlsx_row())
    sheet = "xl/worksheets/sheet1.xml"
    with ZipFile(io.BytesIO(good)) as archive:
        cells = archive.read(sheet).decode()
    yield "empty", file("xlsx", b""), "malformed", ""
    yield "no archive", file("xlsx", "external_ref"), "malformed", ""
    yield "cut off", file("xlsx", good[: len(good) // 2]), "malformed", ""
    yield "cut at the end", file("xlsx", good[:-30]), "malformed", ""
    yield (
        "old format",
        file("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        "unsupported_format",
        "",
    )
    yield "another archive", file("xlsx", repacked_empty()), "malformed", ""
    yield "broken sheet", xlsx_file((sheet, b"<worksheet")), "malformed", ""
    yield "zip bomb", xlsx_file(("xl/big.xml", b"<a/>" * 15_000_000)), "too_large", ""
    yield "packed like a bomb", xlsx_file(("xl/big.xml", b" " * 2_000_000)), "forbidden_content", ""
    yield "many parts", xlsx_file(*((f"xl/{n}.xml", b"<a/>") for n in range(1000))), "too_large", ""
    yield "macros", xlsx_file(("xl/vbaProject.bin", b"x")), "forbidden_content", ""
    yield "leads outside", xlsx_file(("../evil.xml", b"<a/>")), "forbidden_content", ""
    yield "DOCTYPE", xlsx_file((sheet, (bomb() + "<worksheet/>").encode())), "forbidden_content", ""
    yield (
        "external link",
        xlsx_file(("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
        "forbidden_content",
        "",
    )
    yield "only a header", file("xlsx", workbook()), "malformed", ""
    yield "nothing", file("xlsx", workbook(header=())), "malformed", ""
    yield (
        "unknown header",
        file("xlsx", workbook((*xlsx_row(), 1), header=(*HEADER, "lines.qty"))),
        "unknown_key",
        "lines.qty",
    )
    yield (
        "formula without result",
        file("xlsx", workbook(xlsx_row(quantity="=1+1"))),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "formula's error",
        file("xlsx", workbook(xlsx_row(quantity="#N/A"))),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "true as quantity",
        file("xlsx", workbook(xlsx_row(quantity=True))),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "endless number",
        xlsx_file((sheet, cells.replace("<v>2</v>", "<v>1e999</v>").encode())),
        "wrong_value",
        "lines[0].quantity",
    )
    yield (
        "unknown product",
        file("xlsx", workbook(xlsx_row(sku="ZZ-9"))),
        "unknown_product",
        "lines[0].sku",
    )
    yield (
        "no reference",
        file("xlsx", workbook(xlsx_row(ref=None))),
        "missing",
        "rows[0].external_ref",
    )
    yield (
        "card number in a cell",
        file("xlsx", workbook((*xlsx_row(), int(CARD)), header=(*HEADER, "note"))),
        "card_number",
        "",
    )
    yield (
        "card number as text",
        file("xlsx", workbook(xlsx_row(name=spaced("-")))),
        "card_number",
        "customer.name",
    )
    yield (
        "card number on another sheet",
        file("xlsx", workbook(xlsx_row(), change=add_sheet_with_card)),
        "card_number",
        "",
    )
    yield (
        "card number beside the table",
        file("xlsx", workbook((*xlsx_row(), None, CARD))),
        "card_number",
        "",
    )
    yield (
        "card number in a comment",
        xlsx_file(("xl/comments/comment1.xml", f"<comments>{CARD}</comments>".encode())),
        "card_number",
        "",
    )


def repacked_empty():
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return target.getvalue()


@tagged("post_install", "-at_install", "om_lean")
class TestIntakeMalformed(IntakeCase):
    """Hostile and broken documents: each its own clear error, nothing else left behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.env["product.pricelist"].create({"name": "In euro", "currency_id": euro.id})

    def _count_rows(self):
        self.env.flush_all()
        counts = {
            name: self.env[name].with_context(active_test=False).search_count([])
            for name in COUNTED
        }
        others = [("res_model", "!=", "order.intake")]
        return {**counts, "ir.attachment": self.env["ir.attachment"].search_count(others)}

    def _check(self, cases):
        """Hand all in at once, where a call may hold so many."""
        cases = list(cases)
        documents = [document for _name, document, _code, _path in cases]
        sent = [_copied(document) for document in documents]
        before = self._count_rows()
        with self.assertNoLogs("odoo", "WARNING"):
            answers = self.submit(*documents)
            self.env.flush_all()
        for document, copy in zip(documents, sent, strict=True):
            self.assertTrue(copy is False or document == copy)
        self.assertEqual([answer["document"] for answer in answers], list(range(len(cases))))
        for (name, _document, code, path), answer in zip(cases, answers, strict=True):
            with self.subTest(name):
                self._check_answer(answer, code, path)
        self._check_stored(answers)
        self.assertEqual(self._count_rows(), before)

    def _check_answer(self, answer, code, path):
        self.assertEqual((answer["ok"], answer["outcome"]), (False, "rejected"))
        self.assertEqual((answer["order_id"], answer["lines"]), (False, []))
        self.assertTrue(answer["intake_id"])
        found = [(problem["code"], problem["path"]) for problem in answer["errors"]]
        self.assertIn((code, path), found)
        self.assertLess(len(found), 5)
        self.assertEqual(json.loads(json.dumps(answer, allow_nan=False)), answer)
        for problem in answer["errors"]:
            self.assertNotRegex(problem["message"], PROGRAM_WORDS)
            self.assertRegex(problem["message"], r"^[A-Z`“].{10,}[.?]$")
            self.assertLess(len(problem["message"]), 400)
            self.assertNotIn(CARD, _bare(problem["message"] + problem["path"]))

    def _check_stored(self, answers):
        """The rows tell the errors of the answers; no card number is kept whole."""
        intakes = self.env["order.intake"].browse([answer["intake_id"] for answer in answers])
        self.assertEqual(len(intakes), len(set(intakes.ids)))
        self.assertEqual(intakes.mapped("state"), ["rejected"] * len(intakes))
        self.assertFalse(intakes.order_id)
        self.assertEqual(intakes.mapped("attempt_count"), [1] * len(intakes))
        for intake, answer in zip(intakes, answers, strict=True):
            self.assertEqual(intake.errors, answer["errors"])
        for table, column in (("order_intake", "id"), ("order_intake_attempt", "intake_id")):
            self.env.cr.execute(
                f"SELECT row_to_json(t)::text FROM {table} t WHERE {column} = ANY(%s)",
                [intakes.ids],
            )
            for (text,) in self.env.cr.fetchall():
                self.assertNotIn(CARD, _bare(text))
        for intake in intakes.filtered("raw"):
            self.assertNotIn(CARD, _bare(_unpacked(base64.b64decode(intake.raw))))

    def test_objects(self):
        self._check(objects())

    def test_json_files(self):
        self._check(json_files())

    def test_ubl_files(self):
        self._check(ubl_files())

    def test_csv_files(self):
        self._check(csv_files())

    def test_xlsx_files(self):
        self._check(xlsx_files())

    def test_good_files_are_good(self):
        """The builders' files come in unchanged, so that each case is refused for its change."""
        answers = self.submit(
            order(), json_file(json_order()), ubl_file(), csv_file(row()), xlsx_file()
        )
        self.assertOutcomes(answers, *["created"] * 5)

    def test_a_file_may_name_a_product_by_its_name(self):
        """UBL orders of services often give no code; near is not enough, two are too many."""
        codes = (
            "<cac:SellersItemIdentification><cbc:ID>OM-A</cbc:ID></cac:SellersItemIdentification>"
        )
        named = [
            ubl_file((codes, ""), (">Mug<", f">{name}<"))
            for name in ("product om-a", "Product OM", "Twin")
        ]
        for sku in ("OM-T1", "OM-T2"):
            self._create_product(sku, name="Twin")
        answers = self.submit(*named)
        self.assertOutcomes(answers, "created", "rejected", "rejected")
        self.assertEqual(answers[0]["lines"][0]["sku"], "OM-A")
        found = [
            (answer["errors"][0]["code"], answer["errors"][0]["path"]) for answer in answers[1:]
        ]
        self.assertEqual(
            found,
            [("unknown_product", "lines[0].name"), ("ambiguous_product", "lines[0].name")],
        )

    def test_odd_amounts_are_for_the_checks(self):
        """An order with them is one that somebody can mend; it is taken in, and held."""
        answers = self.submit(
            order(["lines", 0, "quantity"], 0),
            order(["lines", 0, "quantity"], -3),
            order(["lines", 0, "unit_price"], -50.0),
            order(["lines", 0, "quantity"], 999_999_999_999),
            order(["lines", 0, "discount"], 150),
            process="confirm",
        )
        self.assertOutcomes(answers, *["created"] * 5)
        self.assertEqual([answer["hold_state"] for answer in answers], ["held"] * 5)

    def test_what_may_not_wait_is_refused_at_once(self):
        """A call for the background is stored as it came."""
        before = self._count_rows()
        for name, document in (
            ("card number", order(note=spaced(" "))),
            ("card number in a file", ubl_file(("Thanks", CARD))),
            ("NaN", order(["lines", 0, "quantity"], float("nan"))),
            ("NUL", order(note="a\x00")),
            ("half a character", order(note="\ud800")),
            ("nested deeply", order(note=nested(100_000))),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, r"^documents\[1\]: "):
                self.submit(order(), document, background=True)
        self.assertEqual(self._count_rows(), before)
        self.assertTrue(self.submit(order(), background=True)["job_id"])

    def test_a_bad_one_beside_good_ones(self):
        answers = self.submit(order(), order(note=f"Visa {CARD}"), "x", order())
        self.assertOutcomes(answers, "created", "rejected", "rejected", "created")


def _copied(document):
    try:
        return deepcopy(document)
    except RecursionError:
        return False


def _bare(text):
    """Text without what may stand between the digits of a card number."""
    return re.sub(r"[\s\-\x00\ufffd]|\\u0000", "", text)


def _unpacked(content):
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
