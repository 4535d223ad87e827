from odoo import api, fields, models

from ..models.common.access import check_visible


class OrderFindingRelease(models.TransientModel):
    """Asks for the reason of a release, and until when it counts."""

    _name = "order.finding.release"
    _description = "Release findings"

    finding_ids = fields.Many2many("order.finding", required=True, readonly=True)
    preset_id = fields.Many2one("order.release.reason", "Often used")
    reason = fields.Char(
        required=True, compute="_compute_reason", store=True, readonly=False, precompute=True
    )
    until = fields.Datetime(
        "Only until",
        help="After this the check counts again for an order that is not confirmed by then. "
        "Empty: for good.",
    )

    @api.depends("preset_id")
    def _compute_reason(self):
        for release in self:
            release.reason = release.preset_id.name or release.reason

    def action_confirm(self):
        """Release the findings for the reason given, and tell how their orders stand."""
        self.ensure_one()
        check_visible(self.finding_ids)
        self.finding_ids.release(self.reason, self.until and self.until.isoformat())
        action = self.finding_ids.order_id._tell_holds()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
