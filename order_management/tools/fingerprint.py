"""Telling whether two documents say the same, and where they do not.

A document is a JSON value. What does not change its meaning does not count: the order of
keys, how a number is written (3, 3.0), white space around and in texts, how accents are
composed, and whether something unset is left out, empty, ``None`` or ``False``. The order of
a list counts, unless all its items are objects with a ``ref`` of their own.
"""

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

Difference = dict[str, Any]  # keys path, before and after


def canonical(value: Any) -> str:
    """Return the one JSON text of all values that say the same as ``value``."""
    return _text(_sorted_by_ref(_normal(value)))


def fingerprint(value: Any) -> str:
    """Return a short text that is the same for values that say the same."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def differences(before: Any, after: Any) -> list[Difference]:
    """Return what ``after`` says differently, field by field, an added or removed item whole.

    Each difference is ``{"path", "before", "after"}`` with a path such as
    ``lines[0].quantity``; what one side does not have is ``False`` there. Items are matched
    by ``ref`` when all on both sides have one of their own, else by position; the path counts
    in ``after``, for a removed item in ``before``. The list is empty exactly when both
    canonical texts are equal.
    """
    return list(_differences("", _normal(before), _normal(after)))


def _normal(value: Any) -> Any:
    """Return ``value`` without what does not change its meaning; ``False`` when unset."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split()) or False
    if isinstance(value, int | float | Decimal):
        return _normal_number(value)
    if isinstance(value, dict):
        return _normal_object(value)
    if isinstance(value, list | tuple):
        return _normal_list(value)
    raise ValueError(f"value holds a {type(value).__name__}, which JSON does not know")


def _normal_number(number: float | Decimal) -> int | float:
    if not math.isfinite(number):
        raise ValueError(f"value holds {number!r}, which is no number in JSON")
    return int(number) if number == int(number) else float(number)


def _normal_object(value: dict[str, Any]) -> Any:
    if not all(isinstance(key, str) for key in value):
        raise ValueError("value holds a key that is not a text")
    items = ((key, _normal(item)) for key, item in value.items())
    return {key: item for key, item in items if item is not False} or False


def _normal_list(value: Iterable[Any]) -> Any:
    """Return the items in their places; those that are unset at the end are no items."""
    items = [_normal(item) for item in value]
    while items and items[-1] is False:
        items.pop()
    return items or False


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _sorted_by_ref(value: Any) -> Any:
    """Return the normal ``value`` with the items that have a ``ref`` in the order of it."""
    if isinstance(value, dict):
        return {key: _sorted_by_ref(item) for key, item in value.items()}
    if isinstance(value, list):
        positions = _positions_by_ref(value)
        items = [value[positions[ref]] for ref in sorted(positions)] if positions else value
        return [_sorted_by_ref(item) for item in items]
    return value


def _positions_by_ref(items: list[Any]) -> dict[str, int] | None:
    """Return the position of each ``ref``, or None unless all items have one of their own."""
    refs = [item.get("ref", False) if isinstance(item, dict) else False for item in items]
    if any(ref is False or isinstance(ref, dict | list) for ref in refs):
        return None
    positions = {_text(ref): at for at, ref in enumerate(refs)}
    return positions if len(positions) == len(items) else None


def _differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if _both(dict, before, after):
        yield from _differences_of_objects(path, before or {}, after or {})
    elif _both(list, before, after):
        yield from _differences_of_lists(path, before or [], after or [])
    elif _text(before) != _text(after):
        yield {"path": path, "before": before, "after": after}


def _both(kind: type, before: Any, after: Any) -> bool:
    """Tell whether both values are of one kind, or one of them is and the other is unset."""
    kinds = {type(value) for value in (before, after) if value is not False}
    return kinds == {kind}


def _differences_of_objects(
    path: str, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        inner = f"{path}.{key}" if path else key
        yield from _differences(inner, before.get(key, False), after.get(key, False))


def _differences_of_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    for at, old, new in _matched(before, after):
        inner = f"{path}[{at}]"
        if (old is False) != (new is False):
            yield {"path": inner, "before": old, "after": new}
        else:
            yield from _differences(inner, old, new)


def _matched(before: list[Any], after: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    """Yield position, item before and item after; ``False`` stands for no item."""
    old, new = _positions_by_ref(before), _positions_by_ref(after)
    if old is None or new is None:
        old = {str(at): at for at in range(len(before))}
        new = {str(at): at for at in range(len(after))}
    for ref, at in new.items():
        yield at, before[old[ref]] if ref in old else False, after[at]
    for ref, at in old.items():
        if ref not in new:
            yield at, before[at], False
