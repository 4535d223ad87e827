from odoo import fields, models

from .intake.customers import PHONE_TAIL


class ResPartner(models.Model):
    """Joint: what a customer wishes of their orders, and by what documents find them."""

    _inherit = "res.partner"

    order_priority = fields.Integer(
        help="Priority of this customer's orders; higher wins when stock is short."
    )

    # Whole ones: PostgreSQL does not learn how selective an expression is from a partial index.
    _order_phone_idx = models.Index(f"({PHONE_TAIL})")
    _order_name_idx = models.Index("(lower(name))")
    _order_email_idx = models.Index("(email_normalized)")
    _order_zip_idx = models.Index("(zip) WHERE zip IS NOT NULL")
