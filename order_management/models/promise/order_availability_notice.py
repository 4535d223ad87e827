from odoo import api, fields, models
from odoo.tools import SQL

from .outlook import Outlook

FIGURES = ("on_hand", "reserved", "available", "incoming", "next_date", "next_quantity")
COLUMNS = ("sku", "is_sellable", "supply", *FIGURES)


class OrderAvailabilityNotice(models.Model):
    """What shops were last told about a product in a warehouse, and in which order they were.

    The feed is gap-free without a write anywhere but here. Stock and moves are changed by
    confirming, reserving, receiving, counting, by core's own SQL, and by the day that passes: a
    lot expires, a receipt is late. Whoever noted each of these as it happens would slow down the
    hot path, make parallel work wait or fail, and still forget one; and commits arrive in another
    order than they were numbered. So nobody notes anything. Whoever reads the feed compares the
    figures of now with what was told last, in one statement and from one snapshot. What differs
    gets a new number and is told; a transaction that is not committed yet is told by the first
    reading after its commit, whenever it began. Figures that went up and down again in between
    are not told, since nothing changed for the shop.

    Readers who have something new to tell take turns by writing one lock row: the second of two
    fails with a serialization error and Odoo restarts its call. So numbers are committed in their
    order, and each reader sees all that are lower than its own. Nobody else ever waits: to read
    stock takes no lock, and readers with nothing new to tell write nothing.
    """

    _name = "order.availability.notice"
    _description = "Availability told to shops"
    _log_access = False
    _order = "number"
    _allow_sudo_commands = False

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warehouse_id.company_id")
    number = fields.Integer(required=True, readonly=True, help="The cursor: when it was told.")
    sku = fields.Char("Internal Reference", readonly=True)
    is_sellable = fields.Boolean(readonly=True, help="Sold now; else nothing can be promised.")
    supply = fields.Selection(
        [("stock", "From stock"), ("to_order", "To order"), ("dropship", "By the vendor")],
        readonly=True,
        help="Where its goods come from when it is sold: what is bought for each order, or sent by "
        "the vendor, needs none in stock.",
    )
    on_hand = fields.Float(digits=0, readonly=True)
    reserved = fields.Float(digits=0, readonly=True)
    available = fields.Float(digits=0, readonly=True)
    incoming = fields.Float(digits=0, readonly=True)
    next_date = fields.Date(readonly=True)
    next_quantity = fields.Float(digits=0, readonly=True)

    _pair_uniq = models.UniqueIndex("(warehouse_id, product_id)")
    _number_idx = models.Index("(number, warehouse_id)")

    @api.private
    def init(self):
        self.env.cr.execute(
            "CREATE SEQUENCE IF NOT EXISTS order_availability_notice_number_seq "
            "AS integer OWNED BY order_availability_notice.number"
        )

    def _read_changes(self, warehouses, products, after, limit):
        """What changed after a number, as of now.

        While there is more than a page, only its own figures are compared with those of now:
        the next pages bring the others. A row that changed takes the last place.

        :param products: only these; ``None`` for all
        :return tuple: rows as dicts by number, the number to go on from, and whether there are more
        """
        waiting = self._fetch_after(warehouses, products, after, limit + 1)
        page = products
        if len(waiting) > limit:
            page = self.env["product.product"].browse({row["product_id"] for row in waiting[:-1]})
        self._tell(warehouses, page)
        rows = self._fetch_after(warehouses, products, after, limit + 1)
        if len(waiting) > limit:
            # Rows behind the page were not compared: they are not to be told yet.
            last = waiting[-2]["number"]
            return [row for row in rows if row["number"] <= last], last, True
        rows, more = rows[:limit], len(rows) > limit
        return rows, rows[-1]["number"] if rows else after, more

    def _get_last_number(self):
        self.env.cr.execute(
            "SELECT last_value - (NOT is_called)::int FROM order_availability_notice_number_seq"
        )
        return self.env.cr.fetchone()[0]

    def _fetch_after(self, warehouses, products, after, limit):
        columns = ("number", "product_id", "warehouse_id", *COLUMNS)
        self.env.cr.execute(
            SQL(
                """
                SELECT %(columns)s FROM order_availability_notice AS notice
                 WHERE number > %(after)s AND warehouse_id IN %(warehouses)s AND %(asked)s
                   AND (is_sellable OR %(after)s > 0)
                 ORDER BY number
                 LIMIT %(limit)s
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                after=after,
                warehouses=tuple(warehouses.ids) or (0,),
                asked=self._is_asked("notice", products),
                limit=limit,
            )
        )
        return [dict(zip(columns, row, strict=True)) for row in self.env.cr.fetchall()]

    def _is_asked(self, table, products):
        if products is None:
            return SQL("TRUE")
        return SQL("%s IN %s", SQL.identifier(table, "product_id"), tuple(products.ids) or (0,))

    def _tell(self, warehouses, products):
        """Store what differs from what was told, under new numbers.

        :raises psycopg2.errors.SerializationFailure: somebody else told something meanwhile;
            Odoo restarts the call
        """
        if not warehouses:
            return
        outlook = Outlook(warehouses, products)
        outlook.flush()
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL(
                _TELL,
                figures=outlook.get_figures(),
                asked=self._is_asked("pair", products),
                columns=columns,
                wanted=SQL(", ").join(SQL.identifier("wanted", name) for name in COLUMNS),
                told=SQL(", ").join(SQL.identifier("told", name) for name in COLUMNS),
                new=SQL(", ").join(SQL.identifier("excluded", name) for name in COLUMNS),
            )
        )
        self.invalidate_model(flush=False)


# A product that is sold no more is told once more, with nothing to promise.
_TELL = """
    WITH %(figures)s, routed AS (
        SELECT own.product_id AS template_id, own.route_id FROM stock_route_product AS own
        UNION
        SELECT template.id, given.route_id
          FROM product_template AS template
          JOIN product_category AS category ON category.id = template.categ_id
          JOIN stock_route_categ AS given
            ON '/' || category.parent_path LIKE '%%/' || given.categ_id || '/%%'
    ), special AS (
        SELECT routed.template_id, place.warehouse_id,
               CASE WHEN BOOL_OR(origin.usage = 'supplier' AND target.usage = 'customer')
                    THEN 'dropship'
                    WHEN BOOL_OR(pull.route_id = routed.route_id) THEN 'to_order' END AS supply
          FROM routed
         CROSS JOIN place
          JOIN stock_warehouse AS warehouse ON warehouse.id = place.warehouse_id
          JOIN stock_route AS route ON route.id = routed.route_id AND route.active
          LEFT JOIN stock_rule AS pull ON pull.id = warehouse.mto_pull_id
          LEFT JOIN stock_rule AS rule ON rule.route_id = route.id AND rule.active
          LEFT JOIN stock_location AS origin ON origin.id = rule.location_src_id
          LEFT JOIN stock_location AS target ON target.id = rule.location_dest_id
         GROUP BY routed.template_id, place.warehouse_id
    ), pair AS (
        SELECT product.id AS product_id, place.warehouse_id, product.default_code AS sku,
               product.active AND template.active AND template.sale_ok
               AND (template.company_id IS NULL OR template.company_id = place.company_id)
               AND (template.is_storable OR EXISTS (
                   SELECT FROM need
                    WHERE need.kit_id = product.id AND need.company_id = place.company_id
               )) AS is_sellable,
               COALESCE(special.supply, 'stock') AS supply
          FROM product_product AS product
          JOIN product_template AS template ON template.id = product.product_tmpl_id
         CROSS JOIN place
          LEFT JOIN special
            ON special.template_id = template.id AND special.warehouse_id = place.warehouse_id
         WHERE template.type = 'consu'
    ), wanted AS (
        SELECT pair.product_id, pair.warehouse_id, pair.sku,
               COALESCE(pair.is_sellable, FALSE) AS is_sellable, pair.supply,
               COALESCE(figure.on_hand, 0) AS on_hand,
               COALESCE(figure.reserved, 0) AS reserved,
               CASE WHEN pair.is_sellable THEN COALESCE(figure.available, 0) ELSE 0 END
                   AS available,
               COALESCE(figure.incoming, 0) AS incoming,
               CASE WHEN pair.is_sellable THEN figure.next_date END AS next_date,
               CASE WHEN pair.is_sellable THEN COALESCE(figure.next_quantity, 0) ELSE 0 END
                   AS next_quantity
          FROM pair
          LEFT JOIN figure USING (product_id, warehouse_id)
         WHERE %(asked)s
    ), changed AS (
        SELECT wanted.*
          FROM wanted
          LEFT JOIN order_availability_notice AS told USING (product_id, warehouse_id)
         WHERE (wanted.is_sellable OR told.id IS NOT NULL)
           AND (%(wanted)s) IS DISTINCT FROM (%(told)s)
         ORDER BY wanted.product_id, wanted.warehouse_id
    ), turn AS (
        INSERT INTO order_lock (kind, key_1, key_2, version)
        SELECT 'availability', 0, 0, 0 WHERE EXISTS (SELECT FROM changed)
            ON CONFLICT (kind, key_1, key_2) DO UPDATE SET version = order_lock.version + 1
    )
    INSERT INTO order_availability_notice (product_id, warehouse_id, %(columns)s, number)
    SELECT product_id, warehouse_id, %(columns)s,
           nextval('order_availability_notice_number_seq')
      FROM changed
        ON CONFLICT (warehouse_id, product_id)
        DO UPDATE SET (%(columns)s, number) = ROW(%(new)s, excluded.number)
"""
