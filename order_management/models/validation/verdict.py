from typing import NamedTuple

from odoo import models


class Verdict(NamedTuple):
    """What a check says against one order.

    A release holds for the numbers in ``details``: nothing stands there that moves by itself,
    such as the days something is late.
    """

    order: models.Model
    message: str
    line: models.Model | None = None
    details: dict = {}
    confidential: tuple = ()
    severity: str | bool = False  # where it is not the check's own
