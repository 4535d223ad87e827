"""Runs one bench inside Odoo, as `odoo shell` would; called by `./dev bench NAME` in the venv.

A bench is bench/NAME.py, an ordinary script. It finds `env` (superuser, an open transaction on
OM_DB) as a global, its own arguments in sys.argv, and in the environment OM_DB (a fresh database
with the addon), OM_DB_CORE (one without it, to compare both in one run) and OM_CONF (Odoo's
configuration file).
"""

import os
import runpy
import sys

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry


def main():
    script, *arguments = sys.argv[1:]
    odoo.tools.config.parse_config(
        ["-c", os.environ["OM_CONF"], "-d", os.environ["OM_DB"], "--no-http"], setup_logging=True
    )
    sys.argv = [script, *arguments]
    sys.path.insert(0, os.path.dirname(script))
    with Registry(os.environ["OM_DB"]).cursor() as cr:
        runpy.run_path(
            script, init_globals={"env": Environment(cr, SUPERUSER_ID, {})}, run_name="__main__"
        )


if __name__ == "__main__":
    main()
