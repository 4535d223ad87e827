from odoo import models


class OrderWaveMixin(models.AbstractModel):
    """Batches of transfers that lie together: planned so that people walk little."""

    _name = "order.wave.mixin"
    _description = "Batch planned as a wave"
