from odoo import api, fields, models


class OrderPlaceMixin(models.AbstractModel):
    """Where a location is: its name in the warehouse, and metres from a corner of the floor."""

    _name = "order.place.mixin"
    _description = "Location with a place on the floor"

    aisle = fields.Char(help="Locations of one aisle are walked along one line.")
    bay = fields.Char(help="The upright section of the rack.")
    level = fields.Char(help="The shelf, counted from the floor.")
    pos_x = fields.Float(
        "X", digits=(16, 3), help="Metres along the front, from the corner that is 0."
    )
    pos_y = fields.Float("Y", digits=(16, 3), help="Metres into the aisle, from the front.")
    pos_z = fields.Float("Z", digits=(16, 3), help="Metres above the floor.")
    is_placed = fields.Boolean(
        compute="_compute_is_placed", store=True, help="It is known where people walk to."
    )

    @api.depends("aisle", "pos_x", "pos_y")
    def _compute_is_placed(self):
        for location in self:
            location.is_placed = bool(location.aisle or location.pos_x or location.pos_y)
