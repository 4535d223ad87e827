from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.gc import disabling_gc

from ...tools.replenishment import (
    Limits,
    change_percent,
    combined_deviation,
    level_changes,
    make_levels,
    order_quantity,
    reorder_point,
    safety_stock,
)
from ..common.access import as_service, public
from ..common.results import error, row
from .forecast_facts import read_facts
from .lead_times import read_lead_times
from .level_terms import read_terms, read_units
from .rule_supply import end_of, read_needs
from .vendor_baskets import Draft, extend_baskets, find_cycles

RULE_FIELDS = (
    "company_id", "location_id", "product_id", "product_max_qty", "product_min_qty",
    "replenishment_uom_id", "route_id", "supplier_id", "warehouse_id",
)  # fmt: skip
TEMPLATE_FIELDS = (
    "categ_id", "expiration_time", "removal_time", "seller_ids", "uom_id", "use_expiration_date",
)  # fmt: skip


class OrderReorderRuleMixin(models.AbstractModel):
    """Reordering rules that get their levels from forecasts."""

    _name = "order.reorder.rule.mixin"
    _description = "Reordering rule with forecast levels"

    proposal_ids = fields.One2many(
        "order.reorder.proposal", "orderpoint_id", "Proposals", readonly=True
    )

    @api.model
    def _get_protection_days(self, policies):
        """Days that stock has to last between two orders: lead time and review.

        :param dict policies: ``(product, warehouse)`` → policy
        :return dict: the pairs that have a rule → days, of the longest one
        """
        rules = self.search(
            [
                ("product_id", "in", list({product.id for product, _place in policies})),
                ("warehouse_id", "in", list({place.id for _product, place in policies})),
            ]
        )
        times = read_lead_times(rules)
        found = defaultdict(float)
        for rule in rules:
            policy = policies.get((rule.product_id, rule.warehouse_id))
            if policy:
                days = times[rule].days + times[rule].get_review_days(policy)
                pair = (rule.product_id, rule.warehouse_id)
                found[pair] = max(found[pair], days)
        return dict(found)

    @public
    def propose_levels(self):
        """Propose levels for reordering rules from their forecasts; the rules stay as they are.

        One proposal a rule and day: asked again, what was decided on answers as long as the
        numbers are the same, else it is made anew; open ones of earlier days are replaced.
        Products without a forecast get one first.

        :return: one item per rule: ``proposal_id``, ``orderpoint_id``, ``minimum`` and
            ``maximum`` (in the rule's unit; order at or below the minimum, up to the maximum),
            ``safety_stock``, ``lead_time_days``, ``daily_demand``, ``quantity`` (what would be
            ordered now), ``reason``
        :raises AccessError: the caller is no manager, or may not see a rule
        """
        rules = as_service(self)
        self._ensure_forecasts(rules)
        rows = rules._propose()
        return [rows[rule] for rule in rules]

    def action_propose_levels(self):
        """Propose levels and show them."""
        self.propose_levels()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_reorder_proposal_action"
        )
        return {**action, "domain": [("orderpoint_id", "in", self.ids)]}

    def _ensure_forecasts(self, rules):
        """Forecast what was never forecast."""
        known = read_facts(rules)
        lacking = rules.filtered(lambda rule: rule.id not in known)
        for place in lacking.warehouse_id:
            products = lacking.filtered(lambda rule, at=place: rule.warehouse_id == at).product_id
            self.env["order.forecast"].sudo()._run(place, products)

    @disabling_gc()  # of many rules much is kept until the end: to look for cycles takes long
    def _propose(self):
        """Reckon levels of all rules and store them.

        :return dict: rule → answer
        """
        answers = self._reckon_levels()
        stored = self._store_proposals([vals for vals in answers.values() if "steps" in vals])
        self._replace_older(fields.Date.today())
        return {
            rule: self._as_proposal_row(vals, stored[rule.id]) if "steps" in vals else vals
            for rule, vals in answers.items()
        }

    def _reckon_levels(self):
        """Levels of all rules, with every number they rest on; nothing is stored.

        :return dict: rule → field values of a proposal, or a refusal
        """
        self.fetch(RULE_FIELDS)
        # Left to itself, the ORM reads them by the thousand.
        self.product_id.fetch(["product_tmpl_id"])
        templates = self.product_id.product_tmpl_id
        templates.fetch([name for name in TEMPLATE_FIELDS if name in templates._fields])
        forecasts = read_facts(self)
        times = read_lead_times(self)
        positions = self._read_positions(times, forecasts)
        answers, drafts = {}, []
        sentences = self._get_sentences()
        for rule in self:
            forecast = forecasts.get(rule.id)
            if not forecast or not forecast.policy:
                message = self.env._("No reorder policy holds for this product.")
                answers[rule] = row([error("not_possible", message)], orderpoint_id=rule.id)
                continue
            drafts.append((rule, forecast, times[rule]))
        cycles, proposals = find_cycles(drafts), []
        units, spaces = read_units(self), self._read_spaces()
        terms = read_terms({forecast.policy for _rule, forecast, _lead in drafts})
        for rule, forecast, lead in drafts:
            unit, term = units[rule.id], terms[forecast.policy.id]
            space = spaces.get((rule.location_id.id, rule.product_id.id), 0.0) if spaces else 0.0
            limits = rule._get_limits(forecast, lead, cycles.get(rule, 0.0), unit, term, space)
            vals = rule._prepare_proposal(
                forecast, lead, positions[rule], limits, sentences, unit, term
            )
            answers[rule] = vals
            most = vals["maximum"] - positions[rule] if limits.space or limits.shelf_days else None
            multiple = limits.multiple or limits.rounding
            proposals.append(Draft(vals, lead, multiple, most, term.holding_share))
        for change in extend_baskets(proposals):
            change.vals["reason"] += sentences[change.why] % {
                "quantity": _show(change.vals["quantity"]),
                "freight": _show_money(change.freight),
                "holding": _show_money(change.holding),
                "free_from": _show_money(change.free_from),
            }
        return answers

    def _read_positions(self, times, forecasts):
        """What rules have and get while stock has to last, less what is asked for until then.

        What was ordered in time and comes later counts: it must not be ordered twice. What was
        never to come in time does not: it would hide that something is short until then.

        :return dict: rule → units
        """
        until = {}
        for rule in self:
            forecast = forecasts.get(rule.id)
            lead, review = times[rule], 1
            if forecast and forecast.policy:
                review = lead.get_review_days(forecast.policy)
            until[rule] = end_of(lead.days + review)
        return {
            rule: need.forecast + need.in_progress + need.postponed
            for rule, need in read_needs(self, until).items()
        }

    def _as_proposal_row(self, vals, proposal_id):
        names = (
            "orderpoint_id", "minimum", "maximum", "safety_stock", "lead_time_days",
            "daily_demand", "quantity", "reason",
        )  # fmt: skip
        return row(proposal_id=proposal_id, **{name: vals[name] for name in names})

    def _get_limits(self, forecast, lead, cycle, unit, term, space):
        """What bounds an order of one rule.

        :param float cycle: what is ordered at once in the vendor's common cycle, if there is one
        :param UnitFacts unit: the product's
        :param PolicyTerms term: what the policy says
        :param float space: how much its place may hold; 0: as much as you like
        """
        pack, multiple = self.replenishment_uom_id, 0.0
        if pack:
            multiple = round(pack._compute_quantity(1.0, unit.record, round=False), 9)
        return Limits(
            cycle=cycle,
            order_cost=term.order_cost,
            holding_share=term.holding_share,
            price=lead.price,
            breaks=lead.breaks if len(lead.breaks) > 1 else (),
            minimum_order=lead.minimum_order,
            multiple=multiple,
            # Whole units, unless parts of units are sold.
            rounding=1.0 if forecast.is_whole else unit.rounding or 1.0,
            cover_days=term.max_cover_days,
            shelf_days=self.product_id._get_shelf_days(),
            space=space,
        )

    def _read_spaces(self):
        """(location id, product id) → how much of it that place may hold, where that is bounded."""
        spaces = {}
        for location in self.location_id.filtered("storage_category_id"):
            for capacity in location.storage_category_id.product_capacity_ids:
                key = location.id, capacity.product_id.id
                spaces[key] = spaces.get(key, 0.0) + capacity.quantity
        return spaces

    def _prepare_proposal(self, forecast, lead, position, limits, sentences, unit, term):
        """The levels of one rule, with every number they rest on."""
        today = fields.Date.today()
        review = max(term.review_days, lead.rhythm_days)
        days = lead.days + review
        level = term.get_service_level(forecast.abc)
        expected = forecast.get_expected(today, days)
        reserve = self._get_reserve(forecast, lead, days, level)
        levels = make_levels(expected, reserve, forecast.daily_demand, review, limits)
        quantity = order_quantity(
            position,
            levels.minimum,
            levels.maximum,
            limits.multiple or limits.rounding,
            lead.minimum_order,
        )
        before = (self.product_min_qty, self.product_max_qty)
        changes = level_changes(before, (levels.minimum, levels.maximum), unit.rounding)
        percent = change_percent(before, changes)
        return {
            "orderpoint_id": self.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "warehouse_id": self.warehouse_id.id,
            "forecast_id": forecast.id,
            "policy_id": forecast.policy.id,
            "vendor_id": lead.vendor.id,
            "review_day": today,
            "state": "proposed",
            "minimum_before": self.product_min_qty,
            "maximum_before": self.product_max_qty,
            "minimum": levels.minimum,
            "maximum": levels.maximum,
            "safety_stock": reserve,
            "order_day": lead.order_day,
            "review_days": review,
            "lead_time_days": lead.days,
            "lead_time_deviation": lead.deviation,
            "lead_time_demand": expected,
            "daily_demand": forecast.daily_demand,
            "service_level": level,
            "position": position,
            "quantity": quantity,
            "abc": forecast.abc or False,
            "change_percent": percent or 0.0,
            "is_first": percent is None,
            "value_change": sum(changes) / 2 * lead.price,
            "is_uncertain": forecast.pattern == "new",
            "steps": [list(step) for step in levels.steps],
            "reason": self._tell_levels(
                levels, lead, days, review, level, forecast, sentences, unit
            ),
        }

    def _get_reserve(self, forecast, lead, days, level):
        """Safety stock from the errors of past forecasts of lead time and review together."""
        length = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}[forecast.period]
        told = (forecast.sum_periods or 1) * length
        scale = (days / told) ** 0.5  # errors were noted for whole periods
        errors = [error * scale for error in forecast.sum_errors or ()]
        if not errors:
            spread = (forecast.variability or 1.0) * forecast.daily_demand * (days * length) ** 0.5
            spread = combined_deviation(spread, forecast.daily_demand, lead.deviation)
            return max(reorder_point(0.0, spread, 1.0, service_level=level), 0.0)
        return safety_stock(errors, level, forecast.daily_demand, lead.deviation)

    def _tell_levels(self, levels, lead, days, review, level, forecast, sentences, unit):
        """Why these levels, in one sentence with its numbers."""
        sentence = sentences["levels"] % {
            "expected": _show(levels.lead_time_demand),
            "unit": unit.name,
            "days": _show(days),
            "lead": _show(lead.days),
            "review": review,
            "reserve": _show(levels.safety_stock),
            "level": _show(100 * level),
        }
        told = [f"{sentences[name]} {_show(after)}" for name, _before, after in levels.steps]
        if told:
            sentence += sentences["steps"] % {"steps": ", ".join(told)}
        if lead.order_day and lead.order_day > fields.Date.today():
            sentence += sentences["order_day"] % {"day": format_date(self.env, lead.order_day)}
        if forecast.pattern == "new":
            sentence += sentences["new"]
        return f"{sentence}."

    def _get_sentences(self):
        """What reasons are made of, translated once for all rules."""
        return {
            "levels": self.env._(
                "%(expected)s %(unit)s are expected in %(days)s days (lead time %(lead)s, review "
                "%(review)s) and %(reserve)s kept in reserve for %(level)s %% of cycles"
            ),
            "steps": self.env._("; an order is %(steps)s"),
            "order_day": self.env._("; the vendor takes the next order on %(day)s"),
            "new": self.env._("; too little history to order by itself"),
            "minimum": self.env._(
                " Now %(quantity)s, so that the vendor's least order value is reached."
            ),
            "more": self.env._(
                " Now %(quantity)s, so that the order is delivered free (from %(free_from)s): to "
                "have it earlier costs %(holding)s, the freight would be %(freight)s."
            ),
            "freight": self.env._(
                " The freight of %(freight)s is paid: to reach %(free_from)s would cost "
                "%(holding)s in stock."
            ),
            "unreached": self.env._(
                " The freight of %(freight)s is paid: %(free_from)s cannot be reached."
            ),
            **self._get_step_labels(),
        }

    def _get_step_labels(self):
        return {
            "review": self.env._("at least the demand until the next review:"),
            "economic": self.env._("economic at"),
            "cycle": self.env._("in the vendor's common cycle"),
            "price_break": self.env._("cheaper at the price break of"),
            "minimum_order": self.env._("at least the vendor's"),
            "cover": self.env._("limited by days of cover to"),
            "shelf_life": self.env._("limited by shelf life to"),
            "space": self.env._("limited by space to"),
            "multiple": self.env._("rounded up to"),
        }


def _show(number):
    return f"{number:.4g}" if abs(number) < 9999.5 else f"{number:.0f}"


def _show_money(amount):
    return f"{amount:.2f}"
