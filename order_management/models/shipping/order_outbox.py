from odoo import fields, models


class OrderOutbox(models.Model):
    """Invoices leave by core's own way of sending them."""

    _inherit = "order.outbox"

    kind = fields.Selection(
        selection_add=[("invoice", "Invoice"), ("auto_invoice", "Automatic invoicing")],
        ondelete={"invoice": "cascade", "auto_invoice": "cascade"},
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
