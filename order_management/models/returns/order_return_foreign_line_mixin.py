from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..common.access import has_role
from ..common.results import error
from .credit_book import book_amounts
from .foreign_goods import price_goods


class OrderReturnForeignLineMixin(models.AbstractModel):
    """A line without order line: its price is stated, and counts against no order."""

    _name = "order.return.foreign.line.mixin"
    _description = "Goods that were not sold by us"

    is_foreign = fields.Boolean("Not sold by us", compute="_compute_is_foreign", store=True)
    unit_price = fields.Float(
        "Stated price", digits="Product Price", copy=False,
        help="Per unit, as on an invoice: the taxes come on top unless prices include them.",
    )  # fmt: skip
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", readonly=True, copy=False,
        help="Of the product, by the customer's fiscal position, when it was asked.",
    )  # fmt: skip

    @api.depends("sale_line_id")
    def _compute_is_foreign(self):
        for line in self:
            line.is_foreign = not line.sale_line_id

    def _ensure_may_price(self):
        """Refuse to state prices of goods that have one, or to whom it is not their business."""
        if not has_role(self.env, "returns"):
            raise AccessError(self.env._("Only returns agents state what goods are worth."))
        if any(not line.is_foreign for line in self):
            raise AccessError(self.env._("What was sold by us is refunded at the price it had."))

    def _find_price_errors(self, path):
        """Errors of a line that nobody has priced."""
        if self.unit_price > 0:
            return []
        message = self.env._(
            "%(product)s was not sold by us: state a price above zero, or refuse it.",
            product=self.product_id.display_name,
        )
        return [error("missing", message, f"{path}.price")]

    def _get_foreign_amounts(self, quantity):
        return price_goods(
            self.product_id,
            quantity,
            self.unit_price,
            self.tax_ids,
            self.currency_id,
            self.company_id,
        )

    def _price_foreign(self):
        """Reckon what these lines are worth, after somebody edited price or quantity."""
        for line in self:
            gross = line._get_foreign_amounts(line.quantity).total
            line.write({"gross": gross, "fee": min(line.fee, gross)})

    def _settle_foreign(self):
        """Note what is paid for these goods."""
        for line in self:
            quantity = line._get_payable_quantity()
            gross = line._get_foreign_amounts(quantity).total
            line.write(
                {
                    "fee": line._get_final_fee(gross),
                    "gross": gross,
                    "credit_quantity": quantity,
                    "settled_quantity": quantity,
                }
            )

    def _prepare_foreign_credit_vals(self):
        """The credit note's lines for these goods: to the product's income account."""
        rows = []
        for line in self.filtered("settled_quantity"):
            quantity, price = line.settled_quantity, line.unit_price
            amounts = line._get_foreign_amounts(quantity)
            rows.append(
                {
                    "product_id": line.product_id.id,
                    "product_uom_id": line.product_uom_id.id,
                    "quantity": quantity,
                    "price_unit": price,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                    "return_line_id": line.id,
                    **book_amounts(line, quantity, price, 0.0, amounts.net, amounts.taxes),
                }
            )
            rows += line._prepare_foreign_kept_vals(amounts)
        return rows

    def _prepare_foreign_kept_vals(self, amounts):
        if not self.fee:
            return []
        return [self._prepare_kept_vals(self._tell_fee(), self.fee, amounts, self.tax_ids)]
