from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderProductCode(models.Model):
    """Under which code a customer or a channel orders a product, and in which unit."""

    _name = "order.product.code"
    _description = "Product code of a customer or channel"
    _rec_name = "code"
    _order = "code, id"
    _check_company_auto = True

    code = fields.Char(required=True, index=True)
    channel_id = fields.Many2one(
        "order.channel", index="btree_not_null", ondelete="cascade", check_company=True,
        help="The channel that uses this code; empty for all channels.",
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="cascade", check_company=True,
        help="The customer who uses this code, contacts included; empty for all customers.",
    )  # fmt: skip
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", check_company=True
    )
    uom_id = fields.Many2one(
        "uom.uom", "Unit", help="The unit that is meant when an order names none."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(channel_id, 0), COALESCE(partner_id, 0), company_id)",
        "This code is known already.",
    )

    @api.constrains("uom_id", "product_id")
    def _check_unit(self):
        for code in self.filtered("uom_id"):
            if not code.uom_id._has_common_reference(code.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is not sold in %(unit)s.",
                        product=code.product_id.display_name,
                        unit=code.uom_id.name,
                    )
                )
