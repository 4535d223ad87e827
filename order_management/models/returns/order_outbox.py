from odoo import fields, models


class OrderOutbox(models.Model):
    """Refunds to the payment they came with."""

    _inherit = "order.outbox"

    kind = fields.Selection(
        selection_add=[("refund", "Refund to the payment")], ondelete={"refund": "cascade"}
    )

    def _send_refund(self):
        """Ask the provider for a refund that is registered: payload ``transaction_id``.

        A transaction that is no draft was sent before, and the provider has answered.
        """
        refund = self._get_refund()
        if refund.state == "draft":
            refund._ensure_provider_is_not_disabled()
            refund._log_sent_message()
            refund._send_refund_request()
        if refund.state == "done" and not refund.is_post_processed:
            refund._post_process()
        if refund.state == "error":
            self._leave_to_person(refund)

    def _prepare_failure(self, exception):
        vals = super()._prepare_failure(exception)
        if self.kind == "refund" and vals["state"] == "parked":
            self._leave_to_person(self._get_refund())
        return vals

    def _get_refund(self):
        refunds = self.env["payment.transaction"]
        return refunds.browse(self.payload["transaction_id"]).exists()

    def _leave_to_person(self, refund):
        for note in refund.invoice_ids:
            note._ask_to_pay(-refund.amount)
