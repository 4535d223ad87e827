from odoo import fields, models
from odoo.fields import Command

from ...exceptions import ItemError


class OrderReturnReopenMixin(models.AbstractModel):
    """What a settlement did to the order's lines, and undoing it when its credit note goes."""

    _name = "order.return.reopen.mixin"
    _description = "Reopening of a settled return"

    has_lost_note = fields.Boolean(
        "Credit note missing", readonly=True, copy=False,
        help="One of several credit notes was cancelled or deleted, another one is still there.",
    )  # fmt: skip

    def _count_settled(self, sign=1):
        """Tell the order's lines what is settled, so that core does not invoice it again."""
        counted = self.line_ids.filtered(lambda line: line.sale_line_id and line.settled_quantity)
        for line in counted:
            quantity, order_line = sign * line.settled_quantity, line.sale_line_id
            order_line.return_settled_quantity += quantity
            kept = line.product_uom_id.round(line.settled_quantity - line.received_quantity)
            if kept > 0:
                order_line.return_kept_quantity += sign * kept
        for extra in self.extra_ids.filtered("settled_quantity"):
            quantity, order_line = sign * extra.settled_quantity, extra.sale_line_id
            order_line.return_settled_quantity += quantity
            order_line.return_kept_quantity += quantity

    def _reopen(self, lost):
        """Open settled returns again; without any credit note nothing of them is settled.

        :param lost: credit notes that were cancelled or are about to be deleted
        """
        for one in self.filtered(lambda one: one.state == "settled"):
            came = one.line_ids.filtered("received_quantity")
            one._set_state("received" if came else "approved", settled_at=False)
            one._append_events("return_reopened")
        self.is_refund_drafted = True
        self._withdraw_payouts(lost)
        if lost:
            self._drop_notes(lost)
        self.order_id._advance_stage()

    def _drop_notes(self, lost):
        self._drain_wallets(lost)
        self.write({"credit_note_ids": [Command.unlink(note.id) for note in lost]})
        torn = self.filtered("credit_note_ids")
        torn.has_lost_note = True
        gone = self - torn
        gone.write({"has_lost_note": False, "is_refund_drafted": False})
        gone._count_settled(-1)
        gone._undo_rewards(gone.reward_ids)
        gone.line_ids.settled_quantity = 0.0
        gone.extra_ids.settled_quantity = 0.0

    def _close_again(self):
        """Settled as before: the credit notes are posted again."""
        self.filtered("is_refund_drafted").is_refund_drafted = False
        self._apply_rewards()
        self.reward_ids.filtered("entry_id")._join_entries()
        self._set_state("settled", settled_at=fields.Datetime.now())
        self._append_events("return_settled")
        self.order_id._advance_stage()

    def _post_again(self):
        """Post the credit notes of returns that have theirs already.

        :return: those returns
        """
        drafted = self.filtered("credit_note_ids")
        for one in drafted:
            if one.has_lost_note:
                raise ItemError("not_possible", one._explain_lost_note())
            if not one._may_post_refund():
                raise ItemError("not_possible", one._explain_posting())
        notes = drafted.credit_note_ids.filtered(lambda note: note.state == "draft")
        if notes:
            notes._post(soft=False)
        return drafted

    def _explain_lost_note(self):
        return self.env._(
            "Another credit note of %(name)s was cancelled or deleted, but %(notes)s is still "
            "there. Cancel it, too; then settle again.",
            name=self.name,
            notes=", ".join(note.name or note.display_name for note in self.credit_note_ids),
        )

    def _is_counted(self):
        """Whether what it settled counts: settled, or its credit notes are only drafts again."""
        return self.state == "settled" or bool(self._get_living_notes())

    def _get_living_notes(self):
        return self.credit_note_ids.filtered(lambda note: note.state != "cancel")
