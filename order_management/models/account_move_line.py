from odoo import models


class AccountMoveLine(models.Model):
    """Joint: a line of a credit note may settle a return."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "order.return.refund.mixin"]
