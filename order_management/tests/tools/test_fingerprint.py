"""Which documents say the same, and where they differ."""

import copy
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.fingerprint import canonical, differences, fingerprint

# The same examples every time, however busy the machine is.
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

ORDER = {
    "external_ref": "A-1",
    "customer": {"name": "Jörg Müller", "street": "Weg 1", "city": "Köln"},
    "ship_complete": True,
    "lines": [
        {"ref": "10", "sku": "CHAIR", "quantity": 3, "unit_price": 17.77},
        {"ref": "20", "sku": "TABLE", "quantity": 1, "unit_price": 0},
    ],
}


def _changed(**values):
    order = copy.deepcopy(ORDER)
    order.update(values)
    return order


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (Decimal("3.00"), "3"),
        (0.1, "0.1"),
        (Decimal("0.10"), "0.1"),
        (1e16, "10000000000000000"),
        (1e-7, "1e-07"),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        (None, "false"),
        ("", "false"),
        (" \n", "false"),
        ([], "false"),
        ({}, "false"),
        ({"a": {"b": [None, ""]}}, "false"),
        (" a \t b ", '"a b"'),
        ("\u00a0a\u2003b", '"a b"'),
        ("é", '"\\u00e9"'),
        ("e\u0301", '"\\u00e9"'),
        ([1, 2.5], "[1,2.5]"),
        ((1, 2.5), "[1,2.5]"),
        ([1, None, 2, "", []], "[1,false,2]"),
        ({"b": 1, "a": [True]}, '{"a":[true],"b":1}'),
        ({"a": 0, "b": False, "c": "", "d": None, "e": [], "f": {}}, '{"a":0}'),
        ([{"ref": "b"}, {"ref": "a"}], '[{"ref":"a"},{"ref":"b"}]'),
        ([{"ref": "b"}, {"ref": "b"}], '[{"ref":"b"},{"ref":"b"}]'),
        ([{"ref": "b"}, {"x": "a"}], '[{"ref":"b"},{"x":"a"}]'),
    ],
)
def test_canonical(value, expected):
    assert canonical(value) == expected


@pytest.mark.parametrize(
    "value", [float("nan"), float("-inf"), {1: 2}, b"x", {"a": object()}, [{"a": {1, 2}}]]
)
def test_canonical_refuses_what_json_does_not_know(value):
    with pytest.raises(ValueError, match="value"):
        canonical(value)


def test_fingerprint_is_a_digest_that_stays():
    assert fingerprint({}) == "fcbcf165908dd18a9e49f7ff27810176db8e9f63b4352213741664245224f8aa"
    assert fingerprint({"a": 1.0}) == fingerprint({"a": 1, "b": None})
    assert len(fingerprint(ORDER)) == 64


@pytest.mark.parametrize(
    "same",
    [
        _changed(note=""),
        _changed(carrier=None, ship_to={"street": ""}, charges=[]),
        _changed(external_ref=" A-1 "),
        _changed(customer={"name": "Jo\u0308rg  Müller", "city": "Köln", "street": "Weg 1"}),
        _changed(lines=ORDER["lines"][::-1]),
        dict(reversed(ORDER.items())),
    ],
)
def test_the_same_content(same):
    assert fingerprint(same) == fingerprint(ORDER)
    assert differences(ORDER, same) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (
            _changed(customer={**ORDER["customer"], "street": "Weg 2"}),
            [("customer.street", "Weg 1", "Weg 2")],
        ),
        (_changed(note=" Hurry "), [("note", False, "Hurry")]),
        (_changed(ship_complete=False), [("ship_complete", True, False)]),
        (_changed(ship_complete=1), [("ship_complete", True, 1)]),
        (
            _changed(ship_to={"city": "Bonn", "zip": "53111"}),
            [("ship_to.city", False, "Bonn"), ("ship_to.zip", False, "53111")],
        ),
        (
            _changed(lines=[ORDER["lines"][1], {**ORDER["lines"][0], "quantity": 4}]),
            [("lines[1].quantity", 3, 4)],
        ),
        (
            _changed(lines=[ORDER["lines"][0], {**ORDER["lines"][1], "unit_price": None}]),
            [("lines[1].unit_price", 0, False)],
        ),
        (_changed(lines=ORDER["lines"][1:]), [("lines[0]", ORDER["lines"][0], False)]),
        (
            _changed(lines=[*ORDER["lines"], {"ref": "30", "sku": "X", "quantity": 1.0}]),
            [("lines[2]", False, {"ref": "30", "sku": "X", "quantity": 1})],
        ),
        (
            _changed(lines=[{"ref": "30", "sku": "X"}]),
            [
                ("lines[0]", False, {"ref": "30", "sku": "X"}),
                ("lines[0]", ORDER["lines"][0], False),
                ("lines[1]", ORDER["lines"][1], False),
            ],
        ),
        (
            _changed(lines=[{"sku": "CHAIR", "quantity": 3, "unit_price": 17.77}]),
            [("lines[0].ref", "10", False), ("lines[1]", ORDER["lines"][1], False)],
        ),
        (_changed(customer="Jörg"), [("customer", ORDER["customer"], "Jörg")]),
        (_changed(customer=None, lines=0), None),
        (_changed(external_ref="A-2", note="x", carrier="dhl"), None),
    ],
)
def test_differences(after, expected):
    found = differences(ORDER, after)
    assert fingerprint(after) != fingerprint(ORDER)
    assert found
    assert all(list(difference) == ["path", "before", "after"] for difference in found)
    if expected is not None:
        assert [tuple(difference.values()) for difference in found] == expected


def test_differences_of_lines_without_ref_go_by_position():
    before = [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}]
    after = [{"sku": "B", "quantity": 2.0}]
    assert differences({"lines": before}, {"lines": after}) == [
        {"path": "lines[0].quantity", "before": 1, "after": 2},
        {"path": "lines[0].sku", "before": "A", "after": "B"},
        {"path": "lines[1]", "before": {"sku": "B", "quantity": 2}, "after": False},
    ]


def test_differences_of_plain_values():
    assert differences(1, 1.0) == []
    assert differences(0, False) == [{"path": "", "before": 0, "after": False}]
    assert differences([1, 2], [1, 3, 4]) == [
        {"path": "[1]", "before": 2, "after": 3},
        {"path": "[2]", "before": False, "after": 4},
    ]


def test_arguments_stay_as_they_are():
    before = {"a": [{"ref": 2, "x": " y "}, {"ref": 1, "x": None}]}
    kept = copy.deepcopy(before)
    differences(before, {"a": []})
    canonical(before)
    assert before == kept
    assert list(before["a"][1]) == ["ref", "x"]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0, -0.0, 2.25]),
    st.sampled_from(["", " ", "a", " a", "b", "a b", "a  b"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["ref", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@STEADY
@given(VALUES, VALUES)
def test_no_differences_means_the_same_canonical_text(before, after):
    assert (differences(before, after) == []) == (canonical(before) == canonical(after))


@STEADY
@given(VALUES)
def test_a_value_is_the_same_as_what_its_canonical_text_holds(value):
    assert canonical(json.loads(canonical(value))) == canonical(value)
    assert differences(value, json.loads(canonical(value))) == []


@STEADY
@given(VALUES, VALUES)
def test_differences_are_json_without_none(before, after):
    found = differences(before, after)
    assert json.loads(json.dumps(found)) == found
    assert "null" not in json.dumps(found)
