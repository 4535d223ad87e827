"""The commands of ./dev and how they fail."""

import os
import shutil
import signal
import subprocess
import sys

from . import core_tests, database, host, inner, lanes, lint, postgres, server
from .base import DEV, LOGS, PYTHON, ROOT, Stop, mark, progress, read, say, shown, trouble

STORY = ROOT / "integration" / "story.py"
BENCH = ROOT / "bench"


def main(arguments, text):
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        say(text.strip())
        return 0
    commands = {
        key[4:].replace("_", "-"): value
        for key, value in globals().items()
        if key.startswith("run_")
    }
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
        say(f"\n{trouble(error)}")
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


def run_demo(arguments):
    host.setup()
    server.stop_background()
    database.configure()
    name = database.copy(database.addon_template("lean"), demo_database())
    progress(f"fresh database {name}; starting the server")
    url = server.keep_in_background(name)
    code = tell_story(url, name)
    if "--no-serve" in arguments:
        server.stop_background()
    else:
        server.greet(url, name)
    problems = lanes.warnings("server.log")
    say("\n".join(problems))
    if code:
        log = shown(LOGS / "server.log")
        raise Stop(
            f"The story failed (code {code}): see its last lines; the server's log is {log}."
        )
    if problems:
        raise Stop("The server warned about Order Management: see the lines above.")
    progress("done")


def tell_story(url, name):
    if not STORY.exists():
        say("  note: integration/story.py is not there, so the database stays empty.")
        return 0
    progress("telling the story")
    words = [PYTHON, STORY, "--url", url, "--db", name, "--admin-password", "admin"]
    return subprocess.call([str(word) for word in words], cwd=ROOT, stdin=subprocess.DEVNULL)


def run_test(arguments):
    words = [word for word in arguments if word != "--fast"]
    return inner.loop(words) if words else lanes.test(fast="--fast" in arguments)


def run_core_tests(arguments):
    return core_tests.core_tests(arguments)


def run_lint(arguments):
    return lint.lint(fix="--fix" in arguments)


def run_serve(_arguments):
    return server.serve(ready_demo())


def run_shell(arguments):
    name = ready_demo(*arguments[:1])
    return subprocess.call(
        database.command(name, "--no-http", sub=("shell",)), cwd=ROOT, env=database.environment()
    )


def ready_demo(name=None):
    """The demo database (or another by name), made without the story when missing."""
    host.setup()
    database.configure()
    name = name or demo_database()
    if not database.exists(name):
        database.copy(database.addon_template("lean"), name)
    return name


def run_update(arguments):
    name = ready_demo(*arguments[:1])
    database.install(name, (), "update.log", update=[database.ADDON_NAME])
    state = read(server.STATE)
    progress(f"{name} is updated" + ("; restart its server with ./dev serve" if state else ""))


def run_bench(arguments):
    """Each bench in its own process on fresh databases, see devtools/bench_runner.py."""
    there = sorted(path.stem for path in BENCH.glob("[!_]*.py"))
    names = arguments[:1] or there
    if not names or not set(names) <= set(there):
        raise Stop(f"Name one of the benches in bench/: {', '.join(there) or 'there is none yet'}.")
    pure = [name for name in names if is_pure(name)]
    if len(pure) < len(names):
        host.setup()
        database.configure()
    return max((pure_bench if name in pure else bench)(name, arguments[1:]) for name in names)


def is_pure(name):
    """Whether a bench says that it needs neither Odoo nor a database."""
    return "\nDATABASE = False" in (BENCH / f"{name}.py").read_text(encoding="utf-8")


def pure_bench(name, arguments):
    progress(f"bench {name}")
    env = os.environ | {"PYTHONPATH": str(ROOT / "order_management")}
    return abs(subprocess.call([sys.executable, BENCH / f"{name}.py", *arguments], env=env))


def bench(name, arguments):
    ours = database.copy(database.addon_template("lean"), f"{database.prefix()}bench_{name}")
    core = database.copy(database.host_template("lean"), f"{ours}_core")
    progress(f"bench {name}")
    given = {"OM_DB": ours, "OM_DB_CORE": core, "OM_CONF": str(database.CONF)}
    words = [PYTHON, ROOT / "devtools" / "bench_runner.py", BENCH / f"{name}.py", *arguments]
    env = database.environment() | given
    code = subprocess.call([str(word) for word in words], cwd=ROOT, env=env)
    database.drop(ours)
    database.drop(core)
    return abs(code)


def run_db(arguments):
    """A fresh database for work by hand."""
    bare = "--bare" in arguments
    name, profile = [*(a for a in arguments if a != "--bare"), "", ""][:2]
    profile = profile or "lean"
    if not name or profile not in database.PROFILES:
        raise Stop("Say ./dev db NAME [lean|full] [--bare].")
    host.setup()
    database.configure()
    make = database.host_template if bare else database.addon_template
    database.copy(make(profile), name)
    progress(f"database {name} is ready: {profile}, {'without' if bare else 'with'} the addon")


def run_postgres(_arguments):
    host.setup()
    database.configure()
    mark(postgres.KEEP, "")
    env = postgres.connection()
    say("PostgreSQL runs until ./dev stop:")
    say(" ".join(f"{key}={value}" for key, value in env.items() if key != "PGPASSWORD"))


def run_stop(_arguments):
    if server.stop_background():
        say("stopped the demo server")
    postgres.remove()


def run_clean(_arguments):
    run_stop(())
    shutil.rmtree(DEV, ignore_errors=True)
    if DEV.exists():
        raise Stop(f"{shown(DEV)} cannot be removed whole: remove it by hand.")
    say("removed .dev (the downloads stay in the user's cache)")
