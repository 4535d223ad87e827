from odoo import fields, models


class OrderOutbox(models.Model):
    """Invoices leave by core's own way of sending them."""

    _inherit = "order.outbox"

    kind = fields.Selection(selection_add=[("invoice", "Invoice")], ondelete={"invoice": "cascade"})

    def _send_invoice(self):
        """Send the invoice of payload ``move_id`` by e-mail, once."""
        move = self.env["account.move"].browse(self.payload["move_id"]).exists()
        if move and not move.is_move_sent:
            self.env["account.move.send"]._generate_and_send_invoices(
                move, sending_methods=["email"]
            )
