from odoo import models

from ...tools.refunds import Billed
from .credit_book import force_amounts
from .refund_book import RefundBook, read_amounts


class OrderReturnDeductionMixin(models.AbstractModel):
    """Deducting down payments: what is left of them, and never more than there is to bill.

    Core deducts a down payment as it was first billed, whatever was credited of it, and turns an
    invoice into a credit note when more is deducted than billed.
    """

    _name = "order.return.deduction.mixin"
    _description = "Order that deducts down payments"

    def _fit_deposit_lines(self, lines):
        """``lines`` to invoice with the down payments that are left, if anything is billed."""
        if any(not line.display_type and not line.is_downpayment for line in lines):
            deposits = self.order_line.filtered(
                lambda line: line.is_downpayment and not line.display_type
            )
            left = deposits._get_deposits_left()
            return lines.filtered(lambda line: line not in deposits or left[line] > 0) | (
                deposits.filtered(lambda line: left[line] > 0)
            )
        return lines.filtered(lambda line: not line.is_downpayment)

    def _fit_deductions(self, moves):
        """Leave of the deductions on ``moves`` what there is to deduct from."""
        for move in moves.filtered(lambda move: move.amount_total < 0):
            amounts = read_amounts(move)
            for line in move.invoice_line_ids.filtered("is_downpayment"):
                if line.quantity < 0 and amounts[line].total < 0 and move.amount_total < 0:
                    worth = round(-amounts[line].total + move.amount_total, 6)
                    line.write(_prepare_deduction(line, amounts[line].times(-1), max(worth, 0.0)))


class OrderReturnDeductionLineMixin(models.AbstractModel):
    _name = "order.return.deduction.line.mixin"
    _description = "Down payment that is deducted"

    def _read_deposits(self):
        """The book of each down payment, with drafts: core deducts what is billed by one, too."""
        moves = self.invoice_lines.move_id.filtered(lambda move: move.state != "cancel")
        amounts = read_amounts(moves)
        return {line: RefundBook(line, amounts, 2) for line in self}

    def _get_deposits_left(self):
        """What of each down payment is neither deducted nor given back, with tax."""
        return {line: _get_left(book) for line, book in self._read_deposits().items()}

    def _prepare_left_vals(self):
        """What to deduct when a part of this down payment was given back or deducted before.

        Core lowers the order line's price with a credit note, and leaves it when that is cancelled.
        """
        book = self._read_deposits()[self]
        left = _get_left(book)
        if len(book.billed) != 1 or left <= 0:
            return {}
        (billed,) = book.billed
        is_whole = self.currency_id.compare_amounts(left, billed.whole.total) == 0
        if is_whole and self.price_unit == billed.line.price_unit:
            return {}
        return _prepare_deduction(billed.line, billed.whole, left)


def _get_left(book):
    taken = sum(one.whole.total - one.taken_total for one in book.deducted)
    return round(sum(one.open_total for one in book.billed) - taken, 6)


def _prepare_deduction(line, whole, worth):
    """Values of an invoice line that deducts ``worth`` of a down payment."""
    digits = line.currency_id.decimal_places
    part = Billed(line, 1.0, whole, digits).take_amount(worth)
    price = line.currency_id.round(line.price_unit * part.total / whole.total)
    taxes = {tax: -amount for tax, amount in part.taxes.items()}
    return {
        "price_unit": price,
        "extra_tax_data": force_amounts(line, -1.0, price, 0.0, -part.net, taxes),
    }
