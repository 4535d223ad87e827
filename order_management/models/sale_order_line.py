from odoo import api, models


class SaleOrderLine(models.Model):
    """Joint: the rooms meet on the order line."""

    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "order.status.line.mixin",
        "order.source.line.mixin",
        "order.hold.line.mixin",
        "order.promise.line.mixin",
        "order.return.source.line.mixin",
    ]

    @api.depends("return_settled_quantity", "return_kept_quantity")
    def _compute_qty_to_invoice(self):
        """What a settled return took back is not invoiced again."""
        result = super()._compute_qty_to_invoice()
        for line in self.filtered("return_settled_quantity"):
            if line.state == "sale":
                line.qty_to_invoice -= line._get_return_deduction()
        return result

    @api.depends("return_settled_quantity")
    def _compute_invoice_status(self):
        """A line of which the rest came back and was settled has nothing left to invoice."""
        result = super()._compute_invoice_status()
        for line in self.filtered("return_settled_quantity"):
            if line._is_invoiced_but_for_returns():
                line.invoice_status = "invoiced"
        return result
