"""What lies, comes and leaves of every product in every warehouse: one statement for all."""

from odoo.tools import SQL

from ..common.optional import has_field
from .rule_supply import OPEN_STATES, end_of

PLAIN_DAYS = 14.0  # that stock has to last where no rule says how long


def read_stock(warehouses, until, rested_since):
    """Quantities of each product with stock, a rule or a forecast.

    :param warehouses: with full rights
    :param dict until: (product id, warehouse id) → the last moment that counts as in time
    :param dict rested_since: warehouse id → the moment before which goods have rested too long
    :return list: rows ``(product id, warehouse id, forecast id, rule id, on hand, reserved,
        resting, arriving, coming, leaving, asked, last sold)``; the units of the product
    """
    env = warehouses.env
    for model, names in {
        "stock.quant": ("in_date", "location_id", "product_id", "quantity", "reserved_quantity"),
        "stock.move": (
            "date", "location_dest_id", "location_final_id", "location_id", "product_id",
            "product_qty", "state",
        ),
        "stock.warehouse.orderpoint": ("active", "product_id", "warehouse_id"),
        "purchase.order.line": ("order_id", "product_id", "product_qty", "product_uom_id"),
        "purchase.order": ("picking_type_id", "state"),
    }.items():  # fmt: skip
        env[model].flush_model(names)
    env["order.forecast"].flush_model(["product_id", "warehouse_id"])
    env.cr.execute(
        SQL(
            """
            WITH place AS (
                SELECT * FROM UNNEST(%(places)s, %(rested)s::timestamp[])
                    AS place (warehouse_id, rested_since)
            ), asked AS (
                SELECT * FROM UNNEST(%(products)s::int[], %(at)s::int[], %(until)s::timestamp[])
                    AS asked (product_id, warehouse_id, until)
            ), lying AS (
                SELECT quant.product_id, spot.warehouse_id, SUM(quant.quantity) AS on_hand,
                       SUM(quant.reserved_quantity) AS reserved,
                       SUM(quant.quantity) FILTER (WHERE quant.in_date < place.rested_since)
                           AS resting
                  FROM stock_quant AS quant
                  JOIN stock_location AS spot ON spot.id = quant.location_id
                  JOIN place ON place.warehouse_id = spot.warehouse_id
                 WHERE spot.usage = 'internal'
                 GROUP BY quant.product_id, spot.warehouse_id
            ), moving AS (
                SELECT move.product_id, move.product_qty AS quantity, move.date,
                       CASE WHEN source.usage = 'internal' THEN source.warehouse_id END
                           AS source_id,
                       CASE WHEN target.usage = 'internal' THEN target.warehouse_id END
                           AS target_id
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target
                    ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.state = ANY(%(states)s)
            ), flow AS (
                SELECT product_id, target_id AS warehouse_id, quantity AS coming, 0 AS leaving,
                       date
                  FROM moving
                 WHERE target_id = ANY(%(places)s) AND source_id IS DISTINCT FROM target_id
                 UNION ALL
                SELECT product_id, source_id, 0, quantity, date
                  FROM moving
                 WHERE source_id = ANY(%(places)s) AND source_id IS DISTINCT FROM target_id
            ), flows AS (
                SELECT flow.product_id, flow.warehouse_id, SUM(coming) AS coming,
                       SUM(coming) FILTER (WHERE flow.date <= COALESCE(asked.until, %(plain)s))
                           AS arriving,
                       SUM(leaving) FILTER (WHERE flow.date <= COALESCE(asked.until, %(plain)s))
                           AS leaving
                  FROM flow
                  LEFT JOIN asked ON asked.product_id = flow.product_id
                                 AND asked.warehouse_id = flow.warehouse_id
                 GROUP BY flow.product_id, flow.warehouse_id
            ), drafts AS (
                SELECT line.product_id, kind.warehouse_id,
                       SUM(line.product_qty * unit.factor / own.factor) AS quantity
                  FROM purchase_order_line AS line
                  JOIN purchase_order AS purchase ON purchase.id = line.order_id
                  JOIN stock_picking_type AS kind ON kind.id = purchase.picking_type_id
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS unit ON unit.id = line.product_uom_id
                  JOIN uom_uom AS own ON own.id = template.uom_id
                 WHERE purchase.state IN ('draft', 'sent', 'to approve')
                   AND kind.warehouse_id = ANY(%(places)s)
                 GROUP BY line.product_id, kind.warehouse_id
            ), sold AS (
                SELECT move.product_id, source.warehouse_id, MAX(move.date) AS at
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target ON target.id = move.location_dest_id
                 WHERE move.state = 'done' AND target.usage = 'customer'
                   AND source.warehouse_id = ANY(%(places)s)
                 GROUP BY move.product_id, source.warehouse_id
            ), ruled AS (
                SELECT DISTINCT ON (product_id, warehouse_id) product_id, warehouse_id, id
                  FROM stock_warehouse_orderpoint
                 WHERE active AND warehouse_id = ANY(%(places)s)
                 ORDER BY product_id, warehouse_id, id
            ), pair AS (
                SELECT product_id, warehouse_id FROM lying
                 WHERE on_hand != 0
                 UNION
                SELECT product_id, warehouse_id FROM ruled
                 UNION
                SELECT product_id, warehouse_id FROM order_forecast
                 WHERE warehouse_id = ANY(%(places)s)
            )
            SELECT pair.product_id, pair.warehouse_id, forecast.id, ruled.id,
                   COALESCE(lying.on_hand, 0)::float, COALESCE(lying.reserved, 0)::float,
                   COALESCE(lying.resting, 0)::float, COALESCE(flows.arriving, 0)::float,
                   COALESCE(flows.coming, 0)::float, COALESCE(flows.leaving, 0)::float,
                   COALESCE(drafts.quantity, 0)::float, sold.at
              FROM pair
              JOIN product_product AS product ON product.id = pair.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
              LEFT JOIN lying USING (product_id, warehouse_id)
              LEFT JOIN flows USING (product_id, warehouse_id)
              LEFT JOIN drafts USING (product_id, warehouse_id)
              LEFT JOIN sold USING (product_id, warehouse_id)
              LEFT JOIN ruled USING (product_id, warehouse_id)
              LEFT JOIN order_forecast AS forecast
                     ON forecast.product_id = pair.product_id
                    AND forecast.warehouse_id = pair.warehouse_id
             WHERE template.is_storable AND (product.active OR lying.on_hand != 0)
             ORDER BY pair.product_id, pair.warehouse_id
            """,
            places=list(rested_since),
            rested=list(rested_since.values()),
            products=[product for product, _place in until],
            at=[place for _product, place in until],
            until=list(until.values()),
            plain=end_of(PLAIN_DAYS),
            states=list(OPEN_STATES),
        )
    )
    return env.cr.fetchall()


def read_lots(warehouses):
    """Lots that expire, and what lies of them.

    :return list: ``(product id, warehouse id, lot id, moment, units)``; none where lots do not
        expire here
    """
    env = warehouses.env
    if not has_field(env, "stock.lot", "expiration_date"):
        return []
    env["stock.quant"].flush_model(["location_id", "lot_id", "product_id", "quantity"])
    env["stock.lot"].flush_model(["expiration_date"])
    env.cr.execute(
        SQL(
            """
            SELECT quant.product_id, spot.warehouse_id, lot.id, lot.expiration_date,
                   SUM(quant.quantity)::float
              FROM stock_quant AS quant
              JOIN stock_location AS spot ON spot.id = quant.location_id
              JOIN stock_lot AS lot ON lot.id = quant.lot_id
             WHERE spot.usage = 'internal' AND spot.warehouse_id = ANY(%s)
               AND lot.expiration_date IS NOT NULL AND quant.quantity > 0
             GROUP BY quant.product_id, spot.warehouse_id, lot.id
             ORDER BY lot.expiration_date, lot.id
            """,
            warehouses.ids,
        )
    )
    return env.cr.fetchall()
