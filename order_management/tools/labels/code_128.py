"""Code 128: the shortest way to write a text, in the character sets B and C.

Set B holds the printable ASCII characters, set C pairs of digits. ``FNC1`` belongs to both: in
the first place it makes a GS1-128 of the symbol, later it ends an element.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

FNC1 = "\x1d"

_FIRST, _LAST = " ", "~"
_LONGEST = 200


@dataclass(frozen=True)
class Code:
    """One character of the symbol: its set, and what it stands for."""

    charset: str  # "B" or "C"
    text: str  # one character, two digits, or FNC1


def can_hold(text: str) -> bool:
    """Tell whether Code 128 can hold the text, at least one character."""
    return bool(text) and all(_FIRST <= char <= _LAST or char == FNC1 for char in text)


def encode(text: str) -> list[Code]:
    """Return the codes of the text, as few as there can be."""
    if not can_hold(text):
        raise ValueError(f"text must be printable ASCII, not {text!r}")
    if len(text) > _LONGEST:
        raise ValueError(f"text must have at most {_LONGEST} characters")
    return list(_path(text))


def count_modules(text: str) -> int:
    """Return the width of the symbol in narrowest bars: start, codes, shifts, check and stop."""
    codes = encode(text)
    shifts = sum(one.charset != other.charset for one, other in zip(codes, codes[1:], strict=False))
    return 11 * (1 + len(codes) + shifts + 1) + 13


def _path(text: str) -> Iterator[Code]:
    @cache
    def cost(at: int, charset: str) -> int:
        """How many codes the rest takes when ``charset`` is in force."""
        return min(steps(at, charset))[0] if at < len(text) else 0

    def steps(at: int, charset: str) -> Iterator[tuple[int, bool, str, str]]:
        """Yield what can come next: the codes of all the rest, whether it shifts, set, piece."""
        for other in "BC":
            piece = _piece(text, at, other)
            if piece:
                shifts = other != charset
                yield shifts + 1 + cost(at + len(piece), other), shifts, other, piece

    # From the back, so that no text is too deep for the stack.
    for at in range(len(text), -1, -1):
        for charset in "BC":
            cost(at, charset)
    at, charset = 0, min("BC", key=lambda start: cost(0, start))
    while at < len(text):
        _cost, _shifts, charset, piece = min(steps(at, charset))
        yield Code(charset, piece)
        at += len(piece)


def _piece(text: str, at: int, charset: str) -> str:
    """Return what one code of that set takes at that place."""
    if text[at] == FNC1 or charset == "B":
        return text[at]
    pair = text[at : at + 2]
    return pair if len(pair) == 2 and pair.isdigit() else ""
