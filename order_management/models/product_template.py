from odoo import api, models

# What orders are checked again for when it changes.
CAUSES = {
    "list_price": ("price_deviation", "margin_floor"),
    "standard_price": ("price_deviation", "margin_floor"),
    "sale_ok": ("product_not_sellable",),
    "active": ("product_not_sellable",),
    "company_id": ("product_not_sellable",),
    "restricted_country_ids": ("destination_restricted",),
}


class ProductTemplate(models.Model):
    """Joint: orders that wait for what changes here are checked again soon.

    Service that rooms offer each other: ``_has_restrictions()`` (validation).
    """

    _name = "product.template"
    _inherit = [
        "product.template",
        "order.destination.mixin",
        "product.template.packing.mixin",
        "product.template.succession.mixin",
    ]

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        self._after_restriction(vals_list)
        return templates

    def write(self, vals):
        result = super().write(vals)
        self._after_restriction([vals])
        self.with_context(active_test=False).product_variant_ids._mark_orders(vals)
        return result

    def _get_related_fields_variant_template(self):
        return [
            *super()._get_related_fields_variant_template(),
            *self._get_packing_fields(),
            "replaced_by_id",
        ]
