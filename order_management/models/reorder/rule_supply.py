"""What reordering rules have, what comes and what they lack: many rules at once.

Core asks the database several times for each rule. Rules of one place, whose products have the
same routes, are supplied alike but for the vendor's days; what lies there, what comes and what
leaves is one statement for all. The answers are core's own.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from .rule_facts import read_rule_facts, read_vendor_lines

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")
NO_VENDOR_DAYS = 365  # core's


class Supply(NamedTuple):
    """How a rule is supplied."""

    chain: object  # stock.rule, as core finds them
    days: int  # core's lead time
    is_quick: bool  # bought in one step: all below is known without core


class Need(NamedTuple):
    """Units of the product, at a rule's place and beneath it."""

    on_hand: float
    forecast: float  # on hand and what comes and leaves until the horizon
    in_progress: float  # asked of vendors, not ordered yet
    postponed: float  # ordered in time, and late: it comes after the horizon
    days: tuple  # (day, change) of exactly this place, for core's deadline


def find_supplies(rules):
    """How rules are supplied.

    :param rules: ``stock.warehouse.orderpoint`` with product and place
    :return dict: rule → :class:`Supply`
    """
    facts = read_rule_facts(rules)
    chains = find_chains(rules, facts)
    quick = {id(chain): len(chain) == 1 and chain.action == "buy" for chain in chains.values()}
    bought = {facts[rule.id].template_id for rule in rules if quick[id(chains[rule])]}
    lists = read_vendor_lines(rules.env, bought)
    found = {}
    for rule in rules:
        chain = chains[rule]
        is_quick = quick[id(chain)] and not _has_own_way(rule.product_id)
        days = _get_days(rule, facts[rule.id], chain, lists) if is_quick else None
        found[rule] = Supply(chain, days, is_quick)
    return found


def find_chains(rules, facts):
    """The stock rules that supply each reordering rule, as core finds them one by one.

    :param dict facts: of :func:`read_rule_facts`
    :return dict: rule → ``stock.rule``; rules that are supplied alike share one recordset
    """
    groups, categories = defaultdict(list), {}
    for rule in rules:
        fact = facts[rule.id]
        routes = categories.get(fact.categ_id)
        if routes is None:
            category = rules.env["product.category"].browse(fact.categ_id)
            routes = categories[fact.categ_id] = tuple(category.total_route_ids.ids)
        key = (fact.location_id, fact.route_id, fact.routes, routes, fact.has_sellers)
        groups[key if not _has_own_way(rule.product_id) else rule.id].append(rule)
    found = {}
    for members in groups.values():
        first = members[0]
        alone = first.product_id.with_prefetch()  # core reads related fields, of all it was given
        chain = alone._get_rules_from_location(first.location_id, route_ids=first.route_id)
        found.update(dict.fromkeys(members, chain))
    return found


def _has_own_way(product):
    """Made here, or sold as its components: other modules have their say."""
    return "bom_ids" in product._fields and bool(product.bom_ids or product.variant_bom_ids)


def _get_days(rule, fact, chain, lists):
    """Core's lead time of what is bought: the vendor's days, and the company's to purchase."""
    lines = lists.get(fact.template_id, ())
    bound = [line for line in lines if line.id == fact.supplier_id]
    company = chain.company_id
    if bound:
        days = bound[0].delay
    elif not lines:
        return NO_VENDOR_DAYS
    elif len(lines) == 1 and _is_plain(lines[0]):
        days = lines[0].delay
    else:
        product = rule.product_id.with_company(company or rule.company_id)
        seller = product._select_seller(quantity=None)
        if not seller:
            return NO_VENDOR_DAYS
        days = seller.delay
    return int(days + company.days_to_purchase)


def _is_plain(line):
    """A price that holds always, for all variants and companies."""
    return line.is_active and not (
        line.date_start or line.date_end or line.product_id or line.company_id
    )


def read_needs(rules, until):
    """What lies at each rule's place and beneath it, what comes and what leaves.

    :param rules: ``stock.warehouse.orderpoint``
    :param dict until: rule → the last moment that counts
    :return dict: rule → :class:`Need`
    """
    if not rules:
        return {}
    env = rules.env
    _flush(env)
    rules.flush_recordset(["location_id", "product_id"])
    env.cr.execute(
        SQL(
            """
            WITH asked AS (
                SELECT * FROM UNNEST(%(rules)s, %(until)s::timestamp[]) AS asked (id, until)
            ), wanted AS MATERIALIZED (
                SELECT rule.id, rule.product_id, rule.location_id, asked.until,
                       place.parent_path || '%%' AS path
                  FROM asked
                  JOIN stock_warehouse_orderpoint AS rule ON rule.id = asked.id
                  JOIN stock_location AS place ON place.id = rule.location_id
            ), expected AS MATERIALIZED (
                SELECT move.product_id, move.product_qty AS quantity, move.date,
                       move.location_id, source.parent_path AS source_path,
                       COALESCE(move.location_final_id, move.location_dest_id) AS target_id,
                       target.parent_path AS target_path,
                       COALESCE(line.first_date_planned, line.date_planned, move.date_deadline)
                           AS first_date,
                       line.orderpoint_id IS NOT NULL AS is_ordered_by_rule
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target
                    ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                  LEFT JOIN purchase_order_line AS line ON line.id = move.purchase_line_id
                 WHERE move.state = ANY(%(states)s) AND move.product_id = ANY(%(products)s)
            ), part AS (
                SELECT wanted.id, 'lies' AS kind, NULL::date AS day, quant.quantity::float
                  FROM wanted
                  JOIN stock_quant AS quant ON quant.product_id = wanted.product_id
                  JOIN stock_location AS location ON location.id = quant.location_id
                 WHERE location.parent_path LIKE wanted.path
                 UNION ALL
                SELECT wanted.id, CASE WHEN move.date <= wanted.until THEN 'moves' ELSE 'late' END,
                       CASE WHEN wanted.location_id IN (move.location_id, move.target_id)
                            THEN move.date::date END,
                       CASE WHEN move.source_path LIKE wanted.path
                            THEN -move.quantity ELSE move.quantity END::float
                  FROM wanted
                  JOIN expected AS move ON move.product_id = wanted.product_id
                 WHERE (move.source_path LIKE wanted.path) != (move.target_path LIKE wanted.path)
                   AND (move.date <= wanted.until
                        OR NOT move.source_path LIKE wanted.path
                           AND (move.first_date <= wanted.until OR move.is_ordered_by_rule))
                 UNION ALL
                SELECT wanted.id, 'asked', NULL,
                       (line.product_qty * unit.factor / own.factor)::float
                  FROM wanted
                  JOIN purchase_order_line AS line ON line.product_id = wanted.product_id
                  JOIN purchase_order AS purchase ON purchase.id = line.order_id
                  LEFT JOIN stock_warehouse_orderpoint AS rule ON rule.id = line.orderpoint_id
                  LEFT JOIN stock_picking_type AS kind ON kind.id = purchase.picking_type_id
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS unit ON unit.id = line.product_uom_id
                  JOIN uom_uom AS own ON own.id = template.uom_id
                 WHERE purchase.state IN ('draft', 'sent', 'to approve')
                   AND COALESCE(rule.location_id, line.location_final_id,
                                kind.default_location_dest_id) = wanted.location_id
                   AND CASE WHEN line.orderpoint_id IS NOT NULL
                            THEN NOT EXISTS (SELECT FROM stock_move_created_purchase_line_rel
                                              WHERE created_purchase_line_id = line.id)
                            ELSE line.location_final_id IS NULL
                                 OR NOT EXISTS (SELECT FROM stock_move
                                                 WHERE purchase_line_id = line.id)
                       END
            )
            SELECT id, kind, day, COALESCE(SUM(quantity), 0)
              FROM part GROUP BY id, kind, day ORDER BY id, day
            """,
            rules=rules.ids,
            until=[until[rule] for rule in rules],
            products=rules.product_id.ids,
            states=list(OPEN_STATES),
        )
    )
    sums, days = defaultdict(lambda: defaultdict(float)), defaultdict(list)
    for rule_id, kind, day, quantity in env.cr.fetchall():
        sums[rule_id][kind] += quantity
        if kind == "moves" and day:
            days[rule_id].append((day, quantity))
    found = {}
    for rule in rules:
        own = sums.get(rule.id, {})
        lies = own.get("lies", 0.0)
        found[rule] = Need(
            on_hand=round(lies, 6),
            forecast=round(lies + own.get("moves", 0.0), 6),
            in_progress=round(own.get("asked", 0.0), 6),
            postponed=round(own.get("late", 0.0), 6),
            days=tuple(days.get(rule.id, ())),
        )
    return found


def end_of(days):
    """The last moment of a day so many days ahead, as core counts."""
    return datetime.combine(fields.Date.today() + timedelta(days=days), time.max)


def _flush(env):
    for model, names in {
        "stock.quant": ("location_id", "product_id", "quantity"),
        "stock.move": (
            "date", "date_deadline", "location_dest_id", "location_final_id", "location_id",
            "product_id", "product_qty", "purchase_line_id", "state",
        ),
        "purchase.order.line": (
            "date_planned", "first_date_planned", "location_final_id", "move_dest_ids",
            "order_id", "orderpoint_id", "product_id", "product_qty", "product_uom_id",
        ),
        "purchase.order": ("picking_type_id", "state"),
    }.items():  # fmt: skip
        env[model].flush_model(names)
