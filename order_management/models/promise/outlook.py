"""What can still be promised, by day, of all products in all warehouses asked: one statement.

It counts as :class:`~.supply_book.SupplyBook` does, which serves one wish after the other; here
the database does the sums, so that a whole catalog is one pass over stock and open moves (window
sums, no self-join). Of reserved goods the deliveries that leave first are served first, so what
is committed until a day is the greater of all that is reserved and of all that leaves until then.

Kits have what the scarcest of their components allows, on every day.
"""

from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tools import SQL

from ..common.zones import day_of
from .kits import Kits, find_kits
from .supply_book import OPEN_STATES, flush, get_usable


class Outlook:
    """The SQL of figures and days; whoever runs it calls :func:`flush` before.

    :param warehouses: with full rights
    :param products: only these and what goes into them; without it, all
    """

    def __init__(self, warehouses, products=None):
        self.env = warehouses.env
        self.warehouses = warehouses
        self.products = products
        self.needs = self._get_needs() if warehouses else []

    def flush(self):
        """Write what the statements read."""
        flush(self.env)
        self.env["stock.warehouse"].flush_model(["view_location_id"])
        self.env["product.product"].flush_model()
        self.env["product.template"].flush_model()
        self.env["stock.route"].flush_model(["active"])
        self.env["stock.rule"].flush_model()

    def get_figures(self):
        """The common table expressions up to ``figure``: one row for each product that has or
        moves anything in a warehouse, and for each kit.

        ``figure``: ``product_id``, ``warehouse_id``, ``is_kit``, ``on_hand``, ``reserved``,
        ``available``, ``incoming``, ``next_date``, ``next_quantity``, ``waiting`` (what orders
        lack at worst), ``uncovered`` (what nothing that comes will bring)
        """
        return SQL("%s, %s", self.get_days(), self._figures)

    def get_days(self):
        """The common table expressions up to ``kit_day`` and ``free_day``: one row for each day
        on which something comes or leaves, and for today.

        ``free_day``: ``product_id``, ``warehouse_id``, ``day``, ``supply``, ``demand``, ``stock``
        (what is there in the evening), ``balance`` (less what is promised), ``free`` (what can
        still be promised), ``now`` (what of it is there already)
        """
        return SQL(
            _DAYS,
            places=self._get_places(),
            needs=self._get_need_rows(),
            of_quant=self._only("quant"),
            of_move=self._only("move"),
            states=OPEN_STATES,
            usable=get_usable(self.env),
        )

    @property
    def _figures(self):
        return SQL(_FIGURES)

    def _get_needs(self):
        """``(company id, kit id, component id, quantity for one)`` of all kits asked."""
        rows = []
        for company in self.warehouses.company_id:
            asked = find_kits(self.env, company) if self.products is None else self.products
            kits = Kits(asked.sudo(), company)
            for kit in filter(kits.is_kit, asked.sudo()):
                rows += [
                    (company.id, kit.id, part.id, each)
                    for part, each in kits.get_needs(kit).items()
                ]
        return rows

    def _get_places(self):
        now = fields.Datetime.now()
        rows = []
        for warehouse in self.warehouses:
            rules = warehouse._get_shipping_rules()
            row = (warehouse.id, warehouse.company_id.id, rules.view_location_id, rules.zone)
            today = day_of(now, ZoneInfo(rules.zone))
            rows.append(SQL("(%s, %s, %s, %s, %s::date)", *row, today))
        return SQL(", ").join(rows or [SQL("(0, 0, 0, 'UTC', NULL::date)")])

    def _get_need_rows(self):
        rows = [SQL("(%s, %s, %s, %s)", *need) for need in self.needs]
        return SQL(", ").join(rows or [SQL("(0, 0, 0, 1.0)")])

    def _only(self, table):
        """Read no more than the products asked and their components."""
        if self.products is None:
            return SQL("TRUE")
        ids = {*self.products.ids, *(component for _c, _kit, component, _each in self.needs)}
        return SQL("%s IN %s", SQL.identifier(table, "product_id"), tuple(ids) or (0,))


_DAYS = """
    place (warehouse_id, company_id, view_id, zone, today) AS (VALUES %(places)s),
    need (company_id, kit_id, product_id, each) AS (VALUES %(needs)s),
    spot AS MATERIALIZED (
        SELECT location.id, place.warehouse_id, place.zone, place.today, location.usage
          FROM place
          JOIN stock_location AS root ON root.id = place.view_id
          JOIN stock_location AS location ON location.parent_path LIKE root.parent_path || '%%'
    ), stock AS (
        SELECT quant.product_id, place.warehouse_id, place.today,
               COALESCE(SUM(quant.quantity), 0) AS on_hand,
               COALESCE(SUM(quant.reserved_quantity), 0) AS reserved,
               COALESCE(SUM(quant.quantity) FILTER (WHERE %(usable)s), 0) AS usable,
               GREATEST(COALESCE(
                   SUM(quant.reserved_quantity) FILTER (WHERE %(usable)s), 0), 0) AS held
          FROM stock_quant AS quant
          JOIN spot AS place ON place.id = quant.location_id
          LEFT JOIN stock_lot AS lot ON lot.id = quant.lot_id
         WHERE place.usage IN ('internal', 'transit') AND %(of_quant)s
         GROUP BY quant.product_id, place.warehouse_id, place.today
    ), crossing AS (
        SELECT move.id, move.product_id, spot.warehouse_id, spot.today, TRUE AS comes_in,
               move.product_qty AS quantity,
               (GREATEST(move.date, move.date_deadline)
                AT TIME ZONE 'UTC' AT TIME ZONE spot.zone)::date AS day
          FROM stock_move AS move
          JOIN stock_location AS source ON source.id = move.location_id
          JOIN spot ON spot.id = COALESCE(move.location_final_id, move.location_dest_id)
          LEFT JOIN spot AS other ON other.id = move.location_id
                                 AND other.warehouse_id = spot.warehouse_id
         WHERE move.state IN %(states)s AND %(of_move)s
           AND other.id IS NULL AND source.usage != 'customer'
         UNION ALL
        SELECT move.id, move.product_id, spot.warehouse_id, spot.today, FALSE,
               move.product_qty,
               (move.date AT TIME ZONE 'UTC' AT TIME ZONE spot.zone)::date
          FROM stock_move AS move
          JOIN spot ON spot.id = move.location_id
          LEFT JOIN spot AS other
                 ON other.id = COALESCE(move.location_final_id, move.location_dest_id)
                AND other.warehouse_id = spot.warehouse_id
         WHERE move.state IN %(states)s AND %(of_move)s AND other.id IS NULL
    ), change AS (
        SELECT product_id, warehouse_id, GREATEST(day, today) AS day,
               SUM(quantity) FILTER (WHERE comes_in) AS supply,
               SUM(quantity) FILTER (WHERE NOT comes_in) AS demand
          FROM crossing
         GROUP BY product_id, warehouse_id, GREATEST(day, today)
         UNION ALL
        SELECT product_id, warehouse_id, today, 0, 0 FROM stock
         UNION ALL
        SELECT DISTINCT product_id, warehouse_id, today, 0, 0 FROM crossing
    ), day AS (
        SELECT product_id, warehouse_id, day,
               COALESCE(SUM(supply), 0) AS supply, COALESCE(SUM(demand), 0) AS demand
          FROM change
         GROUP BY product_id, warehouse_id, day
    ), sum_day AS (
        SELECT day.product_id, day.warehouse_id, day.day, day.supply, day.demand,
               COALESCE(stock.on_hand, 0) AS on_hand, COALESCE(stock.reserved, 0) AS reserved,
               COALESCE(stock.usable, 0) AS usable, COALESCE(stock.held, 0) AS held,
               SUM(day.supply) OVER until_day AS supplied,
               SUM(day.demand) OVER until_day AS demanded
          FROM day
          LEFT JOIN stock USING (product_id, warehouse_id)
        WINDOW until_day AS (PARTITION BY day.product_id, day.warehouse_id ORDER BY day.day)
    ), balance_day AS (
        SELECT *, usable + supplied - demanded AS stock,
               ROUND((usable + supplied - GREATEST(held, demanded))::numeric, 6) AS balance,
               ROUND((usable - GREATEST(held, demanded))::numeric, 6) AS left_of_stock
          FROM sum_day
    ), free_day AS (
        SELECT *, GREATEST(MIN(balance) OVER from_day, 0) AS free,
               GREATEST(LEAST(left_of_stock, MIN(balance) OVER from_day), 0) AS now
          FROM balance_day
        WINDOW from_day AS (PARTITION BY product_id, warehouse_id ORDER BY day DESC)
    ), kit_part AS (
        SELECT need.kit_id, need.product_id, need.each, place.warehouse_id, place.today
          FROM need JOIN place ON place.company_id = need.company_id
    ), kit_part_day AS (
        SELECT part.kit_id, part.warehouse_id, part.product_id, part.each, part.today, day.day
          FROM kit_part AS part
          JOIN (
            SELECT kit_part.kit_id, kit_part.warehouse_id, free_day.day
              FROM kit_part JOIN free_day USING (product_id, warehouse_id)
             UNION
            SELECT kit_id, warehouse_id, today FROM kit_part
          ) AS day USING (kit_id, warehouse_id)
    ), kit_part_free AS (
        SELECT part.kit_id, part.warehouse_id, part.day, part.today, part.each,
               COALESCE(MAX(free_day.free) OVER until_day, 0) AS free, free_day.now
          FROM kit_part_day AS part
          LEFT JOIN free_day USING (product_id, warehouse_id, day)
        WINDOW until_day AS (
            PARTITION BY part.kit_id, part.warehouse_id, part.product_id ORDER BY part.day)
    ), kit_day AS (
        SELECT kit_id AS product_id, warehouse_id, day,
               MIN(FLOOR(ROUND((free / each)::numeric, 6))) AS free,
               CASE WHEN day = MIN(today)
                    THEN MIN(FLOOR(ROUND((COALESCE(now, 0) / each)::numeric, 6))) END AS now
          FROM kit_part_free
         GROUP BY kit_id, warehouse_id, day
    )
"""

_FIGURES = """
    own AS (
        SELECT product_id, warehouse_id, MIN(day) AS today,
               ROUND(MIN(on_hand)::numeric, 6) AS on_hand,
               ROUND(MIN(reserved)::numeric, 6) AS reserved,
               (ARRAY_AGG(now ORDER BY day))[1] AS available,
               ROUND(SUM(supply)::numeric, 6) AS incoming,
               MIN(day) FILTER (WHERE supply > 0) AS next_receipt,
               GREATEST(-MIN(balance), 0) AS waiting,
               GREATEST(-(ARRAY_AGG(balance ORDER BY day DESC))[1], 0) AS uncovered
          FROM free_day
         GROUP BY product_id, warehouse_id
    ), kit AS (
        SELECT part.kit_id AS product_id, part.warehouse_id,
               MIN(FLOOR(COALESCE(own.on_hand, 0) / part.each)) AS on_hand,
               MIN(FLOOR((COALESCE(own.on_hand, 0) - COALESCE(own.reserved, 0)) / part.each))
                   AS unreserved,
               MIN(FLOOR((COALESCE(own.on_hand, 0) + COALESCE(own.incoming, 0)) / part.each))
                   AS expected,
               MAX(own.next_receipt) AS next_receipt
          FROM kit_part AS part
          LEFT JOIN own USING (product_id, warehouse_id)
         GROUP BY part.kit_id, part.warehouse_id
    ), whole_day AS (
        SELECT product_id, warehouse_id, day, free, now FROM kit_day
         UNION ALL
        SELECT product_id, warehouse_id, day, free, now FROM free_day
         WHERE NOT EXISTS (SELECT FROM need WHERE need.kit_id = free_day.product_id)
    ), first_free AS (
        SELECT product_id, warehouse_id,
               MIN(day) FILTER (WHERE free > available) AS next_date,
               MIN(free) FILTER (WHERE free > available) - MIN(available) AS next_quantity
          FROM (
            SELECT whole_day.*, FIRST_VALUE(now) OVER (
                       PARTITION BY product_id, warehouse_id ORDER BY day) AS available
              FROM whole_day
          ) AS whole_day
         GROUP BY product_id, warehouse_id
    ), figure AS (
        SELECT own.product_id, own.warehouse_id, FALSE AS is_kit, own.on_hand, own.reserved,
               own.available, own.incoming,
               COALESCE(first_free.next_date, own.next_receipt) AS next_date,
               COALESCE(first_free.next_quantity, 0) AS next_quantity,
               own.waiting, own.uncovered
          FROM own
          JOIN first_free USING (product_id, warehouse_id)
         WHERE NOT EXISTS (SELECT FROM need WHERE need.kit_id = own.product_id)
         UNION ALL
        SELECT kit.product_id, kit.warehouse_id, TRUE, kit.on_hand,
               kit.on_hand - kit.unreserved, kit_day.now, kit.expected - kit.on_hand,
               COALESCE(first_free.next_date,
                        CASE WHEN kit.expected > kit.on_hand THEN kit.next_receipt END),
               COALESCE(first_free.next_quantity, 0), 0, 0
          FROM kit
          JOIN kit_day USING (product_id, warehouse_id)
          JOIN first_free USING (product_id, warehouse_id)
         WHERE kit_day.now IS NOT NULL
    )
"""
