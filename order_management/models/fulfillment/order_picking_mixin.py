from odoo import models


class OrderPickingMixin(models.AbstractModel):
    _name = "order.picking.mixin"
    _description = "Picking and packing of a transfer"
