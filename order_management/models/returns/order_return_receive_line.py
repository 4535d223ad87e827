from odoo import fields, models

from ...tools import gs1_scan
from .lot_book import LotBook
from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES


class OrderReturnReceiveLine(models.TransientModel):
    _name = "order.return.receive.line"
    _description = "Line of receiving a return"

    receive_id = fields.Many2one("order.return.receive", required=True, ondelete="cascade")
    return_line_id = fields.Many2one("order.return.line", required=True)
    return_id = fields.Many2one(related="return_line_id.return_id")
    product_id = fields.Many2one(related="return_line_id.product_id")
    product_uom_id = fields.Many2one(related="return_line_id.product_uom_id")
    tracking = fields.Selection(related="product_id.tracking")
    expected = fields.Float("Awaited", digits="Product Unit")
    quantity = fields.Float("Came", digits="Product Unit")
    condition = fields.Selection(CONDITIONS, required=True, default="A")
    disposition = fields.Selection(DISPOSITIONS, required=True, default="restock")
    outcome = fields.Selection(OUTCOMES, required=True, default="as_requested")
    lot = fields.Char("Lot/Serial")
    received_product_id = fields.Many2one("product.product", "What came instead")
    note = fields.Char()
    photo_ids = fields.Many2many("ir.attachment", "order_return_receive_photo_rel", string="Photos")

    def _may_bring(self, name):
        """Whether ``name`` is a lot or serial number that the customer may send back by this."""
        line = self.return_line_id.sudo()
        if self.lot or line.product_id.tracking == "none":
            return False
        lots = LotBook(line.sale_line_id).get_lots(line.sale_line_id)
        return name in [lot.name for lot in lots]

    def _is_product(self, code, gtin):
        """Whether ``code`` is a code of this line's product, by whatever digits it is kept."""
        product = self.product_id
        gtin = gtin or gs1_scan.to_gtin(code)
        return code in (product.barcode, product.default_code) or bool(
            gtin and gs1_scan.to_gtin(product.barcode or "") == gtin
        )

    def _prepare_entry(self):
        return {
            "return_line_id": self.return_line_id.id,
            "quantity": self.quantity,
            "condition": self.condition,
            "disposition": self.disposition,
            "outcome": self.outcome,
            "lot": self.lot or False,
            "received_sku": self.received_product_id.default_code or False,
            "note": self.note or False,
            "photos": [
                {"filename": photo.name, "content": photo.datas.decode()}
                for photo in self.photo_ids
            ],
        }
