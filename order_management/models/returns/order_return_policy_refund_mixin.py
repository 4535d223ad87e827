from odoo import fields, models

from ..common.optional import has_model

RULES = [
    ("none", "Never"),
    ("prorata", "In proportion to the goods"),
    ("full", "In full, with the last of the goods"),
]
GIFT_RULES = [
    ("keep", "Stay with the customer"),
    ("return", "Come back, or are paid for"),
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

    gift_refund = fields.Selection(
        GIFT_RULES, "Free goods", required=True, default="return",
        help="What becomes of goods that a promotion gave for free, when what they came with comes "
        "back. What does not come along is kept back from the refund at the order's price.",
    )  # fmt: skip
    points_refund = fields.Selection(
        RULES, "Refund of spent points", required=True, default="full",
        help="When points that the customer spent on rewards are given back. Points that were "
        "earned with the goods are always taken off again, in proportion to the goods.",
    )  # fmt: skip

    has_loyalty = fields.Boolean(compute="_compute_has_loyalty")

    def _compute_has_loyalty(self):
        self.has_loyalty = has_model(self.env, "loyalty.program")

    def _get_refund_rules(self):
        """The rules by kind of charge; without a policy, the default ones."""
        return {
            "shipping": self.shipping_refund or "full",
            "charge": self.charge_refund or "full",
            "points": self.points_refund or "full",
        }

    def _describe_rewards(self, company):
        """What customers read about free goods, points and cards, of the kinds the company has."""
        if not has_model(self.env, "loyalty.program"):
            return []
        programs = self.env["loyalty.program"].sudo()
        programs = programs.search([("company_id", "in", (company.id, False))])
        points = programs.filtered(lambda one: one.program_type == "loyalty")
        texts = []
        if (
            programs.reward_ids.filtered(lambda one: one.reward_type == "product")
            - points.reward_ids
        ):
            texts.append(self._tell_gifts())
        if points:
            texts += [
                self.env._(
                    "Points that you earned with what you return are taken off again, in "
                    "proportion."
                ),
                self._tell_points(),
            ]
        payments = programs.filtered("is_payment_program")
        cards = self.env["loyalty.card"].sudo()
        if payments and cards.search_count([("program_id", "in", payments.ids)], limit=1):
            texts.append(
                self.env._(
                    "What you paid with a gift card or a wallet goes back to it, in proportion to "
                    "what is refunded."
                )
            )
        return texts

    def _tell_gifts(self):
        return {
            "keep": self.env._("What you got for free is yours, whatever you return."),
            "return": self.env._(
                "Please send back what you got for free, when you return what it came with; else "
                "we keep back its price."
            ),
        }[self.gift_refund]

    def _tell_points(self):
        return {
            "none": self.env._("Points that you spent are not given back."),
            "prorata": self.env._(
                "Points that you spent are given back in proportion to what you return."
            ),
            "full": self.env._(
                "Points that you spent are given back when you return all they were spent on."
            ),
        }[self.points_refund]
