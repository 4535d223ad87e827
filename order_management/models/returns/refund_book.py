"""What of an order line was billed, what of that was credited, and what the next part is worth.

Amounts are in the invoice's currency, quantities in the order line's unit. Each part gets the
rounded share of all parts so far less what was taken before, so that the last part takes the
cent that is left, for the net amount and for the whole.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from ...tools.proration import share_of_part

# Quantities below this are noise of binary fractions.
NOISE = 1e-9


@dataclass
class Share:
    """A part of one posted invoice line."""

    billed: "Billed"
    quantity: float
    net: float
    total: float
    taxes: dict


@dataclass
class Amounts:
    """The rounded amounts of one document line.

    ``taxes``: tax id → amount. Those in ``reversed`` are charged back in the same line, so
    that they are no part of ``total``.
    """

    net: float
    total: float
    taxes: dict
    reversed: frozenset


@dataclass
class Billed:
    """One posted invoice line and what was taken of it."""

    line: object
    quantity: float
    whole: Amounts
    taken_quantity: float = 0.0
    taken_net: float = 0.0
    taken_total: float = 0.0
    taken_taxes: dict = field(default_factory=lambda: defaultdict(float))

    @property
    def open_quantity(self):
        return max(self.quantity - self.taken_quantity, 0.0)

    def _note(self, quantity, net, total, taxes):
        self.taken_quantity += quantity
        self.taken_net += net
        self.taken_total += total
        for tax, amount in taxes.items():
            self.taken_taxes[tax] += amount

    def _take(self, quantity, total=None):
        """Take the next ``quantity``, for ``total`` if that was promised."""
        quantity = min(quantity, self.open_quantity)
        if total is None:
            total = self._next(self.whole.total, self.taken_total, quantity)
        total = max(total, 0.0)
        net = total
        if self.whole.taxes:
            net = self._next(self.whole.net, self.taken_net, quantity) if total else 0.0
        taxes = self._next_taxes(quantity, total - net)
        self._note(quantity, net, total, taxes)
        return Share(self, quantity, net, total, taxes)

    def _next(self, amount, taken, quantity):
        digits = self.line.currency_id.decimal_places
        taken = round(taken, digits)
        return share_of_part(amount, self.taken_quantity, quantity, self.quantity, digits, taken)

    def _next_taxes(self, quantity, payable):
        """The share of each tax; the largest takes the cent by which they miss ``payable``."""
        taxes = {
            tax: self._next(amount, self.taken_taxes[tax], quantity)
            for tax, amount in self.whole.taxes.items()
        }
        counting = [tax for tax in taxes if tax not in self.whole.reversed]
        if counting:
            largest = max(counting, key=lambda tax: abs(self.whole.taxes[tax]))
            missing = payable - sum(taxes[tax] for tax in counting)
            digits = self.line.currency_id.decimal_places
            taxes[largest] = round(taxes[largest] + missing, digits)
        return taxes


class RefundBook:
    """The posted invoice lines of one order line, oldest first, less what was credited."""

    def __init__(self, sale_line, amounts):
        """Read the invoices and credit notes of ``sale_line``.

        :param dict amounts: account move line → :class:`Amounts`
        """
        self.sale_line = sale_line
        lines = sale_line.invoice_lines.filtered(lambda line: line.display_type == "product")
        self.billed = [
            Billed(line, self._get_quantity(line), amounts[line])
            for line in lines.sorted(lambda line: (line.move_id.invoice_date, line.id))
            if line.move_id.move_type == "out_invoice" and line.parent_state == "posted"
        ]
        self.billed = [billed for billed in self.billed if billed.quantity > 0]
        for line in lines.sorted("id"):
            if line.move_id.move_type == "out_refund" and line.parent_state != "cancel":
                self._note_credit(line, self._get_quantity(line), amounts[line])

    @property
    def open_quantity(self):
        """What was billed and not credited."""
        return sum(billed.open_quantity for billed in self.billed)

    def take(self, quantity, total=None):
        """Take the next ``quantity``, oldest invoice first.

        :param float total: what was promised for it, if it was
        :return: list of :class:`Share`
        """
        shares = []
        for billed in self.billed:
            part = min(quantity, billed.open_quantity)
            if part <= NOISE:
                continue
            quantity -= part
            promised = total if quantity <= NOISE else None
            taken = billed._take(part, promised)
            shares.append(taken)
            if total is not None:
                total = round(total - taken.total, taken.billed.line.currency_id.decimal_places)
        return shares

    def _get_quantity(self, line):
        return line.product_uom_id._compute_quantity(
            line.quantity, self.sale_line.product_uom_id, round=False
        )

    def _note_credit(self, line, quantity, amounts):
        """Pour a credit note's line into what it credits, else into the oldest invoices."""
        whole = quantity
        taxes = amounts.taxes
        for billed in self._get_candidates(line):
            part = min(quantity, billed.open_quantity)
            if part <= NOISE:
                continue
            factor = part / whole
            shares = {tax: taxes[tax] * factor for tax in taxes}
            billed._note(part, amounts.net * factor, amounts.total * factor, shares)
            quantity -= part

    def _get_candidates(self, line):
        """The invoice lines a credit may belong to, the likeliest first."""
        named = line.refunded_line_id
        invoice = line.move_id.reversed_entry_id
        return sorted(
            self.billed,
            key=lambda billed: (billed.line != named, billed.line.move_id != invoice),
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
