from odoo import models


class OrderShipmentParcelMixin(models.AbstractModel):
    """What a parcel knows of its shipment."""

    _name = "order.shipment.parcel.mixin"
    _description = "Parcel that is shipped"

    def _get_tracking_refs(self):
        """Tracking numbers of these packages: package id → number."""
        shipments = self.env["order.shipment"].search(
            [("package_id", "in", self.ids), ("is_void", "=", False), ("tracking_ref", "!=", False)]
        )
        return {shipment.package_id.id: shipment.tracking_ref for shipment in shipments}

    def _get_services(self):
        """The carriers' products by which these packages go: package id → name."""
        shipments = self.env["order.shipment"].search(
            [("package_id", "in", self.ids), ("is_void", "=", False), ("service", "!=", False)]
        )
        return {shipment.package_id.id: shipment.service for shipment in shipments}
