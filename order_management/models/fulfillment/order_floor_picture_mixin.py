from datetime import timedelta

from odoo import api, fields, models

from ...tools.floor_picture import draw
from ..common.access import as_service
from .floor_book import FloorBook
from .floor_plan import plan_of
from .floor_sql import read_picks, read_stock

HEAT_DAYS = 28


class OrderFloorPictureMixin(models.AbstractModel):
    """A floor seen from above, with what lies there or is picked there."""

    _name = "order.floor.picture.mixin"
    _description = "Floor with a picture"

    picture = fields.Text(
        compute="_compute_picture",
        help="SVG; with `floor_picture` = `stock` or `picks` in the context the places are "
        "coloured by their stock, or by the lines picked in the last 28 days.",
    )

    @api.depends_context("floor_picture")
    @api.depends("name", "location_id", "depot_x", "depot_y", "cross_aisle_ids.pos_y")
    def _compute_picture(self):
        kind, books = self.env.context.get("floor_picture"), {}
        self.picture = False
        for floor in self._origin:
            warehouse = floor.warehouse_id
            if warehouse not in books:
                books[warehouse] = FloorBook(as_service(warehouse))
            book, key = books[warehouse], (floor.sequence, floor.id)
            heat, unit = floor._read_heat(book, kind)
            if plan := plan_of(book, key, heat, unit):
                floor.picture = draw(plan)
        for floor in self - self._origin:
            floor.picture = floor._origin.picture

    def _read_heat(self, book, kind):
        """Location id → what is counted there, and what that is."""
        self.ensure_one()
        places = [place for place, found in book.places.items() if found[0][1] == self.id]
        if kind == "stock":
            return read_stock(self.env, places), self.env._("on hand")
        if kind == "picks":
            since = fields.Datetime.now() - timedelta(days=HEAT_DAYS)
            unit = self.env._("lines picked in %(days)s days", days=HEAT_DAYS)
            return read_picks(self.env, places, since), unit
        return {}, ""
