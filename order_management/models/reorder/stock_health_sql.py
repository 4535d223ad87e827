"""What lies, has lain, was sold and expires: many products and warehouses at once."""

from typing import NamedTuple

from odoo.tools import SQL

from ..common.zones import get_places

# Where goods go that somebody wants; scrap, counts and returns to vendors are none of that.
WANTED_BY = ("customer", "production", "transit")
OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class Shelf(NamedTuple):
    """What lies in a warehouse of a product; quantities in its unit."""

    categ_id: int
    on_hand: float
    reserved: float
    old: float  # lies there since the day that was asked for, or longer
    cost: float  # of one unit, in the company's currency
    last_day: object  # any of it was wanted, or None
    rule_id: object
    minimum: float
    maximum: float
    xyz: object


def find_health_pairs(warehouses, product_ids=None):
    """Storable products that lie in a warehouse, or are asked for there.

    :param product_ids: only these
    :return list: ``(product id, warehouse id)``
    """
    env = warehouses.env
    _flush(env)
    only = (
        SQL("product.id = ANY(%s)", list(product_ids)) if product_ids is not None else SQL("TRUE")
    )
    env.cr.execute(
        SQL(
            """
            WITH pair AS (
                SELECT quant.product_id, location.warehouse_id
                  FROM stock_quant AS quant
                  JOIN stock_location AS location ON location.id = quant.location_id
                 WHERE location.usage IN ('internal', 'transit') AND quant.quantity != 0
                 UNION
                SELECT product_id, warehouse_id FROM order_forecast WHERE daily_demand > 0
                 UNION
                SELECT product_id, warehouse_id FROM stock_warehouse_orderpoint
                 WHERE active AND product_min_qty > 0
                 UNION
                SELECT move.product_id, source.warehouse_id
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                 WHERE move.state = ANY(%(open)s)
            )
            SELECT pair.product_id, pair.warehouse_id
              FROM pair
              JOIN product_product AS product ON product.id = pair.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE template.is_storable AND pair.warehouse_id = ANY(%(places)s) AND %(only)s
             ORDER BY pair.product_id, pair.warehouse_id
            """,
            open=list(OPEN_STATES),
            places=warehouses.ids,
            only=only,
        )
    )
    return env.cr.fetchall()


def read_shelves(warehouses, asked):
    """What lies there, since when, what it costs, its rule, and when any of it was wanted last.

    Each in a statement of its own: how much there will be of each is misjudged in one.

    :param list asked: ``(product id, warehouse id, day)``: what lies there since that day or
        longer is old
    :return dict: pair → :class:`Shelf`
    """
    env = warehouses.env
    _flush(env)
    facts = {
        "places": get_places(warehouses),
        "product_ids": [product for product, _place, _day in asked],
        "place_ids": [place for _product, place, _day in asked],
        "days": [day for _product, _place, day in asked],
    }
    lying, went = _read_lying(env, facts), _read_last_days(env, facts)
    rules, nothing, no_rule = _read_rules(env, facts), (0.0, 0.0, 0.0), (None, 0.0, 0.0)
    return {
        pair: Shelf(
            categ_id,
            *lying.get(pair, nothing),
            cost,
            *went.get(pair, (None,)),
            *rules.get(pair, no_rule),
            xyz,
        )
        for pair, (categ_id, cost, xyz) in _read_products(env, facts).items()
    }


def _read_products(env, facts):
    """Pair → category, cost in the warehouse's company, variability class."""
    fallbacks = env["ir.default"]._get_field_column_fallbacks("product.product", "standard_price")
    return _read_pairs(
        env,
        """
        SELECT pair.product_id, pair.warehouse_id, template.categ_id,
               COALESCE((product.standard_price ->> warehouse.company_id::text)::float,
                        (%(fallbacks)s::jsonb ->> warehouse.company_id::text)::float, 0),
               forecast.xyz
          FROM UNNEST(%(product_ids)s, %(place_ids)s) AS pair (product_id, warehouse_id)
          JOIN stock_warehouse AS warehouse ON warehouse.id = pair.warehouse_id
          JOIN product_product AS product ON product.id = pair.product_id
          JOIN product_template AS template ON template.id = product.product_tmpl_id
          LEFT JOIN order_forecast AS forecast ON forecast.product_id = pair.product_id
                                              AND forecast.warehouse_id = pair.warehouse_id
        """,
        fallbacks=fallbacks,
        **facts,
    )


def _read_lying(env, facts):
    """Pair → on hand, reserved, old."""
    return _read_pairs(
        env,
        """
        WITH place (warehouse_id, zone) AS (VALUES %(places)s)
        SELECT pair.product_id, pair.warehouse_id, SUM(quant.quantity)::float,
               SUM(quant.reserved_quantity)::float,
               COALESCE(SUM(quant.quantity) FILTER (
                   WHERE (quant.in_date AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date
                         <= pair.since), 0)::float
          FROM UNNEST(%(product_ids)s, %(place_ids)s, %(days)s::date[])
            AS pair (product_id, warehouse_id, since)
          JOIN place USING (warehouse_id)
          JOIN stock_quant AS quant ON quant.product_id = pair.product_id
          JOIN stock_location AS location ON location.id = quant.location_id
                                         AND location.warehouse_id = pair.warehouse_id
         WHERE location.usage IN ('internal', 'transit')
         GROUP BY pair.product_id, pair.warehouse_id
        """,
        **facts,
    )


def _read_last_days(env, facts):
    """Pair → the day on which any of it was wanted last."""
    return _read_pairs(
        env,
        """
        WITH place (warehouse_id, zone) AS (VALUES %(places)s)
        SELECT move.product_id, place.warehouse_id,
               (MAX(move.date) AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date
          FROM stock_move AS move
          JOIN stock_location AS source ON source.id = move.location_id
          JOIN place ON place.warehouse_id = source.warehouse_id
          JOIN stock_location AS target ON target.id = move.location_dest_id
         WHERE move.state = 'done' AND move.quantity > 0 AND move.product_id = ANY(%(product_ids)s)
           AND (target.usage = ANY(%(wanted_by)s)
                OR target.usage = 'internal'
                   AND target.warehouse_id IS DISTINCT FROM source.warehouse_id)
         GROUP BY move.product_id, place.warehouse_id, place.zone
        """,
        wanted_by=list(WANTED_BY),
        **facts,
    )


def _read_rules(env, facts):
    """Pair → rule, minimum and maximum; of several the one of the warehouse's stock itself."""
    return _read_pairs(
        env,
        """
        SELECT DISTINCT ON (rule.product_id, rule.warehouse_id)
               rule.product_id, rule.warehouse_id, rule.id,
               COALESCE(rule.product_min_qty, 0)::float, COALESCE(rule.product_max_qty, 0)::float
          FROM stock_warehouse_orderpoint AS rule
          JOIN stock_warehouse AS warehouse ON warehouse.id = rule.warehouse_id
         WHERE rule.active AND rule.product_id = ANY(%(product_ids)s)
           AND rule.warehouse_id = ANY(%(place_ids)s)
         ORDER BY rule.product_id, rule.warehouse_id,
                  rule.location_id != warehouse.lot_stock_id, rule.id
        """,
        **facts,
    )


def _read_pairs(env, statement, **values):
    """The rows of a statement by product and warehouse."""
    env.cr.execute(SQL(statement, **values))
    return {(product, place): row for product, place, *row in env.cr.fetchall()}


def read_expiring_lots(warehouses, asked):
    """Lots that lie in a warehouse and expire by a day. Only with ``product_expiry``.

    :param list asked: ``(product id, warehouse id, day)``
    :return list: ``(product id, warehouse id, lot id, day it expires, quantity)``
    """
    env = warehouses.env
    _flush(env)
    env["stock.lot"].flush_model(["expiration_date"])
    env.cr.execute(
        SQL(
            """
            WITH place (warehouse_id, zone) AS (VALUES %(places)s)
            SELECT pair.product_id, pair.warehouse_id, lot.id, %(day)s AS day,
                   SUM(quant.quantity)::float
              FROM UNNEST(%(product_ids)s, %(place_ids)s, %(days)s::date[])
                AS pair (product_id, warehouse_id, until)
              JOIN place USING (warehouse_id)
              JOIN stock_quant AS quant ON quant.product_id = pair.product_id
              JOIN stock_location AS location ON location.id = quant.location_id
                                             AND location.warehouse_id = pair.warehouse_id
              JOIN stock_lot AS lot ON lot.id = quant.lot_id
             WHERE location.usage IN ('internal', 'transit') AND %(day)s <= pair.until
             GROUP BY pair.product_id, pair.warehouse_id, lot.id, place.zone
            HAVING SUM(quant.quantity) > 0
             ORDER BY day, lot.id
            """,
            places=get_places(warehouses),
            day=SQL("(lot.expiration_date AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date"),
            product_ids=[product for product, _place, _day in asked],
            place_ids=[place for _product, place, _day in asked],
            days=[day for _product, _place, day in asked],
        )
    )
    return env.cr.fetchall()


def _flush(env):
    env["stock.quant"].flush_model()
    env["stock.move"].flush_model()
    env["order.forecast"].flush_model(["daily_demand", "product_id", "warehouse_id"])
    env["product.product"].flush_model(["product_tmpl_id", "standard_price"])
    env["product.template"].flush_model(["categ_id", "is_storable"])
    env["stock.warehouse.orderpoint"].flush_model(
        ["active", "location_id", "product_id", "product_max_qty", "product_min_qty",
         "warehouse_id"]
    )  # fmt: skip
