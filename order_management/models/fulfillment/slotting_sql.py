"""What slotting reads of a warehouse, in one statement each."""

from odoo.tools import SQL


def read_picks(warehouse, since, until, zone):
    """What was picked from stock for customers.

    :param warehouse: ``stock.warehouse`` record
    :param since: naive UTC datetime, the first that counts
    :param until: the first that no longer does
    :param str zone: name of a time zone
    :return list: ``(walk, day, product id, location id, transfers)``; a walk is a transfer, or
        the batch in which it was picked
    """
    warehouse.env["stock.move.line"].flush_model()
    warehouse.env["stock.picking"].flush_model(["batch_id"])
    warehouse.env.cr.execute(
        SQL(
            """
            SELECT COALESCE(-picking.batch_id, picking.id),
                   MAX((line.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date),
                   line.product_id, line.location_id, ARRAY_AGG(DISTINCT picking.id)
              FROM stock_move_line AS line
              JOIN stock_picking AS picking ON picking.id = line.picking_id
              JOIN stock_picking_type AS type ON type.id = picking.picking_type_id
              JOIN stock_location AS location ON location.id = line.location_id
             WHERE line.state = 'done' AND line.date >= %(since)s AND line.date < %(until)s
               AND type.warehouse_id = %(warehouse)s
               AND (type.code = 'outgoing' OR type.id = %(pick)s)
               AND location.parent_path LIKE %(stock)s
             GROUP BY 1, 3, 4
             ORDER BY 1, 3, 4
            """,
            zone=zone,
            since=since,
            until=until,
            warehouse=warehouse.id,
            pick=warehouse.pick_type_id.id or 0,
            stock=f"{warehouse.lot_stock_id.parent_path}%",
        )
    )
    return warehouse.env.cr.fetchall()


def read_slots(warehouse):
    """Locations beneath the warehouse's stock that have a place.

    :return list: ``(location id, storage category id or 0, height, level, is fixed)``; fixed are
        those flagged so, those that have locations of their own and those that goods come to
    """
    env = warehouse.env
    env["stock.location"].flush_model()
    env["stock.move.line"].flush_model(["state", "location_dest_id"])
    env.cr.execute(
        SQL(
            """
            SELECT location.id, COALESCE(location.storage_category_id, 0),
                   COALESCE(location.pos_z, 0.0)::float, COALESCE(location.level, ''),
                   COALESCE(location.is_fixed_place, FALSE)
                   OR EXISTS (
                       SELECT FROM stock_location AS child
                        WHERE child.location_id = location.id AND child.active
                   )
                   OR EXISTS (
                       SELECT FROM stock_move_line AS line
                        WHERE line.location_dest_id = location.id
                          AND line.state NOT IN ('draft', 'done', 'cancel')
                   )
              FROM stock_location AS location
             WHERE location.warehouse_id = %s AND location.is_placed AND location.active
               AND location.usage = 'internal' AND location.parent_path LIKE %s
             ORDER BY location.id
            """,
            warehouse.id,
            f"{warehouse.lot_stock_id.parent_path}%",
        )
    )
    return env.cr.fetchall()


def read_stock(env, location_ids):
    """What lies in some locations.

    :return list: ``(location id, product id, quantity, reserved, weight of one, is a stranger's)``
    """
    env["stock.quant"].flush_model()
    env["product.product"].flush_model(["weight"])
    env.cr.execute(
        SQL(
            """
            SELECT quant.location_id, quant.product_id, SUM(quant.quantity)::float,
                   SUM(quant.reserved_quantity)::float, COALESCE(product.weight, 0.0)::float,
                   BOOL_OR(quant.owner_id IS NOT NULL)
              FROM stock_quant AS quant
              JOIN product_product AS product ON product.id = quant.product_id
             WHERE quant.location_id = ANY(%s)
             GROUP BY quant.location_id, quant.product_id, product.weight
            HAVING ABS(SUM(quant.quantity)) > 1e-6 OR SUM(quant.reserved_quantity) > 1e-6
             ORDER BY quant.location_id, quant.product_id
            """,
            list(location_ids),
        )
    )
    return env.cr.fetchall()


def read_reserved_places(env, location_ids):
    """Locations that putaway rules keep for a product.

    :return dict: location id → set of product ids
    """
    rules = (
        env["stock.putaway.rule"]
        .sudo()
        .search_fetch(
            [("location_out_id", "in", list(location_ids)), ("product_id", "!=", False)],
            ["location_out_id", "product_id"],
        )
    )
    found = {}
    for rule in rules:
        found.setdefault(rule.location_out_id.id, set()).add(rule.product_id.id)
    return found


def read_pending(env, location_ids):
    """What is reserved at, or on its way to, some locations.

    :return list: ``(location id, product id, name of the transfer)``
    """
    env["stock.move.line"].flush_model()
    env.cr.execute(
        SQL(
            """
            SELECT DISTINCT place.id, line.product_id, COALESCE(picking.name, move.reference, '')
              FROM stock_move_line AS line
         LEFT JOIN stock_picking AS picking ON picking.id = line.picking_id
         LEFT JOIN stock_move AS move ON move.id = line.move_id
              JOIN UNNEST(%s) AS place (id)
                ON place.id = line.location_id OR place.id = line.location_dest_id
             WHERE line.state NOT IN ('draft', 'done', 'cancel')
             ORDER BY 1, 3, 2
            """,
            list(location_ids),
        )
    )
    return env.cr.fetchall()
