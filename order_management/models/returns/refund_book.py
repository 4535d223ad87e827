"""What of an order line was billed and what of that was credited, read from the documents.

Quantities are in the order line's unit; the arithmetic is in :mod:`tools.refunds`.
"""

from collections import defaultdict

from ...tools.refunds import Amounts, Billed, pour, take_quantity

# More than so many units of the smallest coin are no matter of rounding.
CENTS = 5


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
        bills = lines.filtered(lambda line: line.move_id.move_type == "out_invoice")
        for line in bills.sorted(lambda line: (line.move_id.invoice_date, line.id)):
            self._note_bill(line)
        for line in (lines - bills).sorted("id"):
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
        """Note a credit note's line on what it credits, else on the oldest invoices."""
        quantity, amounts = self._get_quantity(line), self.amounts[line]
        if line.refunded_line_id:
            # Its share of a discount may be so small that its quantity is none.
            for billed in self.billed + self.deducted:
                if billed.line == line.refunded_line_id:
                    billed.note(abs(quantity), amounts.times(billed.sign))
                    return
        if quantity:
            invoice = line.move_id.reversed_entry_id
            rows = self.billed if quantity > 0 else self.deducted
            rows = sorted(rows, key=lambda one: one.line.move_id != invoice)
            pour(rows, abs(quantity), amounts.times(rows[0].sign if rows else 1))

    def _get_quantity(self, line):
        return line.product_uom_id._compute_quantity(
            line.quantity, self.sale_line.product_uom_id, round=False
        )


def read_amounts(moves):
    """The exact amounts of the lines of invoices and credit notes.

    The rounded amounts add up to the document's own totals, whichever way the company rounds,
    or rounded when the document was made.

    :return dict: account move line → :class:`Amounts`
    """
    amounts = {}
    for move in moves:
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        own = {
            line["record"]: _as_booked(move, line["record"], amounts_of(line["tax_details"]))
            for line in base_lines
        }
        for tax, missing in _find_missing(move, own).items():
            largest = max(
                (line for line in own if tax in own[line].taxes),
                key=lambda line: (abs(own[line].taxes[tax]), -line.id),
            )
            own[largest] = own[largest].plus_tax(tax, missing)
        amounts |= own
    return amounts


def _as_booked(move, line, amounts):
    """``amounts`` with the net amount that is in the books, if it differs by cents."""
    digits = move.currency_id.decimal_places
    missing = round(move.direction_sign * line.amount_currency - amounts.net, digits)
    return amounts.plus_net(missing) if 0 < abs(missing) <= CENTS * 10**-digits else amounts


def _find_missing(move, amounts):
    """The cents by which the taxes of a document miss those of its lines: tax id → amount."""
    taxes = defaultdict(float)
    reversed_taxes = set()
    for one in amounts.values():
        reversed_taxes |= one.reversed
        for tax, amount in one.taxes.items():
            taxes[tax] -= amount
    for line in move.line_ids:
        if line.tax_line_id.id in taxes:
            taxes[line.tax_line_id.id] += move.direction_sign * line.amount_currency
    digits = move.currency_id.decimal_places
    missing = {tax: round(amount, digits) for tax, amount in taxes.items()}
    most = (CENTS + len(amounts)) * 10**-digits
    return {
        tax: amount
        for tax, amount in missing.items()
        if 0 < abs(amount) <= most and tax not in reversed_taxes
    }


def amounts_of(details):
    """The amounts in core's tax details of a document line."""
    net = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
    taxes = defaultdict(float)
    for tax_data in details["taxes_data"]:
        if not tax_data["is_reverse_charge"]:
            taxes[tax_data["tax"].id] += tax_data["tax_amount_currency"]
    reverse = {data["tax"].id for data in details["taxes_data"] if data["is_reverse_charge"]}
    total = net + sum(amount for tax, amount in taxes.items() if tax not in reverse)
    return Amounts(net, total, dict(taxes), frozenset(reverse))
