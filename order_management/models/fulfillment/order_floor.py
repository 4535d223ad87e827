from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.tours import Layout
from .floor_book import ends_of


class OrderFloor(models.Model):
    """A part of a warehouse that is walked through: its cross aisles and where tours start.

    Aisles are taken from the locations beneath. Without a floor a warehouse is one zone, with
    cross aisles before the first and behind the last place.
    """

    _name = "order.floor"
    _inherit = ["order.floor.picture.mixin", "order.floor.places.mixin"]
    _description = "Floor plan"
    _order = "warehouse_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="A zone, a hall or a storey, e.g. Small parts.")
    sequence = fields.Integer(
        default=10, help="Tours that lead through several floors visit them in this order."
    )
    active = fields.Boolean(default=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade", check_company=True,
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
    )  # fmt: skip
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    location_id = fields.Many2one(
        "stock.location", "Zone", required=True, index=True, ondelete="restrict",
        check_company=True, domain="[('warehouse_id', '=', warehouse_id)]",
        compute="_compute_location_id", store=True, readonly=False, precompute=True,
        help="All locations beneath it that have a place lie on this floor.",
    )  # fmt: skip
    depot_x = fields.Float(
        digits=(16, 3), help="Where tours start and end: metres along the front."
    )
    depot_y = fields.Float(
        digits=(16, 3), help="It lies on a cross aisle; the nearest one is taken."
    )
    cross_aisle_ids = fields.One2many("order.floor.cross.aisle", "floor_id", copy=True)
    tour_method = fields.Selection(
        [("shortest", "Shortest tour"), ("s_shape", "S-shape")],
        default="shortest", required=True,
        help="S-shape: each aisle with a stop is walked through, up one and down the next. "
        "Longer, but easy to remember.",
    )  # fmt: skip
    heavy_order = fields.Selection(
        [
            ("any", "In any order"),
            ("direction", "Heavier earlier, where it costs no way"),
            ("first", "Heavy goods first"),
        ],
        default="direction",
        required=True,
        help="What goes to the bottom of the cart. Heavy goods first makes tours about half as "
        "long again.",
    )
    heavy_weight = fields.Float("Heavy from", default=10.0, help="Weight of one piece.")

    _location_uniq = models.UniqueIndex(
        "(location_id) WHERE active", "This zone has a floor plan already."
    )
    _heavy_weight_positive = models.Constraint(
        "CHECK(heavy_weight >= 0)", "A weight is never negative."
    )

    @api.depends("warehouse_id")
    def _compute_location_id(self):
        for floor in self:
            floor.location_id = floor.location_id or floor.warehouse_id.lot_stock_id

    @api.constrains("cross_aisle_ids")
    def _check_cross_aisles(self):
        for floor in self:
            if len(floor.cross_aisle_ids) == 1:
                message = self.env._(
                    "%(floor)s: people reach the aisles by two or more cross aisles, usually one "
                    "at each end.",
                    floor=floor.name,
                )
                raise ValidationError(message)

    def _get_layout(self, aisles, front, back):
        """What people walk through.

        :param aisles: the x of each aisle with places
        :param float front: the least y of these places
        :param float back: the largest
        :return: ``Layout``
        """
        lines = sorted(set(self.cross_aisle_ids.mapped("pos_y"))) or ends_of(front, back)
        nearest = min(lines, key=lambda line: abs(line - self.depot_y))
        return Layout(tuple(aisles) or (0.0,), tuple(lines), (self.depot_x, nearest))


class OrderFloorCrossAisle(models.Model):
    """Where people can change from one aisle to another."""

    _name = "order.floor.cross.aisle"
    _description = "Cross aisle"
    _order = "floor_id, pos_y, id"

    floor_id = fields.Many2one("order.floor", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="floor_id.company_id", store=True, index=True)
    name = fields.Char(help="E.g. Front.")
    pos_y = fields.Float("Y", digits=(16, 3), required=True, help="Metres from the front.")

    _pos_y_uniq = models.UniqueIndex("(floor_id, pos_y)", "There is a cross aisle already.")
