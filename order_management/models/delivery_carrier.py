from odoo import models


class DeliveryCarrier(models.Model):
    """Joint: the rooms meet on the delivery method.

    Services that rooms offer each other on a delivery method: ``_get_transit_delays()``,
    ``_get_volumetric_divisor()`` (shipping).
    """

    _name = "delivery.carrier"
    _inherit = ["delivery.carrier", "order.carrier.mixin", "order.transit.mixin"]

    _external_code_uniq = models.UniqueIndex(
        "(external_code, COALESCE(company_id, 0)) WHERE external_code IS NOT NULL",
        "Another delivery method has this external code.",
    )
