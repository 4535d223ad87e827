from odoo import api, fields, models

from .validation.order_guard_mixin import LINE_FIELDS


class SaleOrderLine(models.Model):
    """Joint: the rooms meet on the order line.

    Services that rooms offer each other on a line: ``_set_short()`` (promise).
    """

    _name = "sale.order.line"
    _inherit = [
        "sale.order.line",
        "order.status.line.mixin",
        "order.source.line.mixin",
        "order.hold.line.mixin",
        "order.promise.line.mixin",
        "order.promising.line.mixin",
        "order.ledger.line.mixin",
        "order.ledger.watch.line.mixin",
        "order.short.line.mixin",
        "order.return.source.line.mixin",
        "order.return.deduction.line.mixin",
    ]

    short_priority = fields.Integer(related="order_id.order_priority", string="Priority")
    short_hold_state = fields.Selection(related="order_id.hold_state", string="Hold")
    short_amount = fields.Monetary("Money waiting", compute="_compute_short_amount")

    @api.depends("short_quantity", "product_uom_qty", "price_total")
    def _compute_short_amount(self):
        return super()._compute_short_amount()

    @api.model_create_multi
    def create(self, vals_list):
        """New lines of confirmed orders are checked before they are saved."""
        default = self.env.context.get("default_order_id")
        ids = {vals.get("order_id", default) for vals in vals_list}
        orders = self.env["sale.order"].browse(filter(None, ids))
        products = self.env["product.product"].browse(
            {vals["product_id"] for vals in vals_list if vals.get("product_id")}
        )
        with orders._guarding_edit(products):
            lines = super().create(vals_list)
        orders._note_edit(["order_line"])
        orders._note_promise_edit({"order_line": True})
        return lines

    def write(self, vals):
        """What changes confirmed lines is checked before it is saved."""
        edited = LINE_FIELDS & vals.keys()
        if not edited:
            return super().write(vals)
        orders = self.order_id | self.order_id.browse(filter(None, [vals.get("order_id")]))
        products = self.env["product.product"].browse(filter(None, [vals.get("product_id")]))
        short = self.sudo().filtered("short_quantity") if "product_uom_qty" in vals else ()
        before = {line: line.product_uom_qty for line in short}
        with orders._guarding_edit(products):
            result = super().write(vals)
        if before:
            self._trim_short(before)
        orders._note_edit(edited)
        orders._note_promise_edit(vals)
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.exists()._note_edit(["order_line"])
        orders.exists()._note_promise_edit({"order_line": True})
        return result

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Old orders that are only taken over move no goods."""
        lines = self.filtered(lambda line: not line.order_id.sudo()._is_history())
        return super(SaleOrderLine, lines)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )

    def _prepare_invoice_line(self, **optional_values):
        """A down payment is deducted as far as it is left."""
        vals = super()._prepare_invoice_line(**optional_values)
        is_deducted = self.is_downpayment and optional_values.get("quantity") == -1.0
        if is_deducted and self.company_id.use_order_management:
            vals.update(self._prepare_left_vals())
        return vals

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
