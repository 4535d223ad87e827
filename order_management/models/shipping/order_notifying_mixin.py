from odoo import fields, models

from .order_notification import AUTOMATIC

# What a message may say → the field that keeps it.
SAID = {
    "key": "key",
    "before": "old_date",
    "after": "new_date",
    "reason": "cause",
    "body": "body",
}


class OrderNotifyingMixin(models.AbstractModel):
    """Telling customers what happens to their orders."""

    _name = "order.notifying.mixin"
    _description = "Order whose customer is told"

    notification_ids = fields.One2many("order.notification", "order_id", readonly=True)

    def _notify_customers(self, kind, data):
        """Service for the other rooms: one message to the customer of each order, after commit.

        A message about the day of delivery takes the place of one that did not leave yet, and
        goes on from the date that the customer knows. The same key tells nothing twice. A
        customer without an e-mail address leaves a failed message, which the clerks see.

        :param str kind: a kind of ``order.notification``
        :param dict data: order id → ``key`` (names this one message for ever), and what its
            template shows: ``before`` and ``after`` (days), ``reason``
            (``supply``, or the customer's words), ``body`` (the whole text)
        :return: the new messages
        """
        told = self.sudo().filtered(lambda order: order.id in data and order._is_told_of(kind))
        rows = [
            {
                "order_id": order.id,
                "partner_id": order._get_told_partner().id,
                "company_id": order.company_id.id,
                **order._prepare_message_mode(kind),
                **{SAID[name]: value for name, value in data[order.id].items()},
            }
            for order in told
        ]
        return self.env["order.notification"].sudo()._queue(kind, rows)

    def _is_told_of(self, kind):
        """Whether the order's company has its customers told at all."""
        company = self.company_id
        if not company.use_order_management or self._is_history():
            return False
        return kind not in AUTOMATIC or company.order_message_mode != "off"

    def _prepare_message_mode(self, kind):
        """While messages are tried out they are written, and do not leave."""
        if kind in AUTOMATIC and self.company_id.order_message_mode == "shadow":
            reason = self.env._("Messages are being tried out: this one would have been sent.")
            return {"state": "cancelled", "error": reason}
        return {}

    def _get_told_partner(self):
        """The contact who ordered, or the company when only that has an e-mail address."""
        partner, company = self.partner_id, self.partner_id.commercial_partner_id
        return company if company.email and not partner.email else partner
