"""Reasons that callers want to tell apart."""

from odoo.exceptions import AccessError, UserError


class NotAccessible(AccessError):
    """A record that the caller may not see, or that does not exist: both answer alike."""


class ItemError(UserError):
    """One document of a batch cannot be worked on; becomes the error of its result row."""

    def __init__(self, code, message, path=""):
        super().__init__(message)
        self.code = code
        self.path = path
