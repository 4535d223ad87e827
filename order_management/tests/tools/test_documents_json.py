"""JSON files, and the shelf of formats."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import documents
from tools.documents import json_file
from tools.error_codes import CODES

ORDER = {"external_ref": "1", "customer": {"ref": "C"}, "lines": [{"sku": "A", "quantity": 2}]}
TEXT = json.dumps(ORDER)
GOOD = {"order": ORDER, "errors": []}


def found(items):
    return [(problem["code"], problem["path"]) for item in items for problem in item["errors"]]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (TEXT, 1),
        (f"[{TEXT}]", 1),
        (f"[{TEXT}, {TEXT}]", 2),
        (f'{{"orders": [{TEXT}, {TEXT}, {TEXT}]}}', 3),
        ("\ufeff" + TEXT, 1),
        (f"\n  {TEXT}\n", 1),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_one_order_a_list_or_a_wrapper(text, count, encoding):
    assert json_file.read(text.encode(encoding)) == [GOOD] * count


def test_the_reader_hands_out_plain_values():
    [item] = json_file.read(TEXT.encode())
    assert type(item["order"]) is dict
    assert type(item["order"]["customer"]) is dict


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        (b"{", "malformed", ""),
        (TEXT[:-1].encode(), "malformed", ""),
        (TEXT.encode() + b"}", "malformed", ""),
        (b"{'external_ref': 1}", "malformed", ""),
        (b"\xff\xfe\xfa", "malformed", ""),
        ("é".encode("latin-1"), "malformed", ""),
        (b"[" * 100_000, "malformed", ""),
        (b'{"a":' * 100_000, "malformed", ""),
        (b"[]", "missing", ""),
        (b'{"orders": []}', "missing", ""),
        (b'{"orders": {}}', "wrong_type", "orders"),
        (b'{"orders": [], "orders": []}', "duplicate", "orders"),
        (b'{"orders": [], "total": 3}', "unknown_key", "total"),
        (b"3", "wrong_type", ""),
        (b'"order"', "wrong_type", ""),
        (b"null", "wrong_type", ""),
        (b"[3]", "wrong_type", ""),
        (b"[" + b"{}," * 10_000 + b"{}]", "too_large", ""),
        (b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", "malformed", ""),
    ],
)
def test_files_without_an_order(content, code, path):
    items = json_file.read(content)
    assert [item["order"] for item in items] == [False]
    assert found(items) == [(code, path)]
    assert code in CODES


@pytest.mark.parametrize(
    ("text", "where"),
    [('{\n "a": 1,\n "b" 2}', "line 3, column 6"), ("", "line 1, column 1")],
)
def test_broken_json_is_located(text, where):
    [item] = json_file.read(text.encode())
    assert where in item["errors"][0]["message"]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('{"note": "a", "note": "b"}', "duplicate", "note"),
        ('{"lines": [{}, {"sku": "A", "sku": "A"}]}', "duplicate", "lines[1].sku"),
        ('{"expected_total": NaN}', "wrong_value", "expected_total"),
        ('{"expected_total": -Infinity}', "wrong_value", "expected_total"),
        ('{"lines": [{"quantity": 1e999}]}', "wrong_value", "lines[0].quantity"),
        (f'{{"expected_total": {"9" * 5000}}}', "wrong_value", "expected_total"),
    ],
)
def test_what_json_tolerates_and_an_order_does_not(text, code, path):
    assert found(json_file.read(text.encode())) == [(code, path)]


def test_one_bad_order_does_not_stop_the_others():
    items = json_file.read(f'[{TEXT}, {{"note": 1, "note": 2}}, 7, {TEXT}]'.encode())
    assert [bool(item["errors"]) for item in items] == [False, True, True, False]
    assert (items[0], items[3]) == (GOOD, GOOD)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_reading_never_raises(content):
    items = json_file.read(content)
    assert items
    assert all(item["order"] is not False or item["errors"] for item in items)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=10,
    )
)
def test_any_json_is_answered(value):
    for item in documents.read_file("json", json.dumps(value).encode()):
        assert all(problem["code"] in CODES for problem in item["errors"])


# The shelf


def test_the_shelf_reads_and_judges():
    content = json.dumps([ORDER, ORDER | {"note": "  x "}, ORDER | {"lines": []}]).encode()
    items = documents.read_file("json", content)
    assert items[0] == GOOD
    assert items[1] == {"order": ORDER | {"note": "x"}, "errors": []}
    assert found(items) == [("missing", "lines")]
    assert items[2]["order"]["external_ref"] == "1"


def test_the_same_fault_is_told_once():
    content = json.dumps(ORDER)[:-1] + ', "expected_total": NaN}'
    assert found(documents.read_file("json", content.encode())) == [
        ("wrong_value", "expected_total")
    ]


@pytest.mark.parametrize(
    ("format", "content", "code"),
    [
        ("pdf", b"x", "unsupported_format"),
        ("", b"x", "unsupported_format"),
        ("JSON", b"{}", "unsupported_format"),
        ("json", b"", "malformed"),
        ("ubl", b" \n", "malformed"),
        ("json", b" " * (5 * 1024 * 1024 + 1), "too_large"),
        ("ubl", b"x" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_files_that_are_refused_unread(format, content, code):
    [item] = documents.read_file(format, content)
    assert item["order"] is False
    assert [(problem["code"], problem["path"]) for problem in item["errors"]] == [(code, "")]
    assert code in CODES


def test_a_file_of_just_the_limit_is_read():
    content = TEXT.encode().ljust(5 * 1024 * 1024)
    assert documents.read_file("json", content) == [GOOD]
