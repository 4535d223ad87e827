from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.common.access import as_service, has_role


class OrderChange(models.TransientModel):
    """Changing an open order from its form: what may still change, and why.

    Only what was changed in the form is asked for: what somebody else changed in the meantime
    stays, and the same field changed by both is refused.
    """

    _name = "order.change"
    _description = "Change an order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    commercial_partner_id = fields.Many2one(related="order_id.partner_id.commercial_partner_id")
    is_confirmed = fields.Boolean(compute="_compute_what_stands")
    has_shipped = fields.Boolean(compute="_compute_what_stands")
    partner_shipping_id = fields.Many2one("res.partner", "Delivery address", required=True)
    partner_shipping_before_id = fields.Many2one("res.partner")
    requested_date = fields.Date("Requested date")
    requested_date_before = fields.Date()
    carrier_id = fields.Many2one("delivery.carrier", "Delivery method", check_company=True)
    carrier_before_id = fields.Many2one("delivery.carrier")
    reason = fields.Char(help="Kept with the change in the order's timeline.")
    line_ids = fields.One2many("order.change.line", "change_id")

    @api.depends("order_id.state")
    def _compute_what_stands(self):
        for change in self:
            change.is_confirmed = change.order_id.state == "sale"
            change.has_shipped = change.order_id.sudo()._has_shipped_goods()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id")).exists()
        if order:
            values.update(
                partner_shipping_id=order.partner_shipping_id.id,
                partner_shipping_before_id=order.partner_shipping_id.id,
                requested_date=order._get_requested_day(),
                requested_date_before=order._get_requested_day(),
                carrier_id=order.carrier_id.id,
                carrier_before_id=order.carrier_id.id,
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
        order, values = self.order_id, {}
        if self.partner_shipping_id != self.partner_shipping_before_id:
            self._verify(order.partner_shipping_id == self.partner_shipping_before_id)
            values["partner_shipping_id"] = self.partner_shipping_id.id
        if self.carrier_id != self.carrier_before_id:
            self._verify(order.carrier_id == self.carrier_before_id)
            values["carrier_id"] = self.carrier_id.id
        if self.requested_date != self.requested_date_before:
            self._verify(order._get_requested_day() == self.requested_date_before)
            values["commitment_date"] = self.requested_date and order._get_requested_moment(
                self.requested_date
            )
        return values

    def _verify(self, is_as_shown):
        """Refuse to overwrite what somebody else changed after the form was opened."""
        if not is_as_shown:
            raise UserError(
                self.env._(
                    "%(order)s was changed by somebody else in the meantime. Close this form and "
                    "open it again.",
                    order=self.order_id.name,
                )
            )

    def _tell(self, answer):
        texts = {
            "amended": self.env._("The order was changed."),
            "held": self.env._("The order was changed, and a check holds it now."),
            "unchanged": self.env._("Nothing was changed."),
        }
        types = {"amended": "success", "held": "warning", "unchanged": "info"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join(filter(None, (texts[answer["outcome"]], answer["summary"]))),
                "type": types[answer["outcome"]],
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
    product_uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_product_uom_id")
    started_quantity = fields.Float("Picked", digits="Product Unit")
    quantity_before = fields.Float("Ordered", digits="Product Unit")
    quantity = fields.Float("New quantity", digits="Product Unit", default=1.0)
    price_before = fields.Float(min_display_digits="Product Price")
    price_unit = fields.Float("Unit price", min_display_digits="Product Price")

    @api.depends("line_id", "product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.line_id.product_uom_id or line.product_id.uom_id

    @api.onchange("product_id", "quantity")
    def _onchange_product_id(self):
        """Offer the price of the customer's pricelist for a new line; core works it out again."""
        if self.line_id or not self.product_id or self.price_unit != self.price_before:
            return
        order = self.change_id.order_id
        self.price_unit = self.price_before = order.pricelist_id._get_product_price(
            self.product_id, self.quantity or 1.0, currency=order.currency_id, date=order.date_order
        )

    def _prepare_amendment(self, index):
        """What was changed in the line, as the order's amendment takes it."""
        line, values = as_service(self.line_id), {}
        if not line:
            values = {"product_id": self.product_id.id, "product_uom_qty": self.quantity}
        elif self.quantity != self.quantity_before:
            self.change_id._verify(line.product_uom_qty == self.quantity_before)
            values["product_uom_qty"] = self.quantity
        if self.price_unit != self.price_before:
            self.change_id._verify(not line or line.price_unit == self.price_before)
            values["price_unit"] = self.price_unit
        return f"lines[{index}]", line, values
