from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.tools import float_compare, float_round

from .rule_supply import end_of, find_supplies, read_needs
from .supply_run import run_of


class OrderSupplyReckoningMixin(models.AbstractModel):
    """Quantities of many rules at once: whenever one is asked for, all are reckoned.

    For rules that are bought in one step; core reckons the others. The answers are core's own but
    where supply is late, and where a policy in force says how long stock has to last.
    """

    _name = "order.supply.reckoning.mixin"
    _description = "Reordering rule whose quantities are reckoned together"

    def _reckon_together(self):
        """Reckon how rules are supplied and what they lack; core's fields get it as theirs.

        :return dict: rule → units to order, for those that could be reckoned together
        """
        rules = self._get_reckonable()
        if not rules:
            return {}
        supplies = find_supplies(rules)
        quick = rules.filtered(lambda rule: supplies[rule].is_quick)
        horizons = quick._get_horizons(supplies)
        needs = read_needs(quick, {rule: end_of(days) for rule, days in horizons.items()})
        today, found = fields.Date.today(), {}
        for rule in quick:
            supply, need = supplies[rule], needs[rule]
            rounding = rule.product_id.product_tmpl_id.uom_id.rounding
            horizon = supply.days + rule.get_horizon_days()
            forecast = float_round(need.forecast, precision_rounding=rounding)
            forecast += need.in_progress + (need.postponed if rule._counts_postponed() else 0.0)
            rule._keep(
                rule_ids=tuple(supply.chain.ids),
                lead_days=float(supply.days),
                lead_horizon_date=today + timedelta(days=horizon),
                qty_on_hand=float_round(need.on_hand, precision_rounding=rounding),
                qty_forecast=forecast,
            )
            found[rule] = rule._get_lacking(forecast, rounding)
        if run := run_of(self.env):
            run.needs.update(needs)
        return found

    def _get_postponed(self):
        """What comes after the horizon of each rule though it was to come before.

        :return dict: rule → units, where there are any
        """
        rules = self._get_reckonable().filtered(
            lambda rule: rule.lead_horizon_date and rule._counts_postponed()
        )
        until = {rule: datetime.combine(rule.lead_horizon_date, time.max) for rule in rules}
        needs = read_needs(rules, until)
        return {rule: need.postponed for rule, need in needs.items() if need.postponed}

    def _counts_postponed(self):
        """Whether what comes late counts, so that it is not ordered twice.

        Where nobody looks before it is ordered. Whoever orders by hand sees core's own quantity,
        and its warning that more is on its way than the maximum.
        """
        return self.trigger == "auto"

    def _get_reckonable(self):
        """Stored rules of companies that use Order Management."""
        return self.filtered(
            lambda rule: (
                rule._origin == rule
                and rule.company_id.use_order_management
                and rule.product_id
                and rule.location_id
            )
        )

    def _keep(self, **values):
        """What a computed field of this rule is, without asking it."""
        for name, value in values.items():
            self._fields[name]._update_cache(self, value)

    def _get_horizons(self, supplies):
        """Days ahead that count: core's, or what the policy in force wants to last.

        :return dict: rule → days
        """
        reviews = self._get_review_days()
        return {
            rule: supplies[rule].days + reviews.get(rule, rule.get_horizon_days()) for rule in self
        }

    def _get_review_days(self):
        """Days between reviews, of rules whose policy is in force."""
        policies = self.env["order.reorder.policy"].sudo()
        if not self or not policies.search_count([("mode", "=", "on")], limit=1):
            return {}
        pairs = {(rule.product_id, rule.warehouse_id) for rule in self}
        found = policies._get_policies(pairs)
        return {
            rule: policy.review_days
            for rule in self
            if (policy := found[rule.product_id, rule.warehouse_id]) and policy.mode == "on"
        }

    def _get_forecasts_in_force(self):
        """What rules have and get while stock has to last, where a policy in force says how long.

        :return dict: rule → units
        """
        reviews = self._get_reckonable()._get_review_days()
        until = {rule: end_of(rule.lead_days + days) for rule, days in reviews.items()}
        needs = read_needs(self.browse().concat(*until), until)
        return {
            rule: need.forecast
            + need.in_progress
            + (need.postponed if rule._counts_postponed() else 0.0)
            for rule, need in needs.items()
        }

    def _get_lacking(self, forecast, rounding):
        """Units to order, as core reckons them."""
        least, most = self.product_min_qty, self.product_max_qty
        if float_compare(forecast, least, precision_rounding=rounding) >= 0:
            return 0.0
        quantity = max(least, most) - forecast
        template = self.product_id.product_tmpl_id
        if self.replenishment_uom_id or any(
            seller.product_uom_id and seller.product_uom_id != template.uom_id
            for seller in template.seller_ids
        ):
            quantity = self._get_multiple_rounded_qty(quantity)
        return quantity
