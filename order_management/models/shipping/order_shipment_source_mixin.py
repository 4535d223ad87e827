from odoo import models


class OrderShipmentSourceMixin(models.AbstractModel):
    _name = "order.shipment.source.mixin"
    _description = "Transfer that becomes shipments"

    def _create_shipments(self):
        """Note that these done transfers have left, as shipments."""
