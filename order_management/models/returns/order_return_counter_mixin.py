from odoo import api, fields, models

from ..common.access import ROLES, has_role
from .order_return_line import CONDITIONS, DISPOSITIONS


class OrderReturnCounterMixin(models.AbstractModel):
    """The customer stands at the desk with the goods: all of it is done in one go."""

    _name = "order.return.counter.mixin"
    _description = "Taking back at the counter"

    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    @api.depends_context("uid")
    def _compute_can_take_back(self):
        steps = ("order.return.receive", "order.return.settle")
        self.can_take_back = all(has_role(self.env, *ROLES[step]) for step in steps)

    def action_take_back(self):
        """Request, receive and settle at once what the customer hands over.

        What a person has to decide, or the policy refuses, is requested only. When one step is
        not possible nothing is done.
        """
        self.ensure_one()
        returns, pairs = self._request()
        receipts = [
            line._prepare_counted(return_line)
            for line, return_line in pairs
            if return_line.return_id.state == "approved"
            and return_line.decision == "accept"
            and return_line._needs_goods()
        ]
        lines = returns.line_ids.browse([receipt["return_line_id"] for receipt in receipts])
        if receipts:
            for answer in lines.return_id.receive(receipts):
                returns._raise_errors(answer)
        if ready := returns.filtered("can_settle"):
            ready.action_settle()
        return self._show(returns)


class OrderReturnCounterLineMixin(models.AbstractModel):
    """What is looked at when goods are handed over."""

    _name = "order.return.counter.line.mixin"
    _description = "Line taken back at the counter"

    condition = fields.Selection(CONDITIONS, required=True, default="A")
    disposition = fields.Selection(DISPOSITIONS, "Goes to", required=True, default="restock")

    def _prepare_counted(self, return_line):
        """What is received of the line that was requested for this one."""
        return {
            "return_line_id": return_line.id,
            "quantity": return_line.quantity,
            "condition": self.condition,
            "disposition": self.disposition,
            "lot": self.lot_id.name or False,
        }
