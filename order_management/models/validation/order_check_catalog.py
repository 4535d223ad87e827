from typing import NamedTuple

from odoo import api, models
from odoo.tools import ormcache

from ...tools import postal


class Verdict(NamedTuple):
    """What a check says against one order."""

    order: models.Model
    message: str
    line: models.Model | None = None
    details: dict = {}
    confidential: tuple = ()
    severity: str | bool = False  # where it is not the check's own


class OrderCheckCatalog(models.AbstractModel):
    """The shelf of checks.

    To add a check: (1) add its code to ``CODES`` in ``order_check.py``; (2) write
    ``_validate_<code>(self, orders)`` here, returning a :class:`Verdict` for each order or
    line that fails; ``self`` is the check, so its parameters are its fields, and ``orders``
    are all orders of the call in the caller's order, to be looked at with a constant number of
    queries; (3) add its record with sensible parameters in ``data/validation``; (4) add a case
    to ``tests/test_validation_checks.py``.
    """

    _name = "order.check.catalog"
    _description = "Catalog of checks"

    def _validate_empty_order(self, orders):
        return [
            Verdict(order, self.env._("The order has no product line."))
            for order in orders
            if not order._get_goods_lines()
        ]

    def _validate_quantity_not_positive(self, orders):
        return [
            Verdict(
                line.order_id,
                self.env._(
                    "%(product)s: the quantity is %(quantity)s; it must be above zero.",
                    product=line.product_id.display_name,
                    quantity=f"{line.product_uom_qty:g}",
                ),
                line,
                {"quantity": line.product_uom_qty},
            )
            for line in orders._get_goods_lines()
            if line.product_uom_id.compare(line.product_uom_qty, 0.0) <= 0
            and not line._is_taken_off()
        ]

    def _validate_address_incomplete(self, orders):
        verdicts = []
        for order in orders:
            address = order.partner_shipping_id
            problems = postal.check(self._prepare_address(address))
            if problems:
                details = {
                    "partner_id": address.id,
                    "problems": [{"field": p.field, "message": p.message} for p in problems],
                }
                text = " ".join(problem.message for problem in problems)
                verdicts.append(Verdict(order, text, details=details))
        return verdicts

    @api.model
    @ormcache(cache="stable")
    def _get_country_codes(self):
        """Id → ISO code of every country; core empties this cache when countries change."""
        countries = self.env["res.country"].sudo().search_fetch([], ["code"])
        return {country.id: country.code for country in countries}

    def _prepare_address(self, partner):
        return {
            "street": partner.street or "",
            "street2": partner.street2 or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "state": str(partner.state_id.id or ""),  # only whether there is one counts
            "country": self._get_country_codes().get(partner.country_id.id, ""),
        }

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

    def _validate_total_mismatch(self, orders):
        """The total, against what the order's document and its payment say."""
        verdicts = []
        for order, source, expected in orders._get_told_totals():
            difference = order.currency_id.round(order.amount_total - expected)
            if round(abs(difference) - self.tolerance_amount, 6) <= 0:
                continue
            details = {
                "source": source,
                "expected": expected,
                "actual": order.amount_total,
                "difference": difference,
            }
            shown = {
                "actual": order.currency_id.format(order.amount_total),
                "expected": order.currency_id.format(expected),
            }
            if source == "payment":
                message = self.env._(
                    "The total is %(actual)s, but %(expected)s came as payment.", **shown
                )
            else:
                message = self.env._(
                    "The total is %(actual)s, but the document says %(expected)s.", **shown
                )
            verdicts.append(Verdict(order, message, None, details))
        return verdicts

    def _validate_credit_limit(self, orders):
        if orders._is_surely_within_credit():
            return []
        used = orders._get_credit_used()
        verdicts = []
        for order in orders:
            payer = order.partner_invoice_id.commercial_partner_id
            if payer.id not in used:
                continue
            limit, exposure = used[payer.id]
            currency = order.company_id.currency_id
            exposure = currency.round(exposure + order._get_amount_in_company_currency())
            if currency.compare_amounts(exposure, limit) <= 0:
                used[payer.id] = (limit, exposure)
                continue
            details = {
                "limit": limit,
                "exposure": exposure,
                "exceeded_by": currency.round(exposure - limit),
            }
            message = self.env._("The credit limit of %(name)s is exceeded.", name=payer.name)
            verdicts.append(Verdict(order, message, None, details, tuple(details)))
        return verdicts

    def _validate_payment_missing(self, orders):
        missing = orders._get_missing_payments()
        return [
            Verdict(
                order,
                self.env._(
                    "%(amount)s is not paid; %(channel)s wants payment first.",
                    amount=order.currency_id.format(missing[order.id]["missing"]),
                    channel=order._get_channel_code(),
                ),
                details=missing[order.id],
            )
            for order in orders
            if order.id in missing
        ]

    def _validate_line_left_out(self, orders):
        return [
            Verdict(
                order,
                self.env._(
                    "Line %(number)s of the document (%(quantity)s × %(sku)s) was left out: "
                    "%(reason)s",
                    number=line["index"] + 1,
                    quantity=f"{line['quantity']:g}",
                    sku=line["sku"],
                    reason=line["message"],
                ),
                details=line,
            )
            for order in orders
            for line in order._get_left_out_lines()
        ]

    def _validate_stock_short(self, orders):
        shortages = orders._get_stock_shortages()
        lines = orders.order_line.filtered(lambda line: line.id in shortages)
        return [
            Verdict(
                line.order_id,
                self._tell_shortage(line, shortages[line.id]),
                line,
                shortages[line.id],
            )
            for line in lines
        ]

    def _tell_shortage(self, line, shortage):
        shown = {
            "product": line.product_id.display_name,
            "warehouse": line.warehouse_id.name or self.env._("any warehouse"),
            **{name: f"{shortage[name]:g}" for name in ("asked", "free", "missing")},
        }
        if line.state == "sale":  # what is free is reserved for it already
            return self.env._("%(product)s: %(missing)s are missing in %(warehouse)s.", **shown)
        return self.env._(
            "%(product)s: %(asked)s ordered, %(free)s free in %(warehouse)s.", **shown
        )
