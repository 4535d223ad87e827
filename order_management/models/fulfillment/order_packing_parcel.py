from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.access import as_service
from .parcel_picture import draw_parcel, draw_steps, tell_steps

REASONS = [
    ("does_not_fit", "Does not fit"),
    ("out_of_stock", "Box out of stock"),
    ("customer_wish", "Customer's wish"),
    ("bulky", "Goods bulky or damaged"),
    ("other", "Other"),
]


class OrderPackingParcel(models.Model):
    """A planned parcel, and the package it became.

    Those not packed yet are replaced whenever a transfer is planned again; those packed stay, as
    the history that box advice and the list of overridden plans rest on.
    """

    _name = "order.packing.parcel"
    _description = "Planned parcel"
    _order = "picking_id desc, sequence, id"
    _rec_name = "sequence"

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer("Parcel", readonly=True)
    package_type_id = fields.Many2one(
        "stock.package.type", "Planned box", readonly=True, ondelete="set null"
    )
    weight = fields.Float("Planned weight", digits="Stock Weight", readonly=True)
    void_share = fields.Float("Void", readonly=True, help="Share of the box that nothing fills.")
    is_void_high = fields.Boolean("Void above half", readonly=True)
    fragile = fields.Boolean(readonly=True)
    measured = fields.Boolean(
        readonly=True, help="Whether every piece has its place; else it was planned by volume."
    )
    contents = fields.Json(readonly=True)
    planned_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    package_id = fields.Many2one(
        "stock.package", readonly=True, index="btree_not_null", ondelete="set null"
    )
    packed_type_id = fields.Many2one(
        "stock.package.type", "Packed box", readonly=True, ondelete="set null"
    )
    packed_at = fields.Datetime(readonly=True, index="btree_not_null")
    packer_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    is_overridden = fields.Boolean("Another box", readonly=True)
    override_reason = fields.Selection(REASONS, "Reason", readonly=True)

    content = fields.Char("Goods", compute="_compute_content")
    pictures = fields.Json(compute="_compute_pictures")
    picking_state = fields.Selection(related="picking_id.state")

    @api.depends("contents")
    def _compute_content(self):
        names = self._get_product_names()
        for parcel in self:
            parcel.content = ", ".join(
                f"{item['quantity']:g} × {names.get(item['product_id'], '')}"
                for item in parcel.contents["items"]
            )

    @api.depends("contents")
    def _compute_pictures(self):
        names = self._get_product_names()
        for parcel in self:
            parcel.pictures = draw_steps(parcel.contents, names)

    def _get_product_names(self):
        ids = {item["product_id"] for parcel in self for item in parcel.contents["items"]}
        products = self.env["product.product"].sudo().browse(sorted(ids)).exists()
        return {product.id: product.display_name for product in products}

    def action_pack(self):
        """Button: pack this parcel in the box it was planned for."""
        self.ensure_one()
        self.check_access("read")
        self._pack_in(self.package_type_id)
        return True

    def action_other_box(self):
        """Button: ask for the box it is packed in instead, and why."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pack in another box"),
            "res_model": "order.box.choice",
            "view_mode": "form",
            "target": "new",
            "context": {"default_parcel_id": self.id},
        }

    def _pack_in(self, package_type, reason=False, weight=False):
        """Pack this parcel in a box, by the same way as every parcel.

        :return dict: the answer of ``stock.picking.pack``
        """
        contents = [
            {"move_line_id": line, "quantity": quantity}
            for line, quantity in self._get_quantities().items()
        ]
        (answer,) = self.picking_id.pack(
            contents=contents, package_type_id=package_type.id, reason=reason, weight=weight
        )
        if not answer["ok"]:
            raise UserError("\n".join(entry["message"] for entry in answer["errors"]))
        return answer

    def _as_drawn_rows(self):
        """For screens: parcels with their picture and the order in which pieces go in."""
        names = as_service(self)._get_product_names()
        return [
            {
                **parcel._as_row(),
                "svg": draw_parcel(parcel.contents, names),
                "steps": tell_steps(parcel.contents, names),
            }
            for parcel in self
        ]

    def _get_quantities(self):
        """Move line id → quantity in its unit."""
        quantities = {}
        for item in self.contents["items"]:
            line = item["move_line_id"]
            quantities[line] = round(quantities.get(line, 0.0) + item["quantity"], 6)
        return quantities

    def _as_row(self):
        return {
            **self.contents,
            "parcel_id": self.id,
            "package_id": self.package_id.id or False,
        }

    def _note_package(self, package, reason):
        """What it was packed in; a reason counts only when the box is another one."""
        is_other = package.package_type_id != self.package_type_id
        self.write(
            {
                "package_id": package.id,
                "packed_type_id": package.package_type_id.id,
                "packed_at": fields.Datetime.now(),
                "packer_id": self.env.uid,
                "is_overridden": is_other,
                "override_reason": is_other and reason,
            }
        )

    def _follow_lines(self, rests):
        """Lines were cut: what is planned of them is on the line of the rest now.

        :param dict rests: move line id → id of the line of its rest
        """
        for parcel in self:
            items = [
                {**item, "move_line_id": rests.get(item["move_line_id"], item["move_line_id"])}
                for item in parcel.contents["items"]
            ]
            if items != parcel.contents["items"]:
                parcel.contents = {**parcel.contents, "items": items}
