from odoo import fields, models


class PaymentTransaction(models.Model):
    """Joint: a paid order that a check holds keeps its payment and stays held."""

    _inherit = "payment.transaction"

    external_provider = fields.Char(
        readonly=True, index="btree_not_null", help="Who took the payment, as the channel calls it."
    )

    def _check_amount_and_confirm_order(self):
        """Report as confirmed only what was: the others get the mail about their payment."""
        return (
            super()._check_amount_and_confirm_order().filtered(lambda order: order.state == "sale")
        )

    def write(self, vals):
        """Orders that wait for their payment are checked again when it moves."""
        result = super().write(vals)
        if "state" in vals and self.env.company._is_order_management_used():
            orders = self.sudo().sale_order_ids
            cause = {"model": self._name, "ids": self.ids[:10], "what": ["state"]}
            orders._mark_for_recheck(("payment_missing", "total_mismatch"), cause)
        return result
