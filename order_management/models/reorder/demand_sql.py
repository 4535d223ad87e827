"""What was shipped, brought back, wanted in vain and missing, counted by the database.

One statement for all products that are counted by the same periods. Days are those of the
warehouse. What a warehouse holds is rebuilt backwards from what lies there now, by a window sum
over what crossed its bounds.

How many rows there will be is not known when the statement is planned: what is joined on the way
is small or has an index, all else is looked up in a hash (``IN`` as a column) or carried along.
"""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..common.zones import zone_of

LEAST_OTHERS = 5  # orders that tell what is usual
# An order, else a transfer, else a move, as one number.
DOCUMENT = SQL(
    "COALESCE(line.order_id::bigint * 3, move.picking_id::bigint * 3 + 1, move.id::bigint * 3 + 2)"
)


def read_demand(env, pairs, places, period):
    """Everything that the demand of some products is made of.

    :param list pairs: ``(product id, warehouse id, first day, one-off factor, count held, count
        lost, look for days without stock)``
    :param places: their warehouses
    :param str period: ``day`` | ``week`` | ``month``
    :return list: ``(kind, product id, warehouse id, day, until, quantity, aside, reference)``:
        ``life`` (day: the first one; aside: 1 if it began before), ``sold`` (day:
        start of the period; aside: of it, what one-off orders took), ``returned`` (without what
        one-off orders brought back), ``held`` and ``lost`` (aside: as above), ``out`` (days
        without stock, of products that ever were there when a day ended)
    """
    _flush(env)
    zones = {place.id: str(zone_of(place, place.company_id)) for place in places}
    env.cr.execute(
        SQL(
            """
            WITH asked (product_id, warehouse_id, zone, since, factor, held, lost, masked) AS (
                VALUES %(pairs)s
            ), wanted AS MATERIALIZED (
                SELECT asked.product_id, asked.warehouse_id, asked.zone, asked.since::date,
                       asked.factor::float, asked.held, asked.lost, asked.masked,
                       own.id AS unit_id, own.factor::float AS unit_factor
                  FROM asked
                  JOIN product_product AS product ON product.id = asked.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS own ON own.id = template.uom_id
            ), spot AS (
                SELECT id, usage,
                       CASE WHEN usage IN ('internal', 'transit') THEN warehouse_id END
                           AS warehouse_id
                  FROM stock_location
            ), moved AS (
                SELECT move.product_id, move.product_uom, move.quantity, move.date,
                       source.warehouse_id AS source_id, source.usage AS source_usage,
                       destination.warehouse_id AS destination_id,
                       destination.usage AS destination_usage, move.origin_returned_move_id,
                       line.order_id, %(document)s AS document
                  FROM stock_move AS move
                  JOIN spot AS source ON source.id = move.location_id
                  JOIN spot AS destination ON destination.id = move.location_dest_id
                  LEFT JOIN sale_order_line AS line ON line.id = move.sale_line_id
                 WHERE source.warehouse_id IS DISTINCT FROM destination.warehouse_id
                   AND move.state = 'done' AND move.quantity > 0
                   AND move.product_id = ANY(%(products)s)
                OFFSET 0  -- what comes after is misjudged and must not be looked up first
            ), crossing AS MATERIALIZED (
                SELECT wanted.product_id, wanted.warehouse_id, wanted.zone, wanted.since,
                       wanted.factor, wanted.masked, move.origin_returned_move_id,
                       move.source_id IS NOT DISTINCT FROM wanted.warehouse_id AS leaves,
                       (CASE WHEN move.source_id = wanted.warehouse_id
                             THEN move.destination_usage ELSE move.source_usage END) = 'customer'
                           AS is_customers,
                       (move.date AT TIME ZONE 'UTC' AT TIME ZONE wanted.zone)::date AS day,
                       move.document,
                       move.order_id IN (SELECT id FROM sale_order WHERE is_one_off)
                           AS is_flagged,
                       CASE WHEN move.product_uom = wanted.unit_id THEN move.quantity::float
                            ELSE move.quantity::float / wanted.unit_factor
                                 * (SELECT factor::float FROM uom_uom
                                     WHERE id = move.product_uom)
                       END AS quantity
                  FROM wanted
                  JOIN moved AS move ON move.product_id = wanted.product_id
                                    AND wanted.warehouse_id IN (move.source_id,
                                                                move.destination_id)
            ), shipped AS MATERIALIZED (
                SELECT product_id, warehouse_id, factor, %(start)s AS start, document,
                       COALESCE(BOOL_OR(is_flagged), FALSE) AS is_flagged,
                       SUM(quantity) AS quantity
                  FROM crossing
                 WHERE leaves AND is_customers AND day >= since
                 GROUP BY product_id, warehouse_id, factor, start, document
            ), ordered AS (
                SELECT product_id, warehouse_id, factor, document,
                       BOOL_OR(is_flagged) AS is_flagged, SUM(quantity) AS quantity
                  FROM shipped
                 GROUP BY product_id, warehouse_id, factor, document
            ), habit AS MATERIALIZED (
                SELECT product_id, warehouse_id, COUNT(*) AS documents,
                       CASE WHEN factor > 0 AND COUNT(*) >= %(others)s
                            THEN factor * PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY quantity)
                       END AS bound,
                       MAX(quantity) AS most, BOOL_OR(is_flagged) AS is_flagged,
                       ARRAY_AGG(document) AS document_ids, ARRAY_AGG(quantity) AS quantities,
                       ARRAY_AGG(is_flagged) AS flags
                  FROM ordered
                 GROUP BY product_id, warehouse_id, factor
            ), aside AS MATERIALIZED (
                SELECT habit.product_id, habit.warehouse_id, one.document
                  FROM habit
                 CROSS JOIN LATERAL UNNEST(habit.document_ids, habit.quantities, habit.flags)
                    AS one (document, quantity, is_flagged)
                 WHERE (habit.is_flagged OR habit.most >= habit.bound)
                   AND (one.is_flagged OR habit.documents > %(others)s
                                          AND one.quantity >= habit.bound)
            ), judged AS (
                SELECT shipped.*,
                       (product_id, warehouse_id, document) IN (
                           SELECT product_id, warehouse_id, document FROM aside) AS is_aside
                  FROM shipped
            ), day_net AS (
                SELECT product_id, warehouse_id, since, day,
                       SUM(CASE WHEN leaves THEN -quantity ELSE quantity END) AS net
                  FROM crossing
                 WHERE masked
                 GROUP BY product_id, warehouse_id, since, day
                 UNION ALL
                SELECT quant.product_id, spot.warehouse_id, NULL, 'infinity',
                       -SUM(quant.quantity)::float
                  FROM stock_quant AS quant
                  JOIN spot ON spot.id = quant.location_id
                 WHERE quant.product_id = ANY(%(products)s)
                   AND spot.warehouse_id = ANY(%(warehouses)s)
                 GROUP BY quant.product_id, spot.warehouse_id
            ), balance AS (
                SELECT product_id, warehouse_id, since, day,
                       net - SUM(net) OVER later AS quantity,
                       LEAST(LAG(day) OVER later, %(tomorrow)s::date) AS next_day
                  FROM day_net
                WINDOW later AS (PARTITION BY product_id, warehouse_id ORDER BY day DESC)
            ), emptied AS (
                SELECT balance.*,
                       MAX(quantity) OVER (PARTITION BY product_id, warehouse_id) AS most
                  FROM balance
                 WHERE day < 'infinity'
            ), unmet AS (
                SELECT 'held' AS kind, wanted.product_id, wanted.warehouse_id, wanted.since,
                       %(ordered_day)s AS day, line.product_uom_qty AS quantity,
                       line.product_uom_id AS unit_id, wanted.unit_factor, sale.name,
                       sale.is_one_off
                  FROM sale_order AS sale
                  JOIN sale_order_line AS line ON line.order_id = sale.id
                  JOIN wanted ON wanted.product_id = line.product_id
                             AND wanted.warehouse_id = sale.warehouse_id AND wanted.held
                 WHERE %(any_held)s AND sale.hold_state = 'held'
                   AND sale.state IN ('draft', 'sent') AND line.product_uom_qty > 0
                 UNION ALL
                SELECT 'lost', wanted.product_id, wanted.warehouse_id, wanted.since,
                       %(ordered_day)s, line.short_cancelled_qty, line.product_uom_id,
                       wanted.unit_factor, sale.name, sale.is_one_off
                  FROM sale_order_line AS line
                  JOIN sale_order AS sale ON sale.id = line.order_id
                  JOIN wanted ON wanted.product_id = line.product_id
                             AND wanted.warehouse_id = sale.warehouse_id AND wanted.lost
                 WHERE %(any_lost)s AND line.short_cancelled_qty > 0
            ), missed AS (
                SELECT unmet.kind, unmet.product_id, unmet.warehouse_id, unmet.name,
                       %(missed_start)s AS start,
                       unmet.quantity::float * unit.factor::float / unmet.unit_factor
                           AS quantity,
                       COALESCE(unmet.is_one_off, FALSE)
                           OR COALESCE(unmet.quantity::float * unit.factor::float
                                       / unmet.unit_factor >= habit.bound, FALSE) AS is_aside
                  FROM unmet
                  JOIN uom_uom AS unit ON unit.id = unmet.unit_id
                  LEFT JOIN habit ON habit.product_id = unmet.product_id
                                 AND habit.warehouse_id = unmet.warehouse_id
                 WHERE unmet.day >= unmet.since
            )
            SELECT 'life', product_id, warehouse_id, GREATEST(MIN(day), since), NULL::date,
                   NULL::float, (MIN(day) < since)::int::float, NULL
              FROM crossing
             GROUP BY product_id, warehouse_id, since
            UNION ALL
            SELECT 'sold', product_id, warehouse_id, start, NULL, SUM(quantity),
                   COALESCE(SUM(quantity) FILTER (WHERE is_aside), 0),
                   STRING_AGG(CASE WHEN is_aside AND document %% 3 = 0
                                   THEN (SELECT name FROM sale_order WHERE id = document / 3)
                                   WHEN is_aside AND document %% 3 = 1
                                   THEN (SELECT name FROM stock_picking
                                          WHERE id = document / 3)
                              END, ', ' ORDER BY document)
                       FILTER (WHERE is_aside)
              FROM judged
             GROUP BY product_id, warehouse_id, start
            UNION ALL
            SELECT 'returned', product_id, warehouse_id, %(start)s, NULL, SUM(quantity), NULL,
                   NULL
              FROM (SELECT back.product_id, back.warehouse_id, back.since, back.quantity,
                           COALESCE((move.date AT TIME ZONE 'UTC' AT TIME ZONE back.zone)::date,
                                    back.day) AS day,
                           (back.product_id, back.warehouse_id, %(document)s) IN (
                               SELECT product_id, warehouse_id, document FROM aside)
                               AS is_aside
                      FROM crossing AS back
                      LEFT JOIN stock_move AS move ON move.id = back.origin_returned_move_id
                                                  AND move.state = 'done'
                      LEFT JOIN sale_order_line AS line ON line.id = move.sale_line_id
                     WHERE NOT back.leaves AND back.is_customers) AS returned
             WHERE day >= since AND is_aside IS NOT TRUE
             GROUP BY product_id, warehouse_id, 4
            UNION ALL
            SELECT 'out', product_id, warehouse_id, day + 1, next_day - 1, NULL, NULL, NULL
              FROM emptied
             WHERE quantity <= 1e-6 AND most > 1e-6 AND next_day > day + 1
               AND next_day > since
            UNION ALL
            SELECT kind, product_id, warehouse_id, start, NULL, SUM(quantity),
                   COALESCE(SUM(quantity) FILTER (WHERE is_aside), 0),
                   STRING_AGG(DISTINCT name, ', ' ORDER BY name)
              FROM missed
             GROUP BY kind, product_id, warehouse_id, start
            """,
            pairs=SQL(", ").join(
                SQL("(%s, %s, %s, %s, %s, %s, %s, %s)", pair[0], pair[1], zones[pair[1]], *pair[2:])
                for pair in pairs
            ),
            products=list({pair[0] for pair in pairs}),
            warehouses=places.ids,
            document=DOCUMENT,
            start=_first_of(SQL("day"), period),
            missed_start=_first_of(SQL("unmet.day"), period),
            ordered_day=SQL("(sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE wanted.zone)::date"),
            tomorrow=fields.Datetime.now() + timedelta(days=2),
            others=LEAST_OTHERS,
            any_held=any(pair[4] for pair in pairs),
            any_lost=any(pair[5] for pair in pairs),
        )
    )
    return env.cr.fetchall()


def _first_of(day, period):
    """The first day of the period that a day lies in."""
    return SQL("DATE_TRUNC(%s, %s::timestamp)::date", period, day) if period != "day" else day


def _flush(env):
    for model, names in {
        "stock.move": (
            "date", "location_dest_id", "location_id", "origin_returned_move_id", "picking_id",
            "product_id", "product_uom", "quantity", "sale_line_id", "state",
        ),
        "stock.quant": ("location_id", "product_id", "quantity"),
        "stock.location": ("usage", "warehouse_id"),
        "sale.order": ("date_order", "hold_state", "is_one_off", "name", "state", "warehouse_id"),
        "sale.order.line": (
            "order_id", "product_id", "product_uom_id", "product_uom_qty", "short_cancelled_qty",
        ),
        "product.template": ("uom_id",),
        "uom.uom": ("factor",),
    }.items():  # fmt: skip
        env[model].flush_model(names)
