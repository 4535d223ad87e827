"""What of an order line was billed and what of that was credited, read from the documents.

Quantities are in the order line's unit; the arithmetic is in :mod:`tools.refunds`.
"""

from collections import defaultdict

from ...tools.refunds import Amounts, Billed, pour, take_quantity


class RefundBook:
    """The posted invoice lines of one order line, oldest first, less what was credited.

    ``billed``: what was charged; ``deducted``: lines of negative quantity, such as the
    deduction of a down payment.
    """

    def __init__(self, sale_line, amounts, unit_digits):
        """Read the invoices and credit notes of ``sale_line``.

        :param dict amounts: account move line → :class:`Amounts`
        """
        self.sale_line = sale_line
        self.amounts = amounts
        self.unit_digits = unit_digits
        self.billed, self.deducted = [], []
        lines = sale_line.invoice_lines.filtered(lambda line: line in amounts)
        for line in lines.sorted(lambda line: (line.move_id.invoice_date, line.id)):
            if line.move_id.move_type == "out_invoice":
                self._note_bill(line)
        for line in lines.sorted("id"):
            if line.move_id.move_type == "out_refund":
                self._note_credit(line)

    @property
    def open_quantity(self):
        """What was billed and not credited."""
        return sum(billed.open_quantity for billed in self.billed)

    def take(self, quantity, total=None):
        """Take the next ``quantity``, oldest invoice first, for ``total`` if promised.

        :return: list of :class:`Share`
        """
        return take_quantity(self.billed, quantity, total)

    def _note_bill(self, line):
        quantity = self._get_quantity(line)
        if quantity < 0 and not self.sale_line.is_downpayment:
            pour(self.billed, -quantity, self.amounts[line].times(-1))
        elif quantity:
            rows = self.billed if quantity > 0 else self.deducted
            rows.append(self._prepare_billed(line, abs(quantity)))

    def _prepare_billed(self, line, quantity):
        amounts = self.amounts[line]
        sign = -1 if amounts.total < 0 or (not amounts.total and amounts.net < 0) else 1
        digits = line.currency_id.decimal_places
        return Billed(line, quantity, amounts.times(sign), digits, sign, self.unit_digits)

    def _note_credit(self, line):
        """Pour a credit note's line into what it credits, else into the oldest invoices."""
        quantity = self._get_quantity(line)
        if not quantity:
            return
        rows = self.billed if quantity > 0 else self.deducted
        named, invoice = line.refunded_line_id, line.move_id.reversed_entry_id
        rows = sorted(rows, key=lambda one: (one.line != named, one.line.move_id != invoice))
        sign = rows[0].sign if rows else 1
        pour(rows, abs(quantity), self.amounts[line].times(sign))

    def _get_quantity(self, line):
        return line.product_uom_id._compute_quantity(
            line.quantity, self.sale_line.product_uom_id, round=False
        )


def read_amounts(moves):
    """The exact amounts of the lines of invoices and credit notes.

    The rounded amounts add up to the document's own totals, whichever way the company rounds.

    :return dict: account move line → :class:`Amounts`
    """
    amounts = {}
    for move in moves:
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        for base_line in base_lines:
            amounts[base_line["record"]] = _amounts_of(base_line["tax_details"])
    return amounts


def _amounts_of(details):
    net = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
    taxes = defaultdict(float)
    for tax_data in details["taxes_data"]:
        if not tax_data["is_reverse_charge"]:
            taxes[tax_data["tax"].id] += tax_data["tax_amount_currency"]
    reverse = {data["tax"].id for data in details["taxes_data"] if data["is_reverse_charge"]}
    total = net + sum(amount for tax, amount in taxes.items() if tax not in reverse)
    return Amounts(net, total, dict(taxes), frozenset(reverse))
