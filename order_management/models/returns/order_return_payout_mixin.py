from odoo import api, fields, models

PAYOUT_STATES = [
    ("none", "Nothing to pay out"),
    ("waiting", "On its way"),
    ("paid", "Paid out"),
    ("by_hand", "To pay by hand"),
]


class OrderReturnPayoutMixin(models.AbstractModel):
    """Paying refunds back to where the money came from.

    A refund is registered as core's own refund transaction, with the credit note it belongs to,
    together with the settlement; the request to the provider leaves after commit through the
    outbox. A repeat finds that transaction and uses its reference, so that the provider refunds
    once.
    """

    _name = "order.return.payout.mixin"
    _description = "Refunds of a return to the payment"

    payout_state = fields.Selection(
        PAYOUT_STATES, "Payment of the refund", compute="_compute_payout_state", compute_sudo=True
    )

    @api.depends("credit_note_ids.amount_residual", "line_ids.resolution", "state")
    def _compute_payout_state(self):
        for one in self:
            one.payout_state = one._get_payout_state()

    def _get_payout_state(self):
        notes = self.credit_note_ids.filtered(lambda note: note.state == "posted")
        refunds = notes.transaction_ids.filtered(lambda tx: tx.operation == "refund")
        if any(tx.state in ("draft", "pending", "authorized") for tx in refunds):
            return "waiting"
        owing = notes.filtered("amount_residual")
        if owing and set(self.line_ids.mapped("resolution")) != {"credit"}:
            return "by_hand"
        return "paid" if any(tx.state == "done" for tx in refunds) else "none"

    def _withdraw_payouts(self, notes):
        """Refunds of credit notes that are no more, and have not left, do not leave."""
        drafts = notes.transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state == "draft"
        )
        if not drafts:
            return
        drafts._set_canceled()
        waiting = self.env["order.outbox"].search(
            [
                ("kind", "=", "refund"),
                ("key", "in", [str(tx.id) for tx in drafts]),
                ("state", "in", ("waiting", "parked")),
            ]
        )
        waiting.state = "cancelled"
