from odoo import models


class OrderParcelMixin(models.AbstractModel):
    _name = "order.parcel.mixin"
    _description = "Parcel"
