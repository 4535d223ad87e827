from odoo import models

from ..common.optional import has_field


class ProductShelfMixin(models.AbstractModel):
    """Goods that do not keep for ever."""

    _name = "product.shelf.mixin"
    _description = "Product with a shelf life"

    def _get_shelf_days(self):
        """Days from a receipt until it is taken from the shelf; 0: it keeps."""
        if not has_field(self.env, "product.template", "use_expiration_date"):
            return 0
        if not self.use_expiration_date:
            return 0
        return max(self.expiration_time - self.removal_time, 0)
