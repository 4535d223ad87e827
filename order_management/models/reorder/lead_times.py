"""How long rules wait for what they order, and what vendors ask for it: many rules at once.

Core reckons one rule at a time. Rules of the same place and routes share everything but the
vendor's own days, which are taken from the price lists that core would choose from.
"""

from collections import defaultdict
from typing import NamedTuple

from odoo import fields

from .rule_facts import read_rule_facts, read_vendor_lines
from .rule_supply import find_chains

ENOUGH = 5  # receipts from which a vendor's lateness counts


class LeadTime(NamedTuple):
    """What is known of one rule's supply; quantities in the product's unit."""

    days: float  # until it can be sold, what the vendor is late on average put in
    deviation: float  # of these days
    vendor: object  # whom it is bought from; empty where it is not bought
    minimum_order: float
    price: float  # of one unit in the company's currency; 0: unknown
    breaks: tuple  # (least quantity, price)
    rhythm_days: int = 0  # between two order days of the vendor; 0: orders on any day
    order_day: object = False  # the vendor's next one

    def get_review_days(self, policy):
        """Days between two looks: not more often than orders are placed."""
        return max(policy.review_days, self.rhythm_days)


def read_lead_times(rules):
    """What is known of the supply of reordering rules.

    :param rules: ``stock.warehouse.orderpoint``, with full rights
    :return dict: rule → :class:`LeadTime`
    """
    env = rules.env
    facts = read_rule_facts(rules)
    chains = find_chains(rules, facts)
    ways = {id(chain): _read_way(chain) for chain in chains.values()}
    lists = read_vendor_lines(env, {fact.template_id for fact in facts.values()})
    companies = env["res.company"].browse({fact.company_id for fact in facts.values()})
    partners = env["res.partner"]
    vendors = partners.browse({line.partner_id for lines in lists.values() for line in lines})
    by_company = {
        company.id: (
            company,
            partners._get_receipt_delays(company),
            _Rates(company),
            vendors._get_rhythms(company),
        )
        for company in companies
    }
    vendors = vendors.grouped("id")
    today = fields.Date.context_today(rules)
    found, without_price = {}, defaultdict(list)
    for rule in rules:
        fact = facts[rule.id]
        pulled, is_bought = ways[id(chains[rule])]
        if pulled is None:
            pulled = rule.lead_days  # made here: core knows how long each takes
        company, delays, rates, rhythms = by_company[fact.company_id]
        lines = _choose(fact, lists.get(fact.template_id, ()), today, rates) if is_bought else []
        days, deviation, price = float(pulled), 0.0, None
        vendor, least, breaks = partners, 0.0, ()
        rhythm = (0, False)
        if is_bought:
            days += company.days_to_purchase
        if lines:
            first = lines[0]
            vendor = vendors[first.partner_id]
            rhythm = rhythms[vendor]
            days += first.delay
            late = delays.get(first.commercial_id)
            if late and late[2] >= ENOUGH:
                days += max(late[0], 0.0)
                deviation = late[1]
            prices = sorted((line.least, rates.convert(line)) for line in lines)
            least, price = prices[0]
            breaks = tuple(dict(prices).items())
        if price is None:
            without_price[company].append(rule)
        found[rule] = LeadTime(days, deviation, vendor, least, price, breaks, *rhythm)
    for company, some in without_price.items():
        products = rules.concat(*some).product_id.with_company(company)
        products.fetch(["standard_price"])
        costs = {product.id: product.standard_price for product in products}
        for rule in some:
            found[rule] = found[rule]._replace(price=costs[facts[rule.id].product_id])
    return found


def _read_way(chain):
    """Days on the way, ``None`` where it is made here, and whether it is bought in the end."""
    actions = chain.mapped("action")
    if "manufacture" in actions and "buy" not in actions:
        return None, False
    pulled = sum(
        step.delay for step in chain if step.action in ("pull", "pull_push") and step.delay
    )
    return float(pulled), "buy" in actions


def _choose(fact, lines, today, rates):
    """The price list that core would buy by, first, and the same vendor's other lines."""
    valid = [line for line in lines if line.holds(fact.product_id, fact.company_id, today)]
    if not valid:
        return []
    if len(valid) == 1:
        return valid
    bound = [line for line in valid if line.id == fact.supplier_id]
    own = [line for line in valid if line.partner_id == (bound or valid)[0].partner_id]
    first = bound or [min(own, key=lambda line: (rates.convert(line), line.sequence, line.id))]
    return [*first, *(line for line in own if line != first[0])]


class _Rates:
    """Prices in one company's currency; each rate is asked for once."""

    def __init__(self, company):
        self.company = company
        self.known = {company.currency_id.id: 1.0}

    def convert(self, line):
        """The price of one unit of the product."""
        rate = self.known.get(line.currency_id)
        if rate is None:
            env = self.company.env
            today = fields.Date.context_today(self.company)
            currency = env["res.currency"].browse(line.currency_id)
            rate = currency._convert(
                1.0, self.company.currency_id, self.company, today, round=False
            )
            self.known[line.currency_id] = rate
        return line.price * rate
