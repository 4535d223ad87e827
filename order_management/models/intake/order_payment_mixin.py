from odoo import models


class OrderPaymentMixin(models.AbstractModel):
    _name = "order.payment.mixin"
    _description = "Payments of an order"
