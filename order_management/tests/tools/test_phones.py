"""Telephone numbers: what is the same, what is not, and what is no number."""

import pytest
from tools.phones import digits, is_plausible, same, tail


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+32 2 123 45 67", "02/123.45.67"),
        ("+32 2 123 45 67", "0032 2 1234567"),
        ("+32 (0)2 123 45 67", "02 123 45 67"),
        ("02 123 45 67", "021234567"),
        ("+1 (415) 555-0100", "415-555-0100"),
        ("+1 415 555 0100 ext. 12", "+14155550100"),
    ],
)
def test_the_same_number(one, other):
    assert same(one, other) and same(other, one)
    assert tail(one)[-7:] == tail(other)[-7:]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+32 2 123 45 67", "+31 2 123 45 67"),
        ("+32 2 123 45 67", "02 123 45 68"),
        ("1234", "1234"),
        ("", ""),
        (None, "+32 2 123 45 67"),
        ("none", "none"),
        ("0000000", "0000000000"),
    ],
)
def test_another_or_no_number(one, other):
    assert not same(one, other) and not same(other, one)


def test_digits():
    assert digits("+32 2") == "+322"
    assert digits("00322") == "+322"
    assert digits("02/12") == "0212"
    assert digits("٣٤") == ""


@pytest.mark.parametrize(
    "text",
    [
        "+32 2 123 45 67",
        "0032 (0)2 123.45.67",
        "02/123 45 67 ext. 12",
        "+49 (30) 901820",
        "123456",
        "+999 12345678901",
    ],
)
def test_plausible(text):
    assert is_plausible(text)


@pytest.mark.parametrize(
    "text",
    [None, "", "none", "12345", "0000000000", "+", "call me", "02 123 45 67 or 68", "1" * 16,
     "ada@example.com", "+49 30 +49 30 901"],
)  # fmt: skip
def test_not_plausible(text):
    assert not is_plausible(text)
