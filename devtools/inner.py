"""`./dev test WHAT`: a path, the start of a file's name or a -k expression, the fastest way."""

import os
import re
import subprocess

from . import database, host
from .base import ADDON, DEV, GLUE, GLUE_ADDONS, LOGS, ROOT, mark, progress, read, say
from .lanes import INTEGRATION, PURE, PYTEST, TOOLS_TESTS, integration


def loop(words):
    """One path, start of a file name or -k expression, the fastest way there is."""
    profile = "full" if "--full" in words else "lean"
    what, *more = [word for word in words if word != "--full"]
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
    if any(GLUE in path.parents for path in paths):
        profile = "full"
    name = kept_database(profile)
    folders = [folder / "tests" for folder in (ADDON, *database.glue_of(profile))]
    select = paths or [*folders, f"--ignore={TOOLS_TESTS}", "-k", what]
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
    glue_tests = [folder / "tests" for folder in GLUE_ADDONS]
    found = {
        folder: sorted(p for p in folder.glob("test_*.py") if p.name.startswith(begins))
        for folder in (ADDON / "tests", TOOLS_TESTS, INTEGRATION, *glue_tests)
    }
    return next((paths for paths in found.values() if paths), [])


def kept_database(profile="lean"):
    """The inner loop's database, updated when the addon's files have changed since last time."""
    kind = "" if profile == "lean" else f"-{profile}"
    name = f"{database.prefix()}kept{kind.replace('-', '_')}"
    key, seal = database.addon_key(profile), DEV / f"kept{kind}-key"
    if database.exists(name) and read(seal) == key:
        return name
    seal.unlink(missing_ok=True)
    if database.exists(name) and database.installed(name):
        progress("updating the addon")
        # Glue that came since then does not install itself by an update.
        glue = [folder.name for folder in database.glue_of(profile)]
        database.install(name, glue, "kept-update.log", update=[database.ADDON_NAME])
    else:
        database.copy(database.host_template(profile), name)
        progress("installing the addon")
        database.install(name, [database.ADDON_NAME], "kept-install.log")
    mark(seal, key)
    return name
