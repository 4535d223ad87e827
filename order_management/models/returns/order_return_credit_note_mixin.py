from odoo import fields, models

from ..common.access import as_service


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

    def _resettle_returns(self):
        """Returns whose credit notes are all posted again are settled again."""
        returns = self._get_settled_returns()
        returns.filtered(
            lambda one: (
                one._can_settle()
                and not one.has_lost_note
                and set(one.credit_note_ids.mapped("state")) == {"posted"}
            )
        )._close_again()

    def _note_accounting_days(self):
        """Say on credit notes of a closed period why they are booked later."""
        for note in self:
            if note.date > note.invoice_date:
                note._message_log(
                    body=note.env._(
                        "%(day)s lies in a closed period: this is booked on %(date)s, the first "
                        "day that is open.",
                        day=fields.Date.to_string(note.invoice_date),
                        date=fields.Date.to_string(note.date),
                    )
                )
