from odoo import models


class OrderHoldMixin(models.AbstractModel):
    _name = "order.hold.mixin"
    _description = "Order that checks may hold"

    def _before_confirm(self):
        return self.browse()

    def _after_confirm(self):
        pass
