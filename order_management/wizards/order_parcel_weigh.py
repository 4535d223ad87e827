from odoo import api, fields, models

from ..models.common.access import check_visible


class OrderParcelWeigh(models.TransientModel):
    """Asks what a parcel weighs on the scale, or why it is right as it is."""

    _name = "order.parcel.weigh"
    _description = "Weigh a parcel"

    package_id = fields.Many2one("stock.package", "Parcel", required=True)
    package_ids = fields.Many2many("stock.package")
    expected_weight = fields.Float(related="package_id.expected_weight", string="Expected")
    weight = fields.Float(
        "On the scale", digits="Stock Weight",
        compute="_compute_weight", store=True, readonly=False, required=True,
    )  # fmt: skip
    weight_uom_name = fields.Char("Unit", related="package_id.weight_uom_name")
    reason = fields.Char("It is right because", help="Leave it empty to be warned again.")

    @api.depends("package_id")
    def _compute_weight(self):
        for wizard in self:
            wizard.weight = wizard.package_id.shipping_weight

    def action_weigh(self):
        """Keep the weight, and ask again while it is off."""
        self.ensure_one()
        check_visible(self.package_id)
        (answer,) = self.package_id.weigh(weight=self.weight, reason=self.reason)
        close = {"type": "ir.actions.act_window_close"}
        if not answer["weight_alarm"]:
            return close
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": answer["message"], "type": "warning", "next": close},
        }
