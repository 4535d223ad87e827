"""What is known of reordering rules, their products and price lists: past records and caches."""

from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL


class RuleFacts(NamedTuple):
    """A reordering rule and its product."""

    product_id: int
    template_id: int
    location_id: int
    route_id: object  # or None
    categ_id: int
    company_id: int
    supplier_id: object  # the line of a price list it is bound to, or None
    routes: tuple  # of the product itself
    has_sellers: bool


class VendorLine(NamedTuple):
    """A line of a vendor's price list, in units of the product."""

    id: int
    partner_id: int
    commercial_id: int
    is_active: bool
    company_id: object
    product_id: object
    unit_id: object
    sequence: int
    asked: float  # least quantity, in the vendor's unit
    least: float
    listed: float  # price, in the vendor's unit
    price: float  # discounted
    currency_id: int
    delay: int
    date_start: object
    date_end: object

    def holds(self, product_id, company_id, today):
        """Whether it may be bought by today, for a product in a company."""
        return (
            self.company_id in (None, company_id)
            and self.product_id in (None, product_id)
            and (not self.date_start or self.date_start <= today)
            and (not self.date_end or self.date_end >= today)
            and self.is_active
        )


def read_rule_facts(rules):
    """Facts of each rule.

    :param rules: ``stock.warehouse.orderpoint``
    :return dict: rule id → :class:`RuleFacts`
    """
    env = rules.env
    rules.flush_recordset(["company_id", "location_id", "product_id", "route_id", "supplier_id"])
    env["product.template"].flush_model(["categ_id", "route_ids"])
    env["product.supplierinfo"].flush_model(["product_tmpl_id"])
    env.cr.execute(
        SQL(
            """
            SELECT rule.id, rule.product_id, template.id, rule.location_id, rule.route_id,
                   template.categ_id, rule.company_id, rule.supplier_id,
                   ARRAY(SELECT route_id FROM stock_route_product
                          WHERE product_id = template.id ORDER BY route_id),
                   EXISTS (SELECT FROM product_supplierinfo
                            WHERE product_tmpl_id = template.id)
              FROM stock_warehouse_orderpoint AS rule
              JOIN product_product AS product ON product.id = rule.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE rule.id = ANY(%s)
            """,
            rules.ids,
        )
    )
    return {
        row[0]: RuleFacts(*row[1:8], routes=tuple(row[8]), has_sellers=row[9])
        for row in env.cr.fetchall()
    }


def read_vendor_lines(env, template_ids):
    """The price lists of products, in the order in which core looks at them.

    :return dict: template id → list of :class:`VendorLine`
    """
    env["product.supplierinfo"].flush_model()
    env["res.partner"].flush_model(["active", "commercial_partner_id"])
    env.cr.execute(
        SQL(
            """
            SELECT line.product_tmpl_id, line.id, line.partner_id, partner.commercial_partner_id,
                   partner.active, line.company_id, line.product_id, line.product_uom_id,
                   line.sequence, line.min_qty::float,
                   (line.min_qty * COALESCE(unit.factor / own.factor, 1))::float,
                   line.price::float,
                   (line.price * (1 - COALESCE(line.discount, 0) / 100.0)
                    / COALESCE(unit.factor / own.factor, 1))::float,
                   line.currency_id, line.delay, line.date_start, line.date_end
              FROM product_supplierinfo AS line
              JOIN product_template AS template ON template.id = line.product_tmpl_id
              JOIN uom_uom AS own ON own.id = template.uom_id
              JOIN res_partner AS partner ON partner.id = line.partner_id
              LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
             WHERE line.product_tmpl_id = ANY(%s)
             ORDER BY line.sequence, line.min_qty DESC, line.price, line.id
            """,
            list(template_ids),
        )
    )
    found = defaultdict(list)
    for template_id, *row in env.cr.fetchall():
        found[template_id].append(VendorLine(*row))
    return found
