from odoo import api, fields, models

from ..models.common.access import check_visible
from ..models.fulfillment.order_packing_parcel import REASONS


class OrderBoxChoice(models.TransientModel):
    """Asks which box a planned parcel is packed in instead, and why."""

    _name = "order.box.choice"
    _description = "Pack in another box"

    parcel_id = fields.Many2one("order.packing.parcel", required=True, readonly=True)
    planned_type_id = fields.Many2one(related="parcel_id.package_type_id", string="Planned")
    package_type_id = fields.Many2one(
        "stock.package.type", "Box", required=True, domain="[('id', 'in', box_ids)]"
    )
    box_ids = fields.Many2many(
        "stock.package.type", string="Possible boxes", compute="_compute_box_ids"
    )
    reason = fields.Selection(REASONS, required=True, default="does_not_fit")

    @api.depends("parcel_id")
    def _compute_box_ids(self):
        for wizard in self:
            boxes = self.env["stock.package.type"].search(
                [("company_id", "in", [False, wizard.parcel_id.company_id.id])]
            )
            wizard.box_ids = boxes - wizard.parcel_id.package_type_id

    def action_pack(self):
        """Pack the parcel in that box."""
        self.ensure_one()
        check_visible(self.parcel_id)
        self.parcel_id._pack_in(self.package_type_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
