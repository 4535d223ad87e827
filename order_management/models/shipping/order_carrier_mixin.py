from odoo import fields, models


class OrderCarrierMixin(models.AbstractModel):
    """What order management knows of a delivery method."""

    _name = "order.carrier.mixin"
    _description = "Delivery method of orders"

    external_code = fields.Char(
        copy=False, index="btree_not_null",
        help="How shops and shipping services name this delivery method.",
    )  # fmt: skip
    transit_days = fields.Integer(
        default=3, help="Calendar days from leaving the warehouse to the customer's door."
    )

    _transit_days_positive = models.Constraint(
        "CHECK(transit_days >= 0)", "A transit time is never negative."
    )

    def _get_volumetric_divisor(self):
        """Service: cubic centimeters the carrier takes for a kilogram; 0 = it goes by weight."""
        return 0.0
