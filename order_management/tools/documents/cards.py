"""Find and mask payment card numbers, which an order must not carry.

A card number is a run of 13 to 19 digits, single spaces or dashes between them allowed, that
passes the Luhn check and does not begin with 0. One random number in ten passes it, so keys in
which long numbers are normal are left alone; references are only suspected when they also have
the prefix and length of a card brand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import TypeVar

Json = TypeVar("Json")
Span = tuple[int, int]
Steps = tuple  # where a value stands: () or (steps to its holder, key or index)
Node = tuple[Steps, str, object, int]  # steps, key, value, levels that may still follow

MIN_DIGITS, MAX_DIGITS = 13, 19
DEPTH_LIMIT = 50  # levels of nesting; what lies deeper is neither searched nor kept
TOO_DEEP = "(nested too deeply)"
ENDLESS = 10**400  # whole numbers from here on are not kept
TOO_LONG = "(a number of more than 400 digits)"
SHOWN_LENGTH = 40  # characters of a foreign value or key that a message repeats

NUMBER_KEYS = frozenset(
    {"barcode", "customer_sku", "external_ref", "line", "phone", "ref", "sku", "vat", "zip"}
)
BRAND_KEYS = frozenset({"customer_reference", "provider", "reference"})

_RUN = re.compile(r"[0-9](?:[ \-\u00a0\u2009-\u2015\u202f]?[0-9])+")
_GLUED_BEFORE = re.compile(r"(?:\w|[0-9]\.)\Z")
_GLUED_AFTER = re.compile(r"\w|\.[0-9]")
_GROUP = re.compile(r"[0-9]+")
_DIGIT = re.compile(r"[0-9]")
_BRAND = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:30[0-5]|3[68]\d)\d{11}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|(?:6011|64[4-9]\d|65\d{2}|62\d{2})\d{12,15}",  # Discover, UnionPay
    re.ASCII,
)


def holds_card(value: object, key: str = "") -> bool:
    """Tell whether the text or number `value`, found under `key`, holds a card number."""
    return any(True for _span in _card_spans(_text_of(value), key))


def card_paths(document: object) -> list[str]:
    """Return the path of every text and number in `document` that holds a card number.

    One in the name of a key is told at the object that has the key.
    """
    return [format_path(steps) for steps, key, value in _leaves(document) if holds_card(value, key)]


def stray_card(text: str, known: Set[str]) -> bool:
    """Tell whether a text of which nothing is known, such as a whole file, holds a card number.

    Long numbers are normal there, so only those with a brand's prefix are suspected, unless they
    are part of a decimal number or of a word, or their digits are among `known`.
    """
    for start, end in _card_spans(text, "reference"):
        digits = "".join(_DIGIT.findall(text[start:end]))
        is_apart = not _GLUED_BEFORE.search(text, max(start - 2, 0), start)
        is_apart = is_apart and not _GLUED_AFTER.match(text, end)
        if is_apart and len(digits) > MIN_DIGITS and digits not in known:
            return True
    return False


def long_numbers(document: object) -> set[str]:
    """Return the digits of everything in `document` that has as many as a card number."""
    found = ("".join(_DIGIT.findall(_text_of(value))) for _s, _key, value in _leaves(document))
    return {digits for digits in found if len(digits) >= MIN_DIGITS}


def format_path(steps: Steps) -> str:
    """Return the path as it is told: `lines[1].sku`."""
    parts: list[str] = []
    while steps:
        steps, step = steps
        parts.append(f"[{step}]" if isinstance(step, int) else f".{shown(str(step))}")
    return "".join(reversed(parts)).removeprefix(".")


def mask_cards(value: Json, key: str = "") -> Json:
    """Return a copy of a JSON value with all but the last four digits of card numbers masked."""
    return _masked(value, key, DEPTH_LIMIT)


def mask_text(text: str, key: str = "") -> str:
    """Return `text` with the digits of card numbers replaced by `*`, except the last four."""
    pieces, done = [], 0
    for start, end in _card_spans(text, key):
        card = text[start:end]
        hidden = len(_DIGIT.findall(card)) - 4
        pieces += [text[done:start], _DIGIT.sub("*", card, count=hidden)]
        done = end
    return "".join([*pieces, text[done:]])


def shown(value: str) -> str:
    """Return a foreign text as a message may repeat it: short, printable, without a card."""
    printable = "".join(sign if sign.isprintable() else "?" for sign in mask_text(value))
    return printable if len(printable) <= SHOWN_LENGTH else printable[: SHOWN_LENGTH - 1] + "…"


def _masked(value: Json, key: str, depth: int) -> Json:
    if isinstance(value, dict | list) and not depth:
        return TOO_DEEP
    if isinstance(value, dict):
        return {
            mask_text(str(name)): _masked(item, str(name), depth - 1)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item, key, depth - 1) for item in value]
    if isinstance(value, int) and abs(value) >= ENDLESS:
        return TOO_LONG
    return mask_text(_text_of(value), key) if holds_card(value, key) else value


def _text_of(value: object) -> str:
    """Return a text or a number as text; all else, and endless numbers, as an empty one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and abs(value) < 10 ** (MAX_DIGITS + 1) else ""


def _leaves(document: object) -> Iterator[tuple[Steps, str, object]]:
    """Yield (steps, key, value) of everything that is no list and no object, in order."""
    waiting: list[Node] = [((), "", document, DEPTH_LIMIT)]
    while waiting:
        steps, key, value, depth = waiting.pop()
        if not isinstance(value, dict | list):
            yield steps, key, value
        elif depth:
            waiting.extend(reversed(_children(steps, key, value, depth - 1)))


def _children(steps: Steps, key: str, value: dict | list, depth: int) -> list[Node]:
    if isinstance(value, list):
        return [((steps, index), key, item, depth) for index, item in enumerate(value)]
    names = [(steps, "", name, depth) for name in value if holds_card(name)]
    return names + [((steps, name), str(name), item, depth) for name, item in value.items()]


def _card_spans(text: str, key: str) -> Iterator[Span]:
    """Yield where card numbers stand; no two overlap."""
    if key in NUMBER_KEYS or len(text) < MIN_DIGITS:
        return
    for run in _RUN.finditer(text):
        groups = [(run.start() + g.start(), g.group()) for g in _GROUP.finditer(run.group())]
        yield from _spans_of_groups(groups, key in BRAND_KEYS)


def _spans_of_groups(groups: list[tuple[int, str]], branded: bool) -> Iterator[Span]:
    """Yield the spans of whole digit groups that make a card number.

    Other numbers may stand beside a card number (a day, an expiry date), so every stretch of
    whole groups is tried, the longest first.
    """
    first = 0
    while first < len(groups):
        last = _last_of_card(groups, first, branded)
        if last is None:
            first += 1
            continue
        yield groups[first][0], groups[last][0] + len(groups[last][1])
        first = last + 1


def _last_of_card(groups: list[tuple[int, str]], first: int, branded: bool) -> int | None:
    digits, found = "", None
    for last in range(first, len(groups)):
        digits += groups[last][1]
        if len(digits) > MAX_DIGITS:
            break
        if _is_card(digits, branded):
            found = last
    return found


def _is_card(digits: str, branded: bool) -> bool:
    if len(digits) < MIN_DIGITS or digits[0] == "0" or not passes_luhn(digits):
        return False
    return not branded or bool(_BRAND.fullmatch(digits))


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check digit of those before it."""
    doubled = "0246813579"
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])) % 10 == 0
