"""Telling whether two telephone numbers are one, however they are written.

Numbers come as people write them: with a country code (`+32 2 123 45 67`, `0032…`) or as at home
(`02/123.45.67`). Two numbers with a country code must be equal; one without matches one whose end
it is.
"""

import re

TAIL = 8  # digits at the end by which candidates are looked up
SHORTEST = 7  # digits after the trunk prefix; less is an extension or a mistake
LEAST, MOST = 6, 15  # digits of a number that can be dialled; the most is E.164's

_EXTENSION = re.compile(r"(?:ext|x|#|;).*$", re.IGNORECASE)
_SIGNS = re.compile(r"\+?[0-9\s()./\u2010-\u2015-]+")


def digits(text: str | None) -> str:
    """Return the digits of a number, a country code marked by a leading `+`."""
    bare = _EXTENSION.sub("", text or "").replace("(0)", "")
    found = "".join(sign for sign in bare if sign.isascii() and sign.isdigit())
    if bare.strip().startswith("+"):
        return f"+{found}"
    return f"+{found[2:]}" if found.startswith("00") else found


def tail(text: str | None) -> str:
    """Return the digits by which a number is looked up, `""` when there are too few."""
    found = _significant(digits(text))
    return found[-TAIL:] if len(found) >= SHORTEST else ""


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two texts are the same telephone number."""
    first, second = digits(one), digits(other)
    if not (tail(one) and tail(other)):
        return False
    if first.startswith("+") == second.startswith("+"):
        return _significant(first) == _significant(second)
    long, short = sorted((first, second), key=lambda number: not number.startswith("+"))
    return long.endswith(_significant(short))


def is_plausible(text: str | None) -> bool:
    """Tell whether a text can be one telephone number, of whatever country."""
    bare = _EXTENSION.sub("", text or "").strip()
    found = digits(bare).removeprefix("+")
    return bool(_SIGNS.fullmatch(bare)) and LEAST <= len(found) <= MOST and len(set(found)) > 1


def _significant(number: str) -> str:
    """Return a number without the mark of a country code, or without the zero dialled at home."""
    return number[1:] if number.startswith("+") else number.removeprefix("0")
