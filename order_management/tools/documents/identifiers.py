"""Check digits and formats of the numbers by which parties are identified."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cards import passes_luhn

_FISCAL_CODE = re.compile(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", re.ASCII | re.IGNORECASE)


def has_form(form: str, value: str) -> bool:
    """Tell whether the whole value matches the regular expression."""
    return bool(re.fullmatch(form, value, re.ASCII))


def is_gln(value: str) -> bool:
    """GS1 location number: the digits, from the right, weigh 1, 3, 1, 3 and so on."""
    if not has_form(r"\d+", value):
        return False
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(value))) % 10 == 0


def is_norwegian(value: str) -> bool:
    """Norwegian organization number: nine digits, modulus 11."""
    if not has_form(r"\d{9}", value) or not int(value):
        return False
    return (11 - _weighted(value[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(value[8])


def is_belgian(value: str) -> bool:
    """Belgian enterprise number: ten digits, the last two are 97 less the rest modulus 97."""
    return has_form(r"\d{10}", value) and 97 - int(value[:8]) % 97 == int(value[8:])


def is_australian(value: str) -> bool:
    """Australian business number: eleven digits, modulus 89 after one is taken from the first."""
    if not has_form(r"\d{11}", value):
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    return (_weighted(value, weights) - 10) % 89 == 0


def is_luxembourgish(value: str) -> bool:
    """Luxembourgish legal person's number: eleven digits, legal form 20 to 99, modulus 11."""
    if not has_form(r"\d{11}", value) or int(value[4:6]) < 20:
        return False
    remainder = _weighted(value[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    expected = {11 - remainder if remainder else 0}
    if value[4:6] == "24":
        expected |= {{0: 1, 1: 0}.get(remainder, 12 - remainder)}
    return int(value[10]) in expected


def is_italian_fiscal_code(value: str) -> bool:
    """Codice Fiscale: sixteen signs of a person, or eleven digits of a company."""
    return bool(_FISCAL_CODE.fullmatch(value)) or has_form(r"\d{11}", value)


def is_italian_vat(value: str) -> bool:
    """Partita IVA: after the prefix IT eleven digits with a Luhn check digit."""
    if value[:2].upper() != "IT":
        return True
    return has_form(r"\d{11}", value[2:]) and passes_luhn(value[2:])


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
