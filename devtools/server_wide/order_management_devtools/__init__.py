"""Instruments that ./dev loads into Odoo with --load, each switched on by a variable.

OM_TEST_RESULTS=FILE
    write one JSON line for each test: name, outcome, seconds, message
OM_TEST_LATE=1
    run the at_install tests after all modules are loaded
ORDER_MANAGEMENT_CORE_TESTS=shadow
    every company uses the addon and every automation is in shadow, new ones as well
"""

import json
import os
import time

from odoo.modules.registry import Registry
from odoo.tests import case, loader, result


class Recorder:
    """Listens to Odoo's test results; a test's first failure counts, whatever its subtests do."""

    def __init__(self, path):
        self.out = open(path, "a", buffering=1)  # noqa: SIM115 - open as long as the process
        self.began = 0.0
        self.told = set()
        for name in ("startTest", "addFailure", "addError", "addSkip", "stopTest"):
            self.wrap(name, getattr(self, name))

    def wrap(self, name, listen):
        original = getattr(result.OdooTestResult, name)

        def wrapped(results, test, *args):
            if not results._soft_fail:  # a try that will be repeated
                listen(test, *args)
            return original(results, test, *args)

        setattr(result.OdooTestResult, name, wrapped)

    def write(self, test, outcome, message=""):
        while isinstance(test, case._SubTest):
            test = test.test_case
        name = str(test.id()).replace("odoo.addons.", "")
        if name in self.told:
            return
        self.told.add(name)
        seconds = round(time.time() - self.began, 3) if isinstance(test, case.TestCase) else 0
        line = {"test": name, "outcome": outcome, "seconds": seconds, "message": message[-1500:]}
        self.out.write(json.dumps(line) + "\n")

    def startTest(self, test):
        self.began = time.time()

    def addFailure(self, test, error):
        self.write(test, "failed", f"{error[0].__name__}: {error[1]}")

    addError = addFailure

    def addSkip(self, test, reason):
        self.write(test, "skipped", str(reason))

    def stopTest(self, test):
        self.write(test, "passed")


def run_late():
    original = loader.make_suite

    def make_suite(module_names, position="at_install"):
        if position == "at_install":
            return original([], position)
        return original(module_names, "at_install")

    loader.make_suite = make_suite


def all_in_shadow():
    original = Registry._setup_models__

    def setup_models(self, *args, **kwargs):
        original(self, *args, **kwargs)
        company = self.models.get("res.company")
        if company and "use_order_management" in company._fields:
            company._fields["use_order_management"].default = lambda records: True
        for model in self.models.values():
            if "order.mode.mixin" in _parents(self, model) and "mode" in model._fields:
                model._fields["mode"].default = lambda records: "shadow"

    Registry._setup_models__ = setup_models


def _parents(registry, model):
    """All models that a model inherits from, at any depth."""
    found, queue = set(), [model._name]
    while queue:
        for parent in getattr(registry.models.get(queue.pop()), "_inherit_module", {}):
            if parent not in found:
                found.add(parent)
                queue.append(parent)
    return found


if os.environ.get("OM_TEST_RESULTS"):
    Recorder(os.environ["OM_TEST_RESULTS"])
if os.environ.get("OM_TEST_LATE"):
    run_late()
if os.environ.get("ORDER_MANAGEMENT_CORE_TESTS") == "shadow":
    all_in_shadow()
