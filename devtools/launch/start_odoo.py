"""Starts Odoo as a script: its websocket process is started from the same words."""

from odoo.cli.command import main

if __name__ == "__main__":
    main()
