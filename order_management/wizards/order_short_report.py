from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import as_service, check_visible

REASONS = [
    ("missing", "Not there"),
    ("damaged", "Damaged"),
    ("wrong_product", "Something else lies there"),
    ("other", "Another reason"),
]


class OrderShortReport(models.TransientModel):
    """Asks how much is missing at a place, and why."""

    _name = "order.short.report"
    _description = "Report a short pick"

    move_line_id = fields.Many2one("stock.move.line", required=True, readonly=True)
    product_id = fields.Many2one(related="move_line_id.product_id")
    location_id = fields.Many2one(related="move_line_id.location_id")
    product_uom_id = fields.Many2one(related="move_line_id.product_uom_id")
    wanted = fields.Float("Still to be picked", digits="Product Unit", readonly=True)
    quantity = fields.Float("Missing", digits="Product Unit", required=True)
    reason = fields.Selection(REASONS, required=True, default="missing")
    loss = fields.Float(
        "Booked out", digits="Product Unit", compute="_compute_loss",
        help="What the stock of the place is going to be lowered by.",
    )  # fmt: skip
    note = fields.Char(help="What is kept as the reason, in your own words.")

    @api.depends("quantity", "reason", "move_line_id")
    def _compute_loss(self):
        for wizard in self:
            line = wizard.move_line_id
            check_visible(line)
            picking = as_service(line.picking_id)
            wizard.loss = (
                line.product_uom_id._compute_quantity(wizard.quantity, line.product_id.uom_id)
                if wizard.reason == "damaged"
                else picking._foresee_loss(as_service(line), wizard.quantity)
            )

    def action_report(self):
        """Report it, and tell what became of it."""
        self.ensure_one()
        check_visible(self.move_line_id)
        reason = self.reason if self.reason != "other" else self.note or ""
        picking = self.move_line_id.picking_id
        answer = picking.report_short(self.move_line_id.id, self.quantity, reason)[0]
        if not answer["ok"]:
            raise UserError("\n".join(entry["message"] for entry in answer["errors"]))
        message = self.env._(
            "%(resourced)g from other places, %(backordered)g left for a backorder.",
            resourced=answer["resourced"],
            backordered=answer["backordered"],
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if answer["backordered"] else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
