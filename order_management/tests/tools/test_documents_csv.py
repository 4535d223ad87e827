"""CSV files, and what all tables of orders have in common."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import documents
from tools.documents import cells, columns, csv_file, table
from tools.documents.columns import TableOptions
from tools.error_codes import CODES

HEADER = "external_ref,customer.ref,lines.sku,lines.quantity"
ORDER = {"external_ref": "1", "customer": {"ref": "C"}, "lines": [{"sku": "A", "quantity": 2}]}
GOOD = {"order": ORDER, "errors": []}


def read(text, **options):
    return csv_file.read(text.encode(), TableOptions(**options))


def read_all(text, **options):
    return documents.read_file("csv", text.encode(), TableOptions(**options))


def bare(items):
    """The items without where they stood."""
    return [{key: item[key] for key in ("order", "errors")} for item in items]


def found(items):
    return [(problem["code"], problem["path"]) for item in items for problem in item["errors"]]


def cell_of(key, text, **options):
    """What one more column with this text gives, for an order that is otherwise good."""
    quoted = text.replace('"', '""')
    [item] = read(f'{HEADER.replace(",", ";")};{key}\n1;C;A;2;"{quoted}"\n', **options)
    return item


# The file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_line_ends_and_encodings(delimiter, line_end, encoding):
    text = f"{HEADER},customer.name\n1,C,A,2,Müller „Söhne“\n".replace(",", delimiter)
    [item] = csv_file.read(text.replace("\n", line_end).encode(encoding))
    assert item["errors"] == []
    assert item["order"]["customer"] == {"ref": "C", "name": "Müller „Söhne“"}


def test_utf_16_of_either_byte_order():
    text = "\ufeff" + HEADER + "\n1,C,A,2\n"
    assert bare(csv_file.read(text.encode("utf-16-le"))) == [GOOD]
    assert bare(csv_file.read(text.encode("utf-16-be"))) == [GOOD]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n1,C,A,2",
        f"\n\n{HEADER}\n\n1,C,A,2\n\n\n",
        f"{HEADER}\n1,C,A,2\n,,,\n",
        f"{HEADER},,\n1,C,A,2,left,out\n",
        f"{HEADER},lines.name\n1,C,A,2\n",
        f"{HEADER}\n1,C,A,2,,\n",
        "EXTERNAL_REF, customer.REF ,Lines.Sku,lines.quantity\n 1 ,C, A,2\n",
        '"external_ref","customer.ref","lines.sku","lines.quantity"\n"1","C","A","2"\n',
        f"sep=;\r\n{HEADER}\r\n1,C,A,2\r\n".replace(",", ";"),
        "lines.quantity;lines.sku;customer.ref;external_ref\n2;A;C;1\n",
    ],
)
def test_ways_to_write_one_order(text):
    assert bare(read(text)) == [GOOD]


def test_quoted_cells_may_hold_anything():
    text = f'{HEADER},note\n1,C,A,2,"one, two; ""three""\nfour"\n'
    assert read(text)[0]["order"]["note"] == 'one, two; "three"\nfour'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed"),
        (b"\xef\xbb\xbf", "malformed"),
        (b"\n\n", "malformed"),
        (HEADER.encode(), "malformed"),
        (HEADER.encode() + b"\n,,,\n", "malformed"),
        (HEADER.encode() + b"\n1,C,A\x00,2\n", "malformed"),
        (HEADER.encode("utf-16-le"), "malformed"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le") + b"\n", "malformed"),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"\n1,C,\xff,2\n", "malformed"),
        (HEADER.encode() + b"\n1,\x81,A,2\n", "malformed"),
        (HEADER.encode() + "\n1,Müßig,A,2\n2,Öl".encode()[:-1], "malformed"),
        (HEADER.encode() + b'\n1,C,A,"2\n', "malformed"),
        (HEADER.encode() + b'\n1,C,"A"B,2\n', "malformed"),
        (HEADER.encode() + b"\n1,C,A,2\n1,C,A", "malformed"),
        (HEADER.encode() + b'\n1,C,"' + b"A" * 140_000, "too_large"),
        (HEADER.encode() + b"\n1,C,A,2" * 10_001, "too_large"),
        (("x," * 200 + HEADER).encode() + b"\n1,C,A,2\n", "too_large"),
    ],
)
def test_files_that_cannot_be_read(content, code):
    items = csv_file.read(content)
    assert [item["order"] for item in items] == [False]
    assert found(items) == [(code, "")]
    assert code in CODES


def test_the_limits_themselves_pass():
    assert len(read(HEADER + "\n1,C,A,2" * 10_000)[0]["order"]["lines"]) == 10_000
    assert bare(read("," * 196 + HEADER + "\n" + "," * 196 + "1,C,A,2")) == [GOOD]
    assert read(f"{HEADER}\n1,C,A,2\n" + "\n" * 20_000 + "1,C,A,2")[0]["errors"] == []


# The header


@pytest.mark.parametrize(
    ("header", "code", "path", "message"),
    [
        ("lines.qty", "unknown_key", "lines.qty", "Row 1, column E: `lines.qty`"),
        ("lines.unitprice", "unknown_key", "lines.unitprice", "mean `lines.unit_price`"),
        ("unit_price", "unknown_key", "unit_price", "mean `lines.unit_price`"),
        ("zip", "unknown_key", "zip", "`customer.zip`, `ship_to.zip`, `bill_to.zip`"),
        ("zzzzzz", "unknown_key", "zzzzzz", "Remove the column"),
        ("charges", "unknown_key", "charges", "is not a known key"),
        ("lines", "unknown_key", "lines", "is not a known key"),
        ("customer", "unknown_key", "customer", "is not a known key"),
        ("Lines.SKU", "duplicate", "lines.sku", "the columns C, E all stand"),
    ],
)
def test_headers_that_are_refused(header, code, path, message):
    items = read(f"{HEADER},{header}\n1,C,A,2,x\n2,C,A,2,x\n")
    assert [item["order"] for item in items] == [False]
    assert found(items) == [(code, path)]
    assert message in items[0]["errors"][0]["message"]


@pytest.mark.parametrize("key", ["external_ref", "lines.quantity"])
def test_columns_without_which_no_order_can_be_right(key):
    items = read(f"{HEADER}\n1,C,A,2\n".replace(key, ""))
    assert found(items) == [("missing", key)]


def test_many_unknown_headers_are_counted():
    items = read(HEADER + "".join(f",zz{index}" for index in range(30)) + "\n1,C,A,2\n")
    assert len(items[0]["errors"]) == 21
    assert items[0]["errors"][-1]["message"] == "Row 1 has 10 more unknown headers; remove them."


def test_a_card_number_in_a_header_is_not_repeated():
    [item] = read(f"{HEADER},4111 1111 1111 1111\n1,C,A,2,x\n")
    assert "4111" not in str(item)


@pytest.mark.parametrize(
    ("index", "name"),
    [
        (0, "A"),
        (25, "Z"),
        (26, "AA"),
        (51, "AZ"),
        (52, "BA"),
        (199, "GR"),
        (701, "ZZ"),
        (702, "AAA"),
    ],
)
def test_column_letters(index, name):
    assert columns.letters(index) == name


def test_every_key_of_an_order_has_a_column():
    kinds = columns.KINDS
    assert len(kinds) == 62
    assert {name for name, kind in kinds.items() if kind == "number"} == {
        "expected_total",
        "payment.amount",
        "lines.quantity",
        "lines.unit_price",
        "lines.discount",
    }
    assert {name for name, kind in kinds.items() if kind in ("day", "moment")} == {
        "ordered_at",
        "requested_date",
    }
    assert kinds["customer.is_company"] == kinds["prices_include_tax"] == "flag"


# Mapping


def test_a_mapping_comes_on_top_of_our_keys():
    mapping = {
        "Bestell-Nr.": "external_ref",
        "Kunde": "customer.ref",
        "Artikel": "lines.sku",
        "interne Notiz": "",
        "lines.sku": "lines.customer_sku",
    }
    text = "BESTELL-NR.;Kunde;artikel;lines.quantity;Interne  Notiz;lines.sku\n1;C;A;2;?;X\n"
    [item] = read(text, mapping=mapping)
    assert item["errors"] == []
    assert item["order"]["lines"] == [{"sku": "A", "customer_sku": "X", "quantity": 2}]


def test_a_mapping_helps_to_find_the_delimiter():
    text = "Nr.;Kunde, Nummer;lines.sku;lines.quantity\n1;C;A;2\n"
    items = read(text, mapping={"Nr.": "external_ref", "Kunde, Nummer": "customer.ref"})
    assert bare(items) == [GOOD]


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"mapping": {"x": "lines.qty"}}, "mapping"),
        ({"mapping": {"x": None}}, "mapping"),
        ({"mapping": {" ": "lines.sku"}}, "mapping"),
        ({"decimal": ";"}, "decimal"),
        ({"decimal": ""}, "decimal"),
    ],
)
def test_wrong_options_are_refused(options, argument):
    with pytest.raises(ValueError, match=f"^{argument}: "):
        TableOptions(**options)


def test_options_leave_the_given_mapping_unchanged():
    mapping = {"Nr.": "external_ref"}
    TableOptions(mapping=mapping)
    assert mapping == {"Nr.": "external_ref"}


# Several orders


def test_orders_come_as_they_first_appear():
    text = f"{HEADER}\n2,D,A,1\n1,C,B,2\n2,D,C,3\n\n1,C,D,4\n"
    assert [item["order"] for item in read(text)] == [
        {
            "external_ref": "2",
            "customer": {"ref": "D"},
            "lines": [{"sku": "A", "quantity": 1}, {"sku": "C", "quantity": 3}],
        },
        {
            "external_ref": "1",
            "customer": {"ref": "C"},
            "lines": [{"sku": "B", "quantity": 2}, {"sku": "D", "quantity": 4}],
        },
    ]


def test_what_an_order_s_rows_say_once_need_not_be_repeated():
    text = f"{HEADER},expected_total,note\n1,,A,2,,\n1,C,B,1,12.50,\n1,,C,1,12.5,x\n"
    [item] = read(text)
    assert item["errors"] == []
    assert item["order"]["customer"] == {"ref": "C"}
    assert item["order"]["expected_total"] == 12.5
    assert item["order"]["note"] == "x"


def test_rows_that_contradict_each_other():
    text = f"{HEADER},customer.name\n1,C,A,2,Ann\n2,D,A,1,Dan\n1,C,B,1,\n1,C,C,1,Bob\n1,C,D,1,Bob\n"
    first, second = read_all(text)
    assert second["errors"] == []
    assert first["errors"] == [
        {
            "code": "wrong_value",
            "message": (
                "Row 5, column E: `customer.name` is “Bob”, but row 2 of the same order says "
                "“Ann”. Make them agree."
            ),
            "path": "rows[3].customer.name",
        }
    ]


def test_a_row_without_reference_spoils_the_order_above_only():
    items = read_all(f"{HEADER}\n1,C,A,2\n,C,B,1\n2,C,A,1\n")
    assert found(items[:1]) == [("missing", "rows[1].external_ref")]
    assert [item["order"]["external_ref"] for item in items] == ["1", "2"]
    assert items[1]["errors"] == []
    assert "Row 3, column A" in items[0]["errors"][0]["message"]


def test_a_first_row_without_reference():
    items = read_all(f"{HEADER}\n,C,A,2\n")
    assert found(items) == [("missing", "rows[0].external_ref"), ("missing", "external_ref")]


def test_a_row_with_more_cells_than_the_header():
    items = read_all(f"{HEADER}\n1,C,A,2,5\n2,C,A,2\n")
    assert found(items) == [("malformed", "rows[0]")]
    assert items[1]["errors"] == []


def test_lines_are_counted_within_their_order():
    items = read_all(f"{HEADER}\n1,C,A,2\n2,C,A,1\n1,C,B,abc\n2,C,,1\n")
    assert found(items) == [("wrong_value", "lines[1].quantity"), ("missing", "lines[1].sku")]
    assert items[0]["errors"][0]["message"] == (
        "Row 4, column D: `lines[1].quantity` is “abc”, which is no number; write it like 1234.5."
    )
    assert items[0]["order"]["lines"] == [{"sku": "A", "quantity": 2}, {"sku": "B"}]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("1,,A,2", [("missing", "customer")]),
        ("1,C,,2", [("missing", "lines[0].sku")]),
        ("1,C,A,", [("missing", "lines[0].quantity")]),
        ("1,C,A,1e5", [("wrong_value", "lines[0].quantity")]),
        ("1,C,A,nan", [("wrong_value", "lines[0].quantity")]),
        ("1,C,A,inf", [("wrong_value", "lines[0].quantity")]),
        ("1,C,A,1000000000000", [("wrong_value", "lines[0].quantity")]),
        ("1,C,A," + "9" * 61, [("wrong_value", "lines[0].quantity")]),
        ("1,C," + "A" * 129 + ",1", [("too_large", "lines[0].sku")]),
        ("1,C," + "A" * 10_001 + ",1", [("too_large", "lines[0].sku")]),
        ("1,C,A\x07,1", [("wrong_value", "lines[0].sku")]),
        ("1,C,4.00638E+12,1", [("wrong_value", "lines[0].sku")]),
        (
            "4.00638E+12,C,A,1",
            [("wrong_value", "rows[0].external_ref"), ("missing", "external_ref")],
        ),
    ],
)
def test_wrong_cells_are_told_once(text, errors):
    assert found(read_all(f"{HEADER}\n{text}\n")) == errors
    assert {code for code, _path in errors} <= set(CODES)


def test_an_order_of_too_many_lines():
    assert found(read_all(HEADER + "\n1,C,A,2" * 1001)) == [("too_large", "lines")]


def test_a_card_number_is_found_and_masked():
    [item] = read_all(
        f"{HEADER},note,expected_total\n1,C,A,2,4111111111111111,4111-1111-1111-1111x\n"
    )
    assert ("card_number", "note") in found([item])
    assert "4111" not in str(item)


# Numbers


@pytest.mark.parametrize(
    ("text", "auto", "dot", "comma"),
    [
        ("3", 3, 3, 3),
        (" 3 ", 3, 3, 3),
        ("+3", 3, 3, 3),
        ("-3", -3, -3, -3),
        ("−3", -3, -3, -3),
        ("007", 7, 7, 7),
        ("12,5", 12.5, None, 12.5),
        ("12.5", 12.5, 12.5, None),
        ("-0,5", -0.5, None, -0.5),
        (",5", 0.5, None, 0.5),
        ("0.125", 0.125, 0.125, None),
        ("0,125", 0.125, None, 0.125),
        ("1.234", None, 1.234, 1234),
        ("1,234", None, 1234, 1.234),
        ("1234,567", 1234.567, None, 1234.567),
        ("1.234,56", 1234.56, None, 1234.56),
        ("1,234.56", 1234.56, 1234.56, None),
        ("1 234,56", 1234.56, None, 1234.56),
        ("1\u00a0234,56", 1234.56, None, 1234.56),
        ("1\u202f234", 1234, 1234, 1234),
        ("1'234.50", 1234.5, 1234.5, None),
        ("1.234.567", 1234567, None, 1234567),
        ("1,234,567.5", 1234567.5, 1234567.5, None),
        ("12.34.567", None, None, None),
        ("1.234 567", None, None, None),
        ("1 23", None, None, None),
        ("1.", None, None, None),
        (".", None, None, None),
        ("-", None, None, None),
        ("1,2,3", None, None, None),
        ("12 €", None, None, None),
        ("10 %", None, None, None),
        ("0x10", None, None, None),
        ("1_000", None, None, None),
        ("٣", None, None, None),
        ("--1", None, None, None),
    ],
)
def test_numbers(text, auto, dot, comma):
    for decimal, expected in (("auto", auto), (".", dot), (",", comma)):
        item = cell_of("expected_total", text, decimal=decimal)
        assert item["order"].get("expected_total") == expected
        assert found([item]) == [("wrong_value", "expected_total")] * (expected is None)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], None),
        (["3", "1 000"], None),
        (["12.5"], 1.234),
        (["12,5"], 1234),
        (["12,5", "12.5"], None),
    ],
)
def test_the_file_settles_what_a_number_means(others, expected):
    rows = "".join(f"2;C;A;{other}\n" for other in others)
    item = read(f"{HEADER}\n".replace(",", ";") + f"1;C;A;1.234\n{rows}")[0]
    assert item["order"]["lines"][0].get("quantity") == expected


@pytest.mark.parametrize(
    ("cells_of_rows", "expected"),
    [
        (["1.234"], [1.234]),
        (['"1,234"'], [None]),
        (["1.234", '"1,234"'], [None, None]),
        (['"1,234"', "12.5"], [1234, 12.5]),
    ],
)
def test_between_commas_a_dot_is_the_decimal_sign(cells_of_rows, expected):
    rows = "".join(f"1,C,A,{cell}\n" for cell in cells_of_rows)
    lines = read(f"{HEADER}\n{rows}")[0]["order"]["lines"]
    assert [line.get("quantity") for line in lines] == expected


def test_an_open_question_is_put_plainly():
    assert cell_of("expected_total", "1.234")["errors"][0]["message"] == (
        "Row 2, column E: `expected_total` is “1.234”, which may be 1.234 or 1234; set the decimal "
        "sign of the channel."
    )


@given(st.integers(-(10**11), 10**11), st.integers(1, 99))
def test_numbers_come_back_from_any_way_of_writing(whole, cents):
    value = float(f"{whole}.{cents:02}")
    for sign, group in ((".", ","), (",", "."), (",", " "), (".", "'"), (".", ""), (",", "")):
        text = f"{whole:,}".replace(",", group) + f"{sign}{cents:02}"
        assert cells.read(text, "number", cells.Conventions()) == value
        assert cells.read(text, "number", cells.Conventions(sign)) == value


# Dates


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("2026-12-31", "2026-12-31", "2026-12-31"),
        ("2026-12-31 00:00:00", "2026-12-31", "2026-12-31"),
        ("2026-12-31T00:00", "2026-12-31", "2026-12-31"),
        ("31.12.2026", "2026-12-31", "2026-12-31"),
        ("3.4.2026", "2026-04-03", "2026-04-03"),
        ("31/12/2026", "2026-12-31", "2026-12-31"),
        ("12/31/2026", "2026-12-31", "2026-12-31"),
        ("03/04/2026", "2026-04-03", "2026-03-04"),
        ("3-4-2026", "2026-04-03", "2026-03-04"),
        ("31.12.2026 00:00", "2026-12-31", "2026-12-31"),
        ("12.31.2026", None, None),
        ("31.12.26", None, None),
        ("30.02.2026", None, None),
        ("29.02.2028", "2028-02-29", "2028-02-29"),
        ("31/12-2026", None, None),
        ("2026-12-31 08:00", None, None),
        ("31.12.2026 08:00", None, None),
        ("2026-13-01", None, None),
        ("00.01.2026", None, None),
        ("01.01.0000", None, None),
        ("tomorrow", None, None),
        ("46387", None, None),
    ],
)
def test_dates(text, day_first, month_first):
    for is_day_first, expected in ((True, day_first), (False, month_first)):
        item = cell_of("requested_date", text, day_first=is_day_first)
        assert item["order"].get("requested_date") == expected
        assert found([item]) == [("wrong_value", "requested_date")] * (expected is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-31T14:30:00+01:00", "2026-12-31 13:30:00"),
        ("2026-12-31 14:30", "2026-12-31 14:30:00"),
        ("31.12.2026", "2026-12-31 00:00:00"),
        ("31.12.2026 14:30", "2026-12-31 14:30:00"),
        ("31/12/2026, 9:05:07", "2026-12-31 09:05:07"),
        ("31.12.2026 24:00", None),
        ("31.12.2026 2:30 PM", None),
    ],
)
def test_moments(text, expected):
    [item] = read_all(f'{HEADER},ordered_at\n1,C,A,2,"{text}"\n')
    assert item["order"].get("ordered_at") == expected
    assert found([item]) == [("wrong_value", "ordered_at")] * (expected is None)


@pytest.mark.parametrize("day_first", [True, False])
def test_proof_against_the_channel_s_order_leaves_it_open(day_first):
    proof = "12/31/2026" if day_first else "31/12/2026"
    text = f"{HEADER},requested_date\n1,C,A,2,03/04/2026\n2,C,A,2,{proof}\n3,C,A,2,5/5/2026\n"
    items = read(text, day_first=day_first)
    assert found(items) == [("wrong_value", "requested_date")]
    assert "which may be 2026-03-04 or 2026-04-03" in items[0]["errors"][0]["message"]
    assert items[1]["order"]["requested_date"] == "2026-12-31"
    assert items[2]["order"]["requested_date"] == "2026-05-05"


# Yes and no


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in ("true", "TRUE", "Yes", "y", "1", "ja", "WAHR", "oui", "vrai")),
        *((text, False) for text in ("false", "No", "n", "0", "Nein", "FALSCH", "non", "faux")),
        *((text, None) for text in ("x", "2", "maybe", "-1", "1.0")),
    ],
)
def test_yes_and_no(text, expected):
    item = cell_of("ship_complete", text)
    assert item["order"].get("ship_complete") is expected
    assert found([item]) == [("wrong_value", "ship_complete")] * (expected is None)


# Templates and export


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_template_is_an_order_that_can_be_read(format):
    content = documents.template(format)
    assert content == documents.template(format)
    [item] = documents.read_file(format, content)
    assert item["errors"] == []
    assert item["order"]["external_ref"] == "WEB-1001"
    assert item["order"]["customer"]["zip"] == "04109"
    assert item["order"]["ordered_at"] == "2026-03-02 09:30:00"
    assert item["order"]["requested_date"] == "2026-03-09"
    assert [line["quantity"] for line in item["order"]["lines"]] == [2, 1]


def test_a_template_has_every_column():
    header = documents.template("csv").decode("utf-8-sig").splitlines()[0]
    assert header.split(",") == list(columns.KINDS)


def test_there_is_no_template_of_other_formats():
    with pytest.raises(ValueError, match="^format: "):
        documents.template("json")


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@SUM(A1)", "\tx", "\r=x", "\n=x", "＝1"])
def test_formulas_are_neutralised(text):
    assert documents.neutralise(text) == "'" + text
    assert documents.neutralise("'" + text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=b", "5-3", " x", "'x", "Müller"])
def test_other_texts_stay(text):
    assert documents.neutralise(text) == text


# Anything at all


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_reading_never_raises(content):
    items = csv_file.read(content)
    assert items
    assert all(item["order"] is not False or item["errors"] for item in items)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*columns.KINDS, "", "x"]), max_size=8),
    st.lists(
        st.lists(st.text(max_size=6) | st.sampled_from(["1", "1.234", "3/4/2026"]), max_size=8),
        max_size=5,
    ),
)
def test_any_table_is_answered(header, rows):
    header = ("external_ref", "lines.quantity", *header)
    lines = [table.Row(number, tuple(row)) for number, row in enumerate([header, *rows], 1)]
    for item in table.read(lines, TableOptions()):
        assert {problem["code"] for problem in item["errors"]} <= set(CODES)
        assert item["order"] is not False or item["errors"]


@pytest.mark.parametrize("kind", ["text", "number", "flag", "day", "moment"])
@pytest.mark.parametrize(
    "cell",
    [
        *(True, 5, 5.5, float("nan"), float("inf"), 10**400, 1e300),
        *("x", date(2026, 1, 2), datetime.fromisoformat("2026-01-02T03:04:05")),
        *(datetime.fromisoformat("2026-01-02T03:04:05").time(), cells.Fault("is no value.")),
    ],
)
def test_any_cell_is_read_or_refused(kind, cell):
    try:
        value = cells.read(cell, kind, cells.Conventions())
    except cells.Unreadable as problem:
        assert str(problem).endswith(".")
    else:
        assert isinstance(value, str | bool | int | float)


def test_moments_without_a_zone_are_of_the_channel_s_clock():
    text = (
        b"external_ref,customer.name,lines.sku,lines.quantity,ordered_at\n"
        b"A,M,X,1,2026-03-29 01:59\nB,M,X,1,2026-03-29 03:00\nC,M,X,1,2026-03-29T03:00:00Z\n"
    )
    options = TableOptions(zone=ZoneInfo("Europe/Brussels"))
    found = [item["order"]["ordered_at"] for item in documents.read_file("csv", text, options)]
    assert found == ["2026-03-29 00:59:00", "2026-03-29 01:00:00", "2026-03-29 03:00:00"]


def test_where_an_order_stands():
    [first, second] = read(f"\n{HEADER}\n1,C,A,2\n\n2,D,A,x\n1,C,B,1")
    places = {
        "external_ref": (3, "A"),
        "customer": (3, "B"),
        "customer.ref": (3, "B"),
        "lines[1].sku": (6, "C"),
        "lines[1]": (6, ""),
        "lines[9].sku": (0, "C"),
        "rows[3].lines.quantity": (6, "D"),
        "ship_to.zip": (3, ""),
        "": (3, ""),
    }
    assert {path: documents.locate(first["origin"], path) for path in places} == places
    assert documents.locate(second["origin"], second["errors"][0]["path"]) == (5, "D")


@pytest.mark.parametrize(
    ("filename", "content", "expected"),
    [
        ("orders.csv", b"a;b", "csv"),
        ("ORDERS.CSV", b"a;b", "csv"),
        ("orders.csv", b"PK\x03\x04...", "xlsx"),
        ("orders.xlsx", b"PK\x03\x04...", "xlsx"),
        ("orders.xlsx", b"a;b", "csv"),
        ("orders.xlsx", b"\x00\x01;", "xlsx"),
        ("orders.xlsx", b"", "xlsx"),
        ("orders", b' [{"external_ref": "1"}]', "json"),
        ("orders.dat", b"\xef\xbb\xbf<?xml version='1.0'?>", "ubl"),
        ("orders.xml", b"<Order/>", "ubl"),
        ("orders.dat", "a;b".encode("utf-16"), "csv"),
        ("scan.pdf", b"%PDF-1.7\n\x00,", ""),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00,", ""),
        ("", b"", ""),
    ],
)
def test_a_format_is_guessed_from_name_and_content(filename, content, expected):
    assert documents.guess_format(filename, content) == expected
