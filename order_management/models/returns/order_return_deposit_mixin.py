from collections import defaultdict

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..common.access import as_service, check_visible, has_role
from .credit_book import OpenDays, prepare_note_vals, prepare_share_vals
from .delivery_book import today_of
from .posting_rule import may_post_refunds
from .refund_book import RefundBook, read_amounts


class OrderReturnDepositMixin(models.AbstractModel):
    """Down payments of orders that come to nothing."""

    _name = "order.return.deposit.mixin"
    _description = "Order with down payments"

    def action_refund_deposits(self):
        """Give the down payments of cancelled orders back."""
        if not has_role(self.env, "clerk", "returns"):
            raise AccessError(self.env._("Your role does not allow refunding down payments."))
        check_visible(self)
        if any(order.state != "cancel" for order in self):
            raise UserError(self.env._("Only a cancelled order's down payments are refunded."))
        if not as_service(self)._refund_deposits():
            raise UserError(self.env._("Nothing is left of a down payment to give back."))
        return True

    def _refund_deposits(self):
        """Credit what is left of the down payments of these cancelled orders, and pay it back.

        Where accounting posts refunds, others make drafts.

        :return: the credit notes
        """
        self.env["order.lock"]._acquire("return", self.order_line.ids)
        shares = defaultdict(list)
        for order in self.filtered(lambda order: order.state == "cancel"):
            for share in order._take_deposits():
                shares[order, share.billed.line.move_id].append(share)
        notes = self.env["account.move"].create(
            [order._prepare_deposit_note(*key) for (order, *key) in _flat(shares)]
        )
        posted = notes.filtered(lambda note: not note.is_refund_due)
        posted._post_credit_notes()
        notes._note_accounting_days()
        posted._pay_out()
        self.env["order.event"]._append(
            [
                {"order_id": order.id, "kind": "deposit_refunded", "message": note.name or ""}
                for (order, _invoice), note in zip(shares, notes, strict=True)
            ]
        )
        return notes

    def _take_deposits(self):
        """What is left of each line of a down payment."""
        lines = self.order_line.filtered(lambda line: line.is_downpayment and line.invoice_lines)
        moves = lines.invoice_lines.move_id.filtered(
            lambda move: (
                (move.state == "posted" and move.move_type in ("out_invoice", "out_refund"))
                or (move.state == "draft" and move.is_refund_due)
            )
        )
        amounts = read_amounts(moves)
        shares = []
        for line in lines:
            book = RefundBook(line, amounts, 2)
            left = sum(billed.open_total for billed in book.billed)
            left -= sum(billed.open_total for billed in book.deducted)
            for billed in book.billed:
                amount = min(billed.open_total, left)
                if billed.open_total and amount > 0:
                    shares.append(billed.take_amount(amount))
                    left -= amount
        return shares

    def _prepare_deposit_note(self, invoice, shares):
        lines = [prepare_share_vals(share, share.billed.line.sale_line_ids[:1]) for share in shares]
        ref = self.env._("%(order)s cancelled, return of %(invoice)s", order=self.name,
                         invoice=invoice.name)  # fmt: skip
        day = OpenDays().find(invoice, today_of(self))
        is_due = not may_post_refunds(self.env, self.company_id)
        return {**prepare_note_vals(invoice, lines, day, ref), "is_refund_due": is_due}


def _flat(shares):
    """``(order, invoice, its shares)`` of each credit note."""
    return [(order, invoice, part) for (order, invoice), part in shares.items()]
