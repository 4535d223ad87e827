from odoo import fields, models

from .posting_rule import may_post_refunds


class OrderReturnPostingMixin(models.AbstractModel):
    """Who posts refunds: returns agents, or accounting alone, as the company says.

    Where accounting does, a settlement by others leaves drafts. They count like posted ones for
    whatever else is asked or refunded; the return settles itself when they are posted, and is
    open again when they are deleted. At or above the limit for a second person whoever asked
    for the return, edited it or made the draft does not post it.
    """

    _name = "order.return.posting.mixin"
    _description = "Posting of refunds"

    is_refund_drafted = fields.Boolean(
        "Refund drafted", readonly=True, copy=False,
        help="Its credit note is a draft, to be posted by somebody who may.",
    )  # fmt: skip
    refund_drafted_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    def _may_post_refund(self):
        """Whether the caller may post the refund of this return."""
        if not may_post_refunds(self.env, self.company_id):
            return False
        return self.company_id.return_posting != "accounting" or not self._is_own_refund()

    def _is_own_refund(self):
        """Whether the caller had a hand in a refund that needs a second person."""
        makers = self.requested_by_id | self.last_editor_id | self.refund_drafted_by_id
        return self.env.user in makers and self._is_over_limit()

    def _note_drafted(self):
        if self:
            self.write({"is_refund_drafted": True, "refund_drafted_by_id": self.env.uid})
            self._append_events("return_refund_drafted")

    def _explain_drafted(self):
        return self.env._(
            "The refund of %(name)s is drafted already: post or delete the draft first.",
            name=self.name,
        )

    def _explain_posting(self):
        """Why the caller may not post the refund of this return."""
        if may_post_refunds(self.env, self.company_id):
            return self.env._(
                "The refund of %(name)s is so much that somebody must post it who neither asked "
                "for the return, nor edited it, nor made the draft.",
                name=self.name,
            )
        return self.env._("The refund of %(name)s is posted by accounting.", name=self.name)
