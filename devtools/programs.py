"""Browser and PDF printer: used if present, installed with apt when allowed, else told."""

import os
import shutil
import subprocess

from .base import DEV, mark, read, run, say

NEEDED_FOR = {
    "chromium": "the browser tours (./dev test fails without it)",
    "wkhtmltopdf": "PDF documents",
}
# In the order in which Odoo looks for them.
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
TRIED = DEV / "programs-tried"


def browser():
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def missing():
    found = {"chromium": browser(), "wkhtmltopdf": shutil.which("wkhtmltopdf")}
    return [name for name in NEEDED_FOR if not found[name]]


def job():
    names = " ".join(missing())
    if not names or read(TRIED) == names:
        return None
    return names, install


def install():
    sudo = () if os.geteuid() == 0 else ("sudo", "-n")
    if shutil.which("apt-get") and allowed(sudo):
        apt = (*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y")
        apt = (*apt, "-oDPkg::Lock::Timeout=300", "-oAcquire::Retries=3")
        run(*apt, "update", log="apt-programs.log")
        words = ("install", "--no-install-recommends", "fonts-dejavu-core", *missing())
        run(*apt, *words, log="apt-programs.log")
    for name in missing():
        lost = NEEDED_FOR[name]
        say(f"  note: {name} is missing (apt-get install {name}); without it: no {lost}.")
    mark(TRIED, " ".join(missing()))


def allowed(sudo):
    if not sudo:
        return True
    if not shutil.which("sudo"):
        return False
    return not subprocess.run([*sudo, "true"], capture_output=True).returncode
