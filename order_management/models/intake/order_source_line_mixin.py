from odoo import models


class OrderSourceLineMixin(models.AbstractModel):
    _name = "order.source.line.mixin"
    _description = "Where an order line came from"
