"""Excel workbooks: what their cells say, and what is refused before it is opened."""

import io
import re
from datetime import date, datetime, time, timedelta
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tools import documents
from tools.documents import xlsx_file
from tools.documents.columns import TableOptions
from tools.error_codes import CODES

HEADER = ["external_ref", "customer.ref", "lines.sku", "lines.quantity"]
ROW = ["1", "C", "A", 2]
ORDER = {"external_ref": "1", "customer": {"ref": "C"}, "lines": [{"sku": "A", "quantity": 2}]}
GOOD = {"order": ORDER, "errors": []}
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*rows, change=None):
    """A workbook of one sheet with these rows; `change(sheet)` may do more."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    return saved(book)


def bare(items):
    """The items without where they stood."""
    return [{key: item[key] for key in ("order", "errors")} for item in items]


def found(items):
    return [(problem["code"], problem["path"]) for item in items for problem in item["errors"]]


def cell_of(key, value, number_format=None):
    """What one more column with this value gives, for an order that is otherwise good."""

    def change(sheet):
        if number_format:
            sheet["E2"].number_format = number_format

    content = workbook([*HEADER, key], [*ROW, value], change=change)
    [item] = documents.read_file("xlsx", content)
    return item


def repacked(content, parts=(), drop=(), **packing):
    """The same workbook with other or more parts."""
    parts, target = dict(parts), io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            if name not in drop:
                copy.writestr(name, parts.pop(name, source.read(name)))
        for name, part in parts.items():
            copy.writestr(name, part, **packing)
    return target.getvalue()


def part_of(content, name=SHEET):
    with ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_sheet(data):
    """A good workbook whose sheet is this XML."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return repacked(workbook(HEADER, ROW), {SHEET: sheet})


def inline(*texts):
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


GOOD_FILE = workbook(HEADER, ROW)


# Where the orders stand


def test_one_order():
    assert bare(xlsx_file.read(GOOD_FILE)) == [GOOD]


def test_several_orders_and_blank_rows():
    content = workbook(
        [], HEADER, [], ["2", "D", "A", 1], ["1", "C", "A", 2], [], ["2", "", "B", 3]
    )
    assert [item["order"] for item in xlsx_file.read(content)] == [
        {
            "external_ref": "2",
            "customer": {"ref": "D"},
            "lines": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 3}],
        },
        ORDER,
    ]


def test_the_first_sheet_with_a_header_we_know():
    book = Workbook()
    book.active.append(["How to use this file"])
    book.create_sheet("empty")
    hidden = book.create_sheet("hidden")
    hidden.append(HEADER)
    hidden.sheet_state = "hidden"
    for row in (HEADER, ROW):
        (book["Orders"] if "Orders" in book else book.create_sheet("Orders")).append(row)
    book.create_sheet("later").append(HEADER)
    assert bare(xlsx_file.read(saved(book))) == [GOOD]


def test_a_workbook_without_a_header_we_know():
    items = xlsx_file.read(workbook(["Order"], ["1"]))
    assert [item["order"] for item in items] == [False]
    assert found(items) == [
        ("unknown_key", "Order"),
        ("missing", "external_ref"),
        ("missing", "lines.quantity"),
    ]


def test_notes_beside_the_table_are_left_out():
    assert bare(xlsx_file.read(workbook(HEADER, [*ROW, "note"], [None] * 5 + ["note"]))) == [GOOD]


def test_cells_that_are_only_formatted_are_blank():
    def change(sheet):
        for row in range(1, 60):
            sheet.cell(row, 40).number_format = "@"
            sheet.cell(row + 2, 1).number_format = "@"

    assert bare(xlsx_file.read(workbook(HEADER, ROW, change=change))) == [GOOD]


def test_a_wrong_size_in_the_sheet_does_no_harm():
    sheet = part_of(GOOD_FILE).replace(b"A1:D2", b"A1:B1")
    assert b'ref="A1:B1"' in sheet
    assert bare(xlsx_file.read(repacked(GOOD_FILE, {SHEET: sheet}))) == [GOOD]


def test_options_count_for_workbooks_too():
    content = workbook(["Nr.", *HEADER[1:]], ["1", "C", "A", "1.234"])
    options = TableOptions(mapping={"Nr.": "external_ref"}, decimal=",")
    [item] = documents.read_file("xlsx", content, options)
    assert item["errors"] == []
    assert item["order"]["lines"][0]["quantity"] == 1234


def test_merged_cells_and_contradictions():
    rows = [[*HEADER, "note"], [*ROW, "x"], ["1", "C", "B", 1], ["1", "D", "C", 1]]
    content = workbook(*rows, change=lambda sheet: sheet.merge_cells("E2:E4"))
    [item] = documents.read_file("xlsx", content)
    assert item["order"]["note"] == "x"
    assert found([item]) == [("wrong_value", "rows[2].customer.ref")]
    assert item["errors"][0]["message"].startswith("Row 4, column B: `customer.ref` is “D”")


# Cells


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("expected_total", 12.5, 12.5),
        ("expected_total", 0.1 + 0.2, 0.3),
        ("expected_total", 19.989999999999998, 19.99),
        ("expected_total", -3, -3),
        ("expected_total", "12,5", 12.5),
        ("expected_total", " 3 ", 3),
        ("note", 1001, "1001"),
        ("note", 1001.0, "1001"),
        ("note", 12.5, "12.5"),
        ("note", True, "TRUE"),
        ("note", "=1+", None),
        ("note", "a\nb", "a\nb"),
        ("ship_complete", True, True),
        ("ship_complete", False, False),
        ("ship_complete", 1, True),
        ("ship_complete", "nein", False),
        ("requested_date", date(2026, 12, 31), "2026-12-31"),
        ("requested_date", datetime.fromisoformat("2026-12-31"), "2026-12-31"),
        ("requested_date", "31.12.2026", "2026-12-31"),
        ("ordered_at", datetime.fromisoformat("2026-12-31T14:30:05"), "2026-12-31 14:30:05"),
        ("ordered_at", date(2026, 12, 31), "2026-12-31 00:00:00"),
        ("ordered_at", "2026-12-31T14:30:00Z", "2026-12-31 14:30:00"),
        ("expected_total", True, None),
        ("expected_total", date(2026, 12, 31), None),
        ("expected_total", "1.234", None),
        ("expected_total", "#N/A", None),
        ("note", date(2026, 12, 31), None),
        ("note", time(12, 30), None),
        ("note", timedelta(days=2), None),
        ("note", 12345678901234567, None),
        ("ship_complete", 2, None),
        ("ship_complete", date(2026, 12, 31), None),
        ("requested_date", 46387, None),
        ("requested_date", True, None),
        ("requested_date", time(12, 30), None),
        ("requested_date", datetime.fromisoformat("2026-12-31T14:30:05"), None),
        ("ordered_at", 46387, None),
    ],
)
def test_cells_as_the_workbook_stores_them(key, value, expected):
    item = cell_of(key, value)
    assert item["order"].get(key) == expected
    assert type(item["order"].get(key)) is type(expected)
    assert found([item]) == ([("wrong_value", key)] if expected is None else [])


@pytest.mark.parametrize("number_format", ["dd/mm/yyyy", "m/d/yy h:mm", "[$-407]d. mmmm yyyy"])
def test_dates_are_known_by_their_format(number_format):
    item = cell_of("requested_date", 46387, number_format)
    assert item["order"]["requested_date"] == "2026-12-31"


def test_texts_that_cells_share():
    texts = "".join(f"<si><t>{text}</t></si>" for text in (*HEADER, "1", "C"))
    rich = "<si><r><t>A</t></r><r><t> B</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    rows = [
        "".join(f'<c t="s"><v>{index}</v></c>' for index in indexes)
        for indexes in (range(4), (4, 5, 6))
    ]
    content = with_sheet(f"<row>{rows[0]}</row><row>{rows[1]}<c><v>2</v></c></row>")
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = part_of(content, "[Content_Types].xml").replace(b"</Types>", override)
    parts = {
        "[Content_Types].xml": types,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}{rich}</sst>',
    }
    [item] = xlsx_file.read(repacked(content, parts))
    assert item["errors"] == []
    assert item["order"]["lines"] == [{"sku": "A B", "quantity": 2}]


def test_dates_since_1904():
    book = Workbook()
    book.epoch = datetime.fromisoformat("1904-01-01")
    book.active.append([*HEADER, "requested_date"])
    book.active.append([*ROW, date(2026, 12, 31)])
    [item] = xlsx_file.read(saved(book))
    assert item["order"]["requested_date"] == "2026-12-31"


def test_a_long_number_as_reference_is_not_cut():
    content = workbook(HEADER, [12345678901234567890, "C", "A", 1])
    items = documents.read_file("xlsx", content)
    assert found(items) == [("wrong_value", "rows[0].external_ref"), ("missing", "external_ref")]


@pytest.mark.parametrize(
    ("cell", "expected", "errors"),
    [
        ('<c r="D2"><f>1+1</f><v>2</v></c>', 2, []),
        ('<c r="D2"><f>1+1</f></c>', None, [("wrong_value", "lines[0].quantity")]),
        ("<c><f>1+1</f></c>", None, [("wrong_value", "lines[0].quantity")]),
        ('<c r="D2" t="str"><f>""</f><v></v></c>', None, [("missing", "lines[0].quantity")]),
        (
            '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
            None,
            [("wrong_value", "lines[0].quantity")],
        ),
        ('<c r="D2"><v>NaN</v></c>', False, [("malformed", "")]),
        ('<c r="D2"><v>1e999</v></c>', None, [("wrong_value", "lines[0].quantity")]),
        ('<c r="D2" t="s"><v>99</v></c>', False, [("malformed", "")]),
        ('<c r="D2" t="b"><v>1</v></c>', None, [("wrong_value", "lines[0].quantity")]),
    ],
)
def test_formulas_and_odd_cells(cell, expected, errors):
    content = with_sheet(f"<row>{inline(*HEADER)}</row><row>{inline('1', 'C', 'A')}{cell}</row>")
    [item] = documents.read_file("xlsx", content)
    assert found([item]) == errors
    if expected is False:
        assert item["order"] is False
    else:
        assert item["order"]["lines"][0].get("quantity") == expected


def test_a_formula_without_result_is_named_by_its_place():
    [item] = xlsx_file.read(workbook(HEADER, ["1", "C", "A", "=1+1"]))
    assert item["errors"][0]["message"] == (
        "Row 2, column D: `lines[0].quantity` is a formula whose result is not stored; open the "
        "file in Excel and save it."
    )


def test_a_formula_beside_the_table_does_no_harm():
    assert bare(xlsx_file.read(workbook(HEADER, [*ROW, "=1+1"], ["", "", "", "", "=2"]))) == [GOOD]


def test_a_formula_as_header():
    assert found(xlsx_file.read(workbook([*HEADER, "=1+1"], ROW))) == []
    assert found(xlsx_file.read(workbook(["=1+1", *HEADER], ["", *ROW]))) == [
        ("unknown_key", "(no value)")
    ]


# What is refused


def doctype(encoding="utf-8"):
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- x -->\n<!DOCTYPE worksheet ['
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    data = f"<row>{inline(*HEADER)}</row><row>{inline('1', 'C', '&i;')}</row>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return f"{text}{entities}]>{sheet}".encode(encoding)


def encrypted():
    part = bytearray(GOOD_FILE)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for place in [match.start() for match in re.finditer(re.escape(mark), GOOD_FILE)]:
            part[place + offset] |= 1
    return bytes(part)


def lying_about_its_size():
    """A bomb whose table of contents says that it is small."""
    content = repacked(GOOD_FILE, {"xl/bomb.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    return content.replace((3_000_007).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def doubled():
    target = io.BytesIO(GOOD_FILE)
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(target, "a") as archive:
        archive.writestr(SHEET, part_of(GOOD_FILE))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK", "malformed"),
        (b"external_ref,lines.sku", "malformed"),
        (GOOD_FILE[: len(GOOD_FILE) // 2], "malformed"),
        (GOOD_FILE[:-30], "malformed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported_format"),
        (repacked(GOOD_FILE, drop=["[Content_Types].xml"]), "malformed"),
        (repacked(GOOD_FILE, drop=["xl/workbook.xml"]), "malformed"),
        (repacked(GOOD_FILE, drop=[SHEET]), "malformed"),
        (repacked(GOOD_FILE, {SHEET: b"<worksheet"}), "malformed"),
        (repacked(GOOD_FILE, {SHEET: b""}), "malformed"),
        (repacked(GOOD_FILE, {"xl/big.xml": b"<a/>" * 15_000_000}), "too_large"),
        (repacked(GOOD_FILE, {f"xl/{n}.xml": b"<a/>" for n in range(1000)}), "too_large"),
        (repacked(GOOD_FILE, {"xl/big.xml": b" " * 2_000_000}), "forbidden_content"),
        (lying_about_its_size(), "malformed"),
        (repacked(GOOD_FILE, {"../evil.xml": b"<a/>"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl/../../evil.xml": b"<a/>"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"/etc/evil.xml": b"<a/>"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl\\..\\evil.xml": b"<a/>"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"c:evil.xml": b"<a/>"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl/vbaProject.bin": b"x"}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl/a.xml": b"<a/>"}, compress_type=ZIP_BZIP2), "forbidden_content"),
        (encrypted(), "forbidden_content"),
        (repacked(GOOD_FILE, {SHEET: doctype()}), "forbidden_content"),
        (repacked(GOOD_FILE, {SHEET: doctype("utf-16")}), "forbidden_content"),
        (repacked(GOOD_FILE, {SHEET: doctype("cp1252")}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl/workbook.xml": doctype()}), "forbidden_content"),
        (repacked(GOOD_FILE, {"xl/sharedStrings.xml": doctype()}), "forbidden_content"),
        (repacked(GOOD_FILE, {"odd.name": doctype()}), "forbidden_content"),
        (workbook(), "malformed"),
        (workbook(HEADER), "malformed"),
        (workbook(["x"] * 201, ["x"] * 201), "too_large"),
        (with_sheet(f'<row r="1">{inline(*HEADER)}</row><row r="1048577"/>'), "too_large"),
        (with_sheet(f'<row r="1">{inline(*HEADER)}</row><row r="9999999999"/>'), "too_large"),
        (with_sheet(f"<row>{inline(*HEADER)}</row><row r='x'/>"), "malformed"),
    ],
)
def test_workbooks_that_are_refused(content, code):
    items = documents.read_file("xlsx", content)
    assert [item["order"] for item in items] == [False]
    assert found(items) == [(code, "")]
    assert code in CODES


def test_a_workbook_with_one_part_twice():
    assert found(xlsx_file.read(doubled())) == [("forbidden_content", "")]


def test_more_rows_than_the_limit():
    data = f"<row>{inline(*HEADER)}</row>" + "".join(
        f"<row>{inline('1', 'C', f'A{number}')}<c><v>{number}</v></c></row>"
        for number in range(10_000)
    )
    assert len(xlsx_file.read(with_sheet(data))[0]["order"]["lines"]) == 10_000
    data += f"<row>{inline('1', 'C', 'A')}<c><v>1</v></c></row>"
    assert found(xlsx_file.read(with_sheet(data))) == [("too_large", "")]


def test_harmless_things_pass():
    parts = {
        "xl/media/image1.png": b"\x89PNG<!DOCTYPE",
        "customXml/item1.xml": b"<a>&lt;!DOCTYPE</a>",
    }
    assert bare(xlsx_file.read(repacked(GOOD_FILE, parts))) == [GOOD]


def test_a_card_number_is_found_and_masked():
    item = cell_of("note", 4111111111111111)
    assert (item["order"], found([item])) == (False, [("card_number", "")])
    item = cell_of("note", "4111 1111 1111 1111")
    assert found([item]) == [("card_number", "note")]
    assert "4111" not in str(item)


# Anything at all


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_workbooks_are_answered(data):
    content = bytearray(GOOD_FILE)
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    items = documents.read_file("xlsx", bytes(content))
    assert items
    assert {code for code, _path in found(items)} <= set(CODES)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml"]), st.data())
def test_damaged_parts_are_answered(name, data):
    part = part_of(GOOD_FILE, name)
    start = data.draw(st.integers(0, len(part)))
    end = data.draw(st.integers(start, min(len(part), start + 12)))
    changed = part[:start] + data.draw(st.binary(max_size=4)) + part[end:]
    items = documents.read_file("xlsx", repacked(GOOD_FILE, {name: changed}))
    assert items
    assert all(item["order"] is not False or item["errors"] for item in items)
