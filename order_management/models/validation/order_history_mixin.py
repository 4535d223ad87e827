from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class OrderHistoryMixin(models.AbstractModel):
    """What a customer ordered before: the same once more, or how much is usual."""

    _name = "order.history.mixin"
    _description = "Order compared with earlier ones"

    ordered_at = fields.Datetime(
        compute="_compute_ordered_at",
        store=True,
        precompute=True,
        copy=False,
        help="When the customer ordered; the order's date becomes that of the confirmation.",
    )

    _ordered_idx = models.Index("(partner_id, ordered_at)")
    _order_reference_idx = models.Index(
        "(lower(btrim(client_order_ref))) WHERE client_order_ref IS NOT NULL"
    )

    @api.depends("date_order", "state")
    def _compute_ordered_at(self):
        for order in self:
            if order.state in ("draft", "sent") or not order.ordered_at:
                order.ordered_at = order.date_order

    def _find_duplicates(self, hours):
        """The first earlier order that each of these seems to repeat, in one statement.

        Either the commercial entity used the same reference before, or the same customer ordered
        the same products and quantities for the same amount within some hours. Cancelled orders
        are none.

        :param float hours: how far back orders with the same content count
        :return dict: order id → ``(id, name, "reference" | "content")``
        """
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT own.id, found.id, found.name, found.kind
                  FROM sale_order AS own
                 CROSS JOIN LATERAL (
                       (SELECT other.id, other.name, other.ordered_at, 'reference' AS kind
                          FROM sale_order AS other
                          JOIN res_partner AS buyer ON buyer.id = own.partner_id
                          JOIN res_partner AS other_buyer
                            ON other_buyer.id = other.partner_id
                           AND other_buyer.commercial_partner_id = buyer.commercial_partner_id
                         WHERE own.client_order_ref ~ '[[:alnum:]]'
                           AND lower(btrim(other.client_order_ref))
                               = lower(btrim(own.client_order_ref))
                           AND other.client_order_ref IS NOT NULL
                           AND other.company_id = own.company_id AND other.state != 'cancel'
                           AND (other.ordered_at, other.id) < (own.ordered_at, own.id)
                         ORDER BY other.ordered_at, other.id
                         LIMIT 1)
                       UNION ALL
                       (SELECT other.id, other.name, other.ordered_at, 'content' AS kind
                          FROM sale_order AS other
                         WHERE other.partner_id = own.partner_id
                           AND other.company_id = own.company_id AND other.state != 'cancel'
                           AND other.currency_id = own.currency_id
                           AND other.amount_total = own.amount_total
                           AND (other.ordered_at, other.id) < (own.ordered_at, own.id)
                           AND other.ordered_at >= own.ordered_at - %(window)s
                           AND %(content)s = %(other_content)s
                         ORDER BY other.ordered_at, other.id
                         LIMIT 1)
                       ) AS found
                 WHERE own.id = ANY(%(ids)s)
                 ORDER BY own.id, found.ordered_at, found.id, found.kind DESC
                """,
                window=timedelta(hours=hours),
                content=_content_of("own"),
                other_content=_content_of("other"),
                ids=self.ids,
            )
        )
        found = {}
        for order_id, *duplicate in self.env.cr.fetchall():
            found.setdefault(order_id, tuple(duplicate))
        return found

    def _get_usual_quantities(self, least):
        """What customers ordered of these orders' products before, in one statement.

        Earlier confirmed orders of the commercial entity count, each with its sum of a product in
        a unit.

        :param int least: how many earlier orders it takes
        :return list: ``(id of the first such line, quantity, smallest, usual, largest)`` where
            ``usual`` is the median
        """
        self.env["sale.order"].flush_model(["partner_id", "ordered_at", "company_id"])
        self.env["sale.order.line"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH own AS (
                    SELECT line.order_id, line.product_id, line.product_uom_id,
                           MIN(line.id) AS line_id, SUM(line.product_uom_qty) AS quantity
                      FROM sale_order_line AS line
                     WHERE line.order_id = ANY(%(ids)s) AND line.product_id IS NOT NULL
                       AND line.display_type IS NULL AND line.product_uom_qty > 0
                       AND line.is_delivery IS NOT TRUE AND line.is_downpayment IS NOT TRUE
                     GROUP BY line.order_id, line.product_id, line.product_uom_id
                )
                SELECT own.line_id, own.quantity, MIN(past.quantity),
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY past.quantity),
                       MAX(past.quantity)
                  FROM own
                  JOIN sale_order AS sold ON sold.id = own.order_id
                  JOIN res_partner AS buyer ON buyer.id = sold.partner_id
                 CROSS JOIN LATERAL (
                       SELECT line.order_id, SUM(line.product_uom_qty) AS quantity
                         FROM res_partner AS contact
                         JOIN sale_order_line AS line
                           ON line.order_partner_id = contact.id
                          AND line.product_id = own.product_id
                         JOIN sale_order AS earlier ON earlier.id = line.order_id
                        WHERE contact.commercial_partner_id = buyer.commercial_partner_id
                          AND line.product_uom_id = own.product_uom_id
                          AND line.state = 'sale' AND line.product_uom_qty > 0
                          AND line.company_id = sold.company_id
                          AND (earlier.ordered_at, earlier.id) < (sold.ordered_at, sold.id)
                        GROUP BY line.order_id
                       ) AS past
                 GROUP BY own.order_id, own.line_id, own.quantity
                HAVING COUNT(*) >= %(least)s
                 ORDER BY own.order_id, own.line_id
                """,
                ids=self.ids,
                least=least,
            )
        )
        return [
            (line_id, *map(float, quantities)) for line_id, *quantities in self.env.cr.fetchall()
        ]


def _content_of(alias):
    """The products and quantities of an order, to be compared."""
    return SQL(
        """(SELECT ARRAY_AGG(ROW(line.product_id, line.product_uom_id, line.product_uom_qty)
                             ORDER BY line.product_id, line.product_uom_id, line.product_uom_qty)
              FROM sale_order_line AS line
             WHERE line.order_id = %s AND line.product_id IS NOT NULL
               AND line.is_downpayment IS NOT TRUE)""",
        SQL.identifier(alias, "id"),
    )
