from datetime import timedelta

from odoo import models

from ...tools.simulation import simulate
from ..common.access import as_service, public
from ..common.results import Arguments, row
from ..common.zones import day_of, zone_of
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
        wanted = arguments.rows(candidates, "candidates", KEYS, limit=MAX_CANDIDATES)
        for index, levels in enumerate(wanted):
            if levels["maximum"] < levels["minimum"]:
                arguments.refuse(
                    f"candidates[{index}].maximum", self.env._("it is not below the minimum.")
                )
        length = self._read_days(arguments, days)
        if len(self) > MAX_RULES:
            arguments.refuse("ids", self.env._("too_large: at most %(most)s.", most=MAX_RULES))
        return as_service(self)._simulate(wanted, length)

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
        length = self._read_days(arguments, days)
        answers = []
        for rule in self:
            now = {"minimum": rule.product_min_qty, "maximum": rule.product_max_qty}
            now["maximum"] = max(now.values())
            others = candidates or rule._get_proposed_levels()
            (answer,) = rule.simulate_levels([now, *others], length)
            answer["candidates"][0]["current"] = True
            answers.append({**answer, **as_service(rule)._describe_trial(length)})
        return answers

    def _read_days(self, arguments, days):
        length = arguments.value(days, "integer", "days") or DAYS
        if days is not None and days is not False and not 1 <= length <= MAX_DAYS or days == 0:
            arguments.refuse("days", self.env._("1 to %(most)s days.", most=MAX_DAYS))
        return length

    def _get_proposed_levels(self):
        """The newest proposal's levels."""
        proposal = self.env["order.reorder.proposal"].search(
            [("orderpoint_id", "=", self.id), ("state", "!=", "rejected")], limit=1
        )
        return [
            {"minimum": one.minimum, "maximum": one.maximum} for one in proposal
        ]  # fmt: skip

    def _describe_trial(self, length):
        pasts = read_daily_demand(self, length)
        today = day_of(self.env.cr.now(), zone_of(self.warehouse_id, self.company_id))
        today = pasts[self].today or today
        return {
            "product": self.product_id.display_name,
            "unit": self.product_uom.name,
            "currency": self.company_id.currency_id.symbol,
            "days": [str(today - timedelta(days=length - place)) for place in range(length)],
            "demand": pasts[self].demand,
        }

    def _simulate(self, candidates, length):
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
            for levels in candidates:
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
        return answers

    def action_try_levels(self):
        """Open the screen that tries levels on the rule's past."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "order_management.try_levels",
            "name": self.env._("Try levels"),
            "context": {"active_id": self.id, "active_model": self._name},
        }
