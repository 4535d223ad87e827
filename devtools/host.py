"""The host: Odoo's sources, the Python environment, the browser and the PDF printer."""

import os
import re
import shutil
import subprocess
import sys
import threading
import traceback
from pathlib import Path

from .base import CACHE, DEV, PYTHON, ROOT, VENV, Stop, digest, lock, made_whole, mark, progress, read, run, say, shown

PACKAGE = "odoo-19"
# Fonts and scripts that the package links to; the second list is taken from the machine's own suite,
# since newer releases of these no longer hold the linked files.
COMPANIONS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
)
COMPANIONS_STABLE = ("fonts-font-awesome", "fonts-inconsolata")
# Files that the package lacks and that core's manifests name.
MISSING_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
REQUIREMENTS = ROOT / "requirements-dev.txt"
TOOLS = {"chromium": "the browser tours (`./dev test` fails without it)", "wkhtmltopdf": "PDF documents"}
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def setup():
    """Make what is missing; a later call finds all in place and returns at once."""
    with lock("setup"):
        DEV.mkdir(exist_ok=True)
        jobs = [job for job in (odoo_job(), venv_job(), tools_job()) if job]
        if jobs:
            progress("setting up: " + ", ".join(title for title, _work in jobs))
            together(*(work for _title, work in jobs))
        link_venv()
    return source()


def together(*works):
    """Run works side by side; the first failure is raised when all have ended."""
    failures = []

    def guarded(work):
        try:
            work()
        except OSError as error:
            failures.append(Stop(f"{error.strerror}: {error.filename or ''} (free some space or rights, then run again)."))
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


# Odoo's sources


def source():
    """The folder that holds the Python package ``odoo``."""
    given = os.environ.get("ODOO_SOURCE")
    base = Path(given) if given else DEV / "host"
    for folder in (base, base.parent, base / "usr/lib/python3/dist-packages"):
        if (folder / "odoo" / "release.py").is_file():
            return folder.resolve()
    if given:
        raise Stop(f"ODOO_SOURCE={given} holds no `odoo/release.py`: name an Odoo 19 checkout or an installed package.")
    raise Stop("Odoo is not unpacked yet: run ./dev setup.")


def addons_path():
    folders = [source() / "odoo" / "addons"]
    # A checkout keeps most modules in `addons`; Debian's package has all of them in `odoo/addons`.
    if not (source() / "odoo" / "addons" / "sale" / "__manifest__.py").exists():
        folders.append(source() / "addons")
    return [*folders, ROOT]


def version():
    """A text that changes with the host: what databases' templates depend on."""
    if os.environ.get("ODOO_SOURCE"):
        return digest(str(source()), (source() / "odoo" / "release.py").read_text())
    return read(DEV / "host" / "version") or ""


def odoo_job():
    if os.environ.get("ODOO_SOURCE"):
        source()
        return None
    if read(DEV / "host" / "version"):
        return None
    return "Odoo", unpack_odoo


def unpack_odoo():
    debs = fetch_debs()
    progress("unpacking Odoo")
    with made_whole(DEV / "host") as folder:
        for deb in debs:
            run("dpkg-deb", "-x", deb, folder, log="unpack.log", failure=f"{deb.name} could not be unpacked: remove {deb.parent} and run again.")
        addons = folder / "usr/lib/python3/dist-packages/odoo/addons"
        for name in MISSING_FILES:
            if (addons / name.split("/")[0]).is_dir() and not (addons / name).exists():
                (addons / name).parent.mkdir(parents=True, exist_ok=True)
                (addons / name).touch()
        broken = [p for p in addons.rglob("*") if p.is_symlink() and not p.exists()]
        if broken:
            say(f"  note: {len(broken)} linked files stay missing, first {broken[0].relative_to(addons)}")
        (folder / "version").write_text("\n".join(deb.name for deb in debs))


def fetch_debs():
    """The Debian packages, from the user's cache or by apt's own client with a private state."""
    folder = CACHE / "debs"
    if not (folder / "complete").exists():
        if not shutil.which("apt-get"):
            raise Stop("apt-get is missing, so Odoo cannot be fetched: set ODOO_SOURCE to an Odoo 19 checkout or package.")
        progress("fetching Odoo (about 130 MB)")
        with made_whole(folder) as new:
            apt_download(new, "unstable", (PACKAGE, *COMPANIONS))
            apt_download(new, None, COMPANIONS_STABLE)
            (new / "complete").touch()
    debs = sorted(folder.glob("*.deb"), key=lambda deb: (not deb.name.startswith(PACKAGE), deb.name))
    if not debs or not debs[0].name.startswith(PACKAGE):
        raise Stop(f"{folder} is damaged: remove it and run again.")
    return debs


def apt_download(folder, suite, names):
    """``apt-get download`` in a state folder of its own: nothing of the system's is touched."""
    state = CACHE / "apt" / (suite or "own")
    for part in ("lists/partial", "cache/archives/partial", "preferences.d"):
        (state / part).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    (state / "sources.list").write_text("\n".join(own_sources(suite)) + "\n")
    options = {
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": state / "preferences.d",
        "Dir::Etc::preferencesparts": state / "preferences.d",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Sandbox::User": "",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    label = suite or "own suite"
    run("apt-get", *words, "-q", "update", log=f"apt-{suite or 'own'}.log", failure=f"apt cannot read Debian's {label}: check the network and run again.")
    run("apt-get", *words, "-q", "download", *names, cwd=folder, log=f"apt-{suite or 'own'}.log", failure=f"apt cannot fetch {PACKAGE}: check the network and the disk, and run again.")


def own_sources(suite):
    """The machine's own Debian sources (one-line and deb822 form), with another suite if given."""
    found = []
    etc = Path("/etc/apt")
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        text = read(file) or ""
        if file.suffix == ".list":
            for line in text.splitlines():
                match = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<parts>.+)", line.split("#")[0].strip())
                if match:
                    signed = re.search(r"signed-by=(\S+)", match["options"] or "")
                    found.append((match["uri"], match["suite"], signed and signed[1]))
        elif file.suffix == ".sources":
            for block in re.split(r"\n\s*\n", text):
                fields = {}
                for line in block.splitlines():
                    key, colon, value = line.partition(":")
                    if colon and not line.startswith(("#", " ")):
                        fields[key.strip().lower()] = value.strip()
                if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
                    found += [(uri, name, fields.get("signed-by")) for uri in fields.get("uris", "").split() for name in fields.get("suites", "").split()]
    lines = []
    for uri, name, signed in found:
        if not re.search(r"/debian/?$", uri) or (suite and re.search(r"-(updates|backports)", name)):
            continue
        option = f"[signed-by={signed}] " if signed and signed.startswith("/") else ""
        lines.append(f"deb {option}{uri} {suite or name} main")
    if not lines:
        raise Stop("This machine's apt names no Debian source: set ODOO_SOURCE to an Odoo 19 checkout or package.")
    return list(dict.fromkeys(lines))


# The Python environment


def venv_job():
    key = digest(REQUIREMENTS, sys.version)
    if read(VENV / "complete") == key and PYTHON.exists():
        return None
    return "Python packages", lambda: make_venv(key)


def make_venv(key):
    wheels = CACHE / "wheels" / key
    if VENV.exists():
        shutil.rmtree(VENV)
    run(sys.executable, "-m", "venv", VENV, log="venv.log", failure=f"Python's venv module does not work: install it (apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv).")
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
    if not (wheels / "complete").exists():
        progress("fetching Python packages (about 100)")
        with made_whole(wheels) as folder:
            run(*pip, "wheel", "--no-deps", "-q", "-r", REQUIREMENTS, "-w", folder, log="pip-fetch.log", failure="pip cannot fetch the Python packages: check the network and the disk, and run again.")
            (folder / "complete").touch()
    progress("installing Python packages")
    run(*pip, "install", "--no-deps", "--no-index", "--no-compile", "-q", "-f", wheels, "-r", REQUIREMENTS, log="pip.log", failure=f"The Python packages cannot be installed: remove {wheels} and run again.")
    (VENV / "complete").write_text(key)


def link_venv():
    """Let the environment import ``odoo`` from the sources, wherever they lie."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    if read(packages / "odoo-source.pth") != f"{source()}\n":
        mark(packages / "odoo-source.pth", f"{source()}\n")


# Browser and PDF printer


def browser():
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def missing_tools():
    return [name for name in TOOLS if not (browser() if name == "chromium" else shutil.which(name))]


def tools_job():
    missing = missing_tools()
    if not missing or read(DEV / "tools-tried") == " ".join(missing):
        return None
    return " and ".join(missing), install_tools


def install_tools():
    missing = missing_tools()
    prefix = () if os.geteuid() == 0 else ("sudo", "-n")
    allowed = shutil.which("apt-get") and (not prefix or (shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode))
    if allowed:
        env = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300")
        run(*prefix, *env, "update", log="apt-tools.log")
        run(*prefix, *env, "install", "--no-install-recommends", "fonts-dejavu-core", *missing, log="apt-tools.log")
    for name in missing_tools():
        say(f"  note: {name} is missing and could not be installed here (apt-get install {name}); without it: no {TOOLS[name]}.")
    mark(DEV / "tools-tried", " ".join(missing_tools()))


def describe():
    say(f"Odoo: {shown(source())}\nPython: {shown(PYTHON)}\nbrowser: {browser() or 'none'}\nwkhtmltopdf: {shutil.which('wkhtmltopdf') or 'none'}")
