from odoo import fields, models


class OrderOutbox(models.Model):
    """Invoices leave by core's own way of sending them, messages to customers by the chatter."""

    _inherit = "order.outbox"

    kind = fields.Selection(
        selection_add=[
            ("invoice", "Invoice"),
            ("auto_invoice", "Automatic invoicing"),
            ("notification", "Message to a customer"),
        ],
        ondelete={"invoice": "cascade", "auto_invoice": "cascade", "notification": "cascade"},
    )

    def _send_auto_invoice(self):
        """Invoice and post what can be invoiced of the order in payload ``order_id``."""
        order = self.env["sale.order"].browse(self.payload["order_id"]).exists()
        if order.state == "sale" and order.invoice_status == "to invoice":
            order._invoice_set(post=True)
            order._advance_stage()

    def _send_invoice(self):
        """Send the invoice of payload ``move_id`` by e-mail, once."""
        move = self.env["account.move"].browse(self.payload["move_id"]).exists()
        if move and not move.is_move_sent:
            self.env["account.move.send"]._generate_and_send_invoices(
                move, sending_methods=["email"]
            )

    def _send(self):
        """A message tells how its sending went; one that must not leave any more stays."""
        if self.kind != "notification":
            super()._send()
            return
        message = self._get_message()
        if not message._may_leave():
            self.write({"state": "cancelled", "error": message.error})
            return
        super()._send()
        if self.state != "sent":
            state = "failed" if self.state == "parked" else "waiting"
            message.write({"state": state, "error": self.error})

    def _get_message(self):
        return self.env["order.notification"].browse(self.payload["id"]).exists()

    def _send_notification(self):
        """Send the message of payload ``id``."""
        self._get_message()._send()

    def action_retry(self):
        """What is tried again waits again."""
        parked = self.filtered(
            lambda effect: effect.state == "parked" and effect.kind == "notification"
        )
        result = super().action_retry()
        for effect in parked.sudo():
            effect._get_message().write({"state": "waiting"})
        return result
