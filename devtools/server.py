"""A live server on a database: for the demo, for `serve` and for the integration tests."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

from . import database, postgres
from .base import (
    LOGS,
    ROOT,
    RUN,
    Stop,
    alive,
    end,
    free_port,
    mark,
    progress,
    read,
    say,
    shown,
    tail,
)

STATE = RUN / "server.json"
WANTED_PORT = 8069


def prepare(name, port):
    """Say where the server is (documents and mails name it) and keep it from calling out."""
    url = f"http://127.0.0.1:{port}"
    postgres.sql(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'", url, database=name
    )
    postgres.sql(
        "UPDATE ir_cron SET active = false FROM ir_model_data d WHERE d.model = 'ir.cron' "
        "AND d.res_id = ir_cron.id AND d.name = 'ir_cron_module_update_notification'",
        database=name,
    )
    return url


def arguments(name, port):
    return (
        "--workers=2",
        "--max-cron-threads=1",
        f"--http-port={port}",
        f"--gevent-port={free_port()}",
        f"--db-filter=^{name}$",
    )


def start(name, port, log, **options):
    """Start a server with two workers and wait until it answers."""
    url = prepare(name, port)
    process = database.start(name, *arguments(name, port), log=log, **options)
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/web/health", timeout=60) as answer:
                if answer.status == 200:
                    return process, url
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    say(tail(LOGS / log))
    end(process.pid, signal.SIGTERM)
    raise Stop(f"Odoo's server does not answer at {url}: see {shown(LOGS / log)}.")


def stop_background():
    """Stop the server that `demo` left running; True if there was one."""
    state = json.loads(read(STATE) or "{}")
    STATE.unlink(missing_ok=True)
    pid = state.get("pid")
    if not pid or not alive(pid) or state["db"] not in (read(f"/proc/{pid}/cmdline") or ""):
        return False
    if not end(pid, signal.SIGTERM):
        end(pid, signal.SIGKILL)
    return True


def keep_in_background(name):
    """A server that stays when this command ends, and keeps PostgreSQL alive as long as it runs."""
    port = free_port(WANTED_PORT)
    process, url = start(
        name, port, "server.log", start_new_session=True, pass_fds=postgres.inherit()
    )
    mark(STATE, json.dumps({"pid": process.pid, "port": port, "db": name}))
    return url


def serve(name):
    """The server in the foreground until Ctrl-C."""
    if stop_background():
        progress("stopped the server that ran in the background")
    port = free_port(WANTED_PORT)
    url = prepare(name, port)
    greet(url, name)
    say("Ctrl-C stops it.")
    words = database.command(name, *arguments(name, port))
    env = database.environment()
    pid = os.posix_spawn(words[0], words, env)
    try:
        _pid, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    finally:
        if alive(pid):
            end(pid, signal.SIGTERM)


def greet(url, name):
    say(f"""
Order Management: {url}   (database {name})
  administrator   login admin, password admin
  where to click  {url}/odoo, then the app "Order Management"
  stop            ./dev stop
  log             {shown(LOGS / "server.log")}""")
    if (ROOT / "integration" / "story.py").exists():
        say("  other logins    as the story printed them")
