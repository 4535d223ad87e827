from odoo import fields, models

from ...tools import return_rules

CUSTOMERS = [("company", "Companies"), ("consumer", "Consumers")]
GOODS = [("unopened", "Unopened"), ("opened", "Opened")]
PAYERS = [
    ("us", "We pay"),
    ("customer", "The customer"),
    ("customer_unless_fault", "The customer, unless it is our fault"),
]
DECISIONS = [("accept", "Accept"), ("review", "Review"), ("refuse", "Refuse")]


class OrderReturnPolicyRule(models.Model):
    _name = "order.return.policy.rule"
    _inherit = [
        "order.return.policy.kept.mixin",
        "order.return.policy.term.mixin",
        "order.return.policy.rule.words.mixin",
    ]
    _description = "Rule of a return policy"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "order.return.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10, help="The first rule that fits decides.")
    customer_kind = fields.Selection(CUSTOMERS, "Customers", help="Empty: all.")
    partner_tag_ids = fields.Many2many(
        "res.partner.category", string="Customer tags", ondelete="restrict",
        help="Customers with one of these tags. Empty: all.",
    )  # fmt: skip
    product_ids = fields.Many2many("product.product", string="Products", help="Empty: all.")
    category_ids = fields.Many2many(
        "product.category", string="Categories", ondelete="restrict",
        help="With all below them. Empty: all.",
    )  # fmt: skip
    product_tag_ids = fields.Many2many(
        "product.tag", string="Product tags", ondelete="restrict",
        help="Products with one of these tags. Empty: all.",
    )  # fmt: skip
    channel_ids = fields.Many2many(
        "order.channel", string="Channels", ondelete="restrict",
        help="Where the order came from. Empty: all.",
    )  # fmt: skip
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Countries of delivery. Empty: all."
    )
    reason_ids = fields.Many2many(
        "order.return.reason", string="Reasons", ondelete="restrict", help="Empty: all."
    )
    goods = fields.Selection(
        GOODS,
        help="Whether they were opened, as the customer says. Where nobody says it, a returns "
        "agent decides. Empty: both.",
    )  # fmt: skip
    window_days = fields.Integer(
        "Days",
        default=30,
        required=True,
        help="Calendar days after the day of delivery; the last of them still counts. Later "
        "requests are refused, unless a rule that fits says review. Without a delivery from "
        "tracking they count from the day the goods left, else from the planned delivery.",
    )
    fee_percent = fields.Float(
        "Fee %", digits="Discount", help="Percent of the refund with tax; none for our fault."
    )
    fee_amount = fields.Float(
        "Fixed fee",
        digits=(16, 2),
        help="Per line, with tax, in the company's currency; none for our fault.",
    )
    refund_percent_b = fields.Float(
        "Used: refund %", digits="Discount", default=100.0,
        help="What of the price is refunded for goods that show use, by the inspection; all of "
        "it when it is our fault.",
    )  # fmt: skip
    refund_percent_c = fields.Float(
        "Broken: refund %", digits="Discount", default=100.0,
        help="What of the price is refunded for goods that came back broken, by the inspection; "
        "all of it when it is our fault.",
    )  # fmt: skip
    fee_ids = fields.One2many(
        "order.return.policy.fee", "rule_id", "Fees by reason", copy=True,
        help="In place of the rule's own fee, for returns with that reason.",
    )  # fmt: skip
    evidence_reason_ids = fields.Many2many(
        "order.return.reason", "order_return_policy_rule_evidence_rel",
        string="Photo needed for", ondelete="restrict",
        help="Without a photo, requests with one of these reasons wait for a returns agent.",
    )  # fmt: skip
    return_shipping = fields.Selection(
        PAYERS,
        "Way back paid by",
        required=True,
        default="customer_unless_fault",
        help="Told to the customer; the cost is not taken off the refund.",
    )
    decision = fields.Selection(
        DECISIONS,
        required=True,
        default="accept",
        help="Review: a returns agent decides.",
    )
    resolution_ids = fields.Many2many(
        "order.return.resolution", string="Offers", ondelete="restrict",
        help="What customers may choose. Empty: all.",
    )  # fmt: skip

    _window_positive = models.Constraint(
        "CHECK (window_days >= 0)", "The days of a return rule must not be negative."
    )
    _fee_valid = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100 AND fee_amount >= 0)",
        "The fee must lie between 0 and 100 percent, and its fixed part must not be negative.",
    )

    _refund_percents_valid = models.Constraint(
        "CHECK (refund_percent_b BETWEEN 0 AND 100 AND refund_percent_c BETWEEN 0 AND 100)",
        "What is refunded of used and of broken goods must lie between 0 and 100 percent.",
    )

    def _compute_display_name(self):
        for rule in self:
            subject = rule._tell_subject()
            rule.display_name = self.env._(
                "%(subject)s: %(days)s days", subject=subject, days=rule.window_days
            )

    def _get_policies(self):
        return self.policy_id

    def _get_owners(self, vals_list):
        ids = [vals["policy_id"] for vals in vals_list if vals.get("policy_id")]
        return self.env["order.return.policy"].browse(ids)

    def _as_facts(self):
        """These rules as plain values, for :mod:`tools.return_rules` and the slip."""
        return [
            {
                "id": rule.id,
                "customer": rule.customer_kind or "",
                "partner_tags": rule.partner_tag_ids.ids,
                "products": rule.product_ids.ids,
                "categories": rule.category_ids.ids,
                "product_tags": rule.product_tag_ids.ids,
                "channels": rule.channel_ids.ids,
                "countries": rule.country_ids.ids,
                "reasons": rule.reason_ids.ids,
                "goods": rule.goods or "",
                "resolutions": rule.resolution_ids.mapped("code"),
                "window_days": rule.window_days,
                "fee_percent": rule.fee_percent,
                "fee_amount": rule.fee_amount,
                "fees": [
                    {
                        "reason": fee.reason_id.id,
                        "percent": fee.fee_percent,
                        "amount": fee.fee_amount,
                    }
                    for fee in rule.fee_ids
                ],
                "evidence_reasons": rule.evidence_reason_ids.ids,
                "refund_percent_b": rule.refund_percent_b,
                "refund_percent_c": rule.refund_percent_c,
                "return_shipping": rule.return_shipping,
                "decision": rule.decision,
            }
            for rule in self
        ]

    def _get_refund_percent(self, condition):
        """What of the price is refunded for goods in this condition."""
        percents = {"B": self.refund_percent_b, "C": self.refund_percent_c}
        return percents.get(condition, 100.0)

    def _get_fee_of(self, reason):
        """The percentage and the fixed part kept back for ``reason``; nothing without a rule."""
        if not self:
            return 0.0, 0.0
        return return_rules.fee_of(self._as_facts()[0], reason.id, reason.our_fault)
