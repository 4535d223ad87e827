"""A small engine for validation rules, in the manner of Schematron.

A pattern is a list of rules; of each pattern an element meets only the first rule that fits it,
as the authors of the rules rely on. Every check of that rule is then asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .xml_tree import Element, local_name

FATAL, WARNING = "fatal", "warning"

Problem = dict[str, str]
Index = Mapping[str, tuple["Rule", ...]]


@dataclass(frozen=True)
class Check:
    """One assertion: `holds(element, facts)`; facts are what the whole document says."""

    code: str
    holds: Callable[[Element, Any], bool]
    message: str
    level: str = FATAL


@dataclass(frozen=True)
class Rule:
    """Checks for the elements with one of these names (any, if none) for which `where` holds."""

    names: tuple[str, ...]
    checks: tuple[Check, ...]
    where: Callable[[Element], bool] = lambda element: True


def indexed(*rules: Rule) -> Index:
    """Return a pattern: the rules by the element name they are for."""
    names = {name for rule in rules for name in rule.names} | {""}
    return {
        name: tuple(rule for rule in rules if not rule.names or name in rule.names)
        for name in names
    }


def broken(root: Element, patterns: Iterable[Index], facts: object = None) -> Iterator[Problem]:
    """Yield every check that does not hold, in the order of the document."""
    patterns, paths = tuple(patterns), Paths()
    for element in root.iter():
        name = local_name(element)
        for pattern in patterns:
            for check in _checks_for(pattern, name, element):
                if not check.holds(element, facts):
                    yield problem(check.code, check.message, paths.of(element), check.level)


def _checks_for(pattern: Index, name: str, element: Element) -> tuple[Check, ...]:
    rules = pattern[name] if name in pattern else pattern[""]
    return next((rule.checks for rule in rules if rule.where(element)), ())


def problem(code: str, message: str, path: str, level: str = FATAL) -> Problem:
    """Return one item of what `validate` answers."""
    where = f"`{path}`: " if path else ""
    return {"code": code, "message": where + message, "path": path, "level": level}


class Paths:
    """Tells where elements of one document stand: `lines[1]` for a line, else names and places.

    Places are 0-based and only told where there are several; below a line the names are those of
    the file: `lines[1].Price.PriceAmount`.
    """

    def __init__(self) -> None:
        self._steps: dict[Element, dict[Element, str]] = {}  # parent: child: its step

    def of(self, element: Element) -> str:
        """Return the path of `element`; the root's is empty."""
        steps: list[str] = []
        while (parent := element.getparent()) is not None:
            steps.append(self._steps_below(parent)[element])
            element = parent
        return ".".join(_told_as_line(steps[::-1]))

    def _steps_below(self, parent: Element) -> dict[Element, str]:
        if parent not in self._steps:
            self._steps[parent] = dict(_steps(parent))
        return self._steps[parent]


def _steps(parent: Element) -> Iterator[tuple[Element, str]]:
    counts = Counter(child.tag for child in parent)
    seen: Counter[str] = Counter()
    for child in parent:
        place = f"[{seen[child.tag]}]" if counts[child.tag] > 1 else ""
        seen[child.tag] += 1
        yield child, local_name(child) + place


def _told_as_line(steps: list[str]) -> list[str]:
    if not steps or not steps[0].startswith("OrderLine"):
        return steps
    line = "lines" + (steps[0].removeprefix("OrderLine") or "[0]")
    return [line, *steps[2 if steps[1:2] == ["LineItem"] else 1 :]]
