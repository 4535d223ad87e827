"""The commands of ./dev and how they fail."""

import os
import shutil
import signal
import subprocess
import sys

from . import database, host, postgres
from .base import DEV, PYTHON, ROOT, RUN, Stop, mark, progress, say


def main(arguments, text):
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        say(text.strip())
        return 0
    commands = {key[4:].replace("_", "-"): value for key, value in globals().items() if key.startswith("run_")}
    if name not in commands:
        say(f"./dev has no command `{name}`: see ./dev help.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.umask(0o022)
    try:
        return commands[name](rest) or 0
    except Stop as stop:
        say(f"\n{stop}")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        say(f"\n{error.strerror}: {error.filename or ''} (free some space or rights, then run again).")
        return 1
    finally:
        postgres.leave()


def demo_database():
    return database.prefix() + "demo"


def run_setup(_arguments):
    host.setup()
    database.configure()
    database.host_template("lean")
    host.describe()
    progress("ready")


def run_postgres(_arguments):
    host.setup()
    database.configure()
    mark(RUN / "postgres.keep", "")
    env = postgres.connection()
    say("PostgreSQL runs until ./dev stop:")
    say(" ".join(f"{key}={value}" for key, value in env.items() if key != "PGPASSWORD"))


def run_db(arguments):
    """A fresh database for work by hand."""
    words = [word for word in arguments if not word.startswith("-")]
    profile = words[1] if len(words) > 1 else "lean"
    if not words or profile not in database.PROFILES:
        raise Stop("Say ./dev db NAME [lean|full] [--bare].")
    host.setup()
    database.configure()
    make = database.host_template if "--bare" in arguments else database.addon_template
    database.copy(make(profile), words[0])
    progress(f"database {words[0]} is ready ({profile}{', without the addon' if '--bare' in arguments else ''})")


def run_shell(arguments):
    host.setup()
    name = arguments[0] if arguments else demo_database()
    database.configure()
    if not database.exists(name):
        database.copy(database.addon_template(), name)
    return subprocess.call(database.command(name, "--no-http", sub=("shell",)), cwd=ROOT, env=database.environment())


def run_stop(_arguments):
    (RUN / "postgres.keep").unlink(missing_ok=True)
    postgres.stop()
