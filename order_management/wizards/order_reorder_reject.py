from odoo import fields, models

from ..models.common.access import check_visible


class OrderReorderReject(models.TransientModel):
    """Asks why proposed levels are rejected."""

    _name = "order.reorder.reject"
    _description = "Reject levels"

    proposal_ids = fields.Many2many("order.reorder.proposal", required=True, readonly=True)
    proposal_count = fields.Integer("Proposals", compute="_compute_proposal_count")
    reason = fields.Char(required=True)

    def _compute_proposal_count(self):
        for wizard in self:
            wizard.proposal_count = len(wizard.proposal_ids)

    def action_reject(self):
        """Reject the proposals for the reason given, and tell how it went."""
        self.ensure_one()
        check_visible(self.proposal_ids)
        rows = self.proposal_ids.reject(self.reason)
        action = self.proposal_ids._tell_decisions(rows, self.env._("rejected"))
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
