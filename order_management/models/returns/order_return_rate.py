from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

DAYS = 365  # how far back rates look


class OrderReturnRate(models.Model):
    """How much of what was shipped of a product came back, and why most of it did.

    Units of the product that left for customers of orders in the last 365 days, and units that came
    back in that time, by whatever way. Read when it is looked at; nothing is stored.
    """

    _name = "order.return.rate"
    _description = "Return rate of a product"
    _auto = False
    _order = "rate desc, returned desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    shipped = fields.Float(readonly=True, digits="Product Unit")
    returned = fields.Float(readonly=True, digits="Product Unit")
    rate = fields.Float("Return rate", readonly=True, aggregator=None)
    return_count = fields.Integer("Return requests", readonly=True)
    main_reason_id = fields.Many2one("order.return.reason", "Most frequent reason", readonly=True)
    our_fault_count = fields.Integer(
        "Our fault", readonly=True, help="Return lines with a reason that is our fault."
    )

    @property
    def _table_query(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        return SQL(
            """
            WITH moved AS (%s),
            asked AS (
                SELECT line.product_id, line.company_id, COUNT(*) AS lines,
                       COUNT(*) FILTER (WHERE reason.our_fault) AS our_fault,
                       MODE() WITHIN GROUP (ORDER BY line.reason_id) AS reason_id
                  FROM order_return_line line
                  JOIN order_return_reason reason ON reason.id = line.reason_id
                  JOIN order_return one ON one.id = line.return_id
                 WHERE one.state NOT IN ('draft', 'refused', 'cancelled')
                   AND line.sale_line_id IS NOT NULL
                   AND line.decision IS DISTINCT FROM 'refuse' AND one.create_date >= %s
              GROUP BY line.product_id, line.company_id
            )
            SELECT ROW_NUMBER() OVER (ORDER BY moved.company_id, moved.product_id) AS id,
                   moved.product_id, moved.company_id, template.categ_id,
                   moved.shipped, moved.returned,
                   CASE WHEN moved.shipped > 0 THEN moved.returned / moved.shipped END AS rate,
                   COALESCE(asked.lines, 0) AS return_count,
                   COALESCE(asked.our_fault, 0) AS our_fault_count,
                   asked.reason_id AS main_reason_id
              FROM (SELECT product_id, company_id, SUM(shipped) AS shipped,
                           SUM(returned) AS returned
                      FROM moved GROUP BY product_id, company_id) moved
              JOIN product_product product ON product.id = moved.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN asked ON asked.product_id = moved.product_id
                        AND asked.company_id = moved.company_id
             WHERE moved.shipped > 0 OR moved.returned > 0
            """,
            moved_units(since),
            since,
        )

    def action_view_returns(self):
        """Open the lines behind a rate."""
        self.ensure_one()
        self.check_access("read")
        domain = Domain("product_id", "=", self.product_id.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Returns of %(product)s", product=self.product_id.display_name),
            "res_model": "order.return.line",
            "views": [(False, "list"), (False, "pivot"), (False, "form")],
            "domain": list(domain),
        }


def moved_units(since):
    """What went to customers of orders and came back since a moment, a row a move."""
    return SQL(
        """
        SELECT move.product_id, move.company_id, line.order_id,
               CASE WHEN target.usage = 'customer' THEN move.product_qty ELSE 0 END AS shipped,
               CASE WHEN source.usage = 'customer' THEN move.product_qty ELSE 0 END AS returned
          FROM stock_move move
          JOIN stock_location source ON source.id = move.location_id
          JOIN stock_location target ON target.id = move.location_dest_id
          JOIN sale_order_line line ON line.id = move.sale_line_id
         WHERE move.state = 'done' AND move.date >= %s
           AND (source.usage = 'customer') != (target.usage = 'customer')
        """,
        since,
    )
