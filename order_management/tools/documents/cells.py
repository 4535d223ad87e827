"""Read the cells of a table: numbers, dates, and yes or no, as people and spreadsheets write them.

Where two conventions give a text two meanings, it is never guessed: the file's other cells decide
(12,5 shows that the comma is the decimal sign), or the channel's options, or it is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from types import MappingProxyType

from . import values
from .cards import shown
from .errors import Error

CELL_LIMIT = 10_000  # characters of one cell
NUMBER_LENGTH_LIMIT = 60  # characters of one number
EXACT_DIGITS = 15  # of a number in a spreadsheet; what follows is rounded

Value = str | int | float | bool

_YES = frozenset({"true", "yes", "y", "1", "ja", "j", "wahr", "oui", "vrai"})
_NO = frozenset({"false", "no", "n", "0", "nein", "falsch", "non", "faux"})

_NUMBER = MappingProxyType(
    {
        sign: re.compile(
            r"(?=.*[0-9])[+-]?"
            rf"([0-9]+|[1-9][0-9]{{0,2}}([{other} '’\u00a0\u2009\u202f])[0-9]{{3}}"
            r"(?:\2[0-9]{3})*)?"
            rf"(?:{re.escape(sign)}([0-9]+))?"
        )
        for sign, other in ((".", ","), (",", "."))
    }
)
_SHORTENED = re.compile(r"[0-9][.,][0-9]+[eE]\+[0-9]+")
_LOCAL_DATE = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?")


class Unreadable(ValueError):
    """Why a cell cannot be read, worded to follow the name of its key."""

    def __init__(self, reason: str, code: str = "wrong_value") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Fault:
    """A cell that holds a reason why it has no value."""

    reason: str

    def __str__(self) -> str:
        return "(no value)"


_NAIVE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")


@dataclass(frozen=True)
class Conventions:
    """What texts mean. `None`: only what has but one meaning is read."""

    decimal: str | None = None
    day_first: bool | None = None
    zone: tzinfo | None = None


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read(cell: object, kind: str, conventions: Conventions) -> Value:
    """Return the value of a cell that is not blank; `kind` is one of `columns.KINDS`."""
    if isinstance(cell, Fault):
        raise Unreadable(cell.reason)
    if isinstance(cell, str) and len(cell) > CELL_LIMIT:
        reason = f"has {len(cell)} characters; shorten it to at most {CELL_LIMIT}."
        raise Unreadable(reason, "too_large")
    return _READERS[kind](cell.strip() if isinstance(cell, str) else cell, conventions)


def settle(
    numbers: Iterable[str], dates: Iterable[str], decimal: str | None, day_first: bool
) -> Conventions:
    """Return the conventions of a file: what its cells prove, else what is given.

    `decimal` is the likely sign, if one is. Proof against `day_first` leaves the order of day and
    month open.
    """
    orders = _proven(dates, _as_moment, (True, False))
    return Conventions(_sign(list(numbers), decimal), day_first if orders <= {day_first} else None)


def _sign(numbers: list[str], likely: str | None) -> str | None:
    """Return the decimal sign; the likely one only where the other sign does not occur."""
    proven = _proven(numbers, _as_number, (".", ","))
    if proven:
        return proven.pop() if len(proven) == 1 else None
    other = "," if likely == "." else "."
    return None if any(other in text for text in numbers) else likely


def _proven(texts: Iterable[str], read_as: Callable, choices: tuple) -> set:
    """Return the choices without which some text could not be read."""
    proven = set()
    for text in texts:
        possible = [choice for choice in choices if read_as(text.strip(), choice) is not None]
        if len(possible) == 1:
            proven.update(possible)
    return proven


def _text(cell: object, _conventions: Conventions) -> str:
    if isinstance(cell, str):
        if _SHORTENED.fullmatch(cell):
            reason = f"is “{shown(cell)}”, a number a spreadsheet has shortened; write all digits."
            raise Unreadable(reason)
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _digits(cell)
    raise Unreadable("is a date or time, but a text is wanted; format the cell as text.")


def _digits(number: int | float) -> str:
    """Return a number's digits, as for a reference or a postcode that a spreadsheet holds."""
    if not abs(number) < 10**EXACT_DIGITS:
        reason = f"is a number of more than {EXACT_DIGITS} digits, which spreadsheets round"
        raise Unreadable(f"{reason}; format the cell as text and write it anew.")
    whole = int(number) == number
    return str(int(number)) if whole else repr(_rounded(number))


def _rounded(number: float) -> float:
    return float(f"{number:.{EXACT_DIGITS}g}")


def _number(cell: object, conventions: Conventions) -> int | float:
    if isinstance(cell, str):
        return _number_in(cell, conventions.decimal)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise Unreadable("is no number; write it like 12.5 and format the cell as a number.")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise Unreadable("is no finite number; correct it.")
    return _rounded(cell) if isinstance(cell, float) else cell


def _number_in(text: str, decimal: str | None) -> int | float:
    signs = (decimal,) if decimal else (".", ",")
    found = {number for sign in signs if (number := _as_number(text, sign)) is not None}
    if not found:
        example = f"1234{decimal or '.'}5"
        raise Unreadable(f"is “{shown(text)}”, which is no number; write it like {example}.")
    if len(found) > 1:
        low, high = sorted(found, key=abs)
        reason = f"is “{shown(text)}”, which may be {low} or {high}"
        raise Unreadable(f"{reason}; set the decimal sign of the channel.")
    return found.pop()


def _as_number(text: str, sign: str) -> int | float | None:
    """Return the number, or None when it is none with this decimal sign."""
    text = text.replace("\u2212", "-")
    match = _NUMBER[sign].fullmatch(text) if len(text) <= NUMBER_LENGTH_LIMIT else None
    if not match:
        return None
    whole = re.sub("[^0-9]", "", match[1] or "0")
    size = float(f"{whole}.{match[3]}") if match[3] else int(whole)
    return -size if text.startswith("-") else size


def _flag(cell: object, _conventions: Conventions) -> bool:
    word = str(cell).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable(f"is “{shown(str(cell))}”; write true or false.")


def _day(cell: object, conventions: Conventions) -> str:
    text = _moment(cell, conventions)
    day = text[:10] if _MIDNIGHT.fullmatch(text[10:]) else text
    _ensure_good(values.day, day, cell)
    return day


def _moment(cell: object, conventions: Conventions) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        raise Unreadable("is no date; format the cell as a date.")
    if _LOCAL_DATE.fullmatch(cell):
        return _local_moment(cell, conventions.day_first)
    _ensure_good(values.moment, cell, cell)
    return cell


def _local_clock(cell: object, conventions: Conventions) -> str:
    """Return a moment; one without a zone is read from the clock of the conventions' zone."""
    text = _moment(cell, conventions)
    if conventions.zone is None or not _NAIVE.fullmatch(text):
        return text
    naive = datetime.fromisoformat(text)
    return naive.replace(tzinfo=conventions.zone).isoformat(timespec="seconds")


def _ensure_good(reader: values.Reader, text: str, cell: object) -> None:
    problems: list[Error] = []
    reader(text, "", problems)
    if problems:
        raise Unreadable(f"is “{shown(str(cell))}”, which is no date; write it as YYYY-MM-DD.")


def _local_moment(text: str, day_first: bool | None) -> str:
    orders = (True, False) if day_first is None else (day_first,)
    found = {moment for order in orders if (moment := _as_moment(text, order)) is not None}
    if not found:
        raise Unreadable(f"is “{shown(text)}”, which is no date; write it as YYYY-MM-DD.")
    if len(found) > 1:
        reason = f"is “{shown(text)}”, which may be {' or '.join(sorted(found))}"
        raise Unreadable(f"{reason}; set the channel's order of day and month.")
    return found.pop()


def _as_moment(text: str, day_first: bool) -> str | None:
    """Return a local date in ISO 8601, with its time if it has one; None when it is no date."""
    match = _LOCAL_DATE.fullmatch(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    day, month = (first, second) if day_first or match[2] == "." else (second, first)
    try:
        found, clock = date(year, month, day), time(*(int(match[part] or 0) for part in (5, 6, 7)))
    except ValueError:
        return None
    return f"{found}T{clock}" if match[5] else found.isoformat()


_READERS: Mapping[str, Callable[[object, Conventions], Value]] = MappingProxyType(
    {"text": _text, "number": _number, "flag": _flag, "day": _day, "moment": _local_clock}
)
