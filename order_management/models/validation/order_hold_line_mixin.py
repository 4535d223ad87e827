from odoo import models


class OrderHoldLineMixin(models.AbstractModel):
    _name = "order.hold.line.mixin"
    _description = "Order line that checks look at"

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
