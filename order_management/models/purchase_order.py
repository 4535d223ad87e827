from odoo import models


class PurchaseOrder(models.Model):
    """Joint: buyers see what demand asks of an order.

    Services that rooms offer each other on a purchase order: none yet.
    """

    _name = "purchase.order"
    _inherit = ["purchase.order", "order.purchase.notice.mixin"]
