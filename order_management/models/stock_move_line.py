from odoo import models

# Somebody chose another piece than the one that was reserved.
CHOICE = frozenset(("location_id", "lot_id", "quant_id", "package_id"))


class StockMoveLine(models.Model):
    """Joint: a transfer line knows how much of it was scanned, and why it takes from here.

    Services that rooms offer each other on a transfer line: ``_get_handled_quantity()``
    (fulfillment).
    """

    _name = "stock.move.line"
    _inherit = [
        "stock.move.line",
        "order.scan.line.mixin",
        "order.shrinking.line.mixin",
        "order.label.line.mixin",
        "order.tour.line.mixin",
        "order.removal.line.mixin",
    ]

    def write(self, vals):
        if CHOICE & vals.keys() and "removal_method" not in vals:
            vals = dict(vals, removal_method=False, removal_zone_id=False)
        return super().write(vals)

    def _action_done(self):
        managed = self.filtered("company_id.use_order_management")
        with self.env["stock.quant"]._holding(managed):
            return super()._action_done()
