from odoo import fields, models

from ...tools import return_rules
from ..common.optional import has_field
from .return_facts import facts_of


class OrderReturnSourceLineMixin(models.AbstractModel):
    """What settled returns did to an order line, so that it is not invoiced again."""

    _name = "order.return.source.line.mixin"
    _description = "Order line whose goods may come back"

    return_settled_quantity = fields.Float(
        "Returned and settled", digits="Product Unit", readonly=True, copy=False
    )
    return_kept_quantity = fields.Float(
        "Settled without goods", digits="Product Unit", readonly=True, copy=False,
        help="Part of what is settled that never came back, such as goods that never arrived.",
    )  # fmt: skip

    def _get_return_deduction(self):
        """What core would invoice again although a return settled it.

        On ordered quantities core does not look at what came back; on delivered quantities
        only at what did come back.
        """
        if self.product_id.invoice_policy == "order":
            return self.return_settled_quantity
        return self.return_kept_quantity

    def _get_return_window(self, rules):
        """How many days its goods may come back in without a fault of ours, or ``False``."""
        facts = facts_of(self.product_id, self.order_id)
        return return_rules.get_window(facts["product"], facts["categories"], rules, facts)

    def _get_reward(self):
        """The reward of a promotion that this line stands for, or ``False``."""
        return has_field(self.env, self._name, "reward_id") and self.reward_id

    def _is_promotion(self):
        """Whether this line is the reward of a promotion, which lowers goods alone."""
        return bool(self._get_reward()) and not self._is_card_payment()

    def _is_card_payment(self):
        """Whether this line pays with a gift card or a wallet, rather than lower the price."""
        reward = self._get_reward()
        return bool(reward) and reward.program_id.is_payment_program

    def _is_gift(self):
        """Whether this line is of goods that a promotion gave with others of the order."""
        reward = self._get_reward()
        return (
            bool(reward)
            and reward.reward_type == "product"
            and reward.program_id.applies_on == "current"
        )

    def _is_bought(self):
        """Whether this line is of goods or services that the customer chose and pays for."""
        return bool(self.product_id) and not (
            self.display_type or self.is_downpayment or self._get_reward() or self._is_delivery()
        )

    def _filter_earning(self, rule):
        """Those of these lines that count for a rule of a loyalty program."""
        products = self.product_id.filtered_domain(rule._get_valid_product_domain())
        return self.filtered(lambda line: line.product_id in products)

    def _get_discounted_lines(self, lines):
        """Those of ``lines`` that this line lowers: some promotions lower some goods alone."""
        reward = self._get_reward()
        if not reward or reward.reward_type != "discount":
            return lines
        if reward.discount_applicability == "cheapest":
            cheapest = self.order_id._cheapest_line(reward) or lines
            return (lines & cheapest) or lines
        if reward.discount_applicability == "specific":
            products = lines.product_id.filtered_domain(reward._get_discount_product_domain())
            return lines.filtered(lambda line: line.product_id in products)
        return lines

    def _is_invoiced_but_for_returns(self):
        """Whether all that was sold is invoiced or settled by returns, with nothing open."""
        if self.state != "sale" or self.invoice_status != "no":
            return False
        uom = self.product_uom_id
        done = self.qty_invoiced + self.return_settled_quantity
        return uom.is_zero(self.qty_to_invoice) and uom.compare(done, self.product_uom_qty) >= 0
