"""What a warehouse has, what comes and what leaves, for many products at once.

Core's reservations stay the truth for goods at hand: what is reserved is gone today. What is
ordered and not reserved yet leaves on its date. Moves within the warehouse neither bring nor
take anything. As in core, a step counts by where its goods are to go in the end: of two steps of
a delivery the first is there alone, until it is done and makes the second.
"""

from collections import defaultdict
from copy import copy

from odoo.tools import SQL

from ...tools.promise import Part, Supply, promise
from ..common.optional import has_field

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class SupplyBook:
    """Dated supply and demand of products in warehouses, read in one statement.

    :param wanted: set of (warehouse, product)
    :param lines: order lines whose own commitments do not count
    :param days: warehouse → day zero there
    :param dict needs: what these lines take from stock: line → product → (for one, in all)
    """

    def __init__(self, wanted, lines, days, needs=None):
        self.days = days
        self.kept = defaultdict(float)
        self.vendors = {}
        self.supplies = defaultdict(list)
        self.demand = defaultdict(list)
        warehouses = {warehouse for warehouse, _product in wanted}
        products = {product.id for _warehouse, product in wanted}
        if products:
            self._read(warehouses, products, lines, needs or {})

    def promise(self, warehouse, product, quantity, line=None):
        """Promise ``quantity`` of a product, in its unit, as early as can be; it is taken then.

        :param line: the order line it is for: what is reserved for it comes first
        :return list: parts as of :func:`tools.promise.promise`
        """
        key = (warehouse.id, product.id)
        kept = self.kept.pop((line.id, *key), 0.0) if line else 0.0
        left = round(max(quantity - kept, 0.0), 9)
        parts = promise(left, self.supplies[key], self.demand[key])
        self.demand[key] += [(part.date, part.quantity) for part in parts]
        if kept:
            parts.insert(0, Part(kept, self.days[warehouse], "stock", False))
        return parts

    def fork(self):
        """The same supply, for somebody who takes nothing of it from the others."""
        other = copy(self)
        other.kept = self.kept.copy()
        other.demand = defaultdict(list, {key: list(rows) for key, rows in self.demand.items()})
        return other

    def _read(self, warehouses, products, lines, needs):
        env = next(iter(warehouses)).env
        flush(env)
        reserved, own = defaultdict(float), defaultdict(float)
        leaving = defaultdict(list)
        env.cr.execute(self._get_query(env, warehouses, products, lines))
        today = {warehouse.id: day for warehouse, day in self.days.items()}
        for kind, place, product, day, quantity, reference, owner in env.cr.fetchall():
            key = (place, product)
            quantity = round(float(quantity), 9)
            if kind == "on_hand":
                if quantity > 0:
                    self.supplies[key].insert(0, Supply(today[place], quantity, "stock", False))
                elif quantity < 0:
                    self.demand[key].append((today[place], -quantity))
            elif kind == "reserved":
                reserved[key] += quantity
            elif kind == "own":
                reserved[key] -= quantity
                own[(owner, *key)] += quantity
            elif kind == "incoming":
                day = max(day, today[place])
                self.supplies[key].append(Supply(day, quantity, "incoming", reference or False))
                if owner:
                    self.vendors[reference] = owner
            else:
                leaving[key].append((max(day, today[place]), quantity))
        self._keep_own(own, needs, today)
        for key in reserved.keys() | leaving.keys():
            self._commit(key, today[key[0]], max(reserved[key], 0.0), sorted(leaving[key]))

    def _keep_own(self, own, needs, today):
        """What is reserved for a line stays its own, as far as it still asks for so much."""
        asked = {
            (line.id, line.warehouse_id.id, product.id): quantity
            for line, parts in needs.items()
            for product, (_each, quantity) in parts.items()
        }
        for key, quantity in own.items():
            kept = min(quantity, max(asked.get(key, 0.0), 0.0))
            if kept > 0:
                self.kept[key] = kept
                self.demand[key[1:]].append((today[key[1]], kept))

    def _commit(self, key, today, reserved, leaving):
        """Note what is promised already: the reserved part today, the rest on its date."""
        if reserved:
            self.demand[key].append((today, reserved))
        for day, quantity in leaving:
            served = min(reserved, quantity)
            reserved -= served
            if quantity > served:
                self.demand[key].append((day, round(quantity - served, 9)))

    def _get_query(self, env, warehouses, products, lines):
        return SQL(
            """
            WITH place AS (
                SELECT v.warehouse_id, root.parent_path || '%%' AS path, v.zone, v.today
                  FROM (VALUES %(places)s) AS v (warehouse_id, view_id, zone, today)
                  JOIN stock_location AS root ON root.id = v.view_id
            ), crossing AS (
                SELECT place.warehouse_id, move.id, move.product_id, move.product_qty,
                       COALESCE(move.origin, move.reference) AS reference, source.usage,
                       picking.partner_id AS vendor_id,
                       (destination.parent_path LIKE place.path) AS comes_in,
                       (GREATEST(move.date, CASE WHEN destination.parent_path LIKE place.path
                                                 THEN move.date_deadline END)
                        AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date AS day
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS destination
                    ON destination.id = COALESCE(move.location_final_id, move.location_dest_id)
                  LEFT JOIN stock_picking AS picking ON picking.id = move.picking_id
                  JOIN place ON (source.parent_path LIKE place.path)
                             != (destination.parent_path LIKE place.path)
                 WHERE move.product_id IN %(products)s AND move.state IN %(states)s
                   AND (move.sale_line_id IS NULL OR move.sale_line_id NOT IN %(lines)s)
            )
            SELECT 'on_hand', place.warehouse_id, quant.product_id, NULL::date,
                   COALESCE(SUM(quant.quantity), 0), NULL, NULL::int
              FROM place
              JOIN stock_location AS location ON location.parent_path LIKE place.path
              JOIN stock_quant AS quant ON quant.location_id = location.id
              LEFT JOIN stock_lot AS lot ON lot.id = quant.lot_id
             WHERE quant.product_id IN %(products)s AND location.usage IN ('internal', 'transit')
               AND %(usable)s
             GROUP BY place.warehouse_id, quant.product_id
            UNION ALL
            SELECT 'reserved', place.warehouse_id, quant.product_id, NULL,
                   COALESCE(SUM(quant.reserved_quantity), 0), NULL, NULL
              FROM place
              JOIN stock_location AS location ON location.parent_path LIKE place.path
              JOIN stock_quant AS quant ON quant.location_id = location.id
              LEFT JOIN stock_lot AS lot ON lot.id = quant.lot_id
             WHERE quant.product_id IN %(products)s AND location.usage IN ('internal', 'transit')
               AND quant.reserved_quantity != 0 AND %(usable)s
             GROUP BY place.warehouse_id, quant.product_id
            UNION ALL
            SELECT 'own', place.warehouse_id, detail.product_id, NULL,
                   SUM(detail.quantity_product_uom), NULL, move.sale_line_id
              FROM stock_move AS move
              JOIN stock_move_line AS detail ON detail.move_id = move.id
              JOIN stock_location AS location ON location.id = detail.location_id
              JOIN place ON location.parent_path LIKE place.path
              LEFT JOIN stock_lot AS lot ON lot.id = detail.lot_id
             WHERE move.sale_line_id IN %(lines)s AND move.state IN %(states)s
               AND detail.product_id IN %(products)s
               AND location.usage IN ('internal', 'transit') AND %(usable)s
             GROUP BY place.warehouse_id, detail.product_id, move.sale_line_id
            UNION ALL
            SELECT 'incoming', warehouse_id, product_id, day, SUM(product_qty), reference,
                   MIN(vendor_id)
              FROM crossing
             WHERE comes_in AND usage != 'customer'
             GROUP BY warehouse_id, product_id, day, reference
            UNION ALL
            SELECT 'leaving', warehouse_id, product_id, day, SUM(product_qty), NULL, NULL
              FROM crossing
             WHERE NOT comes_in
             GROUP BY warehouse_id, product_id, day
             ORDER BY 4 NULLS FIRST, 6
            """,
            places=SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s::date)",
                    warehouse.id,
                    rules.view_location_id,
                    rules.zone,
                    self.days[warehouse],
                )
                for warehouse in sorted(warehouses, key=lambda warehouse: warehouse.id)
                for rules in [warehouse._get_shipping_rules()]
            ),
            products=tuple(products),
            states=OPEN_STATES,
            lines=tuple(lines.ids) or (0,),
            usable=get_usable(env),
        )


def get_usable(env):
    """Goods of a lot count until the day it is to be taken from the shelf.

    :return SQL: a condition on ``lot`` and on ``place.today``, the day where the goods lie
    """
    if not has_field(env, "stock.lot", "removal_date"):
        return SQL("TRUE")
    return SQL(
        "(COALESCE(lot.removal_date, lot.expiration_date) IS NULL OR "
        "COALESCE(lot.removal_date, lot.expiration_date) >= place.today)"
    )


def flush(env):
    """Write what the statement reads."""
    env["stock.quant"].flush_model()
    env["stock.move"].flush_model()
    env["stock.move.line"].flush_model()
    env["stock.lot"].flush_model()
    env["stock.picking"].flush_model(["partner_id"])
    env["stock.location"].flush_model(["parent_path", "usage"])
