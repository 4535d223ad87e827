from collections import defaultdict

from odoo import Command, models

from ..common.access import as_service, public
from ..common.results import error_of
from ..common.set_runner import run_set
from .credit_book import (
    CreditBook,
    OpenDays,
    merge_shares,
    prepare_gift_vals,
    prepare_note_vals,
    prepare_share_vals,
)
from .delivery_book import today_of
from .order_return_extra import lowering_of, prepare_extra_rows
from .return_book import ReturnBook


class OrderReturnSettlementMixin(models.AbstractModel):
    """Refunding what came back, by credit notes of the invoices it was billed on.

    This is the only path that credits a return. The amounts are the rounded shares of the
    invoice lines, forced on the credit note by core's own stored tax details, so that net and
    tax of all credit notes together are those of the invoice.
    """

    _name = "order.return.settlement.mixin"
    _description = "Settlement of a return"

    @public
    def settle(self):
        """Refund what was received and accepted; what did not come back is free again.

        Quantities that were not invoiced yet are just not invoiced any more. A credit note of
        an invoice that is still open is set off against it, unless credit was asked for. Credit
        goes on the customer's eWallet where there is one and the invoice is paid.

        :return: one item per return: ``return_id``, ``name``, ``state``, ``credit_note_ids``,
            ``refund_total``, ``exchange_order_id``, ``amount_due``, ``lines``, ``extras``,
            ``rewards`` (as in :meth:`quote`)
        """
        returns = as_service(self)
        returns._lock()
        ready = returns.filtered(lambda one: one._can_settle())
        failures = dict(run_set(ready, ready._settle))
        return [one._prepare_settle_row(one in ready, failures.get(one)) for one in returns]

    def _prepare_settle_row(self, is_ready, failure):
        values = {
            "credit_note_ids": self.credit_note_ids.ids,
            "exchange_order_id": False,
            "amount_due": 0.0,
        }
        if failure:
            return self._prepare_row([error_of(failure)], **values)
        if is_ready:
            return self._prepare_row(**values)
        return self._answer_repeat(("settled",), **values)

    def _can_settle(self):
        """Whether something was received, or nothing has to be."""
        accepted = self.line_ids.filtered(lambda line: line.decision == "accept")
        needs_goods = any(line._needs_goods() for line in accepted)
        return self.state == "received" or (self.state == "approved" and not needs_goods)

    def _settle(self, returns):
        """Settle ``returns`` as one set; credit notes that are drafts again are just posted."""
        returns.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).action_cancel()
        drafted = returns._post_again()
        fresh = returns - drafted
        book = ReturnBook(fresh.line_ids.sale_line_id, fresh.ids)
        credits = CreditBook()
        for one in fresh.sorted("id"):
            one._take_settlement(book, credits)
        credits.shift_to_deposits(book)
        fresh._count_settled()
        fresh._create_credit_notes(credits.credits)
        fresh._apply_rewards()
        fresh._close_again()

    def _take_settlement(self, book, credits):
        """Take what this return is worth out of ``book``, and put it on credit notes."""
        before, kept = book.get_goods_taken(self.order_id), True
        discounts = []
        for line in self.line_ids:
            part, fees, is_kept = line._settle(book)
            kept = kept and is_kept
            if part:
                credits.add_line(self, line, part, fees)
                discounts += part.discounts
        promised = self.extra_ids if kept else None
        extras = book.price_extras(self.order_id, self.policy_id, before, promised)
        resolution = self.line_ids.filtered("settled_quantity")[:1].resolution or "refund"
        for extra in extras:
            credits.add_extra(self, extra, resolution)
        gifts = self._price_gifts(book, extras)
        for gift in gifts:
            credits.add_gift(self, gift, resolution)
        self._write_extras(prepare_extra_rows(extras + gifts, discounts), is_settled=True)
        self._write_rewards(book, lowering_of(discounts, extras), is_settled=True)

    def _create_credit_notes(self, credits):
        """Create and post one credit note per return, invoice and resolution.

        :param dict credits: (return, invoice, resolution) → :class:`Credit`
        """
        days = OpenDays()
        notes = self.env["account.move"].create(
            [
                one._prepare_credit_note_vals(invoice, credit, days)
                for (one, invoice, _resolution), credit in credits.items()
            ]
        )
        notes._post_credit_notes()
        notes._note_accounting_days()
        by_return = defaultdict(list)
        for (one, _invoice, _resolution), note in zip(credits, notes, strict=True):
            by_return[one].append(Command.link(note.id))
        for one, commands in by_return.items():
            one.write({"credit_note_ids": commands})
        kept = [
            (one, note)
            for (one, _invoice, resolution), note in zip(credits, notes, strict=True)
            if resolution == "credit"
        ]
        credited = notes.browse(note.id for _one, note in kept)
        credited.line_ids.remove_move_reconcile()
        self._fill_wallets(kept)
        (notes - credited)._pay_out()

    def _prepare_credit_note_vals(self, invoice, credit, days):
        lines = [line._prepare_credit_vals(part) for line, part, _fee in credit.goods]
        lines += [
            prepare_share_vals(part, part.billed.line.sale_line_ids[:1])
            for part in merge_shares(credit.extras)
        ]
        lines += [line._prepare_fee_vals(part, fee) for line, part, fee in credit.goods if fee]
        lines += [prepare_gift_vals(part) for part in credit.gifts]
        ref = self.env._("%(name)s, return of %(invoice)s", name=self.name, invoice=invoice.name)
        day = days.find(invoice, today_of(self.order_id))
        return prepare_note_vals(invoice, lines, day, ref)
