"""Texts that have to fit: cleaned, wrapped, shrunk and shortened.

How wide a text is depends on the font it is written with. What is asked here takes a ``Ruler``:
text, bold → its width in heights of its letters.
"""

import unicodedata
from collections.abc import Callable, Iterable

Ruler = Callable[[str, bool], float]

_ELLIPSIS = "..."
_STEP = 0.9  # of a size to the next smaller one


def clean(text: str) -> str:
    """Return the text in one line, without characters that cannot be printed."""
    composed = unicodedata.normalize("NFC", text)
    kept = (char for char in composed if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(kept).split())


def wrap(lines: Iterable[str], ems: float, rows: int, ruler: Ruler) -> list[str]:
    """Return the lines in at most that many rows, wrapped while there is room.

    When there is not, the first lines and the last two (town and country) stay.
    """
    kept = [line for line in map(clean, lines) if line]
    wrapped = [row for line in kept for row in _wrapped(line, ems, ruler)]
    if len(wrapped) <= rows:
        return wrapped
    if len(kept) == 1:
        return [*wrapped[: rows - 1], " ".join(wrapped[rows - 1 :])]
    return kept if len(kept) <= rows else [*kept[: rows - 2], *kept[-2:]]


def _wrapped(text: str, ems: float, ruler: Ruler) -> list[str]:
    """Break between words; a row may be too wide when a word is."""
    rows: list[str] = []
    for word in text.split():
        if rows and ruler(f"{rows[-1]} {word}", True) <= ems:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows


def fit(
    text: str, width: float, size: float, smallest: float, ruler: Ruler, bold: bool = False
) -> tuple[str, float]:
    """Return a clean text and the size at which it is at most ``width`` wide.

    It is written smaller, down to ``smallest``, before it is shortened.
    """
    text = clean(text)
    ems = ruler(text, bold)
    while size * _STEP >= smallest and ems * size > width:
        size *= _STEP
    return _shortened(text, width / size, ruler, bold), size


def _shortened(text: str, ems: float, ruler: Ruler, bold: bool) -> str:
    if ruler(text, bold) <= ems:
        return text
    while text and ruler(text + _ELLIPSIS, bold) > ems:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS
