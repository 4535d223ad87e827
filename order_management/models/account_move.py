from odoo import models


class AccountMove(models.Model):
    """Joint: a paid invoice may close its orders."""

    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self.sudo().line_ids.sale_line_ids.order_id._advance_stage()
        return result
