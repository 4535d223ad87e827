"""The credit notes of a settlement before they are written: what goes on which.

A return gets one credit note per invoice and resolution. None credits more than its invoice has
left: what is above that, because a down payment was deducted there, is credited on the invoice of
the down payment, and the deduction is taken back by as much.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NamedTuple

from odoo import Command


class Kept(NamedTuple):
    """What is kept back of a share: the fee, and what the goods are worth less for their state."""

    fee: float
    wear: float


@dataclass
class Credit:
    """The lines of one credit note: ``goods`` are (return line, share, :class:`Kept`).

    ``gifts``: shares of free goods, which the invoice knows nothing of.
    """

    goods: list = field(default_factory=list)
    extras: list = field(default_factory=list)
    gifts: list = field(default_factory=list)

    @property
    def total(self):
        goods = sum(share.total - kept.fee - kept.wear for _line, share, kept in self.goods)
        return goods + sum(share.signed_total for share in [*self.extras, *self.gifts])


class CreditBook:
    """Collects the shares of a settlement by the credit note they belong to."""

    def __init__(self):
        self.credits = {}

    def add_line(self, order_return, line, part, kept):
        """Add what a return line takes and what it was lowered by.

        :param list kept: :class:`Kept` of each share
        """
        if not part.shares:
            return
        credits = [self._get(order_return, share, line.resolution) for share in part.shares]
        for credit, share, back in zip(credits, part.shares, kept, strict=True):
            credit.goods.append((line, share, back))
        largest = max(part.shares, key=lambda share: share.total)
        moves = [share.billed.line.move_id for share in part.shares]
        for discount in part.discounts:
            move = discount.billed.line.move_id
            index = moves.index(move) if move in moves else part.shares.index(largest)
            credits[index].extras.append(discount)

    def add_extra(self, order_return, extra, resolution):
        """Add shipping or a charge, on the credit note of its own invoice."""
        for share in extra.shares:
            credit = self._get(order_return, share, resolution)
            credit.extras.append(share)
        if extra.shares:
            credit.extras += extra.discounts

    def add_gift(self, order_return, extra, resolution):
        """Keep back for free goods, or pay out, where the credit notes can bear it."""
        (share,) = extra.shares
        whole = replace(share.billed, taken_quantity=0.0, taken_net=0.0, taken_total=0.0,
                        taken_taxes={})  # fmt: skip
        find = self._find_room if whole.sign > 0 else self._find_worth
        left = share.total
        for key, room in find(order_return, extra.line, resolution):
            part = round(min(left, room), whole.digits)
            if part > 0:
                credit = self.credits.setdefault(key, Credit())
                credit.gifts.append(whole.take_amount(part))
                left = round(left - part, whole.digits)

    def _find_worth(self, order_return, _line, resolution):
        """What the credit notes of a return are worth, those of ``resolution`` first."""
        found = [item for item in self.credits.items() if item[0][0] == order_return]
        found.sort(key=lambda item: (item[0][2] != resolution, -item[1].total))
        return [(key, credit.total) for key, credit in found]

    def _find_room(self, order_return, line, resolution):
        """What the order's invoices leave to credit, the one that billed ``line`` first."""
        invoices = order_return.order_id.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        own = invoices & line.invoice_lines.move_id
        rooms = []
        for invoice in own | invoices:
            known = [credit for key, credit in self.credits.items() if key[1] == invoice]
            room = _get_left(invoice) - sum(credit.total for credit in known)
            rooms.append(((order_return, invoice, resolution), room))
        return rooms

    def shift_to_deposits(self, book):
        """Credit on down payments what their final invoices have not left."""
        left = {}
        for (one, invoice, resolution), credit in list(self.credits.items()):
            left.setdefault(invoice, _get_left(invoice))
            excess = invoice.currency_id.round(credit.total - left[invoice])
            if excess > 0:
                deposits = book.extras[one.order_id].deposits
                self._shift(one, invoice, resolution, deposits, excess)
            left[invoice] -= credit.total

    def _shift(self, one, invoice, resolution, deposits, excess):
        for deposit in deposits:
            for deducted in deposit.deducted:
                if deducted.line.move_id == invoice:
                    excess -= self._shift_one(one, resolution, deposit, deducted, excess)

    def _shift_one(self, one, resolution, deposit, deducted, excess):
        """Take at most ``excess`` of one deduction back, and credit it on the down payment."""
        digits, moved = deducted.digits, 0.0
        for billed in deposit.billed:
            amount = round(min(excess - moved, deducted.open_total, billed.open_total), digits)
            if amount <= 0:
                continue
            back = deducted.take_amount(amount)
            self._get(one, back, resolution).extras.append(back)
            paid = billed.take_amount(amount)
            self._get(one, paid, resolution).extras.append(paid)
            moved += amount
        return moved

    def _get(self, order_return, share, resolution):
        key = (order_return, share.billed.line.move_id, resolution)
        return self.credits.setdefault(key, Credit())


def _get_left(invoice):
    """What of an invoice is not credited yet."""
    notes = invoice.reversal_move_ids.filtered(lambda move: move.state != "cancel")
    return max(invoice.amount_total - sum(notes.mapped("amount_total")), 0.0)


def prepare_share_vals(share, sale_line):
    """The credit note line for a share of an invoice line, whatever it was for."""
    billed, sign = share.billed.line, share.billed.sign
    quantity = sale_line.product_uom_id._compute_quantity(
        share.quantity, billed.product_uom_id, round=False
    ) if billed.product_uom_id else share.quantity  # fmt: skip
    if billed.quantity < 0:
        quantity = -quantity
    taxes = {tax: sign * amount for tax, amount in share.taxes.items()}
    return {
        "name": billed.name,
        "product_id": billed.product_id.id,
        "product_uom_id": billed.product_uom_id.id,
        "quantity": quantity,
        "price_unit": billed.price_unit,
        "discount": billed.discount,
        "account_id": billed.account_id.id,
        "tax_ids": [Command.set(billed.tax_ids.ids)],
        "analytic_distribution": billed.analytic_distribution,
        "sale_line_ids": [Command.link(sale_line.id)],
        "is_downpayment": billed.is_downpayment,
        "refunded_line_id": billed.id,
        **book_amounts(
            billed, quantity, billed.price_unit, billed.discount, sign * share.net, taxes
        ),
    }


def prepare_gift_vals(share):
    """The credit note line that keeps back, or pays out, what free goods are worth."""
    line, sign = share.billed.line, share.billed.sign
    product = line.env.ref("order_management.product_return_fee")
    taxes = {tax: sign * amount for tax, amount in share.taxes.items()}
    net, total = sign * share.net, sign * share.total
    price = total if line.tax_ids[:1].price_include else net
    texts = {
        -1: line.env._("Kept: %(product)s", product=line.product_id.display_name),
        1: line.env._("Came back: %(product)s", product=line.product_id.display_name),
    }
    return {
        "name": texts[sign],
        "product_id": product.id,
        "product_uom_id": product.uom_id.id,
        "quantity": 1.0,
        "price_unit": price,
        "tax_ids": [Command.set(line.tax_ids.ids)],
        "analytic_distribution": line.analytic_distribution,
        **book_amounts(line, 1.0, price, 0.0, net, taxes),
    }


class OpenDays:
    """The days on which credit notes can be booked: where a period is closed, the next one."""

    def __init__(self):
        self.known = {}

    def find(self, invoice, day):
        """The first open day of the invoice's journal from ``day`` on."""
        return self.find_for(invoice.company_id, invoice.journal_id, day)

    def find_for(self, company, journal, day):
        """The first open day of a journal from ``day`` on."""
        key = (company, journal, day)
        if key not in self.known:
            locks = company._get_violated_lock_dates(day, True, journal)
            self.known[key] = max(lock for lock, _field in locks) + timedelta(1) if locks else day
        return self.known[key]


def find_journals(companies, kind):
    """The first journal of a kind of each company, read together: company → journal."""
    Journal = companies.env["account.journal"]
    journals = Journal.search([("type", "=", kind), ("company_id", "parent_of", companies.ids)])
    return {
        company: journals.filtered(lambda one, own=company: one.company_id in own.parent_ids)[:1]
        for company in companies
    }


def prepare_note_vals(invoice, lines, day, ref):
    """A credit note of ``invoice`` with these ``lines``."""
    return {
        "move_type": "out_refund",
        "reversed_entry_id": invoice.id,
        "company_id": invoice.company_id.id,
        "journal_id": invoice.journal_id.id,
        "partner_id": invoice.partner_id.id,
        "partner_shipping_id": invoice.partner_shipping_id.id,
        "currency_id": invoice.currency_id.id,
        "fiscal_position_id": invoice.fiscal_position_id.id,
        "invoice_user_id": invoice.invoice_user_id.id,
        "team_id": invoice.team_id.id,
        "invoice_payment_term_id": False,
        "invoice_date": day,
        "invoice_origin": invoice.invoice_origin,
        "ref": ref,
        "invoice_line_ids": [
            Command.create(_fit_amounts(vals, invoice.currency_id)) for vals in lines
        ],
    }


def _fit_amounts(vals, currency):
    """``vals``; core books amounts that are in another currency than the invoice's."""
    if vals["extra_tax_data"]["currency_id"] == currency.id:
        return vals
    return {name: vals[name] for name in vals if name not in ("amount_currency", "balance")}


def book_amounts(line, quantity, price_unit, discount, net, taxes):
    """The amounts of a credit note's line: forced, and the net as it is booked.

    Core would come to the same booked amounts, and write each line three times over for it.
    """
    booked = {"amount_currency": net}
    if line.currency_id == line.company_id.currency_id:
        booked["balance"] = net
    return {
        "extra_tax_data": force_amounts(line, quantity, price_unit, discount, net, taxes),
        **booked,
    }


def force_amounts(billed, quantity, price_unit, discount, net, taxes):
    """Core's own stored tax details, which fix the amounts of a document line.

    Core reads them only with a tax; a line without gets an entry that no tax has.
    """
    amounts = {
        str(tax): {"tax_amount_currency": amount, "base_amount_currency": net}
        for tax, amount in taxes.items()
    }
    return {
        "manual_total_excluded_currency": net,
        "manual_tax_amounts": amounts or {"0": {}},
        "currency_id": billed.currency_id.id,
        "price_unit": price_unit,
        "discount": discount,
        "quantity": quantity,
    }


def merge_shares(shares):
    """One share per billed line, in the order of their first."""
    merged = {}
    for share in shares:
        known = merged.get(id(share.billed))
        merged[id(share.billed)] = known.plus(share) if known else share
    return list(merged.values())
