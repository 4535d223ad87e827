from odoo import models


class OrderHoldLineMixin(models.AbstractModel):
    _name = "order.hold.line.mixin"
    _description = "Order line that checks look at"

    def _get_expected_price(self, rules, date):
        """The net unit price that the pricelist gives this line, as core would set it.

        :param rules: pricelist rules that may apply, in the order of precedence
        :param date: the day prices are taken from
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
        return product._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )
