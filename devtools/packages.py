"""The Python environment: pinned packages, their wheels kept in the user's cache."""

import shutil
import subprocess
import sys

from .base import CACHE, PYTHON, ROOT, VENV, Stop, digest, made_whole, progress, read, run

REQUIREMENTS = ROOT / "requirements-dev.txt"
# The distribution's own Python is built for speed; others (pyenv's) are a quarter slower.
SYSTEM_PYTHON = "/usr/bin/python3"
CHECK = "import sys, venv, ensurepip; print(sys.version if sys.version_info >= (3, 11) else '')"


def interpreter():
    """The Python that the environment is made with, and its version."""
    for python in (SYSTEM_PYTHON, sys.executable):
        try:
            done = subprocess.run([python, "-c", CHECK], capture_output=True, text=True)
        except OSError:
            continue
        if not done.returncode and done.stdout.strip():
            return python, done.stdout.strip()
    name = "python{}.{}-venv".format(*sys.version_info)
    raise Stop(f"Python's venv module is missing: install it (apt-get install {name}).")


def job():
    """What is to be done for the environment: nothing, or a title and the work."""
    python, version = interpreter()
    key = digest(REQUIREMENTS, version)
    if read(VENV / "complete") == key and PYTHON.exists():
        return None
    return "Python packages", lambda: make(python, key)


def make(python, key):
    """Make it beside the old one and change them at the end, so that running servers live on."""
    wheels, new = CACHE / "wheels" / key, VENV.with_name("venv.unfinished")
    shutil.rmtree(new, ignore_errors=True)
    failure = f"{python} cannot make a virtual environment: see the lines above."
    run(python, "-m", "venv", new, log="venv.log", failure=failure)
    pip = (new / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "-q")
    if not (wheels / "complete").exists():
        progress("fetching Python packages (about 100)")
        failure = "pip cannot fetch the Python packages: check the network and the disk, run again."
        with made_whole(wheels) as folder:
            words = (*pip, "wheel", "--no-deps", "--use-pep517", "-r", REQUIREMENTS, "-w", folder)
            run(*words, log="pip-fetch.log", failure=failure)
            (folder / "complete").touch()
    progress("installing Python packages")
    failure = f"The Python packages cannot be installed: remove {wheels} and run again."
    words = (*pip, "install", "--no-deps", "--no-index", "--no-compile", "-f", wheels)
    run(*words, "-r", REQUIREMENTS, log="pip.log", failure=failure)
    for script in (new / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            script.write_bytes(script.read_bytes().replace(bytes(new), bytes(VENV)))
    (new / "complete").write_text(key)
    old = VENV.with_name("venv.old")
    shutil.rmtree(old, ignore_errors=True)
    if VENV.exists():
        VENV.rename(old)
    new.rename(VENV)
    shutil.rmtree(old, ignore_errors=True)


def link(source):
    """Let the environment import ``odoo`` from the sources, wherever they lie."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    if read(packages / "odoo-source.pth") != f"{source}\n":
        (packages / "odoo-source.pth").write_text(f"{source}\n")
