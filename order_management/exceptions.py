"""Reasons that callers want to tell apart."""

from odoo.exceptions import UserError


class ItemError(UserError):
    """One document of a batch cannot be worked on; becomes the error of its result row."""

    def __init__(self, code, message, path=""):
        super().__init__(message)
        self.code = code
        self.path = path
