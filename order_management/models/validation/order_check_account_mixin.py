from odoo import models

from .verdict import Verdict


class OrderCheckAccountMixin(models.AbstractModel):
    """Checks of the order's amount and of what its payer owes."""

    _name = "order.check.account.mixin"
    _description = "Checks of amounts and debts"

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

    def _validate_overdue_invoices(self, orders):
        overdue = orders._get_overdue(self.tolerance_days)
        verdicts = []
        for order in orders if overdue else ():
            payer = order.partner_invoice_id.commercial_partner_id
            amount, since = overdue.get(payer.id, (0.0, False))
            if order.company_id.currency_id.compare_amounts(amount, self.limit_amount) <= 0:
                continue
            details = {"overdue": amount, "limit": self.limit_amount, "due_since": since}
            message = self.env._("Invoices of %(name)s are overdue.", name=payer.display_name)
            verdicts.append(Verdict(order, message, None, details, tuple(details)))
        return verdicts

    def _validate_order_value_limit(self, orders):
        """A limit of 0 is none."""
        limit = self.limit_amount
        verdicts = []
        for order in orders if limit > 0 else ():
            currency = order.company_id.currency_id
            value = currency.round(order._get_value())
            if currency.compare_amounts(value, limit) > 0:
                details = {
                    "limit": limit,
                    "value": value,
                    "exceeded_by": currency.round(value - limit),
                }
                message = self.env._(
                    "The order comes to %(value)s; up to %(limit)s goes through by itself.",
                    value=currency.format(value),
                    limit=currency.format(limit),
                )
                verdicts.append(Verdict(order, message, None, details))
        return verdicts

    def _validate_minimum_order(self, orders):
        """Credits and orders without goods are not asked for a minimum."""
        limit = self.limit_amount
        verdicts = []
        for order in orders:
            currency = order.company_id.currency_id
            value = currency.round(order._get_value(with_rewards=False))
            is_enough = currency.compare_amounts(value, limit) >= 0
            if is_enough or value < 0 or not order._get_goods_lines():
                continue
            details = {"limit": limit, "value": value, "missing": currency.round(limit - value)}
            message = self.env._(
                "The order comes to %(value)s; the minimum is %(limit)s.",
                value=currency.format(value),
                limit=currency.format(limit),
            )
            verdicts.append(Verdict(order, message, None, details))
        return verdicts
