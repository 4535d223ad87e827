from odoo import models

# What orders are checked again for when it changes.
CAUSES = {
    "list_price": ("price_deviation", "margin_floor"),
    "standard_price": ("price_deviation", "margin_floor"),
    "sale_ok": ("product_not_sellable",),
    "active": ("product_not_sellable",),
    "restricted_country_ids": ("destination_restricted",),
}


class ProductTemplate(models.Model):
    """Joint: orders that wait for what changes here are checked again soon."""

    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        self.with_context(active_test=False).product_variant_ids._mark_orders(vals)
        return result
