from odoo import api, fields, models

from ..common.access import as_service, public
from ..common.results import Arguments


class OrderReturnWaivingMixin(models.AbstractModel):
    """Returns of which something will never come, or came other than asked for."""

    _name = "order.return.waiving.mixin"
    _description = "Return without all of its goods"

    has_deviation = fields.Boolean(
        "Something else came", compute="_compute_has_deviation", search="_search_has_deviation"
    )
    has_waived = fields.Boolean(compute="_compute_has_waived")

    @api.depends("receipt_ids.needs_decision")
    def _compute_has_deviation(self):
        for order_return in self:
            order_return.has_deviation = any(order_return.receipt_ids.mapped("needs_decision"))

    def _search_has_deviation(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("receipt_ids.needs_decision", "=", True)
        return domain if True in value else ~domain

    @api.depends("line_ids.waived_quantity")
    def _compute_has_waived(self):
        for order_return in self:
            order_return.has_waived = any(order_return.line_ids.mapped("waived_quantity"))

    @public
    def waive_goods(self, reason):
        """Pay for what is still awaited without waiting for it, e.g. for what the carrier lost.

        :param str reason: why, for the record
        :return: one item per return: ``return_id``, ``name``, ``state``, ``refund_total``,
            ``lines``
        """
        reason = (Arguments(self.env).value(reason, "text", "reason", required=True)).strip()
        if not reason:
            Arguments(self.env).refuse("reason", self.env._("say why."))
        returns = as_service(self)
        returns._lock()
        waiting = returns.filtered(
            lambda one: (
                one.state in ("approved", "received")
                and not one.is_refund_drafted
                and any(line._get_outstanding() for line in one.line_ids)
            )
        )
        waiting._waive(reason)
        return [one._prepare_row() if one in waiting else one._answer_waived() for one in returns]

    def _waive(self, reason):
        self.line_ids._waive()
        self.line_ids._get_awaited_moves()._action_cancel()
        self._append_events("return_goods_waived", reason)

    def _answer_waived(self):
        """The item of a return that awaits nothing: waived before, or nothing to waive."""
        states = ("approved", "received", "settled") if self.has_waived else ()
        return self._answer_repeat(states)
