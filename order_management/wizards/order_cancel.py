from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderCancel(models.TransientModel):
    """Cancelling an order, or what is open of it, from its form."""

    _name = "order.cancel"
    _description = "Cancel an order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Char(required=True)
    line_ids = fields.One2many("order.cancel.line", "cancel_id")
    is_partial = fields.Boolean(compute="_compute_is_partial")

    @api.depends("line_ids.quantity", "line_ids.started_quantity")
    def _compute_is_partial(self):
        for cancel in self:
            cancel.is_partial = any(
                line.started_quantity or line.quantity < line.quantity_before
                for line in cancel.line_ids
            )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id")).exists()
        values["line_ids"] = [
            fields.Command.create(line._prepare_cancel_line())
            for line in order.order_line
            if not line.display_type and not line.is_downpayment
        ]
        return values

    def action_cancel_order(self):
        """Cancel what was chosen; tell what could not be."""
        self.ensure_one()
        lines = self._prepare_lines()
        if lines == []:
            raise UserError(self.env._("Say how much to cancel of at least one line."))
        (answer,) = self.order_id.cancel_orders(self.reason, lines)
        if answer["outcome"] == "refused":
            problems = [problem["message"] for problem in answer["errors"]]
            raise UserError("\n".join(problems + self._tell_refused(answer)))
        return self._tell(answer)

    def _tell_refused(self, answer):
        return [
            f"{line['quantity']:g} × {line['sku']}: {line['reason']}"
            for line in answer["refused_lines"]
        ]

    def _tell(self, answer):
        """What was cancelled, and what stays."""
        told = {
            "cancelled": self.env._("The order was cancelled."),
            "partly_cancelled": self.env._("A part was cancelled; the rest goes on."),
            "unchanged": self.env._("Nothing was left to cancel."),
        }
        texts = [f"{line['quantity']:g} × {line['sku']}" for line in answer["cancelled_lines"]]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join(
                    filter(
                        None,
                        (told[answer["outcome"]], "; ".join(texts + self._tell_refused(answer))),
                    )
                ),
                "type": "warning" if answer["refused_lines"] else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_lines(self):
        """The lines to cancel; none when everything goes."""
        if all(line.quantity == line.quantity_before for line in self.line_ids):
            return None
        return [
            {"line_id": line.line_id.id, "quantity": line.quantity}
            for line in self.line_ids
            if line.quantity > 0
        ]


class OrderCancelLine(models.TransientModel):
    _name = "order.cancel.line"
    _description = "Line to be cancelled"

    cancel_id = fields.Many2one("order.cancel", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", "Order line", required=True)
    product_id = fields.Many2one(related="line_id.product_id")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id", string="Unit")
    quantity_before = fields.Float("Ordered", digits="Product Unit")
    started_quantity = fields.Float("Picked or shipped", digits="Product Unit")
    quantity = fields.Float("To cancel", digits="Product Unit")
