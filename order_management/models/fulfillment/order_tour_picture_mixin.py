import base64

from odoo import fields, models

from ...tools.floor_picture import draw_all
from ..common.access import as_service
from .floor_plan import parts_of


class OrderTourPictureMixin(models.AbstractModel):
    """The tour of a transfer or batch, drawn on the floors it leads through."""

    _name = "order.tour.picture.mixin"
    _description = "Work with a picture of its tour"

    tour_picture = fields.Text(
        compute="_compute_tour_picture",
        help="SVG with numbered stops; empty where nothing to be picked has a place.",
    )

    def _compute_tour_picture(self):
        self.tour_picture = False
        works = as_service(self._origin)
        for work_id, (plan, book) in works._find_tours().items():
            if plan.legs:
                self.browse(work_id).tour_picture = draw_all(parts_of(plan, book))
        for work in self - self._origin:
            work.tour_picture = work._origin.tour_picture

    def _get_tour_image(self):
        """The picture for a printed list: the source of an image, empty without one."""
        self.ensure_one()
        if not self.tour_picture:
            return ""
        encoded = base64.b64encode(self.tour_picture.encode()).decode()
        return f"data:image/svg+xml;base64,{encoded}"
