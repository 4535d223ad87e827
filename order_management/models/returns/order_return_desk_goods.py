from odoo import api, fields, models

from .foreign_goods import Party, price_goods


class OrderReturnDeskGoods(models.TransientModel):
    """Goods of a new return that were not sold by us."""

    _name = "order.return.desk.goods"
    _description = "Goods not sold by us"

    desk_id = fields.Many2one("order.return.desk", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", required=True, domain="[('type', '=', 'consu')]", ondelete="cascade"
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float("Return", digits="Product Unit", required=True, default=1.0)
    unit_price = fields.Float(
        "Price", digits="Product Price",
        help="Per unit, as on an invoice: the taxes come on top unless prices include them. "
        "Empty: a returns agent states it.",
    )  # fmt: skip
    reason_id = fields.Many2one("order.return.reason")
    currency_id = fields.Many2one(related="desk_id.currency_id")
    refund = fields.Monetary(compute="_compute_refund", help="With tax, if it is approved.")

    @api.depends("product_id", "quantity", "unit_price", "desk_id.partner_id")
    def _compute_refund(self):
        for line in self:
            product, partner = line.product_id.sudo(), line.desk_id.partner_id.sudo()
            company, currency = line.env.company.sudo(), line.currency_id.sudo()
            taxes = Party(partner, company, currency, None).get_taxes(product)
            quantity, price = line.quantity, line.unit_price
            worth = price_goods(product, quantity, price, taxes, currency, company)
            line.refund = worth.total

    def _prepare_request_line(self):
        desk = self.desk_id
        return {
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "price": self.unit_price or False,
            "reason": (self.reason_id or desk.reason_id).code,
            "resolution": desk.resolution,
        }
