from odoo import fields, models

from .order_return_line import DECISIONS, KINDS, RESOLUTIONS


class OrderReturnDeskLine(models.TransientModel):
    _name = "order.return.desk.line"
    _inherit = ["order.return.counter.line.mixin"]
    _description = "Line of a new return"

    desk_id = fields.Many2one("order.return.desk", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True)
    order_id = fields.Many2one(related="sale_line_id.order_id")
    product_id = fields.Many2one(related="sale_line_id.product_id")
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    currency_id = fields.Many2one(related="sale_line_id.order_id.return_currency_id")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial")
    delivered_on = fields.Date("Delivered")
    returnable = fields.Float("Can return", digits="Product Unit")
    quantity = fields.Float("Return", digits="Product Unit")
    reason_id = fields.Many2one("order.return.reason")
    kind = fields.Selection(KINDS, required=True, default="return")
    resolution = fields.Selection(
        [choice for choice in RESOLUTIONS if choice[0] in ("refund", "credit")]
    )
    decision = fields.Selection(DECISIONS)
    decision_reason = fields.Char("Why")
    fee = fields.Monetary()
    refund = fields.Monetary()
    extra = fields.Monetary(
        "Beside the goods",
        help="Shipping, charges and free goods of the order that are refunded or kept back with "
        "what comes back of it; on the order's first line.",
    )

    def _get_reason(self):
        return self.reason_id or self.desk_id.reason_id

    def _get_resolution(self):
        return self.resolution or self.desk_id.resolution or "refund"

    def _prepare_asked(self):
        """What this line asks for, as the judge wants it."""
        return {
            "line": self.sale_line_id._origin.sudo(),
            "quantity": self.quantity,
            "reason_id": self._get_reason()._origin.sudo(),
            "kind": self.kind or "return",
            "resolution": self._get_resolution(),
        }

    def _prepare_request_line(self):
        return {
            "line_id": self.sale_line_id.id,
            "quantity": self.quantity,
            "reason": self._get_reason().code,
            "kind": self.kind or "return",
            "resolution": self._get_resolution(),
            "lot": self.lot_id.name or False,
        }
