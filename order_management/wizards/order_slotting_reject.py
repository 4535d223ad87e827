from odoo import fields, models

from ..models.common.access import check_visible


class OrderSlottingReject(models.TransientModel):
    """Asks why products stay where they are."""

    _name = "order.slotting.reject"
    _description = "Reject swaps"

    swap_ids = fields.Many2many("order.slotting.swap", required=True, readonly=True)
    swap_count = fields.Integer("Swaps", compute="_compute_swap_count")
    reason = fields.Char(required=True)

    def _compute_swap_count(self):
        for wizard in self:
            wizard.swap_count = len(wizard.swap_ids)

    def action_reject(self):
        """Reject the swaps for the reason given, and tell how it went."""
        self.ensure_one()
        check_visible(self.swap_ids)
        rows = self.swap_ids.reject(self.reason)
        action = self.swap_ids._tell_moves(rows, self.env._("rejected"))
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
