from odoo import fields, models

from ..common.zones import day_of, zone_of


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
        return self._get_goods_lines().filtered(lambda line: line._is_priced_by_list())

    def _get_discount_lines(self):
        """The lines that only take something off; rewards of promotions are none."""
        return self._get_goods_lines().filtered(lambda line: line._is_discount())

    def _get_discount_share(self):
        """How much of what its goods cost this order's discount lines take off, from 0 up."""
        lines = self._get_pricelist_lines()
        net = sum(line._get_net_price() * line.product_uom_qty for line in lines)
        taken = -sum(line.price_unit * line.product_uom_qty for line in self._get_discount_lines())
        return taken / net if net > 0 and taken > 0 else 0.0

    def _get_value(self, with_rewards=True):
        """The total with tax in company currency, on the day of the order.

        :param bool with_rewards: gift cards and wallets that pay for a part take it off
        """
        amount = self.amount_total
        if not with_rewards:
            amount -= sum(line.price_total for line in self.order_line if line._is_paying_reward())
        currency = self.company_id.currency_id
        if self.currency_id == currency:
            return amount
        return self.currency_id._convert(amount, currency, self.company_id, self._get_order_day())

    def _get_order_day(self):
        """The day of the order where its goods leave."""
        moment = self.ordered_at or fields.Datetime.now()
        return day_of(moment, zone_of(self.warehouse_id, self.company_id))

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
