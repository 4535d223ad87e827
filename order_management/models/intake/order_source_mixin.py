from odoo import fields, models


class OrderSourceMixin(models.AbstractModel):
    _name = "order.source.mixin"
    _description = "Where an order came from"

    channel_id = fields.Many2one("order.channel", "Channel", index=True, copy=False, readonly=True)
    external_ref = fields.Char("Channel reference", index=True, copy=False, readonly=True)

    def _get_channel_code(self):
        """The code of the channel, or ``False``."""
        return False

    def _get_price_tolerance(self, default):
        """Service for the validation room: percent of price deviation that passes.

        :param float default: the check's own tolerance, for orders without a channel
        """
        return default
