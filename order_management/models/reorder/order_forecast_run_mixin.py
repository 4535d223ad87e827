import hashlib
import json
from array import array
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.forecasting import METHODS, backtest, is_biased, learn_profile, study
from ..common.bulk import insert_rows, update_rows
from ..common.zones import day_of, zone_of
from .demand_book import DemandBook
from .demand_series import SEASONS, STEPS, start_of

# Naive is used where it is so much better; by less it is so by chance.
BEATEN = 1.15
CHUNK = 2000  # products and warehouses in one transaction of the nightly run
HORIZONS = {"day": 90, "week": 26, "month": 12}  # periods
DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
# A product without so many periods of its own is lent the season of its category.
OWN_SEASONS = 2
LISTS = ("base", "raw", "available", "future", "past")
KEPT_RESULTS = 2 * 365  # days
SHARED = ("company_id", "product_id", "warehouse_id", "categ_id", "policy_id", "method", "pattern")


class OrderForecastRunMixin(models.AbstractModel):
    """How forecasts are made: demand read at once, reckoned one by one, stored at once."""

    _name = "order.forecast.run.mixin"
    _description = "Forecasts made in sets"

    @api.model
    def _cron_run(self):
        """Forecast what has new demand, a part in each transaction; a stopped run goes on."""
        today = fields.Date.today()
        warehouses = self._get_managed_warehouses()
        self.env["order.reorder.policy"]._ensure_policies(warehouses.company_id)
        left = self._find_due(warehouses, today)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(left))
        for part in split_every(CHUNK, left):
            self._run_pairs(self._browse_pairs(part))
            if not progress(len(part)):
                return
        self._classify(warehouses.company_id)
        self.env["order.forecast.result"]._forget(today - timedelta(days=KEPT_RESULTS))

    def _get_managed_warehouses(self):
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id.use_order_management", "=", True)])
        )

    def _find_due(self, warehouses, today, products=None):
        """Products that were shipped from, or have a reordering rule in, these warehouses.

        Those of which nothing can be new since they were forecast are left out, unless products
        are named.

        :return list: ``(product id, warehouse id)``
        """
        self.env["stock.move"].flush_model(["state", "product_id", "location_id"])
        self.env["stock.warehouse.orderpoint"].flush_model(["product_id", "warehouse_id"])
        self.flush_model(["forecast_at", "next_day", "period", "product_id", "warehouse_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS MATERIALIZED (
                    SELECT product_id, MAX(write_date) AS at
                      FROM stock_move
                     WHERE state = 'done' AND %(due)s
                       AND write_date >= (SELECT MIN(forecast_at) FROM order_forecast)
                     GROUP BY product_id
                ), changed AS MATERIALIZED (
                    SELECT company_id, MAX(at) AS at
                      FROM (SELECT company_id, write_date AS at FROM order_reorder_policy
                             UNION ALL
                            SELECT company_id, write_date FROM order_demand_event) AS change
                     GROUP BY company_id
                ), inherited AS MATERIALIZED (
                    SELECT DISTINCT replaced_by_id AS product_id
                      FROM product_product
                     WHERE replaced_by_id IS NOT NULL
                )
                SELECT pair.product_id, pair.warehouse_id
                  FROM (SELECT move.product_id, place.warehouse_id
                          FROM stock_move AS move
                          JOIN stock_location AS place ON place.id = move.location_id
                          JOIN stock_location AS target ON target.id = move.location_dest_id
                         WHERE move.state = 'done' AND target.usage = 'customer'
                           AND place.warehouse_id = ANY(%(places)s) AND %(shipped)s
                         UNION
                        SELECT product_id, warehouse_id
                          FROM stock_warehouse_orderpoint AS point
                         WHERE active AND warehouse_id = ANY(%(places)s) AND %(ruled)s) AS pair
                  JOIN product_product AS product ON product.id = pair.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  LEFT JOIN order_forecast AS forecast
                         ON forecast.product_id = pair.product_id
                        AND forecast.warehouse_id = pair.warehouse_id
                  LEFT JOIN order_reorder_policy AS policy ON policy.id = forecast.policy_id
                  LEFT JOIN moved ON moved.product_id = pair.product_id
                  LEFT JOIN changed ON changed.company_id = forecast.company_id
                  LEFT JOIN inherited ON inherited.product_id = pair.product_id
                 WHERE product.active AND template.is_storable
                   AND (NOT %(due)s
                        OR forecast.id IS NULL
                        OR forecast.forecast_at < %(today)s
                           AND (forecast.next_day + (CASE forecast.period
                                                          WHEN 'day' THEN INTERVAL '1 day'
                                                          WHEN 'week' THEN INTERVAL '1 week'
                                                          ELSE INTERVAL '1 month' END)
                                    <= %(tomorrow)s
                                OR GREATEST(moved.at, changed.at, product.write_date,
                                            template.write_date) >= forecast.forecast_at
                                OR inherited.product_id IS NOT NULL
                                OR policy.id IS NULL OR policy.count_held OR policy.count_lost
                                OR EXISTS (SELECT FROM stock_warehouse_orderpoint AS point
                                            WHERE point.product_id = pair.product_id
                                              AND point.create_date >= forecast.forecast_at)
                                OR EXISTS (SELECT FROM product_supplierinfo AS seller
                                            WHERE seller.product_tmpl_id = template.id
                                              AND seller.write_date >= forecast.forecast_at)))
                 ORDER BY pair.product_id, pair.warehouse_id
                """,
                places=warehouses.ids,
                due=products is None,
                today=today,
                tomorrow=today + timedelta(days=1),  # somewhere it is that day already
                shipped=_among("move", products),
                ruled=_among("point", products),
            )
        )
        return self.env.cr.fetchall()

    def _browse_pairs(self, rows):
        """Records that share one prefetch."""
        products = self.env["product.product"].sudo().browse({row[0] for row in rows})
        places = self.env["stock.warehouse"].sudo().browse({row[1] for row in rows})
        by_product, by_place = products.grouped("id"), places.grouped("id")
        return [(by_product[product], by_place[place]) for product, place in rows]

    @api.model
    def _run(self, warehouses, products=None, horizon=None):
        """Forecast products in warehouses now, whether or not there is new demand.

        :param products: those alone, also ones that were never asked for
        :param int horizon: periods to look ahead
        :return: forecasts, in the order of products and warehouses
        """
        self.env["order.reorder.policy"]._ensure_policies(warehouses.company_id)
        if products is None:
            pairs = self._browse_pairs(self._find_due(warehouses, fields.Date.today(), ()))
        else:
            pairs = [
                (product, place)
                for product in products
                for place in warehouses
                if not product.company_id or product.company_id == place.company_id
            ]
        found = self.browse()
        for part in split_every(CHUNK, pairs, list):
            found |= self._run_pairs(part, horizon)
        self._classify(warehouses.company_id)
        return found

    def _run_pairs(self, pairs, horizon=None):
        """Read the demand of some products, reckon, and store what is new.

        :param list pairs: ``(product, warehouse)``, with full rights
        :return: their forecasts; pairs for which no policy holds have none
        """
        policies = self.env["order.reorder.policy"]._get_policies(pairs)
        policies = {pair: policy for pair, policy in policies.items() if policy}
        if not policies:
            return self.browse()
        run = ForecastRun(self, policies, horizon)
        rows, updates, same = run.reckon()
        insert_rows(self.env["order.forecast.result"].sudo(), run.results, "forecast_id, day")
        insert_rows(self, rows, "product_id, warehouse_id")
        update_rows(self, updates)
        if same:
            update_rows(self, dict.fromkeys(same, {"forecast_at": fields.Datetime.now()}))
        stored = self.search(
            [
                ("product_id", "in", list({product.id for product, _place in policies})),
                ("warehouse_id", "in", list({place.id for _product, place in policies})),
            ]
        )
        by_pair = {(row.product_id.id, row.warehouse_id.id): row for row in stored}
        return self.browse([by_pair[product.id, place.id].id for product, place in policies])

    def _classify(self, companies):
        """Classes by value and variability, of all products of these companies, in one statement.

        A: those that together make 80 % of the value of demand, B: the next 15 %, C: the rest.
        X: the deviation of a period is at most half its mean, Y: at most its mean, Z: above.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id, variability,
                           SUM(value) OVER (PARTITION BY company_id ORDER BY value DESC, id)
                               - value AS before,
                           SUM(value) OVER (PARTITION BY company_id) AS total
                      FROM order_forecast
                     WHERE company_id = ANY(%s)
                ), classed AS (
                    SELECT id,
                           CASE WHEN total <= 0 THEN 'c'
                                WHEN before < 0.80 * total THEN 'a'
                                WHEN before < 0.95 * total THEN 'b'
                                ELSE 'c' END AS abc,
                           CASE WHEN variability IS NULL THEN 'z'
                                WHEN variability <= 0.5 THEN 'x'
                                WHEN variability <= 1.0 THEN 'y'
                                ELSE 'z' END AS xyz
                      FROM ranked
                )
                UPDATE order_forecast AS forecast
                   SET abc = classed.abc, xyz = classed.xyz
                  FROM classed
                 WHERE classed.id = forecast.id
                   AND (forecast.abc, forecast.xyz) IS DISTINCT FROM (classed.abc, classed.xyz)
                """,
                companies.ids,
            )
        )
        self.invalidate_model(["abc", "xyz"])


class ForecastRun:
    """One set of products: what they were asked for, and what follows from it.

    :param model: empty ``order.forecast`` with full rights
    :param dict policies: ``(product, warehouse)`` → policy
    :param int horizon: periods to look ahead, else the usual ones
    """

    def __init__(self, model, policies, horizon=None):
        self.env = model.env
        self.model = model
        self.policies = policies
        self.horizon = horizon
        self.now = fields.Datetime.now()
        self.series = DemandBook(policies).series
        self.horizons = {pair: self._get_horizon(policy) for pair, policy in policies.items()}
        events = self.env["order.demand.event"].sudo()
        self.effects = events._apply(self.series, self.horizons, policies)
        self.spans = self.env["stock.warehouse.orderpoint"].sudo()._get_protection_days(policies)
        self.stored = self._read_stored()
        self.profiles = {}
        self.results = []  # what was told of periods that are over now

    def reckon(self):
        """What is to be stored.

        :return tuple: rows of new forecasts, id → values of known ones, ids where nothing changed
        """
        rows, updates, same = [], {}, []
        self._learn_profiles()
        for pair, policy in self.policies.items():
            known = self.stored.get((pair[0].id, pair[1].id))
            facts = self._gather(pair, policy)
            seal = _seal(facts)
            if known and seal == known.digest:
                same.append(known.id)
                continue
            vals = {**self._forecast(pair, policy, facts), "digest": seal}
            if known:
                updates[known.id] = vals
                self.results += self._compare(known, vals)
            else:
                rows.append(vals)
        return rows, updates, same

    def _read_stored(self):
        products = {product.id for product, _place in self.policies}
        places = {place.id for _product, place in self.policies}
        rows = self.model.search_fetch(
            [("product_id", "in", list(products)), ("warehouse_id", "in", list(places))],
            ["product_id", "warehouse_id", "digest", "period", "next_day", "mean"],
        )
        rows.override_ids.fetch(["day", "quantity", "user_id"])
        return {(row.product_id.id, row.warehouse_id.id): row for row in rows}

    def _compare(self, known, vals):
        """What was told of periods that are over now, beside what was asked for."""
        if known.period != vals["period"] or not known.next_day:
            return []
        planned = {override.day: override for override in known.override_ids}
        first, step = fields.Date.to_date(vals["first_day"]), STEPS[vals["period"]]
        days = {first + step * index: index for index in range(len(vals["history"]))}
        day, found = known.next_day, []
        for ahead, told in enumerate(known.mean or (), start=1):
            index = days.get(day)
            if index is None:
                break
            if vals["available"][index]:
                before = index - vals["season"] if vals["season"] > 1 else -1
                before = before if before >= 0 else index - ahead
                actual = vals["history"][index]
                naive = vals["history"][before] if before >= 0 else told
                shared = {name: vals[name] for name in SHARED}
                shared["forecast_id"] = known.id
                found.append(
                    self.env["order.forecast.result"]._prepare_result(
                        shared, day, actual, told, naive, planned.get(day)
                    )
                )
            day += step
        return found

    def _get_horizon(self, policy):
        return self.horizon or HORIZONS[policy.period]

    def _get_next_day(self, place, policy):
        """The first day of the period that is not over yet."""
        return start_of(day_of(self.now, zone_of(place, place.company_id)), policy.period)

    def _get_sum_periods(self, pair, policy):
        """Periods of lead time and review, rounded up; 1 where nothing reorders the product."""
        days = self.spans.get(pair, 0.0)
        return max(1, -int(-days // DAYS[policy.period]))

    def _gather(self, pair, policy):
        """All that the forecast depends on."""
        series, effect = self.series[pair], self.effects[pair]
        return {
            "period": policy.period,
            "season": SEASONS[policy.period],
            "first_day": str(series.first_day),
            "next_day": str(self._get_next_day(pair[1], policy)),
            "base": [round(quantity, 6) for quantity in effect.base],
            "raw": [round(quantity, 6) for quantity in series.raw],
            "available": [int(bool(there)) for there in effect.available],
            "future": [round(factor, 6) for factor in effect.future],
            "past": [round(factor, 6) for factor in effect.past],
            "method": policy.method,
            "policy": policy.id,
            "horizon": self.horizons[pair],
            "sum_periods": self._get_sum_periods(pair, policy),
            "profile": self.profiles.get(self._get_family(pair, policy)),
            "cost": pair[0].with_company(pair[1].company_id).standard_price,
        }

    def _get_family(self, pair, policy):
        return (pair[0].categ_id.id, pair[1].id, policy.period)

    def _learn_profiles(self):
        """Seasons of categories, for products that have too little history to show their own."""
        families = defaultdict(list)
        lacking = set()
        for pair, policy in self.policies.items():
            family, season = self._get_family(pair, policy), SEASONS[policy.period]
            base = self.effects[pair].base
            if policy.period != "day" and len(base) < OWN_SEASONS * season:
                lacking.add(family)
            families[family].append((self._get_next_day(pair[1], policy), base))
        for family in lacking:
            season = SEASONS[family[2]]
            long = [base for _day, base in families[family] if len(base) >= 2 * season]
            if len(long) > 1:
                self.profiles[family] = learn_profile(long, season)

    def _forecast(self, pair, policy, facts):
        """The values of one forecast."""
        product, place = pair
        base, available = facts["base"], facts["available"]
        options = {"method": policy.method} if policy.method != "auto" else {}
        profile = facts["profile"]
        if profile and len(base) < OWN_SEASONS * facts["season"]:
            options["profile"] = profile
        said, errors = self._study(facts, base, available, options)
        future = facts["future"]
        mean, low, high = (
            [round(value * factor, 4) for value, factor in zip(values, future, strict=True)]
            for values in (said.mean, said.low, said.high)
        )
        days = DAYS[policy.period]
        has_error = said.error is not False
        naive = said.naive_error if has_error else 0.0
        lately = mean[: max(1, facts["sum_periods"])]
        yearly = int(round(365.25 / days))
        return {
            "company_id": place.company_id.id,
            "product_id": product.id,
            "warehouse_id": place.id,
            "categ_id": product.categ_id.id,
            "policy_id": policy.id,
            "period": policy.period,
            "season": facts["season"],
            "first_day": facts["first_day"],
            "history": [
                round(base_value * factor, 4)
                for base_value, factor in zip(base, facts["past"], strict=True)
            ],
            "raw": facts["raw"],
            "is_whole": all(float(quantity).is_integer() for quantity in facts["raw"]),
            "available": available,
            "notes": self.series[pair].notes,
            "method": said.method,
            "pattern": said.pattern,
            "next_day": facts["next_day"],
            "mean": mean,
            "low": low,
            "high": high,
            "daily_demand": sum(lately) / len(lately) / days,
            "raw_daily_demand": sum(facts["raw"]) / len(facts["raw"]) / days
            if facts["raw"]
            else 0.0,
            "reason": self._tell(said, facts),
            "has_error": has_error,
            "error": said.error if has_error else 0.0,
            "naive_error": naive,
            "value_added": 1.0 - said.error / naive if naive else 0.0,
            "bias": said.bias if has_error else 0.0,
            "is_biased": is_biased(errors),
            "sum_periods": facts["sum_periods"],
            "sum_errors": [round(value, 4) for value in errors],
            "value": sum(base[-yearly:]) * facts["cost"],
            "variability": _variability(base, available),
            "forecast_at": self.now,
        }

    def _study(self, facts, base, available, options):
        """What is said, and how wrong it has been; naive where nothing beats it."""
        season = facts["season"]
        if len(base) < OWN_SEASONS * season and "profile" not in options:
            season = 1  # too short to show one, and to be measured by last year's figures
        given = (base, facts["horizon"], season, available)
        said, errors = study(*given, periods=facts["sum_periods"], **options)
        is_beaten = said.error is not False and said.error > BEATEN * said.naive_error > 0.0
        if is_beaten and not options.get("method") and said.pattern in ("smooth", "erratic"):
            name = "naive" if season == 1 else "seasonal_naive"
            return study(*given, periods=facts["sum_periods"], method=name)
        if not errors and season > 1:
            errors = backtest(base, facts["sum_periods"], 1, available)
        return said, errors

    def _tell(self, said, facts):
        """How the forecast came about, in one sentence."""
        if said.pattern == "new":
            return self.env._(
                "Too little history (%(periods)s periods): the mean of its life so far.",
                periods=len(facts["base"]),
            )
        if said.error is False:
            return self.env._(
                "%(method)s; too little history to tell how good it is.",
                method=METHODS[said.method].label,
            )
        figures = {
            "method": METHODS[said.method].label,
            "error": f"{said.error:.3g}",
            "naive": f"{said.naive_error:.3g}",
        }
        if "naive" in said.method:
            return self.env._(
                "Keeping last year's (or the last) figure: nothing tried beats it "
                "(error %(error)s a period).",
                **figures,
            )
        if said.error >= said.naive_error:
            return self.env._(
                "%(method)s: error %(error)s a period, lately no better than naive (%(naive)s).",
                **figures,
            )
        return self.env._(
            "%(method)s: error %(error)s a period, against %(naive)s of naive.", **figures
        )


def _among(table, products):
    """The condition that rows are of some products; of all, when none are named."""
    if not products:
        return SQL("TRUE")
    return SQL("%s = ANY(%s)", SQL.identifier(table, "product_id"), products.ids)


def _seal(facts):
    """A fingerprint of what a forecast depends on; long lists are taken as they lie in memory."""
    found, rest = hashlib.sha256(), {}
    for name, value in facts.items():
        if name in LISTS:
            found.update(array("d", value).tobytes())
            rest[name] = len(value)
        else:
            rest[name] = value
    found.update(json.dumps(rest, sort_keys=True).encode())
    return found.hexdigest()


def _variability(base, available):
    """Deviation over mean of the periods in which it could be sold; ``None`` without demand."""
    sold = [value for value, there in zip(base, available, strict=True) if there]
    mean = sum(sold) / len(sold) if sold else 0.0
    if mean <= 0 or len(sold) < 2:
        return None
    variance = sum((value - mean) ** 2 for value in sold) / (len(sold) - 1)
    return variance**0.5 / mean
