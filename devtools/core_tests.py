"""Odoo's own suites with the addon, compared by name with a record made without it.

Phases: ``post`` runs a module's post_install tests, ``late`` its at_install tests, both when every
module is loaded. Modes: ``off`` (installed, no company uses it) and ``shadow`` (every company uses
it, every automation is in shadow); the record's own mode is ``bare``. Each module and phase runs in
one process on its own copy of a template, two side by side. Finished ones are kept in
.dev/core-tests and not run again until the addon or the host changes.
"""

import json
import queue
import threading
import time

from . import database, host, programs
from .base import (
    DEV,
    LOGS,
    ROOT,
    Stop,
    digest,
    free_port,
    mark,
    progress,
    read,
    say,
    shown,
)
from .results import read_results

RECORD = ROOT / "core-tests" / "record.json"
KEPT = DEV / "core-tests"
# The slowest first, so that two processes end together; with the phases that have tests.
MODULES = {
    "sale": ("post", "late"),
    "stock": ("post", "late"),
    "sale_stock": ("post", "late"),
    "purchase_stock": ("post", "late"),
    "stock_account": ("post", "late"),
    "purchase": ("post",),
    "product": ("post", "late"),
    "sale_management": ("post",),
    "account_payment": ("post",),
    "portal": ("post", "late"),
    "payment": ("post",),
    "stock_picking_batch": ("post", "late"),
    "sale_purchase_stock": ("post", "late"),
    "stock_delivery": ("post", "late"),
    "delivery": ("post",),
    "sale_edi_ubl": ("post",),
    "barcodes_gs1_nomenclature": ("late",),
}
SHADOW_SCRIPT = """
env["res.company"].search([]).write({"use_order_management": True})
for name in env.registry.descendants(["order.mode.mixin"], "_inherit", "_inherits"):
    model = env[name].sudo().with_context(active_test=False)
    if not model._abstract and model._auto:
        model.search([]).write({"mode": "shadow"})
env.cr.commit()
print("all in shadow")
"""


def core_tests(arguments):
    options = [word for word in arguments if word.startswith("-")]
    modules = [word for word in arguments if word not in options] or list(MODULES)
    jobs = next((int(word[7:]) for word in options if word.startswith("--jobs=")), 2)
    recording = "--record" in options
    host.setup()
    database.configure()
    if not programs.browser():
        raise Stop("Odoo's own tests need Chromium: install it (apt-get install chromium).")
    record = {} if recording else known_suites(modules)
    modes = ("bare",) if recording else ("off", "shadow")
    templates = {mode: mode_template(mode) for mode in modes}
    todo = [
        Job(mode, phase, module, templates[mode], again="--again" in options)
        for phase in ("post", "late")
        for module in modules
        for mode in modes
        if phase in MODULES.get(module, ("post", "late"))
    ]
    work(todo, jobs, record)
    return write_record(todo) if recording else compare(todo, record)


def known_suites(modules):
    suites = json.loads(read(RECORD) or "{}").get("suites", {})
    unknown = " ".join(name for name in modules if name not in suites)
    if unknown:
        raise Stop(f"The record lacks {unknown}: run ./dev core-tests --record {unknown} first.")
    return suites


def mode_template(mode):
    if mode == "bare":
        return database.host_template("lean")
    if mode == "off":
        return database.addon_template("lean")

    def make(name):
        database.copy(database.addon_template("lean"), name)
        database.shell(
            name, SHADOW_SCRIPT, "all in shadow", "The template in shadow could not be made"
        )

    return database.template(
        "shadow", "lean", digest(database.addon_key("lean"), SHADOW_SCRIPT), make
    )


class Job:
    """One module's tests of one phase in one mode."""

    def __init__(self, mode, phase, module, template, again):
        self.mode, self.phase, self.module, self.template = mode, phase, module, template
        self.title = f"{mode} {phase} {module}"
        self.file = KEPT / mode / f"{module}.{phase}.json"
        self.key = digest(template, database.INSTRUMENTS)
        kept = json.loads(read(self.file) or "{}")
        self.result = kept if kept.get("key") == self.key and not again else None

    def run(self, tags=None, suffix=""):
        name = f"{database.prefix()}core_{self.mode}_{self.phase}_{self.module}"
        log = f"core-{self.mode}-{self.phase}-{self.module}{suffix}.log"
        database.copy(self.template, name)
        results = LOGS / log.replace(".log", ".jsonl")
        results.unlink(missing_ok=True)
        env = database.environment() | {"OM_TEST_RESULTS": str(results)}
        if self.phase == "late":
            env["OM_TEST_LATE"] = "1"
        if self.mode == "shadow":
            env["ORDER_MANAGEMENT_CORE_TESTS"] = "shadow"
        unwanted = "-post_install" if self.phase == "late" else "-at_install"
        tags = tags or f"/{self.module},{unwanted}"
        began = time.monotonic()
        process = database.start(
            name,
            database.LOAD,
            f"--http-port={free_port()}",
            f"--test-tags={tags}",
            "--stop-after-init",
            log=log,
            env=env,
        )
        process.wait()
        found = read_results(results)
        database.drop(name)
        text = read(LOGS / log) or ""
        if "odoo.tests.result:" not in text:
            raise Stop(
                f"{self.title}: Odoo stopped before its tests ended: see {shown(LOGS / log)}."
            )
        return {
            "key": self.key,
            "seconds": round(time.monotonic() - began),
            "ran": sorted(
                name for name, line in found.items() if line["outcome"] in ("passed", "failed")
            ),
            "failed": {
                name: line["message"].strip()[:300]
                for name, line in found.items()
                if line["outcome"] == "failed"
            },
            "skipped": {
                name: line["message"]
                for name, line in found.items()
                if line["outcome"] == "skipped"
            },
        }


def work(todo, jobs, record):
    """Run what is not kept from before, a few processes side by side."""
    waiting = queue.SimpleQueue()
    left = [job for job in todo if job.result is None]
    for job in left:
        waiting.put(job)
    if len(left) < len(todo):
        progress(f"{len(todo) - len(left)} of {len(todo)} runs are kept from before")
    failures = []

    def worker():
        while not failures:
            try:
                finish(waiting.get_nowait(), todo, record)
            except queue.Empty:
                return
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=worker, daemon=True) for _turn in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def finish(job, todo, record):
    result = job.run()
    expected = record.get(job.module, {}).get(job.phase, {}).get("failed", {})
    new = [name for name in result["failed"] if name not in expected]
    if record and new:
        retry(job, result, new)
    job.result = result
    mark(job.file, json.dumps(result, indent=1))
    done = sum(1 for other in todo if other.result)
    counts = ", ".join(f"{len(result[kind])} {kind}" for kind in ("ran", "failed", "skipped"))
    progress(f"{done}/{len(todo)} {job.title}: {counts} in {result['seconds']} s")


def retry(job, result, names):
    """A new failure counts when the test also fails alone on a fresh copy."""
    tests = [name.split(".")[-2:] for name in names if "(" not in name]
    if not tests:
        return
    tags = ",".join(f"/{job.module}:{cls}.{method}" for cls, method in tests)
    second = job.run(tags, "-again")
    for name in names:
        if name in second["ran"] and name not in second["failed"]:
            del result["failed"][name]
            result.setdefault("unsteady", []).append(name)


def write_record(todo):
    old = json.loads(read(RECORD) or "{}")
    suites = old.get("suites", {})
    for job in todo:
        kept = {key: job.result[key] for key in ("seconds", "failed", "skipped")}
        suites.setdefault(job.module, {})[job.phase] = {"ran": len(job.result["ran"]), **kept}
    record = {
        "what": "Odoo's own test suites without Order Management, without demo data",
        "command": "./dev core-tests --record",
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "host": host.versions(),
        "installed": database.modules_of("lean"),
        "suites": dict(sorted(suites.items())),
    }
    mark(RECORD, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    ran = sum(phase["ran"] for suite in suites.values() for phase in suite.values())
    failed = sum(len(phase["failed"]) for suite in suites.values() for phase in suite.values())
    progress(f"{shown(RECORD)}: {ran} tests, {failed} known failures")
    return 0


def compare(todo, record):
    worse = dict.fromkeys(dict.fromkeys(job.mode for job in todo), 0)
    for job in todo:
        known = record[job.module].get(job.phase, {"ran": 0, "failed": {}, "skipped": {}})
        where = f"({job.mode}, {job.phase})"
        for kind in ("failed", "skipped"):
            for name in sorted(set(job.result[kind]) - set(known[kind])):
                worse[job.mode] += 1
                say(f"NEW, {kind} {where} {name}\n    {job.result[kind][name]}")
        ran = len(job.result["ran"])
        if ran < known["ran"]:
            worse[job.mode] += 1
            say(f"FEWER TESTS {where} {job.module}: {ran} ran, {known['ran']} in the record")
        for name in job.result.get("unsteady", []):
            say(f"unsteady {where} {name}: failed once, passed alone")
        better = set(known["failed"]) - set(job.result["failed"])
        if better:
            say(f"better {where} {job.module}: {len(better)} known failures did not happen")
    say(f"\n{'mode':8}{'ran':>7}{'failed':>8}{'skipped':>9}{'worse':>7}{'seconds':>9}")
    for mode, number in worse.items():
        mine = [job.result for job in todo if job.mode == mode]
        ran, failed, skipped = (
            sum(len(result[kind]) for result in mine) for kind in ("ran", "failed", "skipped")
        )
        seconds = sum(result["seconds"] for result in mine)
        say(f"{mode:8}{ran:7}{failed:8}{skipped:9}{number:7}{seconds:9}")
    total = sum(worse.values())
    say(f"{total} worse than the record" if total else "no new failure, no new skip")
    return 1 if total else 0
