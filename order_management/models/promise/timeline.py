"""What comes and leaves of a product, day by day, with the documents behind it."""

from collections import defaultdict

from odoo.tools import SQL

from ..common.optional import has_field
from ..common.results import plain
from .kits import Kits
from .outlook import Outlook

MAX_DAYS = 60
MAX_DOCUMENTS = 6  # a day

# The field of a move that leads to its document, the first that is set.
SOURCES = (
    ("sale_line_id.order_id", "partner_id"),
    ("purchase_line_id.order_id", "partner_id"),
    ("production_id", None),
    ("raw_material_production_id", None),
    ("picking_id", "partner_id"),
)


class Timeline:
    """The days of some products in some warehouses, all read at once.

    :param products: with full rights
    :param warehouses: with full rights
    :param env: of the reader, who may open the documents or not
    """

    def __init__(self, products, warehouses, env):
        self.env = env
        self.products = products
        self.warehouses = warehouses
        self.days = defaultdict(list)
        self.documents = defaultdict(list)
        self.hidden = {}
        self.openable = {}
        if products and warehouses:
            self._read()

    def describe(self, product, warehouse):
        """What the screen shows of one product in one warehouse.

        :return dict: ``days``: ``day``, ``supply``, ``demand``, ``stock``, ``promised``,
            ``free``, ``documents``, ``hidden``; ``rest``: how many days are not shown; ``parts``
            of a kit
        """
        key = (warehouse.id, product.id)
        days = self.days[key]
        return plain(
            {
                "days": days[:MAX_DAYS],
                "rest": max(len(days) - MAX_DAYS, 0),
                "parts": self._describe_parts(product, warehouse),
            }
        )

    def _read(self):
        outlook = Outlook(self.warehouses, self.products)
        outlook.flush()
        self._read_documents(outlook)
        self.env.cr.execute(
            SQL(
                """
                WITH %s
                SELECT warehouse_id, product_id, day, supply, demand, stock, free, now
                  FROM free_day
                 WHERE NOT EXISTS (SELECT FROM need WHERE need.kit_id = free_day.product_id)
                 UNION ALL
                SELECT warehouse_id, product_id, day, NULL, NULL, NULL, free, now FROM kit_day
                 ORDER BY warehouse_id, product_id, day
                """,
                outlook.get_days(),
            )
        )
        for warehouse, product, day, *figures in self.env.cr.fetchall():
            names = ("supply", "demand", "stock", "free", "now")
            row = {
                name: value if value is None else round(float(value), 6)
                for name, value in zip(names, figures, strict=True)
            }
            if row["stock"] is not None:
                row["promised"] = max(row["stock"] - row["free"], 0.0)
            key = (warehouse, product, day)
            row.update(day=day, documents=self.documents[key], hidden=self.hidden.get(key, 0))
            self.days[warehouse, product].append(row)

    def _read_documents(self, outlook):
        self.env.cr.execute(
            SQL(
                """
                WITH %s, numbered AS (
                    SELECT id, warehouse_id, product_id, GREATEST(day, today) AS day, comes_in,
                           day < today AS is_late, day AS planned, quantity,
                           ROW_NUMBER() OVER (
                               PARTITION BY warehouse_id, product_id, GREATEST(day, today)
                               ORDER BY comes_in DESC, day, id) AS place,
                           COUNT(*) OVER (
                               PARTITION BY warehouse_id, product_id, GREATEST(day, today)
                           ) AS number,
                           DENSE_RANK() OVER (
                               PARTITION BY warehouse_id, product_id
                               ORDER BY GREATEST(day, today)) AS day_number
                      FROM crossing
                )
                SELECT id, warehouse_id, product_id, day, comes_in, is_late, planned, quantity,
                       number
                  FROM numbered
                 WHERE place <= %s AND day_number <= %s AND product_id IN %s
                 ORDER BY place
                """,
                outlook.get_days(),
                MAX_DOCUMENTS,
                MAX_DAYS,
                tuple(self.products.ids),
            )
        )
        rows = self.env.cr.fetchall()
        moves = self.env["stock.move"].sudo().browse(row[0] for row in rows)
        for move, row in zip(moves, rows, strict=True):
            _id, warehouse, product, day, comes_in, is_late, planned, quantity, number = row
            key = (warehouse, product, day)
            self.hidden[key] = max(number - MAX_DOCUMENTS, 0)
            self.documents[key].append(
                {
                    **self._describe_document(move),
                    "comes_in": comes_in,
                    "late_since": is_late and planned,
                    "quantity": round(float(quantity), 6),
                }
            )

    def _describe_document(self, move):
        for path, partner in SOURCES:
            first, _dot, _rest = path.partition(".")
            document = has_field(self.env, "stock.move", first) and move.mapped(path)
            if document:
                return {
                    "key": move.id,
                    "model": document._name,
                    "id": document.id,
                    "name": document.display_name,
                    "partner": partner and document[partner].display_name or "",
                    "may_open": self._may_open(document._name),
                }
        name = move.reference or move.origin or ""
        return {"key": move.id, "model": "", "id": 0, "name": name, "partner": ""}

    def _may_open(self, model):
        if model not in self.openable:
            self.openable[model] = self.env[model].has_access("read")
        return self.openable[model]

    def _describe_parts(self, product, warehouse):
        """The components of a kit, the scarcest first."""
        company = warehouse.sudo().company_id
        kits = Kits(product.sudo(), company)
        if not kits.is_kit(product):
            return []
        needs = kits.get_needs(product.sudo())
        rows = {
            row.product_id.id: row
            for row in self.env["order.availability"].search(
                [
                    ("product_id", "in", [part.id for part in needs]),
                    ("warehouse_id", "=", warehouse.id),
                ]
            )
        }
        parts = []
        for part, each in needs.items():
            row = rows.get(part.id, self.env["order.availability"])
            parts.append(
                {
                    "id": row.id or 0,
                    "name": part.display_name,
                    "uom": part.uom_id.display_name,
                    "each": each,
                    "available": row.available,
                    "kits": int(row.available / each + 1e-6),
                    "next_date": row.next_date,
                }
            )
        return sorted(parts, key=lambda part: part["kits"])
