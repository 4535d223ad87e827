from odoo import fields, models


class OrderReturnWaive(models.TransientModel):
    """The dialog that asks why goods need not come back."""

    _name = "order.return.waive"
    _description = "Pay without the goods"

    return_ids = fields.Many2many(
        "order.return", default=lambda self: self.env.context.get("active_ids", [])
    )
    reason = fields.Char(required=True)

    def action_waive(self):
        """Wait no longer for what is outstanding; it is paid all the same."""
        for answer in self.return_ids.waive_goods(self.reason):
            self.return_ids._raise_errors(answer)
        return True
