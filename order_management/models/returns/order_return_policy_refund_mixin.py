from odoo import fields, models

RULES = [
    ("none", "Never"),
    ("prorata", "In proportion to the goods"),
    ("full", "In full, with the last of the goods"),
]


class OrderReturnPolicyRefundMixin(models.AbstractModel):
    """What goes back with the goods; discounts on the whole order always go in proportion."""

    _name = "order.return.policy.refund.mixin"
    _description = "Policy about shipping and charges"

    shipping_refund = fields.Selection(
        RULES, required=True, default="full",
        help="When the shipping costs the customer paid are refunded.",
    )  # fmt: skip
    charge_refund = fields.Selection(
        RULES, "Refund of charges", required=True, default="full",
        help="When services and other charges of the order are refunded.",
    )  # fmt: skip

    def _get_refund_rules(self):
        """The rules by kind of charge; without a policy, the default ones."""
        return {
            "shipping": self.shipping_refund or "full",
            "charge": self.charge_refund or "full",
        }
