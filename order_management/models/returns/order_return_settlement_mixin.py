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
        goes on the customer's eWallet where there is one and the invoice is paid. Where
        accounting posts refunds, others make drafts: the return stays ``received`` and settles
        itself when its drafts are posted.

        :return: one item per return: ``return_id``, ``name``, ``state``, ``credit_note_ids``,
            ``refund_drafted``, ``refund_total``, ``exchange_order_id``, ``amount_due``, ``lines``,
            ``extras``, ``rewards`` (as in :meth:`quote`)
        """
        returns = as_service(self)
        returns._lock()
        ready = returns.filtered(lambda one: one._can_settle())
        failures = dict(run_set(ready, ready._settle))
        return [one._prepare_settle_row(one in ready, failures.get(one)) for one in returns]

    def _prepare_settle_row(self, is_ready, failure):
        values = {
            "credit_note_ids": self.credit_note_ids.ids,
            "refund_drafted": self.is_refund_drafted,
            "exchange_order_id": False,
            "amount_due": 0.0,
        }
        if failure:
            return self._prepare_row([error_of(failure)], **values)
        if is_ready:
            return self._prepare_row(**values)
        states = ("approved", "received") if self.is_refund_drafted else ("settled",)
        return self._answer_repeat(states, **values)

    def _can_settle(self):
        """Whether the caller may refund what was received, or what need not be."""
        return self._is_to_settle() and (not self.is_refund_drafted or self._may_post_refund())

    def _is_to_settle(self):
        """Whether something was received, or nothing has to be."""
        accepted = self.line_ids.filtered(lambda line: line.decision == "accept")
        needs_goods = any(line._needs_goods() for line in accepted)
        return self.state == "received" or (self.state == "approved" and not needs_goods)

    def _settle(self, returns):
        """Settle ``returns`` as one set; credit notes that are drafts again are just posted."""
        returns.line_ids._get_awaited_moves()._action_cancel()
        drafted = returns._post_again()
        fresh = returns - drafted
        ordered = fresh.filtered("order_id")
        book = ReturnBook(ordered.line_ids.sale_line_id, ordered.ids)
        credits = CreditBook()
        for one in ordered.sorted("id"):
            one._take_settlement(book, credits)
        credits.shift_to_deposits(book)
        foreign = fresh - ordered
        foreign.line_ids._settle_foreign()
        fresh._count_settled()
        waiting = fresh._create_credit_notes(
            ordered._prepare_credit_notes(credits.credits) + foreign._prepare_foreign_notes()
        )
        (fresh - waiting)._close_again()

    def _take_settlement(self, book, credits):
        """Take what this return is worth out of ``book``, and put it on credit notes."""
        self._follow_currency()
        before, kept = book.get_goods_taken(self.order_id), True
        discounts = []
        for line in self.line_ids:
            part, backs, is_kept = line._settle(book)
            kept = kept and is_kept
            if part:
                credits.add_line(self, line, part, backs)
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

    def _follow_currency(self):
        """Be paid in the currency of what was billed since this was asked for."""
        currency = self.order_id.return_currency_id
        if self.currency_id != currency:
            self.currency_id = currency

    def _prepare_credit_notes(self, credits):
        """One credit note per return, invoice and resolution.

        :param dict credits: (return, invoice, resolution) → :class:`Credit`
        :return: list of ``(return, resolution, values)``
        """
        days = OpenDays()
        return [
            (one, resolution, one._prepare_credit_note_vals(invoice, credit, days))
            for (one, invoice, resolution), credit in credits.items()
        ]

    def _create_credit_notes(self, rows):
        """Create credit notes, and post those that the caller may post.

        :param list rows: ``(return, resolution, values)``
        :return: returns whose refunds are drafts, for somebody else to post
        """
        may_post = {one: one._may_post_refund() for one, _resolution, _vals in rows}
        notes = self.env["account.move"].create(
            [{**vals, "is_refund_due": not may_post[one]} for one, _resolution, vals in rows]
        )
        by_return, kept, due = defaultdict(list), notes.browse(), notes.browse()
        for (one, resolution, _vals), note in zip(rows, notes, strict=True):
            by_return[one].append(Command.link(note.id))
            if not may_post[one]:
                due |= note
            elif resolution == "credit":
                kept |= note
        posted = notes - due
        posted._post_credit_notes()
        notes._note_accounting_days()
        for one, commands in by_return.items():
            one.write({"credit_note_ids": commands})
        kept.line_ids.remove_move_reconcile()
        kept._fill_wallets()
        (posted - kept)._pay_out()
        waiting = self.filtered(lambda one: not may_post.get(one, True))
        waiting._note_drafted()
        return waiting

    def _prepare_credit_note_vals(self, invoice, credit, days):
        lines = [line._prepare_credit_vals(part) for line, part, _kept in credit.goods]
        lines += [
            prepare_share_vals(part, part.billed.line.sale_line_ids[:1])
            for part in merge_shares(credit.extras)
        ]
        for line, part, kept in credit.goods:
            lines += line._prepare_back_vals(part, kept)
        lines += [prepare_gift_vals(part) for part in credit.gifts]
        ref = self.env._("%(name)s, return of %(invoice)s", name=self.name, invoice=invoice.name)
        day = days.find(invoice, today_of(self.order_id))
        return prepare_note_vals(invoice, lines, day, ref)
