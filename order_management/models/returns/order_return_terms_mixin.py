from collections import defaultdict
from datetime import timedelta

from odoo import models

from ...tools import return_rules
from ..common.access import as_service
from .delivery_book import today_of
from .return_book import ReturnBook
from .return_facts import reader_of
from .return_words import tell_day


class OrderReturnTermsMixin(models.AbstractModel):
    """What the return policy of an order's day says, for its customer to read."""

    _name = "order.return.terms.mixin"
    _description = "Return terms of an order"

    def _get_return_policy(self):
        """The policy this order keeps, empty where returns are not managed."""
        self.ensure_one()
        if not self.company_id.use_order_management:
            return self.env["order.return.policy"].sudo()
        order = as_service(self)
        return order.env["order.return"]._find_policy(
            order, order.env["order.return.policy"]._get_all()
        )

    def _tell_return_policy(self):
        """The terms in sentences, in the reader's language; none without a policy."""
        policy = self._get_return_policy()
        if not policy:
            return []
        order = as_service(self)
        return policy._describe(reader_of(order), order.company_id)

    def _tell_return_days(self):
        """Until when what was delivered can be returned, in sentences.

        The days are those of a customer who changes their mind.
        """
        order = as_service(self)
        policy = order._get_return_policy()
        if not policy or order.state != "sale":
            return []
        lines = order.order_line.filtered(lambda line: line.product_id.type == "consu")
        ends = order._find_return_days(policy, ReturnBook(lines))
        if not ends:
            return []
        today, texts = today_of(order), []
        for day, products in sorted(ends.items()):
            names = ", ".join(dict.fromkeys(products)) if len(ends) > 1 else ""
            texts.append(order._tell_return_day(day, names, day < today))
        return texts

    def _tell_return_day(self, day, names, is_over):
        values = {"day": tell_day(self.env, day), "names": names}
        if names and is_over:
            return self.env._("%(names)s: the time to return ended on %(day)s.", **values)
        if names:
            return self.env._("%(names)s: you can return until %(day)s.", **values)
        if is_over:
            return self.env._("The time to return ended on %(day)s.", **values)
        return self.env._("You can return until %(day)s.", **values)

    def _find_return_days(self, policy, book):
        """The last days, and the products that have them.

        :return dict: day → list of product names
        """
        reason = self.env["order.return.reason"].search([("our_fault", "=", False)], limit=1)
        rules, ends = book.get_rules(policy), defaultdict(list)
        for line in book.lines:
            returnable = book.get_returnable(line)
            if not returnable:
                continue
            delivered_on, _source = book.get_delivery(line, returnable)
            facts = {
                **book.facts[line],
                "reason": reason.id,
                "our_fault": False,
                "quantity": returnable,
                "returnable": returnable,
            }
            days = [
                return_rules.last_day({**facts, "resolution": resolution}, rules)
                for resolution in return_rules.OFFERED
            ]
            days = [one for one in days if one is not False]
            if days:
                ends[delivered_on + timedelta(days=max(days))].append(line.product_id.display_name)
        return dict(ends)
