from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.box_advice import MOST_PARCELS, Packed, advise

COUNT = 3
LITRE = 1000.0  # cm³


class OrderBoxAdvice(models.TransientModel):
    """Which one more size of box would have saved most, from the parcels packed lately."""

    _name = "order.box.advice"
    _description = "Advice on boxes"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self._default_company_id()
    )
    days = fields.Integer(default=90, required=True, help="How far back parcels are looked at.")
    parcels = fields.Integer("Parcels looked at", readonly=True)
    line_ids = fields.One2many("order.box.advice.line", "advice_id", readonly=True)
    is_done = fields.Boolean(readonly=True)

    @api.model
    def _default_company_id(self):
        return self.env.company

    def action_advise(self):
        """Look at the parcels packed in these days."""
        self.ensure_one()
        if self.days < 1:
            raise UserError(self.env._("Look back at least one day."))
        packed = self._find_packed()
        boxes = [
            (entry.box.volume, entry.box.cost)
            for entry in self.env["stock.package.type"]._get_parcel_boxes(self.company_id)
        ]
        found = [self._prepare_line_vals(one) for one in advise(packed, boxes, COUNT)]
        self.write(
            {
                "is_done": True,
                "parcels": len(packed),
                "line_ids": [Command.clear(), *map(Command.create, found)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _find_packed(self):
        """The latest parcels that went into a box with every piece in its place."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=self.days)
        parcels = self.env["order.packing.parcel"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("packed_at", ">=", since),
                ("packed_type_id", "!=", False),
                ("measured", "=", True),
            ],
            order="packed_at desc, id desc",
            limit=MOST_PARCELS,
        )
        boxes = {box: box._get_inner_sizes() for box in parcels.packed_type_id}
        packed = []
        for parcel in parcels:
            length, width, height = boxes[parcel.packed_type_id]
            extents = self._get_extents(parcel)
            if min(extents) > 0 and min(length, width, height) > 0:
                volume = length * width * height
                packed.append(Packed(*extents, volume, parcel.packed_type_id.box_cost))
        return packed

    def _get_extents(self, parcel):
        """The block its goods fill, with the free space that fragile goods need beyond it."""
        beyond = self.company_id.fragile_padding if parcel.fragile else 0.0
        return [edge + beyond for edge in parcel.contents["extents"]]

    def _prepare_line_vals(self, one):
        return {
            "length": one.length,
            "width": one.width,
            "height": one.height,
            "cost": one.cost,
            "parcels": one.parcels,
            "saved_litres": one.saved_volume / LITRE,
            "saved_cost": one.saved_cost,
            "saved_share": one.saved_share,
        }


class OrderBoxAdviceLine(models.TransientModel):
    """One size of box and what it would have saved."""

    _name = "order.box.advice.line"
    _description = "Advised box"
    _order = "saved_cost desc, saved_litres desc, id"

    advice_id = fields.Many2one("order.box.advice", required=True, ondelete="cascade")
    # pylint: disable-next=attribute-deprecated
    length = fields.Integer("Length (cm)")
    width = fields.Integer("Width (cm)")
    height = fields.Integer("Height (cm)")
    cost = fields.Float("Estimated cost", digits="Product Price")
    parcels = fields.Integer("Parcels in it")
    saved_litres = fields.Float("Saved volume (l)", digits=(16, 1))
    saved_share = fields.Float("Saved share", help="Of the volume of all boxes looked at.")
    saved_cost = fields.Float("Saved on boxes", digits=(16, 2))

    def action_create_package_type(self):
        """Make a package type of this size, and show it."""
        self.ensure_one()
        box = self.env["stock.package.type"].create(self._prepare_package_type_vals())
        return {
            "type": "ir.actions.act_window",
            "res_model": box._name,
            "res_id": box.id,
            "view_mode": "form",
        }

    def _prepare_package_type_vals(self):
        centimeters = self.env["stock.package.type"]._get_centimeters()
        name = f"{self.length} × {self.width} × {self.height} cm"
        return {
            "name": self.env._("Box %(size)s", size=name),
            "packaging_length": self.length / centimeters,
            "width": self.width / centimeters,
            "height": self.height / centimeters,
            "box_cost": self.cost,
            "company_id": self.advice_id.company_id.id,
        }
