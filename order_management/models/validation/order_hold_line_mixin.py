from odoo import models

from ..common.optional import has_field


class OrderHoldLineMixin(models.AbstractModel):
    _name = "order.hold.line.mixin"
    _description = "Order line that checks look at"

    # What this customer ordered of this product before is looked up by it.
    _customer_product_idx = models.Index("(order_partner_id, product_id)")

    def _is_priced_by_list(self):
        """Whether the pricelist decides the price, of a line that sells something."""
        return not (
            self.is_delivery or self.is_expense or self._is_discount() or self._is_charge()
            or self._is_reward()
        )  # fmt: skip

    def _is_discount(self):
        """Whether it only takes something off the order; promotions do so by their own rules."""
        if self._is_global_discount():
            return True
        if self._is_reward():
            return False
        return self.price_unit < 0 and (
            self._is_charge() or self.product_id == self.company_id.sale_discount_product_id
        )

    def _is_reward(self):
        """Whether a promotion, coupon or gift card added it."""
        return has_field(self.env, self._name, "reward_id") and bool(self.reward_id)

    def _is_paying_reward(self):
        """Whether it pays with a gift card or a wallet, rather than make the order cheaper."""
        return self._is_reward() and self.reward_id.program_id.program_type in (
            "gift_card",
            "ewallet",
        )

    def _get_net_price(self):
        """The unit price less the line's own discount, in the order's tax convention."""
        return self.price_unit * (1 - (self.discount or 0.0) / 100)

    def _get_unit_cost(self):
        """What one unit of the line costs, in the order's currency."""
        line = self.with_company(self.company_id)
        product = line.product_id
        cost = product.uom_id._compute_price(product.standard_price, line.product_uom_id)
        return line._convert_cost(cost, product.cost_currency_id)

    def _convert_cost(self, cost, currency):
        if not cost or currency == self.currency_id:
            return cost
        order = self.order_id
        return currency._convert(
            cost, self.currency_id, order.company_id, order._get_order_day(), round=False
        )

    def _is_taken_off(self):
        """Whether it was taken off a confirmed order, where core keeps it with a quantity of 0."""
        return self.state == "sale" and self.product_uom_id.is_zero(self.product_uom_qty)

    def _get_uninvoiced_amount(self):
        """What this line still adds to its customer's debt, with tax.

        A down payment that was invoiced takes as much off; what was ordered counts until it is
        invoiced, also before it is delivered. When nothing more will be delivered, what is
        invoiced on delivery counts as far as it was.
        """
        if self.is_downpayment:
            return -self.amount_invoiced
        if not self.product_uom_qty:
            return 0.0
        by_delivery = self.product_id.invoice_policy == "delivery"
        is_complete = by_delivery and self.order_id.delivery_status == "full"
        quantity = self.qty_delivered if is_complete else self.product_uom_qty
        return self.price_total / self.product_uom_qty * (quantity - self.qty_invoiced_posted)

    def _get_expected_price(self, rules, date, converts=True):
        """The net unit price that the pricelist gives this line, as core would set it.

        :param rules: pricelist rules that may apply, in the order of precedence
        :param date: the day prices are taken from
        :param bool converts: taxes may be part of prices
        """
        line = self.with_company(self.company_id)
        product, unit = line.product_id, line.product_uom_id
        if line.combo_item_id or product.type == "combo":
            return line._get_expected_combo_price()
        quantity = unit._compute_quantity(
            line.product_uom_qty, product.uom_id, raise_if_failure=False
        )
        rule = next(
            (rule for rule in rules if rule._is_applicable_for(product, quantity)), rules.browse()
        )
        price = rule._compute_price(
            product.with_context(**line._get_product_price_context()),
            line.product_uom_qty or 1.0,
            unit,
            date=date,
            currency=line.currency_id,
        )
        if not converts:
            return price
        return product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _get_expected_combo_price(self):
        """The net price of a combo's line as core shares it out; all of it lies on the items."""
        if not self.combo_item_id:
            return 0.0
        combo = self._get_linked_line()
        shown = combo._get_display_price_ignore_combo()
        share = combo._get_pricelist_price() / shown if shown else 1.0
        return self.product_id._get_tax_included_unit_price_from_price(
            self._get_display_price() * share,
            product_taxes=self.product_id.taxes_id._filter_taxes_by_company(self.company_id),
            fiscal_position=self.order_id.fiscal_position_id,
        )
