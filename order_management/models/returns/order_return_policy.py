from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderReturnPolicy(models.Model):
    """What a company promises about returns, from one day to another.

    An order keeps the policy of its own day, and the terms as they were when it came in.
    Of several policies that fit, the first counts.
    """

    _name = "order.return.policy"
    _inherit = [
        "order.return.policy.kept.mixin",
        "order.return.policy.version.mixin",
        "order.return.policy.lint.mixin",
        "order.return.policy.trial.mixin",
        "order.return.policy.words.mixin",
        "order.return.policy.shop.mixin",
        "order.return.policy.refund.mixin",
    ]
    _description = "Return policy"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    date_from = fields.Date("First order day", help="Empty: from ever on.")
    date_to = fields.Date("Last order day", help="Empty: until further notice.")
    company_ids = fields.Many2many("res.company", string="Companies", help="Empty: all.")
    channel_ids = fields.Many2many(
        "order.channel", string="Channels", help="Where the order came from. Empty: all."
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Countries of delivery. Empty: all."
    )
    four_eyes_amount = fields.Float(
        "Second person from",
        digits=(16, 2),
        help="Refunds of this amount or more, in the company's currency, are approved by an "
        "order manager who neither requested nor edited the return. 0: never.",
    )
    rule_ids = fields.One2many("order.return.policy.rule", "policy_id", "Rules", copy=True)

    _dates_ordered = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "The first day of a return policy must not lie after its last day.",
    )
    _amount_positive = models.Constraint(
        "CHECK (four_eyes_amount >= 0)", "The amount for a second person must not be negative."
    )

    @api.constrains("rule_ids")
    def _check_has_rules(self):
        for policy in self:
            if not policy.rule_ids:
                raise ValidationError(
                    self.env._("The return policy “%(name)s” needs a rule.", name=policy.name)
                )

    @api.model
    def _get_all(self):
        """All active policies, the ones to be asked first in front.

        Earlier versions stand where the policy stands that they are versions of.
        """
        policies = self.sudo().search([("active", "=", True)])
        return policies.sorted(lambda one: (one.sequence, one.rank or one.id))

    def _get_rules(self):
        """The rules in the order in which they are asked, new ones too."""
        return self.rule_ids.sorted("sequence")

    def _fits(self, order, day):
        """Whether this policy counts for an order placed on ``day``."""
        country = order.partner_shipping_id.country_id
        return self._is_version_of(order.id) and self._fits_place(
            order.company_id, order.channel_id, country, day
        )

    def _fits_place(self, company, channel, country, day):
        """Whether this policy counts for orders of a company, a channel and a country."""
        return (
            (not self.company_ids or company in self.company_ids)
            and (not self.channel_ids or channel in self.channel_ids)
            and (not self.country_ids or country in self.country_ids)
            and (not self.date_from or self.date_from <= day)
            and (not self.date_to or day <= self.date_to)
        )
