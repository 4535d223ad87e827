from odoo import models

# What the kept rules of shipping are made of.
SHIPPING_FIELDS = frozenset(
    (
        "handling_days",
        "cutoff_hour",
        "resource_calendar_id",
        "partner_id",
        "company_id",
        "view_location_id",
    )
)


class StockWarehouse(models.Model):
    """Joint: the rooms meet on the warehouse.

    Services that rooms offer each other on a warehouse: ``_next_sscc()``,
    ``_render_labels()`` (fulfillment).
    """

    _name = "stock.warehouse"
    _inherit = [
        "stock.warehouse",
        "order.sscc.mixin",
        "order.label.printer.mixin",
        "order.shipping.days.mixin",
        "order.return.place.mixin",
    ]

    def write(self, vals):
        result = super().write(vals)
        if SHIPPING_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result
