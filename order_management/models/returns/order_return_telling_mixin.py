from odoo import models
from odoo.tools import format_amount, plaintext2html

TOLD = ("review", "approved", "refused", "settled")


class OrderReturnTellingMixin(models.AbstractModel):
    """Customers are told of their returns: one message a step, however many lines."""

    _name = "order.return.telling.mixin"
    _description = "Return whose customer is told"

    def _tell_customers(self):
        """Tell the customers of the states these returns reached, after commit, once.

        Returns that were asked for together have one message.
        """
        told = self.filtered(lambda one: one.state in TOLD)
        waiting = list(told.sorted("id").grouped(lambda one: one.group_ref or one.name).items())
        while waiting:
            # One message an order and call.
            first = {}
            for number, returns in waiting:
                first.setdefault(returns._get_told_order() or number, (number, returns))
            waiting = [entry for entry in waiting if entry not in first.values()]
            orders = {key: entry for key, entry in first.items() if not isinstance(key, str)}
            self.env["sale.order"].union(*orders)._notify_customers(
                "return_update",
                {
                    order.id: {
                        "key": f"return/{'-'.join(map(str, returns.ids))}/{returns._get_told()}",
                        "body": returns._tell(number),
                    }
                    for order, (number, returns) in orders.items()
                },
            )
            for key, (number, returns) in first.items():
                if key not in orders:
                    returns._tell_without_order(number)

    def _get_told_order(self):
        """The order by which the customer is told: one of theirs, or of the same parcel."""
        return self.order_id[:1] or self._get_together().order_id[:1]

    def _get_told(self):
        """The states that are told, as part of a key."""
        return "-".join(state for state in TOLD if state in self.mapped("state"))

    def _get_told_partner(self):
        order = self.order_id[:1]
        if order:
            return order._get_told_partner()
        partner = self.partner_id[:1]
        return partner if partner.email else partner.commercial_partner_id

    def _tell_without_order(self, number):
        """Tell who sends goods that we did not sell, by the return's own chatter."""
        one, mode = self[0], self.company_id.order_message_mode
        partner = self._get_told_partner()
        if not one.company_id.use_order_management or mode == "off":
            return
        body = plaintext2html(self._tell(number))
        if mode == "shadow" or not partner.email:
            one._message_log(body=body)
            return
        subject = one.with_context(lang=partner.lang).env._("Your return %(name)s", name=number)
        one.message_post(
            body=body, subject=subject, partner_ids=partner.ids, subtype_xmlid="mail.mt_note"
        )

    def _tell(self, number):
        """The message, in the customer's language.

        :param str number: by which the customer knows these returns
        """
        partner = self._get_told_partner()
        self = self.with_context(lang=partner.lang or self.env.lang)
        parts, texts = self.grouped("state"), []
        for state in TOLD:
            if part := parts.get(state):
                names = number if len(parts) == 1 else ", ".join(part.mapped("name"))
                texts += [part._tell_state(state, names), *part._tell_rewards(state)]
        hello = self.env._("Hello %(name)s,", name=partner.name or "")
        return "\n\n".join((hello, *texts, self[0].company_id.name))

    def _tell_state(self, state, number):
        amount = " + ".join(
            format_amount(self.env, sum(part.mapped("refund_total")), currency)
            for currency, part in self.grouped("currency_id").items()
        )
        awaited = any(one._is_awaited() for one in self)
        if state == "approved" and awaited and not self.order_id:
            return self.env._(
                "your return %(name)s is accepted. When all is well with the goods, you get back "
                "%(amount)s.",
                name=number,
                amount=amount,
            )
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
        return texts[state]
