from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.common.access import as_service, has_role


class OrderChange(models.TransientModel):
    """Changing an open order from its form: what may still change, and why."""

    _name = "order.change"
    _description = "Change an order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    commercial_partner_id = fields.Many2one(related="order_id.partner_id.commercial_partner_id")
    is_confirmed = fields.Boolean(compute="_compute_is_confirmed")
    partner_shipping_id = fields.Many2one("res.partner", "Delivery address", required=True)
    requested_date = fields.Date()
    carrier_id = fields.Many2one("delivery.carrier", "Delivery method", check_company=True)
    reason = fields.Char(help="Kept with the change in the order's timeline.")
    line_ids = fields.One2many("order.change.line", "change_id")

    @api.depends("order_id.state")
    def _compute_is_confirmed(self):
        for change in self:
            change.is_confirmed = change.order_id.state == "sale"

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id")).exists()
        if order:
            values.update(
                partner_shipping_id=order.partner_shipping_id.id,
                requested_date=order._get_requested_day(),
                carrier_id=order.carrier_id.id,
                line_ids=[
                    fields.Command.create(line._prepare_change_line())
                    for line in order.order_line
                    if not line.display_type and not line.is_downpayment
                ],
            )
        return values

    def action_apply(self):
        """Change the order as far as nothing stands against it."""
        self.ensure_one()
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to change orders."))
        self.order_id.check_access("write")
        if self.line_ids.line_id.order_id - self.order_id:
            raise AccessError(self.env._("These lines belong to another order."))
        lines = [line._prepare_amendment(index) for index, line in enumerate(self.line_ids)]
        answer = as_service(self.order_id)._amend_values(
            self._prepare_order_vals(), lines, self.reason or False, self.env
        )
        if not answer["ok"]:
            raise UserError("\n".join(problem["message"] for problem in answer["errors"]))
        return self._tell(answer)

    def _prepare_order_vals(self):
        moment = self.requested_date and self.order_id._get_requested_moment(self.requested_date)
        return {
            "partner_shipping_id": self.partner_shipping_id.id,
            "carrier_id": self.carrier_id.id,
            "commitment_date": moment,
        }

    def _tell(self, answer):
        texts = {
            "amended": self.env._("The order was changed."),
            "held": self.env._("The order was changed, and a check holds it now."),
            "unchanged": self.env._("Nothing was changed."),
        }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": texts[answer["outcome"]],
                "type": "warning" if answer["outcome"] == "held" else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class OrderChangeLine(models.TransientModel):
    _name = "order.change.line"
    _description = "Line to be changed"

    change_id = fields.Many2one("order.change", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="change_id.company_id")
    currency_id = fields.Many2one(related="change_id.currency_id")
    line_id = fields.Many2one("sale.order.line", "Order line")
    product_id = fields.Many2one("product.product", required=True, check_company=True)
    started_quantity = fields.Float("Picked", digits="Product Unit")
    quantity_before = fields.Float("Ordered", digits="Product Unit")
    quantity = fields.Float("New quantity", digits="Product Unit", default=1.0)
    price_unit = fields.Float("Unit price", min_display_digits="Product Price")

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if not self.line_id and self.product_id:
            self.price_unit = self.product_id.lst_price

    def _prepare_amendment(self, index):
        """The line as the order's amendment takes it."""
        values = {"product_uom_qty": self.quantity, "price_unit": self.price_unit}
        if not self.line_id:
            values["product_id"] = self.product_id.id
        line = as_service(self.line_id)
        return f"lines[{index}]", line, values
