from odoo import models


class StockPackage(models.Model):
    """Joint: a package of a delivery is a parcel.

    Services that rooms offer each other on a package:
    ``_get_tracking_refs()``, ``_get_services()`` (shipping), ``_get_label_contents()``,
    ``_queue_labels()`` (fulfillment).
    """

    _name = "stock.package"
    _inherit = [
        "stock.package",
        "order.label.mixin",
        "order.label.queue.mixin",
        "order.parcel.mixin",
        "order.shipment.parcel.mixin",
    ]

    _sscc_uniq = models.UniqueIndex(
        "(sscc) WHERE sscc IS NOT NULL", "Another package has this container code."
    )
