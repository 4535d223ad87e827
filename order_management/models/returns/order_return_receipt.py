from odoo import Command, api, fields, models

from ..common.access import as_service, check_visible
from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES


class OrderReturnReceipt(models.Model):
    """What was found when a part of a return line arrived; evidence."""

    _name = "order.return.receipt"
    _inherit = ["order.return.disposition.mixin", "order.return.picking.mixin"]
    _description = "Inspection of returned goods"
    _order = "id"

    return_line_id = fields.Many2one(
        "order.return.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    return_id = fields.Many2one(related="return_line_id.return_id", store=True, index=True)
    product_id = fields.Many2one(related="return_line_id.product_id")
    quantity = fields.Float(
        digits="Product Unit", required=True, readonly=True, help="In the order line's unit."
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True, default="as_requested")
    condition = fields.Selection(CONDITIONS, required=True, readonly=True, default="A")
    disposition = fields.Selection(DISPOSITIONS, required=True, readonly=True, default="restock")
    lot = fields.Char("Lot/Serial", readonly=True)
    is_mismatch = fields.Boolean(
        "Other lot", readonly=True, help="Another lot or serial number came than the one sent."
    )
    received_product_id = fields.Many2one(
        "product.product", "What came instead", readonly=True, ondelete="restrict"
    )
    move_id = fields.Many2one(
        "stock.move", "Arrived by", readonly=True, index="btree_not_null", ondelete="set null"
    )
    note = fields.Char(readonly=True)
    photo_ids = fields.Many2many(
        "ir.attachment", "order_return_receipt_photo_rel", string="Photos", readonly=True
    )
    needs_decision = fields.Boolean(
        "To decide", readonly=True, help="What came is not what was asked for; somebody decides."
    )
    is_accepted = fields.Boolean(
        "Accepted all the same", readonly=True, help="Paid for although it is something else."
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Inspected by", readonly=True, default=lambda self: self.env.user
    )
    product_uom_id = fields.Many2one(related="return_line_id.product_uom_id")
    company_id = fields.Many2one(related="return_line_id.company_id", store=True, index=True)

    @api.depends("quantity", "product_id")
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = f"{receipt.quantity:g} × {receipt.product_id.display_name}"

    def action_accept(self):
        """Pay for what came although it is not what was asked for."""
        return self._decide(True)

    def action_reject(self):
        """Don't pay for what came instead of what was asked for."""
        return self._decide(False)

    def _decide(self, is_accepted):
        self.env["order.return"]._ensure_role("order.return.approve")
        check_visible(self)
        receipts = as_service(self)
        receipts.return_id._lock()
        open_ones = receipts.filtered(
            lambda one: (
                one.needs_decision
                and one.return_id.state == "received"
                and not one.return_id.is_refund_drafted
            )
        )
        open_ones.write({"needs_decision": False, "is_accepted": is_accepted})
        for line in open_ones.return_line_id:
            line.write(line._prepare_received_vals())
        kind = "return_deviation_accepted" if is_accepted else "return_deviation_rejected"
        open_ones.return_id._append_events(kind)
        return True

    def _attach(self, photos):
        """Keep the photos of an inspection.

        :param list photos: dicts with ``filename`` and ``content`` (base64)
        """
        values = [
            {
                "name": photo["filename"],
                "datas": photo["content"],
                "res_model": self._name,
                "res_id": self.id,
            }
            for photo in photos
        ]
        attachments = self.env["ir.attachment"].create(values)
        self.photo_ids = [Command.link(attachment.id) for attachment in attachments]
