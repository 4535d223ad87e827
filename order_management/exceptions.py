"""Reasons that callers want to tell apart."""

from odoo.exceptions import UserError


class ItemError(UserError):
    """One document of a batch cannot be worked on; becomes the error of its result row.

    ``candidates``: what may have been meant, ``{"id", "name", "reason"}``, the likeliest first.
    """

    def __init__(self, code, message, path="", candidates=()):
        super().__init__(message)
        self.code = code
        self.path = path
        self.candidates = list(candidates)
