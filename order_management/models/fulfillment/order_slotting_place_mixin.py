from odoo import fields, models


class OrderSlottingPlaceMixin(models.AbstractModel):
    """Locations whose goods are not to be moved elsewhere."""

    _name = "order.slotting.place.mixin"
    _description = "Location that slotting may leave alone"

    is_fixed_place = fields.Boolean(
        "Fixed place",
        help="Slotting advice leaves what stands here, and puts nothing in its place.",
    )


class OrderFloor(models.Model):
    _inherit = "order.floor"

    heavy_height = fields.Float(
        "Heavy up to",
        default=1.0,
        help="Metres above the floor up to which heavy goods should stand. Locations without a "
        "height are told by their level, 1.5 metres each.",
    )

    _heavy_height_positive = models.Constraint(
        "CHECK(heavy_height >= 0)", "A height is never negative."
    )
