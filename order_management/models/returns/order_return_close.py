from odoo import fields, models


class OrderReturnClose(models.TransientModel):
    """The dialog that asks why a return is refused or cancelled."""

    _name = "order.return.close"
    _description = "Close a return"

    return_ids = fields.Many2many(
        "order.return", default=lambda self: self.env.context.get("active_ids", [])
    )
    operation = fields.Selection(
        [("refuse", "Refuse"), ("cancel", "Cancel")], required=True, default="refuse"
    )
    reason = fields.Char(required=True, help="The customer may read this.")

    def action_close(self):
        """Refuse or cancel, with the reason given."""
        operation = self.return_ids.refuse if self.operation == "refuse" else self.return_ids.cancel
        for answer in operation(self.reason):
            self.return_ids._raise_errors(answer)
        return True
