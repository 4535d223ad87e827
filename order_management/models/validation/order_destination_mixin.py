from odoo import api, fields, models
from odoo.tools import ormcache


class OrderDestinationMixin(models.AbstractModel):
    """Goods that must not go to some countries."""

    _name = "order.destination.mixin"
    _description = "Goods that may not go everywhere"

    restricted_country_ids = fields.Many2many(
        "res.country",
        "product_template_restricted_country_rel",
        "product_tmpl_id",
        "country_id",
        string="Not to be delivered to",
        help="Orders that bring it to one of these countries are held.",
    )

    @api.model
    @ormcache()
    def _has_restrictions(self):
        """Whether any product has such countries; most shops need not look further."""
        products = self.sudo().with_context(active_test=False)
        return bool(products.search_count([("restricted_country_ids", "!=", False)], limit=1))

    @api.model
    def _after_restriction(self, vals_list):
        """Look anew whether anything is restricted, after values were written."""
        if any("restricted_country_ids" in vals for vals in vals_list):
            self.env.registry.clear_cache()
