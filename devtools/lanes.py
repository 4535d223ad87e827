"""`./dev test`: the lanes pure, addon (lean and full), integration and tours; the inner loop."""

import os
import re
import signal
import subprocess
import time
from collections import Counter

from . import database, host, programs, server
from .base import (
    ADDON,
    DEV,
    LOGS,
    PYTHON,
    ROOT,
    end,
    free_port,
    mark,
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
TOUR_TAG = "om_tour"
PATIENCE = 1500  # seconds until a lane that hangs is ended
PURE = ("-p", "no:odoo", f"--rootdir={TOOLS_TESTS}", f"--confcutdir={TOOLS_TESTS}")
PYTEST = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# A log line that is ours: by its logger, or since it names the addon.
HEADER = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ "
    r"(?P<level>[A-Z]+) \S+ (?P<logger>[^:\s]+): ?(?P<text>.*)"
)
OURS = re.compile(r"order_management(?!_devtools)")
FORGIVEN = re.compile(r"deprecated in Odoo 19")  # xmlrpc and jsonrpc, which we serve on purpose
A_TEST = re.compile(r"odoo\.addons\.order_management\.tests.*: (FAIL|ERROR): ")  # counted as such


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
    templates = {profile: database.host_template(profile) for profile in profiles}
    runs = []
    for profile, template in templates.items():
        lane = Lane(f"addon {profile}")
        name = database.copy(template, f"{database.prefix()}test_{profile}")
        tags = f"--test-tags=/{database.ADDON_NAME},-{TOUR_TAG}"
        runs.append((lane, odoo_tests(name, f"addon-{profile}", "-i", database.ADDON_NAME, tags)))
    return finish(runs)


def tours():
    lane = Lane("tours")
    if not programs.browser():
        lane.problems.append("no browser: install Chromium (apt-get install chromium)")
        return [lane.close({})]
    name = database.copy(database.addon_template("lean"), f"{database.prefix()}test_tours")
    [lane] = finish(
        [(lane, odoo_tests(name, "tours", f"--test-tags={TOUR_TAG}/{database.ADDON_NAME}"))],
        skips_fail=True,
    )
    return [lane]


def odoo_tests(name, stem, *arguments):
    """Start Odoo's runner; what ``finish`` needs to end it."""
    results = LOGS / f"{stem}.jsonl"
    results.unlink(missing_ok=True)
    env = database.environment() | {"OM_TEST_RESULTS": str(results)}
    process = database.start(
        name,
        database.LOAD,
        f"--http-port={free_port()}",
        f"--screenshots={LOGS / 'screenshots'}",
        "--stop-after-init",
        *arguments,
        log=f"{stem}.log",
        env=env,
    )
    return process, results, f"{stem}.log", name


def finish(runs, skips_fail=False):
    """Wait for runners, telling how far they are; each closes its lane as soon as it ends."""
    waiting, told = list(runs), time.monotonic()
    try:
        while waiting:
            time.sleep(0.5)
            if time.monotonic() - told > 30:
                told = time.monotonic()
                progress(
                    ", ".join(
                        f"{lane.name}: {len(read_results(at[1]))} tests done"
                        for lane, at in waiting
                    )
                )
            for entry in list(waiting):
                lane, (process, results, log, name) = entry
                hangs = time.monotonic() - lane.began > PATIENCE
                if process.poll() is None and not hangs:
                    continue
                waiting.remove(entry)
                if hangs:
                    lane.problems.append(
                        f"ended after {PATIENCE} s without an end: see {shown(LOGS / log)}"
                    )
                    end_process(process)
                found = read_results(results)
                if process.returncode and not count(found)[1] and not hangs:
                    lane.problems.append(
                        f"Odoo ended with code {process.returncode}: see {shown(LOGS / log)}\n"
                        + tail(LOGS / log)
                    )
                if skips_fail:
                    lane.problems += [
                        f"skipped {test}: {line['message']}"
                        for test, line in found.items()
                        if line["outcome"] == "skipped"
                    ]
                lane.close(found, log)
                if not lane.numbers()[1]:
                    database.drop(name)
    finally:
        for _lane, (process, *_rest) in waiting:
            end_process(process)
    return [lane for lane, _at in runs]


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


def test(arguments):
    words = [word for word in arguments if word != "--fast"]
    if words:
        return inner_loop(words)
    fast = "--fast" in arguments
    host.setup()
    database.configure()
    lanes = [pure()]
    lanes += addon(("lean",) if fast else ("lean", "full"))
    if not fast:
        lanes += [integration(), *tours()]
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


# The inner loop


def inner_loop(words):
    """One path, start of a file name or -k expression, the fastest way there is."""
    what, *more = words
    host.setup()
    paths = matching(what)
    if paths and all(TOOLS_TESTS in path.parents or path == TOOLS_TESTS for path in paths):
        env = {**os.environ, "PYTHONPATH": str(ADDON)}
        return subprocess.call(
            [*map(str, (*PYTEST, *PURE, *paths)), *more],
            cwd=ROOT,
            env=env,
        )
    database.configure()
    if paths and all(INTEGRATION in path.parents or path == INTEGRATION for path in paths):
        lane = integration(paths)
        say((read(LOGS / "integration.log") or "").strip())
        return 1 if lane.numbers()[1] else 0
    name = kept_database()
    select = paths or [ADDON / "tests", f"--ignore={TOOLS_TESTS}", "-k", what]
    words = (
        *PYTEST,
        "--odoo-http",
        "--odoo-config",
        database.CONF,
        "--odoo-database",
        name,
        *select,
        *more,
    )
    return subprocess.call([str(word) for word in words], cwd=ROOT, env=database.environment())


def matching(what):
    """The test files that a word names: a path (also file.py::Class), or the start of a name."""
    file, colons, inner = what.partition("::")
    for base in (ROOT, ADDON, ADDON / "tests"):
        path = (base / file).resolve()
        if path.exists() and path != ROOT:
            return [path.with_name(path.name + colons + inner)]
    if not re.fullmatch(r"\w+", what):
        return []
    begins = (what, f"test_{what}")
    found = {
        folder: sorted(p for p in folder.glob("test_*.py") if p.name.startswith(begins))
        for folder in (ADDON / "tests", TOOLS_TESTS, INTEGRATION)
    }
    return next((paths for paths in found.values() if paths), [])


def kept_database():
    """The inner loop's database, updated when the addon's files have changed since last time."""
    name, key, seal = f"{database.prefix()}kept", database.addon_key("lean"), DEV / "kept-key"
    if database.exists(name) and read(seal) == key:
        return name
    seal.unlink(missing_ok=True)
    if database.exists(name) and database.installed(name):
        progress("updating the addon")
        database.install(name, [database.ADDON_NAME], "kept-update.log", update=True)
    else:
        database.copy(database.host_template("lean"), name)
        progress("installing the addon")
        database.install(name, [database.ADDON_NAME], "kept-install.log")
    mark(seal, key)
    return name
