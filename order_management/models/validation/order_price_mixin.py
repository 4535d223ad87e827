from odoo import models


class OrderPriceMixin(models.AbstractModel):
    """What an order's lines should cost by the pricelist on the order's date."""

    _name = "order.price.mixin"
    _description = "Order with prices to compare"

    def _get_goods_lines(self):
        """The lines that sell something: no sections, notes or down payments."""
        return self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.product_id
        )

    def _get_pricelist_lines(self):
        """The lines whose price the pricelist decides."""
        return self._get_goods_lines().filtered(
            lambda line: (
                not line.is_delivery and not line._is_global_discount() and not line._is_charge()
            )
        )

    def _get_expected_prices(self):
        """Net unit prices by pricelist on the order date, one rule search a pricelist and day.

        :return dict: sale order line id → price in the order's currency and tax convention
        """
        expected = {}
        lines = self._get_pricelist_lines()
        converts = self._has_prices_with_tax()
        for (pricelist, date), group in lines.grouped(
            lambda line: (line.order_id.pricelist_id, line.order_id.date_order)
        ).items():
            rules = pricelist._get_applicable_rules(group.product_id, date)
            for line in group:
                expected[line.id] = line._get_expected_price(rules, date, converts)
        return expected

    def _has_prices_with_tax(self):
        """Whether a fiscal position may change prices, since a sales tax is part of them."""
        return bool(self.fiscal_position_id) and any(
            company._sells_with_tax_included() for company in self.company_id
        )
