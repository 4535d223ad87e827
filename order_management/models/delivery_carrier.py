from odoo import models


class DeliveryCarrier(models.Model):
    """Joint: the rooms meet on the delivery method."""

    _name = "delivery.carrier"
    _inherit = ["delivery.carrier", "order.carrier.mixin"]

    _external_code_uniq = models.UniqueIndex(
        "(external_code, COALESCE(company_id, 0)) WHERE external_code IS NOT NULL",
        "Another delivery method has this external code.",
    )
