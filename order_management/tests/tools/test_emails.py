"""E-mail addresses: what mail can reach, and what it cannot."""

import pytest
from tools.emails import is_plausible


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com",
        "ada.lovelace+orders@mail.example.co.uk",
        "a@b.de",
        "o'hara@example.ie",
        "info@xn--mller-kva.de",
        "info@müller.de",
        "1@2.org",
        "x" * 64 + "@example.com",
    ],
)
def test_plausible(address):
    assert is_plausible(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example.c",
        "ada@example.123",
        "ada@example..com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@exam_ple.com",
        ".ada@example.com",
        "ada.@example.com",
        "ada..l@example.com",
        "ada lovelace@example.com",
        "ada@@example.com",
        "x" * 65 + "@example.com",
        "ada@" + "x" * 64 + ".com",
        "ada@" + ".".join(["example"] * 40) + ".com",
    ],
)
def test_not_plausible(address):
    assert not is_plausible(address)
