from odoo import models
from odoo.tools import format_amount

TOLD = ("review", "approved", "refused", "settled")


class OrderReturnTellingMixin(models.AbstractModel):
    """Customers are told of their returns: one message a step, however many lines."""

    _name = "order.return.telling.mixin"
    _description = "Return whose customer is told"

    def _tell_customers(self, state):
        """Tell the customers of returns that reached ``state``, after commit, once."""
        if state not in TOLD:
            return
        waiting = self.sorted("id")
        while waiting:
            # One message an order and call.
            first = waiting.browse([group[0].id for group in waiting.grouped("order_id").values()])
            first.order_id._notify_customers(
                "return_update",
                {
                    one.order_id.id: {"key": f"return/{one.id}/{state}", "body": one._tell(state)}
                    for one in first
                },
            )
            waiting -= first

    def _tell(self, state):
        """The message, in the customer's language."""
        partner = self.order_id._get_told_partner()
        self = self.with_context(lang=partner.lang or self.env.lang)
        amount = format_amount(self.env, self.refund_total, self.currency_id)
        awaited = self._is_awaited()
        texts = {
            "review": self.env._(
                "we have received your request to return goods (%(name)s) and look at it. You need "
                "not send anything yet.",
                name=self.name,
            ),
            "approved": self.env._(
                "your return %(name)s is accepted. On the page of your order you find a label for "
                "the parcel and a slip to put inside. When all is well with the goods, you get "
                "back %(amount)s.",
                name=self.name,
                amount=amount,
            )
            if awaited
            else self.env._(
                "your claim %(name)s is accepted. You need not send anything; you get back "
                "%(amount)s.",
                name=self.name,
                amount=amount,
            ),
            "refused": self.env._(
                "we cannot accept your return %(name)s: %(reason)s",
                name=self.name,
                reason=self.close_reason or "",
            ),
            "settled": self.env._(
                "your return %(name)s is done: %(amount)s are refunded.",
                name=self.name,
                amount=amount,
            ),
        }
        return "\n\n".join(
            (
                self.env._("Hello %(name)s,", name=partner.name or ""),
                texts[state],
                self.company_id.name,
            )
        )
