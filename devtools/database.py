"""Databases: Odoo's configuration, templates of both profiles, and fresh copies of them.

The templates ``host_lean`` and ``host_full`` hold core's modules only, ``addon_lean`` and
``addon_full`` the addon as well. A name ends in a hash of all that the template depends on, so that
a change makes a new one.
"""

import ast
import os
import re
import shutil
import subprocess

from . import host, kept, postgres
from .base import (
    ADDON,
    DEV,
    GLUE_ADDONS,
    LOGS,
    PYTHON,
    ROOT,
    Stop,
    digest,
    lock,
    mark,
    progress,
    read,
    run,
    say,
    shown,
    tail,
)

CONF = DEV / "odoo.conf"
DATA = DEV / "data"
LAUNCHER = ROOT / "devtools" / "launch" / "start_odoo.py"
ADDON_NAME = ADDON.name
INSTRUMENTS = ROOT / "devtools" / "server_wide" / "order_management_devtools"
LOAD = f"--load=base,rpc,web,{INSTRUMENTS.name}"
LEAN = (
    "sale_management",
    "sale_stock",
    "sale_purchase_stock",
    "stock_delivery",
    "stock_picking_batch",
)
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
        "addons_path": ",".join(
            str(folder) for folder in (*host.addons_path(), INSTRUMENTS.parent)
        ),
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
    for option, name in (
        ("db_host", "PGHOST"),
        ("db_port", "PGPORT"),
        ("db_user", "PGUSER"),
        ("db_password", "PGPASSWORD"),
    ):
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
    words = (PYTHON, LAUNCHER, *sub, "-c", CONF, "-d", name, *arguments)
    return [str(word) for word in words]


def environment():
    """The environment of Odoo and of everything that talks to it."""
    return {**os.environ, **configure(), "PYTHONUNBUFFERED": "1", "PGAPPNAME": "order-management"}


def start(name, *arguments, log, sub=(), **options):
    """Start Odoo in the background of this command, its log in .dev/log."""
    LOGS.mkdir(parents=True, exist_ok=True)
    options.setdefault("env", environment())
    with open(LOGS / log, "w") as out:
        return subprocess.Popen(
            command(name, *arguments, sub=sub),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            **options,
        )


def install(name, modules, log, update=()):
    """Install modules and update others; stops with the log's end when Odoo complains."""
    options = {"-i": modules, "-u": update}
    done = start(
        name,
        *(word for key, value in options.items() if value for word in (key, ",".join(value))),
        "--without-demo=True",
        "--stop-after-init",
        "--no-http",
        log=log,
    ).wait()
    problems = [
        line
        for line in (read(LOGS / log) or "").splitlines()
        if re.search(r" (ERROR|CRITICAL) ", line)
    ]
    if done or problems:
        say("\n".join("    " + line for line in problems[:5]) or "")
        say(tail(LOGS / log))
        what = f"install or update {', '.join((*modules, *update))} in {name}"
        raise Stop(f"Odoo could not {what}: see {shown(LOGS / log)}.")


# Databases by name


def exists(name):
    return bool(postgres.sql("SELECT 1 FROM pg_database WHERE datname = %s", name))


def installed(name):
    """Is the addon installed there, on this very host?"""
    rows = postgres.sql(
        "SELECT 1 FROM ir_module_module WHERE name = %s AND state = 'installed'",
        ADDON_NAME,
        database=name,
    )
    return bool(rows)


def names(pattern=""):
    """Our databases whose names begin like this, the oldest first."""
    rows = postgres.sql(
        "SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = datdba "
        "WHERE rolname = current_user AND NOT datistemplate ORDER BY d.oid"
    )
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
        postgres.sql(
            "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = %s",
            key,
            database=new,
        )
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
    return [
        name
        for name in PROFILES[profile]
        if any((folder / name / "__manifest__.py").exists() for folder in folders)
    ]


def glue_of(profile):
    """The glue addons that install themselves in a profile, as all they depend on is there."""
    there = {ADDON_NAME, *modules_of(profile)}
    return [
        folder
        for folder in GLUE_ADDONS
        if there.issuperset(ast.literal_eval(read(folder / "__manifest__.py"))["depends"])
    ]


def addon_files(profile):
    """What a database with the addon depends on: all files but the tests, those of glue too."""
    return sorted(
        path
        for folder in (ADDON, *glue_of(profile))
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix in (".py", ".xml", ".csv", ".js", ".scss", ".po")
        and path.relative_to(folder).parts[0] != "tests"
    )


def host_key(profile):
    return digest(host.version(), modules_of(profile))


def addon_key(profile):
    return digest(host_key(profile), *addon_files(profile))


def host_template(profile="lean"):
    """The template with core's modules of a profile: from the user's cache, or made."""

    def make(name):
        if kept.restore(name, f"{profile}_{key}"):
            return
        if profile != "lean":
            copy(host_template("lean"), name)
        install(name, modules_of(profile), f"template-{profile}.log")
        make_assets(name)
        kept.save(name, f"{profile}_{key}")

    key = host_key(profile)
    return template("host", profile, key, make)


def make_assets(name):
    """Bundle scripts and styles once in the template, not in each copy of it."""
    script = 'env["ir.qweb"]._pregenerate_assets_bundles()\nenv.cr.commit()\nprint("assets made")\n'
    shell(name, script, "assets made", f"The web assets of {name} could not be made")


def shell(name, script, proof, failure):
    """Run a script in Odoo's shell; ``proof`` is what it prints at its end."""
    words = command(name, "--no-http", sub=("shell",))
    done = run(*words, env=environment(), input=script, capture_output=True, cwd=ROOT)
    if proof not in done.stdout:
        say("\n".join(done.stderr.splitlines()[-20:]))
        raise Stop(f"{failure}: see the lines above.")


def addon_template(profile="lean"):
    """The template with the addon installed over it."""

    def make(name):
        copy(host_template(profile), name)
        install(name, [ADDON_NAME], f"template-addon-{profile}.log")
        make_assets(name)

    return template("addon", profile, addon_key(profile), make)


def template(kind, profile, key, make):
    stem = f"{prefix()}{kind}_{profile}_"
    name = stem + key
    if exists(name):
        return name
    with lock(f"template-{kind}-{profile}"):
        if exists(name):
            return name
        progress(
            f"making the template database {name}" + (" (about a minute)" if kind == "host" else "")
        )
        unfinished = f"{prefix()}making_{kind}_{profile}"
        drop(unfinished)
        make(unfinished)
        for old in names(f"{kind}_{profile}_")[:-1]:  # the newest may be in use by another ./dev
            drop(old)
        rename(unfinished, name)
        progress(f"{name} is ready")
    return name
