"""How stock does: all facts read at once, each product in each warehouse reckoned by itself."""

from collections import defaultdict
from datetime import timedelta
from math import ceil

from odoo import fields

from ...tools.replenishment import (
    Receipt,
    cover_days,
    daily_deviation,
    find_lack,
    find_waste,
    make_demand,
)
from ..common.optional import has_field
from ..common.zones import day_of, zone_of
from .advice_sql import read_other_flows, read_purchases
from .forecast_facts import read_pair_facts
from .lead_times import read_lead_times
from .stock_health_sql import read_expiring_lots, read_shelves

PERIOD_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
QUANTITIES = ("shortage", "expiring", "dead", "overstock")  # the worst first
FURTHEST = 3650  # days
NOISE = 1e-6


class HealthBook:
    """Products in warehouses, by pair of ids, and how each does.

    :param warehouses: with full rights
    :param list pairs: ``(product id, warehouse id)``
    """

    def __init__(self, warehouses, pairs):
        self.env = warehouses.env
        self.places = {place.id: place for place in warehouses}
        self.now = fields.Datetime.now()
        self.today = {
            place.id: day_of(self.now, zone_of(place, place.company_id)) for place in warehouses
        }
        self.facts = read_pair_facts(self.env, pairs)
        self.policies = self._find_policies(pairs)
        self.shelves = read_shelves(
            warehouses, [(*pair, self._day(pair, -self.policies[pair].dead_days)) for pair in pairs]
        )
        self._read_flows(warehouses, pairs)
        self._read_waits()
        self._read_lots(warehouses)
        self.rows = {pair: self._reckon(pair) for pair in self.shelves}

    def _day(self, pair, days):
        return self.today[pair[1]] + timedelta(days=int(days))

    def _find_policies(self, pairs):
        """The policy of each forecast, else the one that names the product, else a plain one."""
        found = {pair: facts.policy for pair, facts in self.facts.items() if facts.policy}
        rest = [pair for pair in pairs if pair not in found]
        if rest:
            policies = self.env["order.reorder.policy"]
            products = self.env["product.product"].browse({product for product, _place in rest})
            products.fetch(["product_tmpl_id"])
            by_id, nobody = products.grouped("id"), policies.new({"mode": "off"})
            by_pair = policies._get_policies(
                [(by_id[product], self.places[place]) for product, place in rest]
            )
            for product, place in rest:
                policy = by_pair[by_id[product], self.places[place]]
                found[product, place] = policy or nobody
        return found

    def _read_flows(self, warehouses, pairs):
        """What leaves and comes, by day; requests that were not ordered yet apart."""
        self.due, self.orders = defaultdict(float), defaultdict(list)
        self.receipts, self.requested = defaultdict(list), defaultdict(float)
        products = list({product for product, _place in pairs})
        for product, place, line, is_draft, day, quantity, _pegged in read_purchases(
            warehouses, products
        ):
            pair = (product, place)
            if is_draft:
                self.requested[pair] += quantity
            else:
                days = (day - self.today[place]).days
                self.receipts[pair].append(Receipt(line, days, quantity))
        for product, place, kind, day, quantity in read_other_flows(warehouses, pairs):
            pair = (product, place)
            days = day and (day - self.today[place]).days
            if kind == "in":
                self.receipts[pair].append(Receipt(False, days, quantity))
            elif kind == "out" and days > 0:
                self.orders[pair].append((days, quantity))
            elif kind == "out":
                self.due[pair] += quantity

    def _read_waits(self):
        """Days until goods come that are ordered now."""
        self.waits = {pair: float(self.policies[pair].short_days) for pair in self.shelves}
        rules = self.env["stock.warehouse.orderpoint"].browse(
            [shelf.rule_id for shelf in self.shelves.values() if shelf.rule_id]
        )
        times = read_lead_times(rules) if rules else {}
        by_id = rules.grouped("id")
        for pair, shelf in self.shelves.items():
            if shelf.rule_id:
                lead = times[by_id[shelf.rule_id]]
                self.waits[pair] = lead.days + lead.get_review_days(self.policies[pair])

    def _read_lots(self, warehouses):
        self.lots = defaultdict(list)
        if has_field(self.env, "stock.lot", "expiration_date"):
            asked = [
                (*pair, self._day(pair, self.policies[pair].expiring_days))
                for pair, shelf in self.shelves.items()
                if shelf.on_hand > 0
            ]
            for product, place, *lot in read_expiring_lots(warehouses, asked) if asked else ():
                self.lots[product, place].append(lot)

    def _reckon(self, pair):
        """The field values of one row."""
        facts, shelf = self.facts.get(pair), self.shelves[pair]
        daily = facts.daily_demand if facts else 0.0
        demand = make_demand(self._get_spans(pair), self.orders[pair])
        cover = cover_days(shelf.on_hand, daily)
        row = {
            "company_id": self.places[pair[1]].company_id.id,
            "product_id": pair[0],
            "warehouse_id": pair[1],
            "categ_id": shelf.categ_id,
            "orderpoint_id": shelf.rule_id or False,
            "forecast_id": facts.id if facts else False,
            "policy_id": self.policies[pair].id or False,
            "abc": facts.abc or False if facts else False,
            "xyz": shelf.xyz or False,
            "on_hand": shelf.on_hand,
            "reserved": shelf.reserved,
            "incoming": sum(receipt.quantity for receipt in self.receipts[pair]),
            "requested": self.requested[pair],
            "daily_demand": daily,
            "deviation": daily_deviation(daily, facts.variability, PERIOD_DAYS[facts.period])
            if facts
            else 0.0,
            "has_demand": cover is not None,
            "cover_days": cover or 0.0,
            "last_sold_on": shelf.last_day or False,
            "refreshed_at": self.now,
            **self._find_shortage(pair, shelf, demand),
            **self._find_surplus(pair, shelf, facts),
            **self._find_waste(pair, demand),
        }
        return row | _value(row, shelf.cost) | {"condition": _judge(row)}

    def _get_spans(self, pair):
        """The forecast; without one, so many days that each order has its own."""
        if pair in self.facts:
            return self.facts[pair].get_spans(self.today[pair[1]])
        last = max((day for day, _quantity in self.orders[pair]), default=0)
        return [(1, 0.0)] * (min(last, FURTHEST) + 2)

    def _find_shortage(self, pair, shelf, demand):
        """What lacks until goods come, or to the rule's minimum if that is more."""
        wait, horizon = self.waits[pair], self.policies[pair].unneeded_days
        stock = shelf.on_hand - self.due[pair]
        lack = find_lack(stock, demand, self.receipts[pair], wait, horizon)
        soon = sum(quantity for day, quantity in self.orders[pair] if day <= ceil(wait))
        coming = sum(receipt.quantity for receipt in self.receipts[pair])
        position = stock - soon + coming + self.requested[pair]
        below = shelf.minimum - position if shelf.minimum > 0 else 0.0
        return {
            "shortage": _clean(max(lack.quantity, below)),
            "is_below_minimum": below > lack.quantity + NOISE,
            "runs_out_on": self._get_day(pair, lack.day),
            "next_receipt_on": self._get_day(pair, lack.until),
        }

    def _find_surplus(self, pair, shelf, facts):
        """What nobody wants any more, else what is more than ever should be there."""
        policy, free = self.policies[pair], max(shelf.on_hand - shelf.reserved, 0.0)
        since = self._day(pair, -policy.dead_days)
        is_dead = shelf.last_day is None or shelf.last_day <= since
        dead = _clean(min(shelf.old, free)) if is_dead else 0.0
        most = free
        if shelf.maximum > 0:
            most = max(shelf.maximum, shelf.minimum)
        elif facts and facts.pattern != "new":
            most = facts.daily_demand * policy.overstock_days
        return {
            "dead": dead,
            "overstock": 0.0 if dead else _clean(free - most),
            "is_above_maximum": shelf.maximum > 0,
        }

    def _find_waste(self, pair, demand):
        """What will be left of lots when they expire, and the first of them."""
        lots = self.lots.get(pair, ())
        days = [((day - self.today[pair[1]]).days, quantity) for _lot, day, quantity in lots]
        found = [
            (lot, day, left)
            for (lot, day, _quantity), left in zip(lots, find_waste(days, demand), strict=True)
            if left > NOISE
        ]
        first, day, _left = found[0] if found else (False, False, 0.0)
        return {
            "expiring": _clean(sum(left for _lot, _day, left in found)),
            "lot_id": first,
            "expires_on": day,
        }

    def _get_day(self, pair, days):
        """The date so many days from today; ``False`` for none, and for what is far away."""
        return self._day(pair, days) if days is not None and days <= FURTHEST else False


def _value(row, cost):
    """The money in each quantity."""
    return {
        "cost": cost,
        "value": max(row["on_hand"], 0.0) * cost,
        "daily_value": row["daily_demand"] * cost,
        **{f"{name}_value": row[name] * cost for name in QUANTITIES},
    }


def _judge(row):
    """The worst that is to be said."""
    return next((name for name in QUANTITIES if row[name]), "fine")


def _clean(quantity):
    return round(quantity, 6) if quantity > NOISE else 0.0
