"""What tests did: Odoo's tests by the instruments' JSON lines, pytest's by its JUnit file."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

from .base import read

WORST = ("passed", "skipped", "failed")


def read_results(path):
    """Name to the worst line of each test; a test that ran twice counts once."""
    found = {}
    for text in (read(path) or "").splitlines():
        try:
            line = json.loads(text)
        except ValueError:  # the process was ended while writing
            continue
        old = found.get(line["test"])
        if not old or WORST.index(line["outcome"]) > WORST.index(old["outcome"]):
            found[line["test"]] = line
    return found


def read_junit(path):
    found = {}
    text = read(path)
    if not text:
        return found
    for case in ElementTree.fromstring(text).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        skip = case.find("skipped")
        outcome = "failed" if bad is not None else "skipped" if skip is not None else "passed"
        told = bad if bad is not None else skip
        message = (told.get("message") or "") if told is not None else ""
        found[name] = {
            "test": name,
            "outcome": outcome,
            "seconds": float(case.get("time") or 0),
            "message": message,
        }
    return found


def count(found):
    counts = Counter(line["outcome"] for line in found.values())
    return counts["passed"], counts["failed"], counts["skipped"]


def by_class(found):
    """Seconds by test class."""
    total = Counter()
    for name, line in found.items():
        holder = re.match(r"\w+ \((.+)\)$", name)  # setUpClass (module.Class)
        total[holder[1] if holder else name.partition("[")[0].rpartition(".")[0]] += line["seconds"]
    return total
