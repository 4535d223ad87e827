from odoo import models


class OrderSourceMixin(models.AbstractModel):
    _name = "order.source.mixin"
    _description = "Where an order came from"

    def _get_channel_code(self):
        """The code of the channel, or ``False``."""
        return False
