"""How the open amounts of credit notes are split over the payments they go back to."""


class PayoutBook:
    """``vals_list`` of refund transactions, and ``by_hand``: credit note → amount left."""

    def __init__(self, notes):
        self.vals_list, self.by_hand = [], {}
        self.left = {}
        for note in notes.filtered("amount_residual").sorted("id"):
            amount = note.amount_residual
            for source in _find_sources(note):
                amount = note.currency_id.round(amount - self._take(source, note, amount))
                if not amount:
                    break
            if amount:
                self.by_hand[note] = amount

    def _take(self, source, note, wanted):
        """Refund at most ``wanted`` to one payment, and never above what it has left."""
        if source not in self.left:
            self.left[source] = get_refundable(source)
        amount = min(wanted, self.left[source])
        support = get_support(source)
        is_whole = not source.currency_id.compare_amounts(amount, source.amount)
        if amount <= 0 or support == "none" or (support == "full_only" and not is_whole):
            return 0.0
        self.left[source] -= amount
        self.vals_list.append(_prepare_refund_vals(source, note, amount))
        return amount


def get_refundable(source):
    """What of a payment is not refunded, nor about to be."""
    refunds = source.child_transaction_ids.filtered(
        lambda tx: tx.operation == "refund" and tx.state not in ("cancel", "error")
    )
    return source.currency_id.round(source.amount + sum(refunds.mapped("amount")))


def get_support(source):
    """Whether a payment can be refunded through its provider, and in parts: as core decides."""
    provider = source.provider_id
    method = source.payment_method_id.primary_payment_method_id or source.payment_method_id
    if provider.state == "disabled":
        return "none"
    kinds = {provider.support_refund, method.support_refund}
    return (
        next((kind for kind in ("none", False, "full_only") if kind in kinds), "partial") or "none"
    )


def _find_sources(note):
    """The payments of a credit note's orders and invoice, oldest first."""
    invoice = note.reversed_entry_id
    orders = note.line_ids.sale_line_ids.order_id
    return (
        (orders.transaction_ids | invoice.transaction_ids)
        .filtered(
            lambda tx: (
                tx.state == "done"
                and tx.amount > 0
                and tx.operation != "validation"
                and tx.currency_id == note.currency_id
                and not any(
                    child.state == "done" and child.operation != "refund"
                    for child in tx.child_transaction_ids
                )
            )
        )
        .sorted("id")
    )


def _prepare_refund_vals(source, note, amount):
    """As core's ``_create_child_transaction``, with a reference that a repeat has, too."""
    return {
        "provider_id": source.provider_id.id,
        "payment_method_id": source.payment_method_id.id,
        "reference": f"R-{source.reference}-{note.id}",
        "amount": -amount,
        "currency_id": source.currency_id.id,
        "token_id": source.token_id.id,
        "operation": "refund",
        "source_transaction_id": source.id,
        "partner_id": source.partner_id.id,
        "invoice_ids": [(6, 0, note.ids)],
    }
