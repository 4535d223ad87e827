from datetime import timedelta

from odoo import models

from ...tools.simulation import simulate
from ..common.access import as_service, public
from ..common.results import Arguments, row
from .daily_demand import read_daily_demand
from .lead_times import read_lead_times

DAYS, MAX_DAYS = 180, 730
MAX_RULES, MAX_CANDIDATES = 200, 20
KEYS = {"minimum": "number*", "maximum": "number*"}


class OrderLevelSimulationMixin(models.AbstractModel):
    """Levels that are tried on a rule's own past before they are used."""

    _name = "order.level.simulation.mixin"
    _description = "Reordering rule whose levels can be tried"

    @public
    def simulate_levels(self, candidates, days=None):
        """Replay the past with other levels; nothing is written.

        Day by day: what was ordered a lead time before arrives, what is asked for is sold as far
        as there is any and lost otherwise, then at or below the minimum as much is ordered as
        reaches the maximum, in the rule's packs. Days on which the shelf was empty are taken as
        average days.

        :param list candidates: ``{"minimum", "maximum"}``, in the rule's unit
        :param int days: so many closed days, 1 to 730; without it, 180
        :return: one item per rule: ``orderpoint_id``, ``candidates``: ``[{"minimum", "maximum",
            "fill_rate" (0..1), "lost_quantity", "stockout_days", "average_stock",
            "average_value" (company currency, at cost), "orders", "series" (stock left each
            day)}]``, ``lead_time_days``, ``opening_stock``
        :raises AccessError: the caller is no manager, or may not see a rule
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        wanted = self._read_candidates(arguments, candidates)
        length = self._read_days(arguments, days)
        self._check_count(arguments)
        answers, _pasts = as_service(self)._simulate(dict.fromkeys(self.ids, wanted), length)
        return answers

    @public
    def try_levels(self, candidates, days=None):
        """What the screen *Try levels* shows: the rule's own levels beside others.

        :param list candidates: as of ``simulate_levels``; without any, the proposed levels
        :param int days: as of ``simulate_levels``
        :return: as of ``simulate_levels``, the current levels first (``current``), with the
            ``days`` and the ``demand`` of each, ``product``, ``unit`` and ``currency``
        :raises AccessError: the caller is no manager, or may not see a rule
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        given = self._read_candidates(arguments, candidates)
        length = self._read_days(arguments, days)
        self._check_count(arguments)
        rules = as_service(self)
        proposed = {} if given else rules._get_proposed_levels()
        wanted = {}
        for rule in rules:
            highest = max(rule.product_min_qty, rule.product_max_qty)
            now = {"minimum": rule.product_min_qty, "maximum": highest}
            wanted[rule.id] = [now, *(given or proposed.get(rule, ()))]
        answers, pasts = rules._simulate(wanted, length)
        for rule, answer in zip(rules, answers, strict=True):
            answer["candidates"][0]["current"] = True
            answer.update(rule._describe_trial(pasts[rule], length))
        return answers

    def _read_candidates(self, arguments, candidates):
        wanted = arguments.rows(candidates, "candidates", KEYS, limit=MAX_CANDIDATES)
        for index, levels in enumerate(wanted):
            if levels["maximum"] < levels["minimum"]:
                arguments.refuse(
                    f"candidates[{index}].maximum", self.env._("it is not below the minimum.")
                )
        return wanted

    def _check_count(self, arguments):
        if len(self) > MAX_RULES:
            arguments.refuse("ids", self.env._("too_large: at most %(most)s.", most=MAX_RULES))

    def _read_days(self, arguments, days):
        length = arguments.value(days, "integer", "days") or DAYS
        if days is not None and days is not False and not 1 <= length <= MAX_DAYS or days == 0:
            arguments.refuse("days", self.env._("1 to %(most)s days.", most=MAX_DAYS))
        return length

    def _get_proposed_levels(self):
        """The levels of each rule's newest proposal."""
        proposals = self.env["order.reorder.proposal"].search(
            [("orderpoint_id", "in", self.ids), ("state", "!=", "rejected")]
        )
        return {
            one.orderpoint_id: [{"minimum": one.minimum, "maximum": one.maximum}]
            for one in reversed(proposals)
        }

    def _describe_trial(self, past, length):
        return {
            "product": self.product_id.display_name,
            "unit": self.product_uom.name,
            "currency": self.company_id.currency_id.symbol,
            "days": [str(past.today - timedelta(days=length - place)) for place in range(length)],
            "demand": past.demand,
        }

    def _simulate(self, wanted, length):
        """Replay each rule's past with its candidates.

        :param dict wanted: rule id → candidates
        :return tuple: answers, and rule → past
        """
        pasts, times = read_daily_demand(self, length), read_lead_times(self)
        answers = []
        for rule in self:
            past, lead = pasts[rule], max(round(times[rule].days), 1)
            pack = rule.replenishment_uom_id
            multiple = 0.0
            if pack:
                multiple = round(pack._compute_quantity(1.0, rule.product_uom, round=False), 9)
            cost = rule.product_id.with_company(rule.company_id).standard_price
            tried = []
            for levels in wanted[rule.id]:
                found = simulate(
                    past.demand,
                    levels["minimum"],
                    levels["maximum"],
                    lead,
                    past.opening,
                    multiple=multiple,
                )
                tried.append(
                    {
                        **levels,
                        "fill_rate": found.fill_rate,
                        "lost_quantity": found.lost,
                        "stockout_days": found.stockout_days,
                        "average_stock": found.average_stock,
                        "average_value": found.average_stock * cost,
                        "orders": found.orders,
                        "series": found.series,
                    }
                )
            answers.append(
                row(
                    orderpoint_id=rule.id,
                    candidates=tried,
                    lead_time_days=lead,
                    opening_stock=past.opening,
                )
            )
        return answers, pasts

    def action_try_levels(self):
        """Open the screen that tries levels on the rule's past."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "order_management.try_levels",
            "name": self.env._("Try levels"),
            "context": {"active_id": self.id, "active_model": self._name},
        }
