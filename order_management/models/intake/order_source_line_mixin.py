from odoo import models


class OrderSourceLineMixin(models.AbstractModel):
    _name = "order.source.line.mixin"
    _description = "Where an order line came from"

    def _is_charge(self):
        """Service for the validation room: whether this line is a charge of the document."""
        return False
