"""Templates kept in the user's cache: a fresh clone restores in seconds what takes minutes to make.

Only for our own server and our own Odoo, whose versions are in the key.
"""

import os
import shutil
import tarfile
import time

from . import postgres
from .base import CACHE, DEV, made_whole, progress, run

FOLDER = CACHE / "templates"
MONTH = 30 * 86400


def usable():
    return postgres.ours() and not os.environ.get("ODOO_SOURCE")


def save(name, key):
    if not usable():
        return
    progress(f"keeping {name} in the cache")
    forget_old()
    with made_whole(FOLDER / key) as folder:
        run(
            postgres.binary("pg_dump"),
            "-Fc",
            "-Z1",
            "-f",
            folder / "dump",
            name,
            env=postgres.connection(),
            capture_output=True,
            failure=f"{name} could not be kept in {FOLDER}.",
        )
        with tarfile.open(folder / "files.tar", "w") as archive:
            if (DEV / "data" / "filestore" / name).exists():
                archive.add(DEV / "data" / "filestore" / name, ".")


def restore(name, key):
    """True if the database was restored from the cache."""
    source = FOLDER / key
    if not usable() or not (source / "dump").exists():
        return False
    os.utime(source)
    env = postgres.connection()
    postgres.sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'unicode' LC_COLLATE 'C'")
    # One job: PostgreSQL fires cascades in the order in which foreign keys were made, and some of
    # core's tests depend on it.
    done = run(
        postgres.binary("pg_restore"),
        "--no-owner",
        "--exit-on-error",
        "-d",
        name,
        source / "dump",
        env=env,
        capture_output=True,
    )
    if done.returncode:
        progress(f"{source} is damaged: installing anew")
        postgres.sql(f'DROP DATABASE "{name}"')
        shutil.rmtree(source)
        return False
    postgres.sql("ANALYZE", database=name)
    target = DEV / "data" / "filestore" / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tarfile.open(source / "files.tar") as archive:
        # Debian 12's Python 3.11.2 does not know the filter yet; the archive is our own.
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(target, **safe)
    return True


def forget_old():
    """Drop templates that nobody has used for a month."""
    for folder in FOLDER.glob("*"):
        if time.time() - folder.stat().st_mtime > MONTH:
            shutil.rmtree(folder, ignore_errors=True)
