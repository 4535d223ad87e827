"""Readers of single JSON values: each answers the normalised value or notes what is wrong.

A reader takes the value, its path and the list of errors. It returns `UNSET` when there is no
usable value, and then has added an error unless the value was merely empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .cards import shown
from .errors import Error, error

UNSET = object()

Reader = Callable[[object, str, list[Error]], object]

FIRST_YEAR, LAST_YEAR = 1970, 2100  # dates beyond are placeholders or typing errors
NUMBER_LIMIT = 1e12  # numbers of this size and above are typing errors

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-?\d{2}-?\d{2}([T ]\d{2}:?\d{2}(:?\d{2}([.,]\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?",
    re.ASCII,
)
_JSON_TYPES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


@dataclass(frozen=True)
class Key:
    """One key of an object: how its value is read, and whether it must be there."""

    read: Reader
    required: bool = False


def is_unset(value: object) -> bool:
    """Tell whether the value stands for "not given": null, false or a blank text."""
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def wrong_type(value: object, path: str, wanted: str, advice: str = "") -> Error:
    """Return the error for a value of another JSON type than `wanted`."""
    given = _JSON_TYPES.get(type(value), "something else")
    message = f"`{path}` must be {wanted}, but {given} was given. {advice}".rstrip()
    return error("wrong_type", message, path)


def text(limit: int) -> Reader:
    """Read a text of at most `limit` characters, stripped."""

    def read(value: object, path: str, errors: list[Error]) -> object:
        if not isinstance(value, str):
            errors.append(wrong_type(value, path, "a text", "Write it between quotes."))
            return UNSET
        problem = _text_problem(value.strip(), path, limit)
        errors.extend(problem)
        return UNSET if problem else value.strip()

    return read


def _text_problem(value: str, path: str, limit: int) -> list[Error]:
    if len(value) > limit:
        message = f"`{path}` has {len(value)} characters; shorten it to at most {limit}."
        return [error("too_large", message, path)]
    if _CONTROL.search(value):
        message = f"`{path}` holds control characters; remove them, line breaks and tabs may stay."
        return [error("wrong_value", message, path)]
    return []


def code(limit: int) -> Reader:
    """Read a reference or code: a text in which everything can be seen.

    What looks the same must be the same, so direction marks, joiners and the like are refused.
    """
    read_text = text(limit)

    def read(value: object, path: str, errors: list[Error]) -> object:
        found = read_text(value, path, errors)
        if found is UNSET or found.isprintable():
            return found
        message = (
            f"`{path}` holds signs that cannot be seen, such as a line break or a zero-width "
            "space; remove them."
        )
        errors.append(error("wrong_value", message, path))
        return UNSET

    return read


def letters(count: int, what: str) -> Reader:
    """Read a code of exactly `count` letters A to Z, returned in capitals."""

    def read(value: object, path: str, errors: list[Error]) -> object:
        if not isinstance(value, str):
            errors.append(wrong_type(value, path, "a text", f"Give {what}."))
            return UNSET
        if re.fullmatch(f"[A-Za-z]{{{count}}}", value.strip()):
            return value.strip().upper()
        message = f"`{path}` is “{shown(value)}”, which cannot be right. Give {what}."
        errors.append(error("wrong_value", message, path))
        return UNSET

    return read


def choice(*options: str) -> Reader:
    """Read one of a few words."""

    def read(value: object, path: str, errors: list[Error]) -> object:
        if isinstance(value, str) and value.strip() in options:
            return value.strip()
        allowed = ", ".join(f"“{option}”" for option in options)
        if isinstance(value, str):
            message = f"`{path}` is “{shown(value)}”; it must be one of {allowed}."
            errors.append(error("wrong_value", message, path))
        else:
            errors.append(wrong_type(value, path, f"one of {allowed}"))
        return UNSET

    return read


def number(limit: float = NUMBER_LIMIT) -> Reader:
    """Read a finite number whose size stays below `NUMBER_LIMIT` and does not exceed `limit`."""

    def read(value: object, path: str, errors: list[Error]) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            advice = "Write it without quotes, for example 3 or 2.5."
            errors.append(wrong_type(value, path, "a number", advice))
            return UNSET
        if abs(value) <= limit and abs(value) < NUMBER_LIMIT:  # false for NaN, too
            return value
        message = f"`{path}` must lie between -{limit:,.0f} and {limit:,.0f}; correct it."
        errors.append(error("wrong_value", message, path))
        return UNSET

    return read


def flag(value: object, path: str, errors: list[Error]) -> object:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    errors.append(wrong_type(value, path, "true or false", "Write it without quotes."))
    return UNSET


def day(value: object, path: str, errors: list[Error]) -> object:
    """Read a calendar date, `YYYY-MM-DD`."""
    if not isinstance(value, str):
        errors.append(wrong_type(value, path, "a date", "Write it as YYYY-MM-DD between quotes."))
        return UNSET
    try:
        found = _parse_day(value.strip())
    except ValueError:
        message = f"`{path}` is “{shown(value)}”, which is no date. Write it as YYYY-MM-DD."
        errors.append(error("wrong_value", message, path))
        return UNSET
    return UNSET if _is_far_off(found, path, errors) else found.isoformat()


def moment(value: object, path: str, errors: list[Error]) -> object:
    """Read an ISO 8601 date and time, returned in UTC as `YYYY-MM-DD HH:MM:SS`.

    Without a zone it is UTC already; a date alone is its first second.
    """
    advice = "Write it as 2025-01-31T14:30:00Z or with an offset such as +01:00."
    if not isinstance(value, str):
        errors.append(wrong_type(value, path, "a date and time", advice))
        return UNSET
    try:
        found = _parse_moment(value.strip())
    except (ValueError, OverflowError):
        message = f"`{path}` is “{shown(value)}”, which is no date and time. {advice}"
        errors.append(error("wrong_value", message, path))
        return UNSET
    return UNSET if _is_far_off(found, path, errors) else found.isoformat(" ", "seconds")


def _is_far_off(found: date, path: str, errors: list[Error]) -> bool:
    """Note an error when a date lies in a year in which nothing is ordered or delivered."""
    if FIRST_YEAR <= found.year <= LAST_YEAR:
        return False
    message = (
        f"`{path}` lies in the year {found.year}; give a year from {FIRST_YEAR} to {LAST_YEAR}, "
        "or leave it out."
    )
    errors.append(error("wrong_value", message, path))
    return True


def _parse_day(value: str) -> date:
    if not _DAY.fullmatch(value):
        raise ValueError("value: not YYYY-MM-DD")
    return date.fromisoformat(value)


def _parse_moment(value: str) -> datetime:
    value = value.upper()
    if not _MOMENT.fullmatch(value):
        raise ValueError("value: not ISO 8601")
    parsed = datetime.fromisoformat(re.sub(r" (?=[Z+-])", "", value))
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed
