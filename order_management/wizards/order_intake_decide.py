from odoo import fields, models
from odoo.exceptions import UserError


class OrderIntakeDecide(models.TransientModel):
    """Asks why documents are dismissed."""

    _name = "order.intake.decide"
    _description = "Dismiss documents"

    intake_ids = fields.Many2many("order.intake", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_dismiss(self):
        """Dismiss the documents for the reason given."""
        self.ensure_one()
        refused = [answer for answer in self.intake_ids.dismiss(self.reason) if not answer["ok"]]
        errors = [
            entry["message"]
            for answer in refused
            if answer["outcome"] != "rejected"
            for entry in answer["errors"]
        ]
        if errors:
            raise UserError("\n".join(errors))
        return {"type": "ir.actions.act_window_close"}
