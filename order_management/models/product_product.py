from odoo import models


class ProductProduct(models.Model):
    """Joint: what other rooms ask of a product: ``_get_availability()`` (promise)."""

    _name = "product.product"
    _inherit = ["product.product", "order.availability.mixin"]
