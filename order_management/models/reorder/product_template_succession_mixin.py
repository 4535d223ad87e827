from odoo import api, fields, models


class ProductTemplateSuccessionMixin(models.AbstractModel):
    """Products without variants are replaced as a whole."""

    _name = "product.template.succession.mixin"
    _description = "Product without variants that may be replaced"

    replaced_by_id = fields.Many2one(
        "product.product",
        "Replaced by",
        compute="_compute_replaced_by_id",
        inverse="_inverse_replaced_by_id",
        check_company=True,
        help="That product inherits the demand of this one: it is forecast as if it had been sold "
        "before.",
    )

    @api.depends("product_variant_ids.replaced_by_id")
    def _compute_replaced_by_id(self):
        self._compute_template_field_from_variant_field("replaced_by_id")

    def _inverse_replaced_by_id(self):
        self._set_product_variant_field("replaced_by_id")
