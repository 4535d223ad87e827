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
