"""What levels need of forecasts: read for many rules at once, past records and their caches."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from .demand_series import STEPS


class ForecastFacts(NamedTuple):
    """A forecast as levels see it; quantities in the product's unit."""

    id: int
    policy: object  # the policy it was made by; empty when that is gone
    abc: object
    pattern: str
    period: str
    is_whole: bool  # only whole units were sold
    next_day: date
    mean: list
    daily_demand: float
    sum_periods: int
    sum_errors: list
    variability: float
    planned: dict  # first day of a period → the planner's figure

    def get_expected(self, day, days):
        """What will be asked for in so many days from a day on, parts of periods by their share.

        :param date day: the first day
        :param float days: how many days, parts of days allowed
        :return float: units of the product
        """
        if not self.mean:
            return 0.0
        step, start, total, left = STEPS[self.period], self.next_day, 0.0, days
        for mean in self.mean:
            end = start + step
            length, expected = (end - start).days, self.planned.get(start, mean)
            if end > day:
                part = min((end - max(day, start)).days, left)
                total += expected * part / length
                left -= part
                if left <= 0:
                    return total
            start = end
        return total + expected * left / length


def read_facts(rules):
    """The forecast of each reordering rule that has one, in two statements.

    :param rules: ``stock.warehouse.orderpoint``, with full rights
    :return dict: rule id → :class:`ForecastFacts`
    """
    env = rules.env
    env["order.forecast"].flush_model()
    env["order.forecast.override"].flush_model(["day", "forecast_id", "quantity"])
    rules.flush_recordset(["product_id", "warehouse_id"])
    env.cr.execute(
        SQL(
            """
            SELECT rule.id, forecast.id, forecast.policy_id, forecast.abc, forecast.pattern,
                   forecast.period, forecast.is_whole, forecast.next_day, forecast.mean,
                   forecast.daily_demand, forecast.sum_periods, forecast.sum_errors,
                   forecast.variability
              FROM stock_warehouse_orderpoint AS rule
              JOIN order_forecast AS forecast ON forecast.product_id = rule.product_id
                                             AND forecast.warehouse_id = rule.warehouse_id
             WHERE rule.id = ANY(%s)
            """,
            rules.ids,
        )
    )
    rows = env.cr.fetchall()
    planned = _read_planned(env, [row[1] for row in rows])
    policies = env["order.reorder.policy"].browse({row[2] for row in rows if row[2]}).exists()
    by_id = policies.grouped("id")
    nobody = policies.browse()
    return {
        rule_id: ForecastFacts(
            forecast_id,
            by_id.get(policy_id, nobody),
            abc,
            pattern,
            period,
            bool(is_whole),
            next_day,
            mean or [],
            float(daily or 0.0),
            sum_periods,
            errors or [],
            float(variability or 0.0),
            planned.get(forecast_id, {}),
        )
        for (
            rule_id,
            forecast_id,
            policy_id,
            abc,
            pattern,
            period,
            is_whole,
            next_day,
            mean,
            daily,
            sum_periods,
            errors,
            variability,
        ) in rows
    }


def _read_planned(env, forecast_ids):
    """Planners' figures: forecast id → first day of the period → quantity."""
    env.cr.execute(
        SQL(
            "SELECT forecast_id, day, quantity FROM order_forecast_override "
            "WHERE forecast_id = ANY(%s)",
            forecast_ids,
        )
    )
    found = defaultdict(dict)
    for forecast_id, day, quantity in env.cr.fetchall():
        found[forecast_id][day] = float(quantity)
    return found
