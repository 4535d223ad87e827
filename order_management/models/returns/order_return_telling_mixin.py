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
        waiting = list(self.sorted("id").grouped(lambda one: one.group_ref or one.name).items())
        while waiting:
            # One message an order and call.
            first = {}
            for number, returns in waiting:
                first.setdefault(returns[0].order_id, (number, returns))
            waiting = [entry for entry in waiting if entry not in first.values()]
            self.env["sale.order"].union(*first)._notify_customers(
                "return_update",
                {
                    order.id: {
                        "key": f"return/{'-'.join(map(str, returns.ids))}/{state}",
                        "body": returns._tell(state, number),
                    }
                    for order, (number, returns) in first.items()
                },
            )

    def _tell(self, state, number):
        """The message, in the customer's language.

        :param str number: by which the customer knows these returns
        """
        partner = self[0].order_id._get_told_partner()
        self = self.with_context(lang=partner.lang or self.env.lang)
        amount = " + ".join(
            format_amount(self.env, sum(part.mapped("refund_total")), currency)
            for currency, part in self.grouped("currency_id").items()
        )
        awaited = any(one._is_awaited() for one in self)
        texts = {
            "review": self.env._(
                "we have received your request to return goods (%(name)s) and look at it. You need "
                "not send anything yet.",
                name=number,
            ),
            "approved": self.env._(
                "your return %(name)s is accepted. On the page of your order you find a label for "
                "the parcel and a slip to put inside. When all is well with the goods, you get "
                "back %(amount)s.",
                name=number,
                amount=amount,
            )
            if awaited
            else self.env._(
                "your claim %(name)s is accepted. You need not send anything; you get back "
                "%(amount)s.",
                name=number,
                amount=amount,
            ),
            "refused": self.env._(
                "we cannot accept your return %(name)s: %(reason)s",
                name=number,
                reason=self[0].close_reason or "",
            ),
            "settled": self.env._(
                "your return %(name)s is done: %(amount)s are refunded.",
                name=number,
                amount=amount,
            ),
        }
        return "\n\n".join(
            (
                self.env._("Hello %(name)s,", name=partner.name or ""),
                texts[state],
                *self._tell_rewards(state),
                self[0].company_id.name,
            )
        )
