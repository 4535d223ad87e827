from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service


class OrderReturnRefundGuardMixin(models.AbstractModel):
    """No invoice of an order is credited above its total, however many people post at once.

    Core lets each credit note through by itself. Drafts that settle a return count, too.
    """

    _name = "order.return.refund.guard.mixin"
    _description = "Guard of refunds"

    def _ensure_refundable(self):
        """Refuse to post more credit notes of an order's invoice than it has left.

        Parallel ones wait for each other: the later one starts again and sees the first.
        """
        notes = as_service(self).filtered(lambda note: note._is_guarded_refund())
        if not notes:
            return
        self.env["order.lock"].sudo()._acquire("refund", notes.reversed_entry_id.ids)
        for invoice, group in notes.grouped("reversed_entry_id").items():
            others = (invoice.reversal_move_ids - group).filtered(
                lambda note: (
                    note.state == "posted" or (note.state == "draft" and note.is_refund_due)
                )
            )
            credited, wanted = (sum(part.mapped("amount_total")) for part in (others, group))
            left = max(invoice.amount_total - credited, 0.0)
            if invoice.currency_id.compare_amounts(wanted, left) > 0:
                raise UserError(group._explain_excess(invoice, wanted, left))

    def _is_guarded_refund(self):
        invoice = self.reversed_entry_id
        return (
            self.move_type == "out_refund"
            and self.company_id.use_order_management
            and invoice.move_type == "out_invoice"
            and invoice.currency_id == self.currency_id
            and bool(invoice.line_ids.sale_line_ids)
        )

    def _explain_excess(self, invoice, wanted, left):
        currency = invoice.currency_id
        return self.env._(
            "%(wanted)s can't be credited of %(invoice)s: %(left)s of it is left. The rest is "
            "credited already, or a return's draft is about to.",
            wanted=currency.format(wanted),
            invoice=invoice.name,
            left=currency.format(left),
        )
