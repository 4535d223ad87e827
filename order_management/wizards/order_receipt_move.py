from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..models.common.access import check_visible
from ..models.reorder.advice_actions import get_line, open_order, set_arrival


class OrderReceiptMove(models.TransientModel):
    """Asks a vendor to deliver on another day, or not at all, and notes what was agreed.

    Until the vendor agrees nothing is changed: stock that is counted on would be counted on for
    a day on which it may not come.
    """

    _name = "order.receipt.move"
    _description = "Move goods on order"

    alert_id = fields.Many2one("order.stock.alert", required=True, readonly=True)
    kind = fields.Selection(related="alert_id.kind", related_sudo=False)
    message = fields.Char(related="alert_id.message", related_sudo=False)
    purchase_line_id = fields.Many2one(related="alert_id.purchase_line_id", related_sudo=False)
    vendor_id = fields.Many2one(related="alert_id.vendor_id", related_sudo=False)
    product_id = fields.Many2one(related="alert_id.product_id", related_sudo=False)
    day_before = fields.Date(related="alert_id.day_before", related_sudo=False)
    day = fields.Date(
        "New date", compute="_compute_day", store=True, readonly=False, precompute=True
    )

    @api.depends("alert_id")
    def _compute_day(self):
        for move in self:
            wanted = move.alert_id.day
            move.day = wanted and max(wanted, fields.Date.context_today(move))

    def action_ask(self):
        """A message to the vendor, to be looked at and sent; who asks waits for the answer."""
        order = self._get_line().order_id
        if not self.alert_id.user_id:
            self.alert_id.user_id = self.env.user
        vendor = order.partner_id
        subject, body = self.with_context(lang=vendor.lang or self.env.lang)._draft(order)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the vendor"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "purchase.order",
                "default_res_ids": order.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": vendor.ids,
                "default_subject": subject,
                "default_body": body,
            },
        }

    def action_set(self):
        """The vendor agreed: the new date is noted on the order and its receipt."""
        self._get_line()
        set_arrival(self.alert_id, self.day)
        return {"type": "ir.actions.act_window_close"}

    def action_open(self):
        """The order itself."""
        return open_order(self._get_line())

    def _get_line(self):
        self.ensure_one()
        self.alert_id._check_manager()
        check_visible(self.alert_id)
        return get_line(self.alert_id)

    def _draft(self, order):
        """Subject and body of the message, in the vendor's language."""
        line = self.purchase_line_id
        values = {
            "order": order.partner_ref or order.name,
            "product": line.product_id.with_context(partner_id=order.partner_id.id).display_name,
            "quantity": f"{line.product_qty - line.qty_received:g}",
            "unit": line.product_uom_id.name,
            "before": format_date(self.env, self.day_before),
            "day": self.day and format_date(self.env, self.day),
        }
        if self.kind == "unneeded":
            subject = self.env._("Order %(order)s: cancellation", **values)
            text = self.env._(
                "we no longer need %(quantity)s %(unit)s of %(product)s of our order %(order)s, "
                "expected on %(before)s. Can you take them off the order?",
                **values,
            )
        else:
            subject = self.env._("Order %(order)s: another delivery date", **values)
            text = self.env._(
                "our order %(order)s has %(quantity)s %(unit)s of %(product)s, expected on "
                "%(before)s. Can you deliver them on %(day)s instead?",
                **values,
            )
        greeting = self.env._("Dear %(vendor)s,", vendor=order.partner_id.name)
        return subject, Markup("<p>%s</p><p>%s</p>") % (greeting, text)
