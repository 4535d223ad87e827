from odoo import fields, models


class ResPartner(models.Model):
    """Joint: what a customer wishes of their orders."""

    _inherit = "res.partner"

    order_priority = fields.Integer(
        help="Priority of this customer's orders; higher wins when stock is short."
    )
