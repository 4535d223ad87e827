from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductSuccessionMixin(models.AbstractModel):
    """Products that take the place of others, and their demand with it."""

    _name = "product.succession.mixin"
    _description = "Product that may be replaced"

    replaced_by_id = fields.Many2one(
        "product.product",
        "Replaced by",
        index="btree_not_null",
        check_company=True,
        help="That product inherits the demand of this one: it is forecast as if it had been sold "
        "before.",
    )

    @api.constrains("replaced_by_id")
    def _check_replaced_by(self):
        if self._has_cycle("replaced_by_id"):
            raise ValidationError(self.env._("A product cannot replace itself, nor in a circle."))
