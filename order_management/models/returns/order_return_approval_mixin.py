from odoo import fields, models

from ...tools import return_rules
from ..common.access import as_service, public
from ..common.results import error
from .return_words import explain


class OrderReturnApprovalMixin(models.AbstractModel):
    """Approving returns under review; from a limit on by a second person."""

    _name = "order.return.approval.mixin"
    _description = "Approval of a return"

    @public
    def approve(self):
        """Approve returns under review; their receipts are announced to the warehouse.

        At or above the policy's limit an order manager must do it who neither requested nor
        last edited the return; others get ``needs: second_person`` and nothing changes.

        :return: one item per return: ``return_id``, ``name``, ``state``, ``needs`` (``False``
            or ``second_person``), ``refund_total``, ``lines``
        """
        returns = as_service(self)
        returns._lock()
        waiting = returns.filtered(lambda one: one.state == "review")
        errors = waiting._find_excess()
        alone = waiting.filtered(lambda one: not errors[one.id] and one._lacks_second_person())
        free = waiting.filtered(lambda one: not errors[one.id]) - alone
        nothing = free.filtered(lambda one: one._has_only_refused())
        nothing._set_state("refused", close_reason=self.env._("Every line was refused."))
        (free - nothing)._approve()
        answers = []
        for one in returns:
            if one in waiting:
                needs = "second_person" if one in alone else False
                answers.append(one._prepare_row(errors[one.id], needs=needs))
            else:
                answers.append(one._answer_repeat(("approved", "received", "settled"), needs=False))
        return answers

    def _approve(self, tells=True):
        """Approve, and announce what comes back to the warehouse."""
        self.line_ids.filtered(lambda line: line.decision == "review").write({"decision": "accept"})
        now = fields.Datetime.now()
        self._set_state("approved", tells, approved_at=now, approved_by_id=self.env.uid)
        self._create_receipts()
        self._append_events("return_approved")
        self.order_id._advance_stage()

    def _find_excess(self):
        """Errors of returns that now ask for more than there is, by return id."""
        errors = {order_return.id: [] for order_return in self}
        book = self._open_book(ignored=self) if self else None
        for order_return in self:
            for index, line in enumerate(order_return.line_ids):
                if line.decision == "refuse":
                    continue
                if line.is_foreign:
                    errors[order_return.id] += line._find_price_errors(f"lines[{index}]")
                    continue
                returnable = book.get_returnable(line.sale_line_id)
                if line.product_uom_id.compare(line.quantity, returnable) > 0:
                    verdict = return_rules.Verdict("refuse", "too_many")
                    message = explain(
                        self.env, verdict, line.sale_line_id, line.quantity, returnable
                    )
                    path = f"lines[{index}].quantity"
                    errors[order_return.id].append(error("too_many", message, path))
                else:
                    book.take(line.sale_line_id, line.quantity)
        return errors

    def _is_over_limit(self):
        """Whether the refund, with what goes back on cards, needs a second person by the policy."""
        limit = self.policy_id.four_eyes_amount
        if not limit:
            return False
        company_currency = self.company_id.currency_id
        amount = self.currency_id._convert(
            self.refund_total + self._get_card_total(),
            company_currency,
            self.company_id,
            fields.Date.today(),
        )
        return company_currency.compare_amounts(amount, limit) >= 0

    def _lacks_second_person(self):
        """Whether the caller may not decide this one alone."""
        user = self.env.user
        involved = user in (self.requested_by_id, self.last_editor_id)
        is_manager = user.has_group("order_management.group_manager")
        return self._is_over_limit() and (involved or not is_manager)
