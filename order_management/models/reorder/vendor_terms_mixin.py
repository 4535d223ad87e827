from odoo import fields, models


class VendorTermsMixin(models.AbstractModel):
    """What an order from a vendor costs, and has to be worth."""

    _name = "vendor.terms.mixin"
    _description = "Vendor with terms of ordering"

    vendor_order_cost = fields.Float(
        "Cost of an order",
        company_dependent=True,
        digits="Product Price",
        help="What an order from this vendor costs, whatever is on it: freight, handling. Above 0, "
        "the vendor's products are ordered in a common cycle.",
    )
    vendor_minimum_value = fields.Float(
        "Least order value",
        company_dependent=True,
        digits="Product Price",
        help="Orders are made so large that they reach it, all products lasting equally long.",
    )
