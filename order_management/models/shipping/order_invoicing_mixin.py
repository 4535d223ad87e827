from odoo import models


class OrderInvoicingMixin(models.AbstractModel):
    _name = "order.invoicing.mixin"
    _description = "Invoicing of an order"
