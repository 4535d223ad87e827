"""Read orders from a JSON file: one order, a list of them, or `{"orders": [...]}`."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator

from .cards import Steps, format_path, shown
from .errors import Error, error
from .order import FILE_LIMIT

DEPTH_LIMIT = 20  # levels of nesting
DIGITS_LIMIT = 400  # of one whole number


class _Object(dict):
    """A JSON object that remembers which of its keys stood there more than once."""

    repeated: tuple[str, ...] = ()


def read(content: bytes) -> list[dict[str, object]]:
    """Return one `{"order", "errors"}` per order of the file, as it is written there.

    What the orders may hold is not judged here.
    """
    try:
        root = _parse(content)
    except (ValueError, RecursionError) as problem:
        return [_refused(error("malformed", _message(problem)))]
    if isinstance(root, dict) and "orders" in root:
        return _read_wrapper(root)
    return _read_orders(root if isinstance(root, list) else [root])


def _parse(content: bytes) -> object:
    text = content.decode(json.detect_encoding(content))
    return json.loads(
        text.lstrip("\ufeff"), object_pairs_hook=_remembering, parse_int=_whole_number
    )


def _remembering(pairs: list[tuple[str, object]]) -> _Object:
    holder = _Object(pairs)
    if len(holder) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        holder.repeated = tuple(name for name in holder if counts[name] > 1)
    return holder


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= DIGITS_LIMIT else math.inf


def _message(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return (
            f"The file is no valid JSON: line {problem.lineno}, column {problem.colno}: "
            f"{problem.msg}. Correct it there, or send the file again if it was cut off."
        )
    if isinstance(problem, UnicodeDecodeError):
        return "The file is no valid JSON: it is not UTF-8 text. Save it as UTF-8."
    return "The file is nested too deeply to be an order; send the orders themselves."


def _read_wrapper(root: dict[str, object]) -> list[dict[str, object]]:
    strangers = [shown(name) for name in root if name != "orders"]
    if strangers:
        message = "`{0}` may not stand beside `orders`; remove it."
        return [_refused(*(error("unknown_key", message.format(key), key) for key in strangers))]
    if not isinstance(root["orders"], list):
        message = "`orders` must be a list; put the orders between [ and ]."
        return [_refused(error("wrong_type", message, "orders"))]
    if getattr(root, "repeated", ()):
        message = "`orders` stands more than once; merge the lists into one."
        return [_refused(error("duplicate", message, "orders"))]
    return _read_orders(root["orders"])


def _read_orders(orders: list[object]) -> list[dict[str, object]]:
    if not orders:
        return [_refused(error("missing", "The file holds no order; send at least one."))]
    if len(orders) > FILE_LIMIT:
        message = f"The file holds {len(orders)} orders; split it, {FILE_LIMIT} is the limit."
        return [_refused(error("too_large", message))]
    return [_read_order(order) for order in orders]


def _read_order(order: object) -> dict[str, object]:
    if not isinstance(order, dict):
        message = "Each order must be an object; give its keys between { and }."
        return _refused(error("wrong_type", message))
    if _depth(order) > DEPTH_LIMIT:
        message = f"The order is nested deeper than {DEPTH_LIMIT} levels; send its own keys only."
        return _refused(error("malformed", message))
    return {"order": _plain(order), "errors": list(_problems(order, ()))}


def _refused(*errors: Error) -> dict[str, object]:
    return {"order": False, "errors": list(errors)}


def _depth(value: object) -> int:
    """Return how many objects and lists lie inside one another, `value` included."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [item for holder in level for item in _items(holder)]
    return depth


def _items(holder: dict | list) -> list[object]:
    return list(holder.values()) if isinstance(holder, dict) else holder


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _problems(value: object, steps: Steps) -> Iterator[Error]:
    """Yield what JSON tolerates and an order does not: repeated keys, endless numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        path = format_path(steps)
        yield error("wrong_value", f"`{path}` is no finite number; correct it.", path)
    for name in getattr(value, "repeated", ()):
        path = format_path((steps, name))
        yield error("duplicate", f"`{path}` stands more than once; keep one of them.", path)
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _problems(item, (steps, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, (steps, index))
