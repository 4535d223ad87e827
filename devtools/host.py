"""The host: Odoo's sources, the Python environment and the programs, made when missing."""

import os
import shutil
import sys
import threading
import traceback
from pathlib import Path

from . import debian, packages, postgres, programs
from .base import (
    DEV,
    GLUE,
    GLUE_ADDONS,
    PYTHON,
    ROOT,
    Stop,
    digest,
    lock,
    progress,
    read,
    run,
    say,
    shown,
    trouble,
)

UNPACKED = DEV / "host"


def setup():
    """Make what is missing; a later call finds all in place and returns at once."""
    with lock("setup"):
        DEV.mkdir(exist_ok=True)
        jobs = [job for job in (odoo_job(), packages.job(), programs.job()) if job]
        if jobs:
            progress("setting up: " + ", ".join(title for title, _work in jobs))
            together([work for _title, work in jobs])
        packages.link(source())


def together(works):
    """Run works side by side; the first failure is raised when all have ended."""
    failures = []

    def guarded(work):
        try:
            work()
        except OSError as error:
            failures.append(trouble(error))
        except Stop as stop:
            failures.append(stop)
        except Exception:
            failures.append(Stop("The set-up has a fault of its own:\n" + traceback.format_exc()))

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def odoo_job():
    if os.environ.get("ODOO_SOURCE"):
        source()
        return None
    if version():
        return None
    return "Odoo", lambda: debian.unpack(UNPACKED)


def source():
    """The folder that holds the Python package ``odoo``."""
    given = os.environ.get("ODOO_SOURCE")
    base = Path(given).expanduser() if given else UNPACKED
    for folder in (base, base.parent, base / "usr/lib/python3/dist-packages"):
        if (folder / "odoo" / "release.py").is_file():
            return folder.resolve()
    if given:
        raise Stop(
            f"ODOO_SOURCE={given} has no odoo/release.py: name an Odoo 19 checkout or package."
        )
    raise Stop("Odoo is not unpacked yet: run ./dev setup.")


def addons_path():
    folders = [source() / "odoo" / "addons"]
    # A checkout keeps most modules in `addons`; Debian's package has all of them in `odoo/addons`.
    if not (folders[0] / "sale" / "__manifest__.py").exists():
        folders.append(source() / "addons")
    return [*folders, ROOT, *([GLUE] if GLUE_ADDONS else [])]


def version():
    """A text that changes with the host: what the templates of databases depend on."""
    if os.environ.get("ODOO_SOURCE"):
        return digest(str(source()), (source() / "odoo" / "release.py").read_text())
    return read(UNPACKED / "version") or ""


def versions():
    """What the host is made of, for the record of core's tests."""
    code = "import sys; from odoo import release; print(release.version, sys.version.split()[0])"
    odoo, python = run(PYTHON, "-c", code, capture_output=True).stdout.split()
    debs = [deb.split("_")[1] for deb in version().splitlines() if deb.startswith(debian.PACKAGE)]
    browser = programs.browser()
    return {
        "odoo": " ".join([odoo, *debs]),
        "python": python,
        "postgresql": postgres.sql("SHOW server_version")[0][0],
        "browser": browser and run(browser, "--version", capture_output=True).stdout.strip(),
    }


def describe():
    say(f"Odoo         {shown(source())}")
    python = packages.interpreter()[1].split()[0]
    say(f"Python       {shown(PYTHON)} ({python}; ./dev itself: {sys.version.split()[0]})")
    say(f"browser      {programs.browser() or 'none'}")
    say(f"wkhtmltopdf  {shutil.which('wkhtmltopdf') or 'none'}")
