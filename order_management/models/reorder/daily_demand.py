"""What was asked for of rules' products each day, and what lay there before."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ..common.zones import day_of, get_places, zone_of
from .demand_sql import read_demand


class Past(NamedTuple):
    demand: list  # of each day, the last one is yesterday
    opening: float  # what lay there when the first day began
    today: date


def read_daily_demand(rules, length):
    """The past of reordering rules, in two statements.

    Days on which nothing was there to be sold count as the mean of the others.

    :param rules: ``stock.warehouse.orderpoint``, with full rights
    :param int length: closed days
    :return dict: rule → :class:`Past`
    """
    if not rules:
        return {}
    now = fields.Datetime.now()
    today = {place: day_of(now, zone_of(place, place.company_id)) for place in rules.warehouse_id}
    pairs = {}
    for rule in rules:
        place = rule.warehouse_id
        since = today[place] - timedelta(days=length)
        pair = (rule.product_id.id, place.id)
        pairs[pair] = (*pair, since, 0.0, False, False, rule.product_id.is_storable)
    rows = defaultdict(list)
    found = read_demand(rules.env, list(pairs.values()), rules.warehouse_id, "day")
    for kind, product, place, *rest in found:
        rows[product, place, kind].append(rest)
    openings = _read_openings(rules.env, pairs, rules.warehouse_id)
    pasts = {}
    for rule in rules:
        pair = (rule.product_id.id, rule.warehouse_id.id)
        first = today[rule.warehouse_id] - timedelta(days=length)
        demand, empty = [0.0] * length, set()
        for day, _until, quantity, *_rest in rows[(*pair, "sold")]:
            if 0 <= (day - first).days < length:
                demand[(day - first).days] = quantity
        for day, until, *_rest in rows[(*pair, "out")]:
            empty.update(range(max((day - first).days, 0), min((until - first).days + 1, length)))
        known = [quantity for place, quantity in enumerate(demand) if place not in empty]
        mean = sum(known) / len(known) if known else 0.0
        demand = [mean if place in empty else value for place, value in enumerate(demand)]
        opening = max(openings.get(pair, 0.0), 0.0)
        pasts[rule] = Past(demand, opening, today[rule.warehouse_id])
    return pasts


def _read_openings(env, pairs, places):
    """What lay in each warehouse when the first day began: now, less what came since."""
    env.cr.execute(
        SQL(
            """
            WITH zone (warehouse_id, zone) AS (VALUES %(places)s),
            wanted (product_id, warehouse_id, since) AS (VALUES %(pairs)s),
            part AS (
                SELECT wanted.product_id, wanted.warehouse_id, quant.quantity
                  FROM wanted
                  JOIN stock_location AS location
                    ON location.warehouse_id = wanted.warehouse_id
                   AND location.usage IN ('internal', 'transit')
                  JOIN stock_quant AS quant ON quant.location_id = location.id
                                           AND quant.product_id = wanted.product_id
                UNION ALL
                SELECT wanted.product_id, wanted.warehouse_id,
                       CASE WHEN source.warehouse_id IS NOT DISTINCT FROM wanted.warehouse_id
                            THEN 1 ELSE -1 END * move.quantity * unit.factor / own.factor
                  FROM wanted
                  JOIN zone USING (warehouse_id)
                  JOIN stock_move AS move ON move.product_id = wanted.product_id
                                         AND move.state = 'done'
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target ON target.id = move.location_dest_id
                  JOIN product_product AS product ON product.id = move.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS unit ON unit.id = move.product_uom
                  JOIN uom_uom AS own ON own.id = template.uom_id
                 WHERE source.warehouse_id IS DISTINCT FROM target.warehouse_id
                   AND wanted.warehouse_id IN (source.warehouse_id, target.warehouse_id)
                   AND (move.date AT TIME ZONE 'UTC' AT TIME ZONE zone.zone)::date
                       >= wanted.since::date
            )
            SELECT product_id, warehouse_id, SUM(quantity) FROM part GROUP BY 1, 2
            """,
            places=get_places(places),
            pairs=SQL(", ").join(SQL("(%s, %s, %s)", *pair[:3]) for pair in pairs.values()),
        )
    )
    return {(product, place): float(found or 0) for product, place, found in env.cr.fetchall()}
