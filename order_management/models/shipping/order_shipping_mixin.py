from odoo import models


class OrderShippingMixin(models.AbstractModel):
    _name = "order.shipping.mixin"
    _description = "Shipping of an order"

    def _get_shipments(self):
        """Shipments of each order as plain rows: order id → list of dicts."""
        return {}

    def _get_shipment_states(self):
        """Order id → ``delivered`` when every shipment of what has left is delivered, else the least advanced status."""
        return {}
