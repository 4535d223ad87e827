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


class HeldError(UserError):
    """A change of a confirmed order would open a hold.

    ``context``, which Odoo hands to the caller of a web call: ``findings``, rows as of
    ``check_orders``, and ``may_release``, whether the caller may release all of them by writing
    ``release_reason`` together with the change.
    """

    def __init__(self, message, findings, may_release):
        super().__init__(message)
        self.context = {"findings": findings, "may_release": may_release}
