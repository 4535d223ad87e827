"""Single values of a document, read and changed by their path."""

import pytest
from tools.documents.corrections import REMOVED, changed, kind, parsed, steps, value_at

ORDER = {"external_ref": "A", "customer": {"name": "Ada"}, "lines": [{"sku": "X"}, {"sku": "Y"}]}


def test_steps():
    assert steps("lines[1].sku") == ["lines", 1, "sku"]
    assert steps("external_ref") == ["external_ref"]
    assert steps("") == steps("lines[x]") == steps("a b") == []


def test_kind():
    assert kind("lines[12].quantity") == "number"
    assert kind("customer.zip") == "text"
    assert kind("requested_date") == "day"
    assert kind("ship_complete") == "flag"
    assert kind("charges[0].amount") == "number"
    assert kind("lines") == kind("colour") == ""


def test_value_at():
    assert value_at(ORDER, "lines[1].sku") == "Y"
    assert value_at(ORDER, "lines[2].sku") is None
    assert value_at(ORDER, "customer.zip") is None
    assert value_at("text", "a") is None


def test_changed_leaves_the_document_alone():
    result = changed(ORDER, {"lines[1].sku": "Z", "ship_to.zip": "1000", "external_ref": REMOVED})
    assert result == {
        "customer": {"name": "Ada"},
        "lines": [{"sku": "X"}, {"sku": "Z"}],
        "ship_to": {"zip": "1000"},
    }
    assert ORDER["lines"][1]["sku"] == "Y"


@pytest.mark.parametrize("path", ["", "lines[2].sku", "lines[0]", "external_ref.x[0]"])
def test_what_is_not_there(path):
    with pytest.raises(ValueError, match="path"):
        changed(ORDER, {path: "Z"})


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (" 12,5 ", "lines[0].quantity", 12.5),
        ("1 200", "lines[0].quantity", 1200),
        ("-3", "lines[0].quantity", -3),
        ("many", "lines[0].quantity", "many"),
        ("yes", "ship_complete", True),
        ("No", "ship_complete", False),
        ("perhaps", "ship_complete", "perhaps"),
        ("12", "lines[0].sku", "12"),
        ("  ", "note", REMOVED),
    ],
)
def test_parsed(text, path, expected):
    assert parsed(text, path) == expected
    assert type(parsed(text, path)) is type(expected)
