from odoo import fields, models


class OrderReturnPolicyRule(models.Model):
    _name = "order.return.policy.rule"
    _description = "Rule of a return policy"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "order.return.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10, help="The first rule that fits decides.")
    product_ids = fields.Many2many("product.product", string="Products", help="Empty: all.")
    category_ids = fields.Many2many(
        "product.category", string="Categories", help="With all below them. Empty: all."
    )
    reason_ids = fields.Many2many("order.return.reason", string="Reasons", help="Empty: all.")
    window_days = fields.Integer(
        "Days",
        default=30,
        required=True,
        help="Calendar days after the day of delivery; the last of them still counts. Later "
        "requests are refused, unless a rule that fits says review.",
    )
    fee_percent = fields.Float(
        "Fee %", digits="Discount", help="Percent of the refund with tax; none for our fault."
    )
    fee_amount = fields.Float(
        "Fixed fee",
        digits=(16, 2),
        help="Per line, with tax, in the company's currency; none for our fault.",
    )
    decision = fields.Selection(
        [("accept", "Accept"), ("review", "Review"), ("refuse", "Refuse")],
        required=True,
        default="accept",
        help="Review: a returns agent decides.",
    )
    resolution_ids = fields.Many2many(
        "order.return.resolution", string="Offers", help="What customers may choose. Empty: all."
    )

    _window_positive = models.Constraint(
        "CHECK (window_days >= 0)", "The days of a return rule must not be negative."
    )
    _fee_valid = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100 AND fee_amount >= 0)",
        "The fee must lie between 0 and 100 percent, and its fixed part must not be negative.",
    )

    def _as_facts(self):
        """These rules as plain values, for :mod:`tools.return_rules` and the slip."""
        return [
            {
                "id": rule.id,
                "products": rule.product_ids.ids,
                "categories": rule.category_ids.ids,
                "reasons": rule.reason_ids.ids,
                "resolutions": rule.resolution_ids.mapped("code"),
                "window_days": rule.window_days,
                "fee_percent": rule.fee_percent,
                "fee_amount": rule.fee_amount,
                "decision": rule.decision,
            }
            for rule in self
        ]
