from odoo import api, fields, models
from odoo.tools import SQL

from .outlook import Outlook
from .timeline import Timeline

PLACES = 2**20  # more than there are warehouses: both ids stand in one number


def _quantity(string=None, **options):
    """A figure in the product's unit."""
    options = {"digits": "Product Unit", "readonly": True, **options}
    return fields.Float(string, **options) if string else fields.Float(**options)


class OrderAvailability(models.Model):
    """What can be promised of a product in a warehouse: figures of now, stored nowhere."""

    _name = "order.availability"
    _description = "Availability"
    _auto = False
    _rec_name = "product_id"
    _order = "uncovered desc, waiting desc, available, id"

    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    is_kit = fields.Boolean("Kit", readonly=True, help="Available as its components allow.")
    on_hand = _quantity()
    reserved = _quantity()
    available = _quantity(
        help="Can be promised today: on hand and usable, less what is reserved or waited for."
    )
    incoming = _quantity(help="Open receipts, whatever their dates.")
    next_date = fields.Date(
        "More from",
        readonly=True,
        help="From this day on more can be promised than today; where all that comes is waited "
        "for, the day of the next receipt.",
    )
    next_quantity = _quantity("More then", help="How much more can be promised from that day.")
    waiting = _quantity(
        "Lacking",
        help="What deliveries lack on the worst day, if all comes and leaves as planned.",
    )
    uncovered = _quantity(
        "Never covered",
        help="What deliveries lack even when all that is ordered has come.",
    )
    timeline = fields.Json(compute="_compute_timeline")

    @property
    def _table_query(self):
        warehouses = self.env["stock.warehouse"].sudo()
        outlook = Outlook(warehouses.search([("company_id", "in", self.env.companies.ids)]))
        outlook.flush()
        return SQL(_LIST, figures=outlook.get_figures(), places=PLACES)

    @api.depends_context("lang", "uid")
    def _compute_timeline(self):
        timeline = Timeline(self.product_id.sudo(), self.warehouse_id.sudo(), self.env)
        for row in self:
            row.timeline = timeline.describe(row.product_id, row.warehouse_id)


_LIST = """
    WITH %(figures)s
    SELECT product.id::bigint * %(places)s + place.warehouse_id AS id, product.id AS product_id,
           template.id AS product_tmpl_id, template.categ_id, place.warehouse_id,
           place.company_id, template.uom_id, COALESCE(figure.is_kit, FALSE) AS is_kit,
           COALESCE(figure.on_hand, 0) AS on_hand, COALESCE(figure.reserved, 0) AS reserved,
           COALESCE(figure.available, 0) AS available,
           COALESCE(figure.incoming, 0) AS incoming,
           figure.next_date, COALESCE(figure.next_quantity, 0) AS next_quantity,
           COALESCE(figure.waiting, 0) AS waiting, COALESCE(figure.uncovered, 0) AS uncovered
      FROM product_product AS product
      JOIN product_template AS template ON template.id = product.product_tmpl_id
     CROSS JOIN place
      LEFT JOIN figure ON figure.product_id = product.id
                      AND figure.warehouse_id = place.warehouse_id
     WHERE product.active AND place.warehouse_id > 0 AND template.type = 'consu'
       AND (template.is_storable OR figure.is_kit)
       AND (template.company_id IS NULL OR template.company_id = place.company_id)
"""
