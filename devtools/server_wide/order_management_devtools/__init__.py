"""Instruments that ./dev loads into Odoo with --load, each switched on by one variable of the environment.

OM_TEST_RESULTS=FILE                    writes one JSON line for each test: name, outcome, seconds, message
OM_TEST_LATE=1                          runs the at_install tests after all modules are loaded
ORDER_MANAGEMENT_CORE_TESTS=shadow      every company uses the addon, every automation is in shadow, also new ones
"""

import json
import os
import time

from odoo.modules.registry import Registry
from odoo.tests import case, loader, result


def record_results(path):
    out = open(path, "a", buffering=1)  # noqa: SIM115 - open as long as the process
    kept = {"start": 0.0, "bad": set()}
    cls = result.OdooTestResult

    def name(test):
        while getattr(test, "test_case", None) is not None and isinstance(test, case._SubTest):
            test = test.test_case
        return str(test.id()).replace("odoo.addons.", "")

    def write(test, outcome, message=""):
        seconds = round(time.time() - kept["start"], 3) if outcome != "setup" else 0
        line = {"test": name(test), "outcome": outcome, "seconds": seconds, "message": message[-1500:]}
        out.write(json.dumps(line) + "\n")

    def wrap(method, work):
        original = getattr(cls, method)

        def wrapped(self, test, *args):
            work(self, test, *args)
            return original(self, test, *args)

        setattr(cls, method, wrapped)

    def bad(self, test, err):
        if self._soft_fail:  # a try that will be repeated
            return
        # The first failure of a test counts; its other subtests only add to the log.
        if name(test) not in kept["bad"]:
            kept["bad"].add(name(test))
            write(test, "failed", f"{err[0].__name__}: {err[1]}")

    def stop(self, test):
        if name(test) not in kept["bad"] and kept.get("skip") != name(test):
            write(test, "passed")

    def skip(self, test, reason):
        kept["skip"] = name(test)
        write(test, "skipped", str(reason))

    def start(self, test):
        kept["start"] = time.time()

    wrap("startTest", start)
    wrap("addFailure", bad)
    wrap("addError", bad)
    wrap("addSkip", skip)
    wrap("stopTest", stop)


def run_late():
    original = loader.make_suite

    def make_suite(module_names, position="at_install"):
        if position == "at_install":
            return original([], position)
        return original(module_names, "at_install")

    loader.make_suite = make_suite


def all_in_shadow():
    original = Registry.setup_models if hasattr(Registry, "setup_models") else Registry._setup_models__
    method = original.__name__

    def setup_models(self, *args, **kwargs):
        outcome = original(self, *args, **kwargs)
        company = self.models.get("res.company")
        if company and "use_order_management" in company._fields:
            company._fields["use_order_management"].default = lambda records: True
        for model in self.models.values():
            if "order.mode.mixin" in _parents(self, model) and "mode" in model._fields:
                model._fields["mode"].default = lambda records: "shadow"
        return outcome

    setattr(Registry, method, setup_models)


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
    record_results(os.environ["OM_TEST_RESULTS"])
if os.environ.get("OM_TEST_LATE"):
    run_late()
if os.environ.get("ORDER_MANAGEMENT_CORE_TESTS") == "shadow":
    all_in_shadow()
