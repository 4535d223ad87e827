from odoo import fields, models
from odoo.exceptions import UserError

from ..common.access import as_service
from .delivery_book import today_at
from .payout_book import PayoutBook
from .posting_rule import may_post_refunds


class OrderReturnCreditNoteMixin(models.AbstractModel):
    """A credit note that settles a return; without it the return is open again."""

    _name = "order.return.credit.note.mixin"
    _description = "Credit note of a return"

    settled_return_ids = fields.Many2many(
        "order.return",
        "order_return_credit_note_rel",
        "account_move_id",
        "order_return_id",
        string="Returns",
        readonly=True,
        copy=False,
    )

    is_refund_due = fields.Boolean(
        readonly=True, copy=False, help="Made as a draft; what it owes is paid when it is posted."
    )

    def _ensure_may_post_refunds(self):
        """Refuse to post credit notes of returns to whoever may not."""
        for one in self._get_settled_returns():
            if not one._may_post_refund():
                raise UserError(one._explain_posting())
        for note in self.filtered(lambda note: note.is_refund_due and not note.settled_return_ids):
            if not may_post_refunds(self.env, note.company_id):
                raise UserError(self.env._("Refunds are posted by accounting."))

    def _get_post_batches(self):
        """These in parts that hold one drafted refund of an invoice each, as core wants it."""
        due = self.filtered("is_refund_due")
        batches = [self - due] if self - due or not due else []
        while due:
            first = due._get_first_of_each()
            batches.append(first)
            due -= first
        return batches

    def _pay_drafted(self):
        """Pay what was drafted and is posted now, or leave it to the customer's account."""
        due = as_service(self).filtered("is_refund_due")
        if not due:
            return
        due.is_refund_due = False
        kept = due.filtered(
            lambda note: (
                set(note.invoice_line_ids.return_line_id.mapped("resolution")) == {"credit"}
            )
        )
        kept.line_ids.remove_move_reconcile()
        kept._fill_wallets()
        (due - kept)._pay_out()

    def _fill_wallets(self):
        """Put what these owe on the customers' wallets, where there are any."""
        pairs = [(note.settled_return_ids, note) for note in self if note.reversed_entry_id]
        self.settled_return_ids._fill_wallets(pairs)

    def _get_settled_returns(self):
        """The returns that these credit notes settle."""
        notes = as_service(self).filtered(lambda move: move.move_type == "out_refund")
        return notes.settled_return_ids

    def _reopen_returns(self, is_lost):
        """The returns of these credit notes are not settled any more.

        :param bool is_lost: whether the credit notes are gone, not only drafts again
        """
        notes = as_service(self).filtered(lambda move: move.move_type == "out_refund")
        if returns := notes.settled_return_ids:
            returns._lock()
            returns._reopen(notes if is_lost else notes.browse())

    def _refuse_wallet_entries(self):
        """An entry that put credit on a wallet goes with its credit note alone."""
        entries = self.filtered(lambda move: move.move_type == "entry")
        if not entries:
            return
        Reward = self.env["order.return.reward"].sudo()
        reward = Reward.search([("entry_id", "in", entries.ids)], limit=1)
        if reward:
            raise UserError(
                self.env._(
                    "This entry put the credit of %(name)s on the customer's wallet. Cancel the "
                    "credit note %(note)s instead: then it is taken off the wallet, too.",
                    name=reward.return_id.name,
                    note=reward.note_id.name or "",
                )
            )

    def _resettle_returns(self):
        """Returns whose credit notes are all posted again are settled again."""
        returns = self._get_settled_returns()
        returns.filtered(
            lambda one: (
                one._is_to_settle()
                and not one.has_lost_note
                and set(one.credit_note_ids.mapped("state")) == {"posted"}
            )
        )._close_again()

    def _note_accounting_days(self):
        """Say on credit notes of a closed period why they are booked later."""
        for note in self:
            order = note.line_ids.sale_line_ids.order_id[:1]
            today = today_at(order.warehouse_id, note.company_id)
            if note.date > today:
                body = note.env._(
                    "%(today)s lies in a closed period: this is booked on %(day)s, the first day "
                    "that is open.",
                    today=fields.Date.to_string(today),
                    day=fields.Date.to_string(note.date),
                )
                note._message_log(body=body)

    def _post_credit_notes(self):
        """Post; core thereby sets each credit note off against what is open of its invoice.

        Core pairs the credit notes of one call with the distinct invoices by position, so
        that a call must not hold two of one invoice.
        """
        notes = self
        while notes:
            first = notes._get_first_of_each()
            first._post(soft=False)
            notes -= first

    def _get_first_of_each(self):
        """The first of each invoice, and all that credit none."""
        alone = self.filtered(lambda note: not note.reversed_entry_id)
        groups = (self - alone).grouped("reversed_entry_id").values()
        return alone.union(*(group[0] for group in groups))

    def _pay_out(self):
        """Register and send the refunds of these; what can't be sent is left to a person."""
        for company, notes in self.grouped("company_id").items():
            if company.return_payout_mode == "off":
                continue
            book = PayoutBook(notes)
            refunds = self.env["payment.transaction"].create(book.vals_list)
            effects = {str(tx.id): {"transaction_id": tx.id} for tx in refunds}
            self.env["order.outbox"]._queue("refund", effects, company)
            for note, amount in book.by_hand.items():
                note._ask_to_pay(amount)

    def _ask_to_pay(self, amount):
        """Put the payment of what could not be sent on somebody's list."""
        orders = self.line_ids.sale_line_ids.order_id
        for one in self.settled_return_ids or orders:
            user = (self.settled_return_ids.approved_by_id or orders.user_id)[:1]
            text = self.currency_id.format(amount)
            one.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Pay %(amount)s for %(note)s", amount=text, note=self.name),
                user_id=(user if user.active else self.env.user).id,
            )
