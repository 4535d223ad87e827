from odoo import fields, models

from ...exceptions import ItemError
from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES


class OrderReturnReceipt(models.Model):
    """What was found when a part of a return line arrived; evidence.

    To add a disposition: (1) name it in ``DISPOSITIONS``; (2) write
    ``_dispose_<code>(self)`` here: it gets the receipts of one operation whose goods already
    lie where the warehouse receives, and moves them on in one batch; (3) say in
    ``HELP`` of the receiving dialog what it means; (4) test that stock on hand is right.
    """

    _name = "order.return.receipt"
    _description = "Inspection of returned goods"
    _order = "id"

    return_line_id = fields.Many2one(
        "order.return.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, readonly=True, help="In the order line's unit."
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True, default="as_requested")
    condition = fields.Selection(CONDITIONS, required=True, readonly=True, default="A")
    disposition = fields.Selection(DISPOSITIONS, required=True, readonly=True, default="restock")
    lot = fields.Char("Lot/Serial", readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Inspected by", readonly=True, default=lambda self: self.env.user
    )
    product_uom_id = fields.Many2one(related="return_line_id.product_uom_id")
    company_id = fields.Many2one(related="return_line_id.company_id", store=True, index=True)

    def _can_dispose(self, disposition):
        """Whether there is a way to go for this disposition."""
        return hasattr(self, f"_dispose_{disposition}")

    def _dispose(self):
        """Send what was received on to where it belongs."""
        received = self.filtered(lambda receipt: receipt.outcome == "as_requested")
        for disposition, receipts in received.grouped("disposition").items():
            if not self._can_dispose(disposition):
                message = self.env._("Goods can't be sent to “%(code)s” yet.", code=disposition)
                raise ItemError("wrong_value", message)
            getattr(receipts, f"_dispose_{disposition}")()

    def _dispose_restock(self):
        """The goods stay where the warehouse puts what it receives."""

    def _dispose_scrap(self):
        """The goods leave the stock by core's scrap orders."""
        scraps = self.env["stock.scrap"].create([receipt._prepare_scrap_vals() for receipt in self])
        scraps.do_scrap()

    def _prepare_scrap_vals(self):
        line = self.return_line_id
        move = line._get_receipt_moves().filtered(lambda done: done.state == "done")[-1:]
        lots = move.move_line_ids.lot_id
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "scrap_qty": self.quantity,
            "lot_id": lots.filtered(lambda lot: not self.lot or lot.name == self.lot)[:1].id,
            "location_id": move.location_dest_id.id,
            "picking_id": move.picking_id.id,
            "origin": line.return_id.name,
            "company_id": line.company_id.id,
        }
