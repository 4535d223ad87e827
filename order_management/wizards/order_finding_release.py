from odoo import fields, models


class OrderFindingRelease(models.TransientModel):
    """Asks for the reason of a release."""

    _name = "order.finding.release"
    _description = "Release findings"

    finding_ids = fields.Many2many("order.finding", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Release the findings for the reason given."""
        self.ensure_one()
        self.finding_ids.release(self.reason)
        return {"type": "ir.actions.act_window_close"}
