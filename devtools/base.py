"""Paths, messages, sub-processes and locks: what every other file here uses."""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "order_management"
GLUE = ROOT / "glue"
GLUE_ADDONS = sorted(path.parent for path in GLUE.glob("*/__manifest__.py"))
DEV = ROOT / ".dev"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "order-management"
VENV = DEV / "venv"
PYTHON = VENV / "bin" / "python"
LOGS = DEV / "log"
RUN = DEV / "run"

started = time.monotonic()


class Stop(Exception):
    """A failure told in one sentence that says what to do; ends the command without a traceback."""


def trouble(error):
    """An error of the operating system as one sentence."""
    if error.errno == errno.ENOSPC:
        return Stop("The disk is full: free some space and run again (./dev clean removes .dev).")
    return Stop(f"{error.strerror}: {error.filename or '?'} (check the rights there, run again).")


def say(text, flush=True):
    print(text, flush=flush)


def progress(text):
    say(f"[{time.monotonic() - started:5.0f} s] {text}")


def tail(path, lines=15):
    """The last lines of a log file, indented."""
    try:
        text = Path(path).read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        return ""
    return "\n".join("    " + line for line in text)


def run(*command, log=None, failure=None, env=None, **options):
    """Run a command, its output into ``log`` under .dev/log; a failure is told as ``failure``."""
    environment = {**os.environ, **(env or {})}
    words = [str(word) for word in command]
    try:
        if log is None:
            done = subprocess.run(words, env=environment, text=True, **options)
        else:
            LOGS.mkdir(parents=True, exist_ok=True)
            with open(LOGS / log, "w") as out:
                done = subprocess.run(
                    words,
                    env=environment,
                    text=True,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    **options,
                )
    except FileNotFoundError as error:
        raise Stop(failure or f"`{words[0]}` is missing on this machine: install it.") from error
    if failure and done.returncode:
        if log is not None:
            say(tail(LOGS / log))
            failure += f" (the whole log: {shown(LOGS / log)})"
        elif options.get("capture_output"):
            say((done.stderr or done.stdout or "").strip()[-1500:])
        raise Stop(failure)
    return done


def shown(path):
    """A path as a person in the repository would type it."""
    try:
        return Path(path).relative_to(ROOT)
    except ValueError:
        return path


def digest(*parts):
    """A short hash of texts and of files' contents (a folder counts with all its files)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files = sorted(p for p in part.rglob("*") if p.is_file()) if part.is_dir() else [part]
            for file in files:
                if "__pycache__" not in file.parts:
                    total.update(str(file.relative_to(ROOT)).encode())
                    total.update(file.read_bytes())
        else:
            total.update(repr(part).encode())
    return total.hexdigest()[:10]


@contextlib.contextmanager
def lock(name):
    """One process at a time: others wait."""
    RUN.mkdir(parents=True, exist_ok=True)
    with open(RUN / f"{name}.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another ./dev that is busy with {name}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def made_whole(target):
    """Make a folder under another name and rename it at the end: a half-made one never counts."""
    target = Path(target)
    unfinished = target.with_name(target.name + ".unfinished")
    for old in (unfinished, target):
        if old.exists():
            shutil.rmtree(old)
    unfinished.mkdir(parents=True)
    yield unfinished
    unfinished.rename(target)


def mark(path, text):
    """Write a small file in one step."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text)
    new.replace(path)


def read(path):
    try:
        return Path(path).read_text()
    except OSError:
        return None


def free_port(wanted=0):
    """``wanted`` if nobody has it, else the next free one; 0: any."""
    for port in range(wanted, wanted + 200) if wanted else [0]:
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return sock.getsockname()[1]
    raise Stop(f"Ports {wanted} to {wanted + 199} are all taken: free one, or stop other servers.")


def alive(pid):
    """Is this process there (and not a zombie)?"""
    stat = read(f"/proc/{pid}/stat")
    return bool(stat) and stat.rpartition(")")[2].split()[0] != "Z"


def end(pid, sig, patience=20):
    """Signal one process by its id and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sig)
    until = time.monotonic() + patience
    while alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def interactive():
    return sys.stdin.isatty() and not os.environ.get("CI")
