from odoo import fields, models


class OrderSourceLineMixin(models.AbstractModel):
    """What the document said about an order line."""

    _name = "order.source.line.mixin"
    _description = "Where an order line came from"

    external_line_ref = fields.Char("Line reference", copy=False, readonly=True)
    external_position = fields.Integer(
        copy=False, readonly=True, help="Place of the line in its document, from 1; 0 = none."
    )
    document_price_unit = fields.Float(
        copy=False,
        readonly=True,
        min_display_digits="Product Price",
        help="The document's unit price in the tax convention of the order.",
    )
    is_document_charge = fields.Boolean(
        copy=False, readonly=True, help="A fee or deduction of the document."
    )

    def _is_charge(self):
        """Service for the validation room: whether this line is a charge of the document."""
        return self.is_document_charge

    def _prepare_identity(self):
        """The line as intake answers it."""
        return {
            "ref": self.external_line_ref,
            "line_id": self.id,
            "sku": self.product_id.default_code,
        }
