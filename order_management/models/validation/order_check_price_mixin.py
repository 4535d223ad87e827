from odoo import models

from .verdict import Verdict


class OrderCheckPriceMixin(models.AbstractModel):
    """Checks of what the order's lines cost: by the price list, discounts, margin."""

    _name = "order.check.price.mixin"
    _description = "Checks of prices"

    def _validate_price_deviation(self, orders):
        expected_prices = orders._get_expected_prices()
        verdicts = []
        for line in orders._get_pricelist_lines():
            expected = expected_prices[line.id]
            actual = line.price_unit * (1 - (line.discount or 0.0) / 100)
            if self._is_within_tolerance(line, expected, actual):
                continue
            details = self._prepare_price_details(line, expected, actual)
            message = self.env._(
                "%(product)s: the price is %(actual)s, expected is %(expected)s.",
                product=line.product_id.display_name,
                actual=line.currency_id.format(details["actual"]),
                expected=line.currency_id.format(details["expected"]),
            )
            severity = line.order_id._get_price_severity()
            verdicts.append(Verdict(line.order_id, message, line, details, severity=severity))
        return verdicts

    def _is_within_tolerance(self, line, expected, actual):
        """Whether a deviation is at most the tolerance; the channel's wins over the check's."""
        percent = line.order_id._get_price_tolerance(self.tolerance_percent)
        allowed = max(abs(expected) * percent / 100, self.tolerance_amount)
        # Six decimals: prices are stored with more digits than the currency has.
        return round(abs(actual - expected) - allowed, 6) <= 0

    def _prepare_price_details(self, line, expected, actual):
        difference = actual - expected
        currency = line.currency_id
        total = currency.round(actual * line.product_uom_qty) - currency.round(
            expected * line.product_uom_qty
        )
        return {
            "expected": round(expected, 6),
            "actual": round(actual, 6),
            "difference": round(difference, 6),
            "percent": round(100 * difference / expected, 2) if expected else 100.0,
            "total_difference": currency.round(total),
        }

    def _validate_discount_limit(self, orders):
        """What the price list itself takes off is no discount beyond it."""
        lines = orders._get_pricelist_lines().filtered(self._is_beyond_limit)
        reduced = orders.filtered(lambda order: self._get_excess(order, {}))
        if not (lines or reduced):
            return []
        expected = (lines.order_id | reduced)._get_expected_prices()
        verdicts = [
            Verdict(
                line.order_id,
                self.env._(
                    "%(product)s: the discount is %(percent)s %%, at most %(limit)s %% may be "
                    "given.",
                    product=line.product_id.display_name,
                    percent=f"{line.discount:g}",
                    limit=f"{self.limit_percent:g}",
                ),
                line,
                {"percent": line.discount, "limit": self.limit_percent},
            )
            for line in lines
            if not self._is_listed(line, expected)
        ]
        for order in reduced:
            excess = self._get_excess(order, expected)
            if excess:
                message = self.env._(
                    "The discounts come to %(percent)s %% of the order, at most %(limit)s %% may "
                    "be given.",
                    percent=f"{excess['percent']:g}",
                    limit=f"{self.limit_percent:g}",
                )
                verdicts.append(Verdict(order, message, None, excess))
        return verdicts

    def _is_beyond_limit(self, line):
        return round((line.discount or 0.0) - self.limit_percent, 6) > 0

    def _is_listed(self, line, expected):
        """Whether a line costs at least what the price list says."""
        return line.id in expected and round(expected[line.id] - line._get_net_price(), 6) <= 0

    def _get_excess(self, order, expected):
        """How far all discounts of an order with discount lines exceed the limit, if they do.

        :param dict expected: net prices by the price list, where they are known
        """
        discounts = order._get_discount_lines()
        if not discounts:
            return {}
        lines = order._get_pricelist_lines()
        full = sum(
            (line._get_net_price() if self._is_listed(line, expected) else line.price_unit)
            * line.product_uom_qty
            for line in lines
        )
        net = sum(line._get_net_price() * line.product_uom_qty for line in lines) + sum(
            line.price_unit * line.product_uom_qty for line in discounts
        )
        currency = order.currency_id
        # Each discount line is rounded by itself.
        allowed = full * self.limit_percent / 100 + len(discounts) * currency.rounding / 2
        if full <= 0 or round(full - net - allowed, 6) <= 0:
            return {}
        return {
            "percent": round(100 * (full - net) / full, 2),
            "limit": self.limit_percent,
            "amount": currency.round(full - net),
        }

    def _validate_margin_floor(self, orders):
        """The share of the net price above the cost, after the order's own discount lines."""
        verdicts = []
        for order in orders:
            kept = 1 - order._get_discount_share()
            for line in order._get_pricelist_lines():
                if line.product_uom_id.compare(line.product_uom_qty, 0.0) <= 0:
                    continue
                price = line.price_subtotal / line.product_uom_qty * kept
                cost = line._get_unit_cost()
                if round(price - cost - price * self.limit_percent / 100, 6) >= 0:
                    continue
                percent = round(100 * (price - cost) / price, 2) if price > 0 else -100.0
                details = {
                    "price": round(price, 6),
                    "cost": round(cost, 6),
                    "percent": percent,
                    "limit": self.limit_percent,
                    "below": round(self.limit_percent - percent, 2),
                }
                message = self.env._(
                    "%(product)s: the margin is below the floor.",
                    product=line.product_id.display_name,
                )
                verdicts.append(Verdict(order, message, line, details, tuple(details)))
        return verdicts
