from datetime import timedelta

from odoo import fields, models


class OrderReturnPolicyVersion(models.TransientModel):
    """The dialog that asks from which day on a new version of a policy counts."""

    _name = "order.return.policy.version"
    _description = "New version of a return policy"

    policy_id = fields.Many2one(
        "order.return.policy",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    date_from = fields.Date(
        "New version from",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=1),
        help="Orders from this day on keep the new version; the present one ends the day before.",
    )

    def action_create(self):
        """Make the version and open it."""
        self.ensure_one()
        version = self.policy_id._create_version(self.date_from)
        return version._get_records_action()
