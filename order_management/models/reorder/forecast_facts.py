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

    def get_spans(self, day):
        """What will be asked for from a day on, period by period.

        :param date day: the first day
        :return list: ``(days, quantity)``, of the first period what is left of it
        """
        found = []
        if self.mean:
            step, start = STEPS[self.period], self.next_day
            if start > day:
                found.append(((start - day).days, self.daily_demand * (start - day).days))
            for mean in self.mean:
                end, expected = start + step, self.planned.get(start, mean)
                if end > day:
                    left = (end - max(start, day)).days
                    found.append((left, expected * left / (end - start).days))
                start = end
        return found or [(1, self.daily_demand)]


def read_facts(rules):
    """The forecast of each reordering rule that has one, in two statements.

    :param rules: ``stock.warehouse.orderpoint``, with full rights
    :return dict: rule id → :class:`ForecastFacts`
    """
    rules.flush_recordset(["product_id", "warehouse_id"])
    keys = SQL(
        "SELECT id AS key, product_id, warehouse_id FROM stock_warehouse_orderpoint "
        "WHERE id = ANY(%s)",
        rules.ids,
    )
    return _read(rules.env, keys)


def read_pair_facts(env, pairs):
    """The forecast of each product and warehouse that has one, in two statements.

    :param env: with full rights
    :param list pairs: ``(product id, warehouse id)``
    :return dict: pair → :class:`ForecastFacts`
    """
    keys = SQL(
        "SELECT number - 1 AS key, product_id, warehouse_id "
        "FROM UNNEST(%s, %s) WITH ORDINALITY AS pair (product_id, warehouse_id, number)",
        [product for product, _place in pairs],
        [place for _product, place in pairs],
    )
    return {pairs[key]: facts for key, facts in _read(env, keys).items()} if pairs else {}


def _read(env, keys):
    """Forecasts by the key of each product and warehouse.

    :param SQL keys: rows of ``key``, ``product_id``, ``warehouse_id``
    """
    env["order.forecast"].flush_model()
    env["order.forecast.override"].flush_model(["day", "forecast_id", "quantity"])
    env.cr.execute(
        SQL(
            """
            SELECT wanted.key, forecast.id, forecast.policy_id, forecast.abc, forecast.pattern,
                   forecast.period, forecast.is_whole, forecast.next_day, forecast.mean,
                   forecast.daily_demand, forecast.sum_periods, forecast.sum_errors,
                   forecast.variability
              FROM (%s) AS wanted
              JOIN order_forecast AS forecast ON forecast.product_id = wanted.product_id
                                             AND forecast.warehouse_id = wanted.warehouse_id
            """,
            keys,
        )
    )
    rows = env.cr.fetchall()
    planned = _read_planned(env, [row[1] for row in rows])
    policies = env["order.reorder.policy"].browse({row[2] for row in rows if row[2]}).exists()
    by_id = policies.grouped("id")
    nobody = policies.browse()
    return {
        key: ForecastFacts(
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
            key,
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
