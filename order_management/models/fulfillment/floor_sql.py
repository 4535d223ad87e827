"""What is known of the locations of floors, each question one statement."""

from typing import NamedTuple

from odoo.tools import SQL


class ZoneLocation(NamedTuple):
    """An internal location beneath the zone of a floor."""

    id: int
    name: str
    path: str  # its name beneath the zone
    barcode: str
    aisle: str
    level: str
    x: float
    y: float
    z: float
    is_placed: bool
    is_leaf: bool
    quantity: float


def read_zone(floor):
    """The internal locations of a floor, without those of a zone that has a floor of its own.

    :param floor: one ``order.floor``
    :return list: :class:`ZoneLocation` in the order of their ids
    """
    env, zone = floor.env, floor.location_id
    env["stock.location"].flush_model()
    env["stock.quant"].flush_model()
    env.cr.execute(
        SQL(
            """
            SELECT place.id, place.name, place.complete_name, COALESCE(place.barcode, ''),
                   BTRIM(COALESCE(place.aisle, '')), BTRIM(COALESCE(place.level, '')),
                   COALESCE(place.pos_x, 0.0)::float, COALESCE(place.pos_y, 0.0)::float,
                   COALESCE(place.pos_z, 0.0)::float, COALESCE(place.is_placed, FALSE),
                   NOT EXISTS (
                       SELECT 1 FROM stock_location AS child
                        WHERE child.location_id = place.id AND child.active
                          AND child.usage IN ('internal', 'view')
                   ),
                   COALESCE((
                       SELECT SUM(quant.quantity) FROM stock_quant AS quant
                        WHERE quant.location_id = place.id
                   ), 0.0)::float
              FROM stock_location AS place
             WHERE place.parent_path LIKE %(path)s AND place.active AND place.usage = 'internal'
               AND NOT EXISTS (
                   SELECT 1 FROM order_floor AS nearer
                     JOIN stock_location AS root ON root.id = nearer.location_id
                    WHERE nearer.active AND nearer.id <> %(floor)s
                      AND root.parent_path LIKE %(path)s
                      AND place.parent_path LIKE root.parent_path || '%%'
               )
             ORDER BY place.id
            """,
            path=f"{zone.parent_path}%",
            floor=floor.id,
        )
    )
    start = len(zone.complete_name or "") + 1
    return [
        ZoneLocation(place, name, full[start:] or name, *rest)
        for place, name, full, *rest in env.cr.fetchall()
    ]


def read_stock(env, location_ids):
    """Location id → quantity on hand."""
    env["stock.quant"].flush_model()
    env.cr.execute(
        SQL(
            """
            SELECT location_id, SUM(quantity)::float FROM stock_quant
             WHERE location_id = ANY(%s) GROUP BY location_id
            """,
            list(location_ids),
        )
    )
    return dict(env.cr.fetchall())


def read_picks(env, location_ids, since):
    """Location id → lines picked since then; what only moved within the stock does not count."""
    env["stock.move.line"].flush_model()
    env.cr.execute(
        SQL(
            """
            SELECT line.location_id, COUNT(*)
              FROM stock_move_line AS line
              JOIN stock_location AS place ON place.id = line.location_id
              JOIN stock_warehouse AS warehouse ON warehouse.id = place.warehouse_id
              JOIN stock_location AS stock ON stock.id = warehouse.lot_stock_id
              JOIN stock_location AS target ON target.id = line.location_dest_id
             WHERE line.location_id = ANY(%s) AND line.state = 'done' AND line.date >= %s
               AND target.parent_path NOT LIKE stock.parent_path || '%%'
             GROUP BY line.location_id
            """,
            list(location_ids),
            since,
        )
    )
    return dict(env.cr.fetchall())
