"""How long rules wait for what they order, and what vendors ask for it: many rules at once.

Core reckons one rule at a time. Rules of the same place and routes share everything but the
vendor's own days, which are taken from the price lists that core would choose from.
"""

from collections import defaultdict
from typing import NamedTuple

from odoo import fields

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
    _read_at_once(rules)
    supply = _find_supply_rules(rules)
    delays = {
        company: rules.env["res.partner"]._get_receipt_delays(company)
        for company in rules.company_id
    }
    today, nobody = fields.Date.context_today(rules), rules.env["res.partner"]
    found, without_price = {}, defaultdict(list)
    for rule in rules:
        pulled, is_bought = supply[rule]
        company, product = rule.company_id, rule.product_id
        sellers = _get_sellers(rule, product, company, today) if is_bought else []
        days, deviation, price = pulled, 0.0, None
        vendor, least, breaks = nobody, 0.0, ()
        if is_bought:
            days += company.days_to_purchase
            if sellers:
                seller = sellers[0]
                vendor = seller.partner_id
                days += seller.delay
                late = delays[company].get(vendor.commercial_partner_id.id)
                if late and late[2] >= ENOUGH:
                    days += max(late[0], 0.0)
                    deviation = late[1]
                prices = [_get_price(each, product, company) for each in sellers]
                least = min(quantity for quantity, _price in prices)
                breaks = tuple(sorted(dict(prices).items()))
                price = breaks[0][1]
        if price is None:
            without_price[company].append(rule)
        found[rule] = LeadTime(days, deviation, vendor, least, price, breaks)
    _add_rhythms(found)
    for company, some in without_price.items():
        products = rules.concat(*some).product_id.with_company(company)
        products.fetch(["standard_price"])
        costs = {product.id: product.standard_price for product in products}
        for rule in some:
            found[rule] = found[rule]._replace(price=costs[rule.product_id.id])
    return found


def _add_rhythms(found):
    """Put in on which days each vendor is ordered from."""
    by_company = defaultdict(list)
    for rule, lead in found.items():
        if lead.vendor:
            by_company[rule.company_id].append(rule)
    for company, some in by_company.items():
        vendors = company.env["res.partner"].browse({found[rule].vendor.id for rule in some})
        rhythms = vendors._get_rhythms(company)
        for rule in some:
            days, order_day = rhythms[found[rule].vendor]
            found[rule] = found[rule]._replace(rhythm_days=days, order_day=order_day)


def _read_at_once(rules):
    """Fetch what is looked at: left to itself, the ORM reads by the thousand."""
    rules.fetch(["company_id", "location_id", "product_id", "route_id", "supplier_id"])
    products = rules.product_id
    products.fetch(["product_tmpl_id"])
    templates = products.product_tmpl_id
    templates.fetch(["categ_id", "route_ids", "seller_ids", "uom_id"])
    sellers = templates.seller_ids
    sellers.fetch(
        [
            "company_id", "currency_id", "date_end", "date_start", "delay", "discount", "min_qty",
            "partner_id", "price", "product_id", "product_uom_id", "sequence",
        ]
    )  # fmt: skip
    sellers.partner_id.fetch(["commercial_partner_id", "active"])


def _find_supply_rules(rules):
    """Days on the way to each rule's place, and whether it is bought in the end."""
    found, groups, known = {}, defaultdict(list), {}
    for rule in rules:
        template = rule.product_id.product_tmpl_id
        routes = frozenset(template.route_ids.ids + _get_category_routes(template.categ_id, known))
        groups[rule.location_id.id, rule.route_id.id, routes].append(rule)
    for members in groups.values():
        first = members[0]
        alone = first.product_id.with_prefetch()  # core reads related fields, of all it was given
        chain = alone._get_rules_from_location(first.location_id, route_ids=first.route_id)
        pulled = sum(
            step.delay for step in chain if step.action in ("pull", "pull_push") and step.delay
        )
        is_bought = "buy" in chain.mapped("action")
        if not is_bought and "manufacture" in chain.mapped("action"):
            pulled = None  # made here: core knows how long each takes
        for rule in members:
            days = pulled if pulled is not None else rule.lead_days
            found[rule] = (float(days), is_bought)
    return found


def _get_category_routes(category, known):
    """The routes of a category and those above it, asked for once."""
    if category.id not in known:
        known[category.id] = category.total_route_ids.ids
    return known[category.id]


def _get_sellers(rule, product, company, today):
    """The vendor's price list that core would buy by, and the same vendor's other ones."""
    sellers = [
        seller
        for seller in product.product_tmpl_id.seller_ids
        if (not seller.company_id or seller.company_id == company)
        and (not seller.product_id or seller.product_id == product)
        and (not seller.date_start or seller.date_start <= today)
        and (not seller.date_end or seller.date_end >= today)
        and seller.partner_id.active
    ]
    if rule.supplier_id in sellers:
        first = rule.supplier_id
    elif sellers:
        first = min(
            sellers,
            key=lambda seller: (
                seller.price * (1.0 - seller.discount / 100.0),
                seller.sequence,
                seller.id,
            ),
        )
        cheapest = [seller for seller in sellers if seller.partner_id == first.partner_id]
        first = min(cheapest, key=lambda seller: (seller.min_qty, seller.sequence, seller.id))
    else:
        return []
    others = [
        seller for seller in sellers if seller.partner_id == first.partner_id and seller != first
    ]
    return [first, *others]


def _get_price(seller, product, company):
    """Least quantity and price of one line of a price list, in the product's unit."""
    own = product.product_tmpl_id.uom_id
    unit = seller.product_uom_id or own
    quantity, price = seller.min_qty, seller.price * (1.0 - seller.discount / 100.0)
    if unit != own:
        quantity = unit._compute_quantity(quantity, own, round=False)
        price = unit._compute_price(price, own)
    if seller.currency_id != company.currency_id:
        price = seller.currency_id._convert(
            price, company.currency_id, company, fields.Date.context_today(seller), round=False
        )
    return quantity, price
