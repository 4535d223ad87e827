"""What is said of goods on order: all facts read at once, each product reckoned by itself."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from math import ceil

from odoo import fields

from ...tools.replenishment import Receipt, Tolerance, advise, make_demand
from ..common.zones import day_of, zone_of
from .advice_sql import read_other_flows, read_purchases
from .forecast_facts import read_pair_facts
from .lead_times import read_lead_times

# Of products that are hardly known only what lacks is said, not what is too much.
CERTAIN_ONLY = ("postpone", "unneeded")


class AdviceBook:
    """Products on order in warehouses, by pair of ids, and what is to be said of each.

    Products without a forecast, and those whose policy is off, are left out.

    :param warehouses: with full rights
    :param list product_ids: the products that are looked at
    """

    def __init__(self, warehouses, product_ids):
        self.env = warehouses.env
        self.places = {place.id: place for place in warehouses}
        now = fields.Datetime.now()
        self.today = {
            place.id: day_of(now, zone_of(place, place.company_id)) for place in warehouses
        }
        self.receipts = defaultdict(dict)
        self.drafts = set()
        purchases = read_purchases(warehouses, product_ids)
        pairs = sorted({(product, place) for product, place, *_rest in purchases})
        self.facts = {
            pair: facts
            for pair, facts in read_pair_facts(self.env, pairs).items()
            if facts.policy and facts.policy.mode != "off"
        }
        self.policies = {pair: facts.policy for pair, facts in self.facts.items()}
        self._read_rules()
        self._read_flows(warehouses)
        for product, place, line, is_draft, day, quantity, is_pegged in purchases:
            pair = (product, place)
            if pair in self.facts:
                days = (day - self.today[place]).days
                earliest = self.waits.get(pair, 0) if is_draft else 0
                self.receipts[pair][line] = Receipt(line, days, quantity, earliest, is_pegged)
        self.lines = self._read_lines()
        self.outlooks = {pair: self._advise(pair) for pair in self.facts}

    def day_at(self, pair, days):
        """The date so many days from today; ``False`` for none."""
        return days is not None and self.today[pair[1]] + timedelta(days=int(days))

    def get_price(self, line):
        """Of one of the product's own units, in the company's currency."""
        quantity, rate = line.product_uom_qty, line.order_id.currency_rate or 1.0
        return line.price_subtotal / quantity / rate if quantity else 0.0

    def _read_rules(self):
        """Reserve, lead time and review of the products that have a rule."""
        self.rules, self.reserves = {}, defaultdict(float)
        self.protections, self.waits = defaultdict(float), {}
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "in", list({product for product, _place in self.facts})),
                ("warehouse_id", "in", list({place for _product, place in self.facts})),
            ]
        )
        times = read_lead_times(rules)
        for rule in rules:
            pair = (rule.product_id.id, rule.warehouse_id.id)
            facts = self.facts.get(pair)
            if not facts:
                continue
            lead = times[rule]
            days = lead.days + lead.get_review_days(facts.policy)
            level = facts.policy._get_service_level(facts.abc)
            reserve = rule._get_reserve(facts, lead, days, level)
            wait = (lead.order_day - self.today[pair[1]]).days if lead.order_day else 0
            self.rules.setdefault(pair, rule)
            self.reserves[pair] = max(self.reserves[pair], reserve)
            self.protections[pair] = max(self.protections[pair], days)
            self.waits[pair] = max(self.waits.get(pair, 0), ceil(lead.days) + max(wait, 0))

    def _read_flows(self, warehouses):
        """What is there, less what should have left; what leaves and comes later."""
        self.stock, self.orders = defaultdict(float), defaultdict(list)
        self.others = defaultdict(list)
        for product, place, kind, day, quantity in read_other_flows(warehouses, list(self.facts)):
            pair = (product, place)
            days = day and (day - self.today[place]).days
            if kind == "stock":
                self.stock[pair] += quantity
            elif kind == "in":
                self.others[pair].append(Receipt(False, days, quantity, is_fixed=True))
            elif days > 0:
                self.orders[pair].append((days, quantity))
            else:
                self.stock[pair] -= quantity

    def _read_lines(self):
        """The purchase lines, with all that is told of them."""
        lines = self.env["purchase.order.line"].browse(
            [line for receipts in self.receipts.values() for line in receipts]
        )
        lines.fetch(["order_id", "price_subtotal", "product_id", "product_uom_qty"])
        lines.order_id.fetch(["currency_rate", "name", "partner_id"])
        lines.order_id.partner_id.fetch(["name"])
        lines.product_id.fetch(["product_tmpl_id"])
        lines.product_id.product_tmpl_id.fetch(["uom_id"])
        return lines.grouped("id")

    def _advise(self, pair):
        facts, policy = self.facts[pair], self.policies[pair]
        tolerance = Tolerance(policy.expedite_days, policy.postpone_days, policy.unneeded_days)
        demand = make_demand(facts.get_spans(self.today[pair[1]]), self.orders[pair])
        receipts = [*self.receipts[pair].values(), *self.others[pair]]
        protection = self.protections.get(pair, policy.review_days)
        outlook = advise(
            self.stock[pair], demand, receipts, self.reserves[pair], protection, tolerance
        )
        if facts.pattern == "new":
            certain = [one for one in outlook.advices if one.kind not in CERTAIN_ONLY]
            outlook = replace(outlook, advices=tuple(certain))
        return outlook
