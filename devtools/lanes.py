"""`./dev test`: the lanes pure, addon (lean and full), integration and tours; the inner loop."""

import re
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from . import database, host, programs, server
from .base import (
    ADDON,
    GLUE_ADDONS,
    LOGS,
    PYTHON,
    ROOT,
    end,
    free_port,
    progress,
    read,
    run,
    say,
    shown,
    tail,
)
from .results import by_class, count, read_junit, read_results

TOOLS_TESTS = ADDON / "tests" / "tools"
INTEGRATION = ROOT / "integration"
ADDON_TESTS = ",".join([*(f"/{folder.name}" for folder in (ADDON, *GLUE_ADDONS)), "-om_tour"])
# Long tests of what no optional module changes run in one profile; which one, evens the lanes out.
ELSEWHERE = {"lean": "om_full", "full": "om_lean"}
TOURS = f"om_tour/{ADDON.name}"
SILENCE = 300  # seconds without a line in the log, until a run that hangs is ended
PATIENCE = 1200  # seconds until the integration tests are ended
PURE = ("-p", "no:odoo", f"--rootdir={TOOLS_TESTS}", f"--confcutdir={TOOLS_TESTS}")
PYTEST = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# A log line that is ours: by its logger, or since it names the addon.
HEADER = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ "
    r"(?P<level>[A-Z]+) \S+ (?P<logger>[^:\s]+): ?(?P<text>.*)"
)
OURS = re.compile(r"order_management(?!_devtools)")
FORGIVEN = re.compile(r"deprecated in Odoo 19")  # xmlrpc and jsonrpc, which we serve on purpose
A_TEST = re.compile(
    r"odoo\.addons\.order_management\w*\.tests.*: (FAIL|ERROR): "
)  # counted as such


class Lane:
    """One lane's tests and what is wrong beside them."""

    def __init__(self, name):
        self.name = name
        self.found = {}
        self.problems = []
        self.began = time.monotonic()
        self.seconds = 0

    def close(self, found, log=None):
        self.seconds = round(time.monotonic() - self.began)
        self.found = found
        if not found:
            self.problems.append("no test ran")
        if log:
            self.problems += warnings(log)
        for name, line in found.items():
            if line["outcome"] == "failed":
                message = line["message"].strip().splitlines()[-8:]
                say("\n    ".join([f"  FAILED {name}", *message]))
        for problem in self.problems:
            say(f"  {self.name}: {problem}")
        progress(self.summary())
        return self

    def numbers(self):
        passed, failed, skipped = count(self.found)
        return passed, failed + len(self.problems), skipped

    def summary(self):
        passed, failed, skipped = self.numbers()
        counts = f"{passed} passed, {failed} failed, {skipped} skipped"
        return f"lane {self.name}: {counts} ({self.seconds} s)"


def warnings(log):
    """Warnings and errors of ours in a log, each with a few lines of what follows it."""
    found = []
    for record in log_records(log):
        match = HEADER.match(record[0])
        whole = "\n".join(record)
        if match["level"] not in ("WARNING", "ERROR", "CRITICAL") or A_TEST.search(record[0]):
            continue
        if OURS.search(whole) and not FORGIVEN.search(whole):
            found.append("in the log: " + "\n      ".join([record[0], *record[1:][-8:]]))
    return list(dict.fromkeys(found))[:20]


def log_records(log):
    """A log's records, each a list of its lines."""
    record = []
    for line in (read(LOGS / log) or "").replace(str(ROOT), "").splitlines():
        if HEADER.match(line):
            if record:
                yield record
            record = [line]
        elif record:
            record.append(line)
    if record:
        yield record


# The lanes


def pure(paths=(TOOLS_TESTS,)):
    lane = Lane("pure")
    junit = LOGS / "pure.xml"
    junit.unlink(missing_ok=True)
    env = {"PYTHONPATH": str(ADDON), "PYTHONDONTWRITEBYTECODE": "1"}
    run(
        *PYTEST,
        *PURE,
        f"--junitxml={junit}",
        *paths,
        cwd=ROOT,
        env=env,
        log="pure.log",
    )
    found = read_junit(junit)
    if not found:
        say(tail(LOGS / "pure.log"))
    return lane.close(found)


def addon(profiles):
    """Odoo's own runner on fresh databases, the profiles side by side."""
    runs = []
    try:
        # The first already runs while the template of the second is made.
        runs.extend(
            OdooRun(
                f"addon {profile}",
                database.host_template(profile),
                "-i",
                ADDON.name,
                f"--test-tags={ADDON_TESTS},-{ELSEWHERE[profile]}",
                expected=[ADDON, *database.glue_of(profile)],
            )
            for profile in profiles
        )
        return finish(runs)
    finally:
        for each in runs:
            end_process(each.process)


def tours():
    lane = Lane("tours")
    if not programs.browser():
        lane.problems.append("no browser: install Chromium (apt-get install chromium)")
        return [lane.close({})]
    tour = OdooRun(
        "tours", database.addon_template("lean"), f"--test-tags={TOURS}", skips_fail=True
    )
    try:
        return finish([tour])
    finally:
        end_process(tour.process)


class OdooRun:
    """Odoo's own test runner on a fresh database, in the background."""

    def __init__(self, title, template, *arguments, skips_fail=False, expected=()):
        stem = title.replace(" ", "-")
        self.lane, self.skips_fail, self.log = Lane(title), skips_fail, f"{stem}.log"
        self.expected = expected
        self.name = database.copy(template, f"{database.prefix()}test_{stem.replace('-', '_')}")
        self.results = LOGS / f"{stem}.jsonl"
        self.results.unlink(missing_ok=True)
        self.size, self.moved = 0, time.monotonic()
        arguments = (
            database.LOAD,
            f"--http-port={free_port()}",
            f"--screenshots={LOGS / 'screenshots'}",
            "--stop-after-init",
            *arguments,
        )
        env = database.environment() | {"OM_TEST_RESULTS": str(self.results)}
        self.process = database.start(self.name, *arguments, log=self.log, env=env)

    def ended(self):
        """Has it ended, or been silent for so long that it was ended?"""
        size = (LOGS / self.log).stat().st_size
        if size != self.size:
            self.size, self.moved = size, time.monotonic()
        if self.process.poll() is not None:
            return True
        if time.monotonic() - self.moved < SILENCE:
            return False
        self.lane.problems.append(f"ended after {SILENCE} s without a line in its log")
        end_process(self.process)
        return True

    def close(self):
        found = read_results(self.results)
        if "odoo.tests.result:" not in (read(LOGS / self.log) or ""):  # the sum, written last
            say(tail(LOGS / self.log))
            log = shown(LOGS / self.log)
            self.lane.problems.append(f"Odoo did not come to the end of its tests: see {log}")
        elif self.process.returncode and not count(found)[1]:
            code = self.process.returncode
            self.lane.problems.append(f"Odoo ended with code {code}: see {shown(LOGS / self.log)}")
        if self.skips_fail:
            skipped = [line for line in found.values() if line["outcome"] == "skipped"]
            self.lane.problems += [f"skipped {line['test']}: {line['message']}" for line in skipped]
        for folder in self.expected:
            if found and not any(f"{folder.name}.tests." in name for name in found):
                self.lane.problems.append(f"no test of {folder.name} ran")
        self.lane.close(found, self.log)
        if not self.lane.numbers()[1]:
            database.drop(self.name)
        return self.lane


def finish(runs):
    """Wait for runs, telling how far they are; each closes its lane as soon as it ends."""
    waiting, told = list(runs), time.monotonic()
    while waiting:
        time.sleep(0.5)
        for each in [one for one in waiting if one.ended()]:
            waiting.remove(each)
            each.close()
        if waiting and time.monotonic() - told > 30:
            told = time.monotonic()
            parts = (f"{one.lane.name}: {len(read_results(one.results))}" for one in waiting)
            progress("tests done: " + ", ".join(parts))
    return [each.lane for each in runs]


def end_process(process):
    if process.poll() is None and not end(process.pid, signal.SIGTERM):
        end(process.pid, signal.SIGKILL)
    process.wait()


def integration(paths=(INTEGRATION,)):
    """pytest against a live server with two workers on a fresh database."""
    lane = Lane("integration")
    junit = LOGS / "integration.xml"
    junit.unlink(missing_ok=True)
    name = database.copy(database.addon_template("lean"), f"{database.prefix()}test_integration")
    process, url = server.start(name, free_port(), "integration-server.log")
    try:
        env = {"OM_URL": url, "OM_DB": name, "OM_ADMIN_PASSWORD": "admin"}
        run(
            *PYTEST,
            "-p",
            "no:odoo",
            f"--rootdir={INTEGRATION}",
            f"--junitxml={junit}",
            *paths,
            cwd=ROOT,
            env=env,
            log="integration.log",
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        lane.problems.append(
            f"ended after {PATIENCE} s without an end: see {shown(LOGS / 'integration.log')}"
        )
    finally:
        end_process(process)
    found = read_junit(junit)
    if not found:
        say(tail(LOGS / "integration.log"))
    lane.close(found, "integration-server.log")
    if not lane.numbers()[1]:
        database.drop(name)
    return lane


# All of them


def test(fast=False):
    host.setup()
    database.configure()
    profiles = ("lean",) if fast else ("lean", "full")
    # Each of these leaves a core free for the one beside it.
    with ThreadPoolExecutor(1) as beside:
        templates = beside.submit(lambda: [database.host_template(one) for one in profiles])
        lanes = [pure()]
        templates.result()
    lanes += addon(profiles)
    if not fast:
        with ThreadPoolExecutor(1) as beside:
            toured = beside.submit(tours)
            lanes += [integration(), *toured.result()]
    report(lanes)
    return 1 if any(lane.numbers()[1] for lane in lanes) else 0


def report(lanes):
    classes = Counter()
    for lane in lanes:
        classes.update(
            {f"{lane.name}: {name}": seconds for name, seconds in by_class(lane.found).items()}
        )
    say("\nThe ten slowest test classes")
    for name, seconds in classes.most_common(10):
        say(f"  {seconds:7.1f} s  {name}")
    say("\nLanes")
    for lane in lanes:
        say("  " + lane.summary())
    total = [sum(column) for column in zip(*(lane.numbers() for lane in lanes), strict=True)]
    say("")
    say("{} passed, {} failed, {} skipped".format(*total))
