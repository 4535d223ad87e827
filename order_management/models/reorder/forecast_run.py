"""One set of forecasts: demand read at once, reckoned one by one."""

import hashlib
import json
from array import array
from collections import defaultdict
from operator import mul

from odoo import fields

from ...tools.forecasting import METHODS, backtest, is_biased, learn_profile, study
from ..common.zones import day_of, zone_of
from .demand_book import DemandBook
from .demand_series import SEASONS, STEPS, start_of

# Naive is used where it is so much better; by less it is so by chance.
BEATEN = 1.15
HORIZONS = {"day": 90, "week": 26, "month": 12}  # periods
DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
# A product without so many periods of its own is lent the season of its category.
OWN_SEASONS = 2
LISTS = ("base", "raw", "available", "future", "past")
SHARED = ("company_id", "product_id", "warehouse_id", "categ_id", "policy_id", "method", "pattern")


class ForecastRun:
    """One set of products: what they were asked for, and what follows from it.

    :param model: empty ``order.forecast`` with full rights
    :param dict policies: ``(product, warehouse)`` → policy
    :param int horizon: periods to look ahead, if more than the usual ones
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
        self.costs = self._read_costs()
        self.next_days = {}
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
        return max(self.horizon or 0, HORIZONS[policy.period])

    def _read_costs(self):
        """What one unit of each product costs each company: company → product id → cost."""
        products = self.model.env["product.product"].union(
            *(product for product, _place in self.policies)
        )
        found = {}
        for company in {place.company_id for _product, place in self.policies}:
            priced = products.with_company(company)
            priced.fetch(["standard_price"])
            found[company] = {product.id: product.standard_price for product in priced}
        return found

    def _get_next_day(self, place, policy):
        """The first day of the period that is not over yet."""
        key = (place, policy.period)
        if key not in self.next_days:
            today = day_of(self.now, zone_of(place, place.company_id))
            self.next_days[key] = start_of(today, policy.period)
        return self.next_days[key]

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
            "base": _round(effect.base),
            "raw": _round(series.raw),
            "available": list(map(int, map(bool, effect.available))),
            "future": _round(effect.future),
            "past": _round(effect.past),
            "method": policy.method,
            "policy": policy.id,
            "horizon": self.horizons[pair],
            "sum_periods": self._get_sum_periods(pair, policy),
            "profile": self.profiles.get(self._get_family(pair, policy)),
            "cost": self.costs[pair[1].company_id][pair[0].id],
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
            [round(value, 4) for value in _times(values, future)]
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
            "history": _multiply(base, facts["past"]),
            "raw": facts["raw"],
            "is_whole": all(map(float.is_integer, facts["raw"])),
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
            "error": _show(said.error),
            "naive": _show(said.naive_error),
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


def _show(number):
    return f"{number:.3g}" if number < 999.5 else f"{number:.0f}"


def _round(values):
    """Values to six digits; whole ones, as most are, stay as they are."""
    values = list(map(float, values))
    if all(map(float.is_integer, values)):
        return values
    return [round(value, 6) for value in values]


def _multiply(base, factors):
    """The base with what events added; mostly there are none."""
    if factors.count(1.0) == len(factors):
        return base
    return [round(value, 4) for value in _times(base, factors)]


def _times(values, factors):
    return map(mul, values, factors)


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
