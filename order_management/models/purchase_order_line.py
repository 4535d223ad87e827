from odoo import models

from .reorder.supply_run import run_of


class PurchaseOrderLine(models.Model):
    """Joint: what a vendor promised is compared with what came."""

    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "order.supply.line.mixin"]

    def _prepare_purchase_order_line_from_procurement(self, *arguments):
        """A run of ordering asks once whether there are analytic rules, not for each line."""
        vals = super()._prepare_purchase_order_line_from_procurement(*arguments)
        run = run_of(self.env)
        if run and not run.has_analytics:
            vals["analytic_distribution"] = False
        return vals
