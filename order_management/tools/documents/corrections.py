"""Reading and changing single values of an order document by their path.

A path is what an error names: `external_ref`, `customer.zip`, `lines[1].sku`.
"""

from __future__ import annotations

import copy
import re

from .columns import KINDS

Step = str | int
_PART = re.compile(r"([A-Za-z_]\w*)((?:\[\d+\])*)")
_TRUE = frozenset({"true", "yes", "1", "x", "ja", "oui"})
_FALSE = frozenset({"false", "no", "0", "nein", "non", "nee"})
REMOVED = object()  # takes a key out


def steps(path: str) -> list[Step]:
    """Return the keys and positions of a path; `[]` when it names nothing that can be changed."""
    found: list[Step] = []
    for part in path.split("."):
        match = _PART.fullmatch(part)
        if not match:
            return []
        found.append(match[1])
        found += [int(number) for number in re.findall(r"\d+", match[2])]
    return found


def kind(path: str) -> str:
    """Return `text`, `number`, `flag`, `day` or `moment`; `""` for what is no single value."""
    bare = re.sub(r"\[\d+\]", "", path)
    if bare in ("charges.name", "charges.line"):
        return "text"
    return "number" if bare == "charges.amount" else KINDS.get(bare, "")


def value_at(document: object, path: str) -> object:
    """Return what stands at a path, `None` when nothing does."""
    found = document
    for step in steps(path):
        if isinstance(step, int):
            inside = isinstance(found, list) and step < len(found)
        else:
            inside = isinstance(found, dict) and step in found
        if not inside:
            return None
        found = found[step]
    return found if steps(path) else None


def changed(document: dict[str, object], values: dict[str, object]) -> dict[str, object]:
    """Return a copy of a document with other values at some paths; `REMOVED` takes a key out.

    Objects on the way are made when missing; a list item must be there already.
    """
    result = copy.deepcopy(document)
    for path, value in values.items():
        _set(result, steps(path), value, path)
    return result


def _set(holder: object, way: list[Step], value: object, path: str) -> None:
    if not way:
        raise ValueError(f"path: “{path}” names nothing")
    *before, last = way
    for step, following in zip(before, way[1:], strict=True):
        if isinstance(step, str) and isinstance(holder, dict):
            if not isinstance(holder.get(step), dict | list):
                holder[step] = [] if isinstance(following, int) else {}
            holder = holder[step]
        elif isinstance(step, int) and isinstance(holder, list) and step < len(holder):
            holder = holder[step]
        else:
            raise ValueError(f"path: “{path}” is not in the document")
    if not isinstance(holder, dict) or not isinstance(last, str):
        raise ValueError(f"path: “{path}” is not in the document")
    if value is REMOVED:
        holder.pop(last, None)
    else:
        holder[last] = value


def parsed(text: str, path: str) -> object:
    """Return what a person typed as the value that the path wants; text that is none stays text.

    An empty text takes the key out.
    """
    text = text.strip()
    if not text:
        return REMOVED
    wanted = kind(path)
    if wanted == "number":
        return _number(text)
    if wanted == "flag" and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    return text


def _number(text: str) -> object:
    bare = text.replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"-?\d+,\d+", bare):
        bare = bare.replace(",", ".")
    if re.fullmatch(r"-?\d{1,14}", bare):
        return int(bare)
    return float(bare) if re.fullmatch(r"-?\d{1,14}\.\d{1,14}", bare) else text
