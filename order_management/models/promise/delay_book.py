"""How late receipts and deliveries were, counted by the database.

Days are calendar days where the goods are. What is overdue and still open counts with the days
it is late so far: leaving it out would make the worst ones look as if they did not exist.
"""

from odoo import fields
from odoo.tools import SQL

from ..common.zones import day_of, get_places, zone_of

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


def count_receipt_delays(warehouses, since):
    """Days from the vendor's first promise to the receipt, of one move each.

    :param datetime since: what was received, or promised and not received, since then
    :return list: ``(company id, vendor id, days, count)``; the vendor is a commercial entity
    """
    env = warehouses.env
    env["purchase.order.line"].flush_model(["first_date_planned", "order_id"])
    env["purchase.order"].flush_model(["partner_id"])
    _flush_moves(env)
    env.cr.execute(
        SQL(
            """
            WITH place (warehouse_id, zone) AS (VALUES %(places)s),
            receipt AS (
                SELECT move.company_id, move.state,
                       COALESCE(vendor.commercial_partner_id, vendor.id) AS vendor_id,
                       %(day)s - %(promised)s AS days
                  FROM stock_move AS move
                  JOIN stock_picking_type AS type ON type.id = move.picking_type_id
                  JOIN place ON place.warehouse_id = type.warehouse_id
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN purchase_order_line AS line ON line.id = move.purchase_line_id
                  JOIN purchase_order AS purchase ON purchase.id = line.order_id
                  JOIN res_partner AS vendor ON vendor.id = purchase.partner_id
                 WHERE type.code = 'incoming' AND source.usage IN ('supplier', 'transit')
                   AND (move.state = 'done' AND move.date >= %(since)s
                        OR move.state IN %(open)s
                           AND COALESCE(line.first_date_planned, move.date_deadline) >= %(since)s)
            )
            SELECT company_id, vendor_id, days, COUNT(*)
              FROM receipt
             WHERE days IS NOT NULL AND (state = 'done' OR days > 0)
             GROUP BY company_id, vendor_id, days
            """,
            places=get_places(warehouses),
            day=_local(_moved_at()),
            promised=_local(SQL("COALESCE(line.first_date_planned, move.date_deadline)")),
            since=since,
            open=OPEN_STATES,
        )
    )
    return env.cr.fetchall()


def count_picking_delays(warehouses, since):
    """Days from the promised ship day to the day the last goods of an order line left.

    Lines whose promise rested on stock alone: when supply was late, the warehouse was not. The
    day is the one that was told first. Before there were such promises, it is the delivery's
    deadline, or the end of the handling time when that is later.

    :param datetime since: what left, or should have left and did not, since then
    :return list: ``(company id, warehouse id, was told, days, count)``
    """
    env = warehouses.env
    env["order.promise"].flush_model()
    env["sale.order"].flush_model(["date_order"])
    env["stock.warehouse"].flush_model(["handling_days"])
    _flush_moves(env)
    env.cr.execute(
        SQL(
            """
            WITH place (warehouse_id, zone) AS (VALUES %(places)s),
            leaving AS (
                SELECT move.company_id, place.warehouse_id, place.zone,
                       move.sale_line_id AS line_id, BOOL_AND(move.state = 'done') AS has_left,
                       MAX(%(day)s) AS day, MAX(%(deadline)s) AS deadline
                  FROM stock_move AS move
                  JOIN stock_picking_type AS type ON type.id = move.picking_type_id
                  JOIN place ON place.warehouse_id = type.warehouse_id
                  JOIN stock_location AS destination ON destination.id = move.location_dest_id
                 WHERE type.code = 'outgoing' AND destination.usage = 'customer'
                   AND move.sale_line_id IS NOT NULL AND move.origin_returned_move_id IS NULL
                   AND move.state IN %(states)s AND move.date >= %(since)s
                 GROUP BY move.company_id, place.warehouse_id, place.zone, move.sale_line_id
            ), told AS (
                SELECT line_id, BOOL_AND(source = 'stock') AS is_stock,
                       MAX(ship_date) FILTER (WHERE made_at = first_made_at) AS ship_date
                  FROM (SELECT promise.line_id, promise.source, promise.ship_date,
                               promise.made_at,
                               MIN(promise.made_at) OVER (PARTITION BY promise.line_id)
                                   AS first_made_at
                          FROM order_promise AS promise
                          JOIN leaving ON leaving.line_id = promise.line_id
                         WHERE promise.is_withdrawn IS NOT TRUE
                           AND promise.state != 'cancelled') AS made
                 GROUP BY line_id
            ), late AS (
                SELECT leaving.company_id, leaving.warehouse_id, leaving.has_left,
                       told.line_id IS NOT NULL AS is_told,
                       leaving.day - CASE
                           WHEN told.line_id IS NOT NULL THEN told.ship_date
                           ELSE GREATEST(leaving.deadline, %(ordered)s + warehouse.handling_days)
                       END AS days
                  FROM leaving
                  JOIN sale_order_line AS line ON line.id = leaving.line_id
                  JOIN sale_order AS sale ON sale.id = line.order_id
                  JOIN stock_warehouse AS warehouse ON warehouse.id = leaving.warehouse_id
                  LEFT JOIN told ON told.line_id = leaving.line_id
                 WHERE told.line_id IS NULL OR told.is_stock
            )
            SELECT company_id, warehouse_id, is_told, days, COUNT(*)
              FROM late
             WHERE days IS NOT NULL AND (has_left OR days > 0)
             GROUP BY company_id, warehouse_id, is_told, days
            """,
            places=get_places(warehouses),
            day=_local(_moved_at()),
            deadline=_local(SQL("move.date_deadline")),
            ordered=_local(SQL("sale.date_order"), "leaving"),
            states=("done", *OPEN_STATES),
            since=since,
        )
    )
    return env.cr.fetchall()


def count_outcomes(company, date_from, date_to):
    """How promises for these days ended, by the chance they were told with.

    :return list: ``(chance, was kept, count)``
    """
    env = company.env
    env["order.promise"].flush_model()
    env["sale.order"].flush_model(["carrier_id", "delivered_at", "state"])
    env["sale.order.line"].flush_model(["qty_delivered"])
    env["order.promise.delay"].flush_model(["carrier_id", "company_id"])
    env.cr.execute(
        SQL(
            """
            SELECT confidence, is_kept, COUNT(*)
              FROM (SELECT promise.confidence,
                           COALESCE(promise.outcome = 'kept', FALSE) AS is_kept
                      FROM order_promise AS promise
                      JOIN sale_order AS sale ON sale.id = promise.order_id
                      JOIN sale_order_line AS line ON line.id = promise.line_id
                     WHERE promise.company_id = %(company)s AND promise.source != 'none'
                       AND promise.delivery_date BETWEEN %(first)s AND %(last)s
                       AND promise.is_withdrawn IS NOT TRUE AND promise.state != 'cancelled'
                       AND CASE WHEN promise.outcome IS NULL
                           THEN promise.delivery_date < %(today)s AND sale.state = 'sale'
                                AND line.qty_delivered = 0
                                AND (sale.carrier_id IS NULL
                                     OR EXISTS (SELECT FROM order_promise_delay AS delay
                                                 WHERE delay.carrier_id = sale.carrier_id
                                                   AND delay.company_id = sale.company_id))
                           ELSE sale.carrier_id IS NULL OR sale.delivered_at IS NOT NULL
                           END) AS judged
             GROUP BY confidence, is_kept
             ORDER BY confidence, is_kept
            """,
            company=company.id,
            first=date_from,
            last=date_to,
            today=day_of(fields.Datetime.now(), zone_of(env["stock.warehouse"], company)),
        )
    )
    return env.cr.fetchall()


def _moved_at():
    return SQL("CASE WHEN move.state = 'done' THEN move.date ELSE %s END", fields.Datetime.now())


def _local(moment, place="place"):
    """The day of a UTC moment where the goods are."""
    zone = SQL.identifier(place, "zone")
    return SQL("((%s)::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)


def _flush_moves(env):
    env["stock.move"].flush_model(
        [
            "company_id", "date", "date_deadline", "location_dest_id", "location_id",
            "origin_returned_move_id", "picking_type_id", "purchase_line_id", "sale_line_id",
            "state",
        ]
    )  # fmt: skip
