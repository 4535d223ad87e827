"""Odoo's Debian package, by apt's client with a private state: the system's is not touched."""

import re
import shutil
from pathlib import Path

from .base import CACHE, Stop, made_whole, progress, read, run, say

PACKAGE = "odoo-19"
# Fonts and scripts that the package links to. The second list comes from the machine's own suite,
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
ADDONS = "usr/lib/python3/dist-packages/odoo/addons"
# A second copy of nearly all modules that the package also ships: not needed.
UNWANTED = "./usr/lib/python3/dist-packages/addons"
# Files that the package lacks and that core's manifests name.
MISSING_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
SOURCE_LINE = re.compile(
    r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<parts>.+)"
)


def unpack(target):
    """Unpack the packages into one tree, without root, and make it whole."""
    debs = fetch()
    progress("unpacking Odoo")
    with made_whole(target) as folder:
        for deb in debs:
            words = f"dpkg-deb --fsys-tarfile '{deb}' | tar -x -C '{folder}' --exclude={UNWANTED}"
            failure = f"{deb.name} could not be unpacked: free some space or remove {deb.parent}."
            run("bash", "-o", "pipefail", "-c", words, log="unpack.log", failure=failure)
        addons = folder / ADDONS
        for name in MISSING_FILES:
            if (addons / name.split("/")[0]).is_dir() and not (addons / name).exists():
                (addons / name).parent.mkdir(parents=True, exist_ok=True)
                (addons / name).touch()
        broken = [p for p in addons.rglob("*") if p.is_symlink() and not p.exists()]
        if broken:
            say(f"  note: {len(broken)} linked files are missing, as {broken[0].name}")
        (folder / "version").write_text("\n".join(deb.name for deb in debs))


def fetch():
    """The packages' files, from the user's cache or by apt; Odoo first."""
    folder = CACHE / "debs"
    if not (folder / "complete").exists():
        if not shutil.which("apt-get"):
            raise Stop("apt-get is missing: set ODOO_SOURCE to an Odoo 19 checkout or package.")
        progress("fetching Odoo (about 130 MB)")
        with made_whole(folder) as new:
            download(new, "unstable", (PACKAGE, *COMPANIONS))
            download(new, None, COMPANIONS_STABLE)
            (new / "complete").touch()
    debs = sorted(folder.glob("*.deb"), key=lambda deb: (not deb.name.startswith(PACKAGE), deb))
    if not debs or not debs[0].name.startswith(PACKAGE):
        raise Stop(f"{folder} is damaged: remove it and run again.")
    return debs


def download(folder, suite, names):
    label = suite or "own"
    state = CACHE / "apt" / label
    for part in ("lists/partial", "cache/archives/partial", "empty"):
        (state / part).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    (state / "sources.list").write_text("\n".join(own_sources(suite)) + "\n")
    options = {
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": state / "empty",
        "Dir::Etc::preferencesparts": state / "empty",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Sandbox::User": "",
    }
    apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]
    log = f"apt-{label}.log"
    failure = "apt cannot read Debian's lists: check the network (or set ODOO_SOURCE), run again."
    run(*apt, "-oAPT::Update::Error-Mode=any", "update", log=log, failure=failure)
    failure = f"apt cannot fetch {PACKAGE}: check the network and the disk, and run again."
    run(*apt, "download", *names, cwd=folder, log=log, failure=failure)


def own_sources(suite):
    """The machine's own Debian sources, with another suite if one is given."""
    etc = Path("/etc/apt")
    found = []
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        found += {".list": one_line, ".sources": deb822}.get(file.suffix, no_sources)(file)
    lines = []
    for uri, name, signed in found:
        if not re.search(r"/debian/?$", uri) or (suite and re.search(r"-(updates|backp)", name)):
            continue
        option = f"[signed-by={signed}] " if signed and signed.startswith("/") else ""
        lines.append(f"deb {option}{uri} {suite or name} main")
    if not lines:
        raise Stop("This machine's apt names no Debian source: set ODOO_SOURCE to an Odoo 19.")
    return list(dict.fromkeys(lines))


def no_sources(_file):
    return []


def one_line(file):
    """``deb [signed-by=KEY] URI SUITE PARTS`` lines."""
    for line in (read(file) or "").splitlines():
        if match := SOURCE_LINE.match(line.partition("#")[0].strip()):
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield match["uri"], match["suite"], signed and signed[1]


def deb822(file):
    """``Types: deb`` blocks of fields."""
    for block in re.split(r"\n\s*\n", read(file) or ""):
        lines = [line for line in block.splitlines() if not line.startswith(("#", " "))]
        pairs = (line.partition(":") for line in lines if ":" in line)
        fields = {key.strip().lower(): value.strip() for key, _colon, value in pairs}
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
            for uri in fields.get("uris", "").split():
                for name in fields.get("suites", "").split():
                    yield uri, name, fields.get("signed-by")
