"""Databases: Odoo's configuration, templates of both profiles, and fresh copies of them.

``host_lean`` and ``host_full`` hold core's modules only, ``addon_lean`` and ``addon_full`` the addon as well. The name
ends in a hash of all that the template depends on, so that a change makes a new one.
"""

import os
import re
import shutil
import subprocess

from . import host, postgres
from .base import ADDON, DEV, LOGS, PYTHON, ROOT, Stop, digest, lock, mark, progress, read, run, say, shown, tail

CONF = DEV / "odoo.conf"
DATA = DEV / "data"
ADDON_NAME = ADDON.name
LEAN = ("sale_management", "sale_stock", "sale_purchase_stock", "stock_delivery", "stock_picking_batch")
FULL = (
    *LEAN,
    "sale_mrp",
    "product_expiry",
    "stock_dropshipping",
    "sale_loyalty",
    "website_sale",
    "point_of_sale",
    "stock_sms",
    "portal_rating",
    "im_livechat",
    "spreadsheet_dashboard",
)
PROFILES = {"lean": LEAN, "full": FULL}


def configure():
    """Write Odoo's configuration file; the environment and the arguments that every Odoo gets."""
    lines = {
        "addons_path": ",".join(str(folder) for folder in host.addons_path()),
        "data_dir": DATA,
        "http_interface": "127.0.0.1",
        "with_demo": "False",
        "list_db": "False",
        "max_cron_threads": "0",
        "db_maxconn": "32",
        "limit_time_cpu": "600",
        "limit_time_real": "1200",
    }
    env = postgres.connection()
    for option, name in (("db_host", "PGHOST"), ("db_port", "PGPORT"), ("db_user", "PGUSER"), ("db_password", "PGPASSWORD")):
        value = env.get(name) or os.environ.get(name)
        if value:
            lines[option] = value
    text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
    if read(CONF) != text:
        mark(CONF, text)
        CONF.chmod(0o600)
    return env


def command(name, *arguments, sub=()):
    """The words that start Odoo on a database."""
    return [str(word) for word in (PYTHON, "-m", "odoo", *sub, "-c", CONF, "-d", name, *arguments)]


def environment():
    """The environment of Odoo and of everything that talks to it."""
    return {**os.environ, **configure(), "PYTHONUNBUFFERED": "1", "PGAPPNAME": "order-management"}


def start(name, *arguments, log, sub=(), **options):
    """Start Odoo in the background of this command, its log in .dev/log."""
    LOGS.mkdir(parents=True, exist_ok=True)
    options.setdefault("env", environment())
    with open(LOGS / log, "w") as out:
        return subprocess.Popen(command(name, *arguments, sub=sub), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options)


def install(name, modules, log, update=False):
    """Install or update modules; stops with the log's end when Odoo complains."""
    option = "-u" if update else "-i"
    done = start(name, option, ",".join(modules), "--without-demo=True", "--stop-after-init", "--no-http", log=log).wait()
    problems = [line for line in (read(LOGS / log) or "").splitlines() if re.search(r" (ERROR|CRITICAL) ", line)]
    if done or problems:
        say("\n".join("    " + line for line in problems[:5]) or "")
        say(tail(LOGS / log))
        raise Stop(f"Odoo could not {'update' if update else 'install'} {', '.join(modules)} in {name}: see {shown(LOGS / log)}.")


# Databases by name


def exists(name):
    return bool(postgres.sql("SELECT 1 FROM pg_database WHERE datname = %s", name))


def names(pattern=""):
    rows = postgres.sql("SELECT datname FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND NOT datistemplate ORDER BY 1")
    return [row[0] for row in rows if re.match(prefix() + pattern, row[0])]


def drop(name):
    postgres.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(DATA / "filestore" / name, ignore_errors=True)


def copy(old, new):
    """A fresh database in about a second: the template's tables copied, its files hard-linked."""
    drop(new)
    with lock("template-copy"):
        postgres.sql(f'CREATE DATABASE "{new}" TEMPLATE "{old}" {strategy()}')
    source, target = DATA / "filestore" / old, DATA / "filestore" / new
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)
    # A copy is another database: it must not share the identity of the first.
    for key in ("database.uuid", "database.secret"):
        postgres.sql("UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = %s", key, database=new)
    return new


def strategy():
    server = int(postgres.sql("SHOW server_version_num")[0][0])
    return "STRATEGY FILE_COPY" if server >= 150000 else ""


def rename(old, new):
    postgres.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    shutil.rmtree(DATA / "filestore" / new, ignore_errors=True)
    if (DATA / "filestore" / old).exists():
        (DATA / "filestore" / old).rename(DATA / "filestore" / new)


def prefix():
    """Databases on a server that others use too bear this clone's mark."""
    return "" if postgres.ours() else f"om_{digest(str(DEV))[:6]}_"


# Templates


def modules_of(profile):
    """The profile's modules that this host has."""
    folders = host.addons_path()
    return [name for name in PROFILES[profile] if any((folder / name / "__manifest__.py").exists() for folder in folders)]


def addon_files():
    """What a database with the addon depends on: all its files but the tests."""
    files = (path for path in ADDON.rglob("*") if path.is_file() and path.suffix in (".py", ".xml", ".csv", ".js", ".scss", ".po"))
    return sorted(path for path in files if path.relative_to(ADDON).parts[0] != "tests")


def host_key(profile):
    return digest(host.version(), modules_of(profile), host.REQUIREMENTS)


def addon_key(profile):
    return digest(host_key(profile), *addon_files())


def host_template(profile="lean"):
    """The template with core's modules of a profile, made when missing."""
    return template("host", profile, host_key(profile), lambda name: install(name, ["base", *modules_of(profile)], f"template-{profile}.log"))


def addon_template(profile="lean"):
    """The template with the addon installed over it."""

    def make(name):
        copy(host_template(profile), name)
        install(name, [ADDON_NAME], f"template-addon-{profile}.log")

    return template("addon", profile, addon_key(profile), make)


def template(kind, profile, key, make):
    stem = f"{prefix()}{kind}_{profile}_"
    name = stem + key
    if exists(name):
        return name
    with lock(f"template-{kind}-{profile}"):
        if exists(name):
            return name
        progress(f"making the template database {name}" + (" (about a minute)" if kind == "host" else ""))
        unfinished = f"{prefix()}making_{kind}_{profile}"
        drop(unfinished)
        make(unfinished)
        for old in names(f"{kind}_{profile}_"):
            drop(old)
        rename(unfinished, name)
        progress(f"{name} is ready")
    return name
