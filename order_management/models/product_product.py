from odoo import models

from .product_template import CAUSES


class ProductProduct(models.Model):
    """Joint: the rooms meet on the product.

    Services that rooms offer each other: ``_get_availability()``,
    ``_get_sold_through()`` (promise).
    """

    _name = "product.product"
    _inherit = [
        "product.product",
        "order.availability.mixin",
        "product.availability.mixin",
        "product.packing.mixin",
        "product.promise.mixin",
        "product.shelf.mixin",
        "product.succession.mixin",
    ]

    def write(self, vals):
        result = super().write(vals)
        self._mark_orders(vals)
        return result

    def _mark_orders(self, vals):
        """Orders that wait for what changed here are checked again soon."""
        causes = CAUSES.keys() & vals.keys()
        if causes and self.env.company._is_order_management_used():
            codes = {code for name in causes for code in CAUSES[name]}
            self.env["sale.order"]._mark_products(self, codes, causes)
