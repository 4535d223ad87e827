from odoo import api, fields, models

from ...tools import return_rules
from .return_words import as_list


class OrderReturnPolicyWordsMixin(models.AbstractModel):
    """A policy in plain sentences, written from its rules, for customers to read."""

    _name = "order.return.policy.words.mixin"
    _description = "Return policy in words"

    words = fields.Html(compute="_compute_words", help="The rules in plain sentences.")

    @api.depends(
        "rule_ids.sequence", "rule_ids.customer_kind", "rule_ids.partner_tag_ids",
        "rule_ids.product_ids", "rule_ids.category_ids", "rule_ids.product_tag_ids",
        "rule_ids.channel_ids", "rule_ids.country_ids", "rule_ids.reason_ids",
        "rule_ids.goods", "rule_ids.window_days", "rule_ids.fee_percent",
        "rule_ids.fee_amount", "rule_ids.fee_ids", "rule_ids.evidence_reason_ids",
        "rule_ids.return_shipping", "rule_ids.decision", "rule_ids.resolution_ids",
        "gift_refund", "points_refund",
    )  # fmt: skip
    @api.depends_context("lang", "company")
    def _compute_words(self):
        for policy in self:
            policy.words = as_list(policy._describe())

    def _describe(self, facts=None, company=None):
        """The terms in sentences, in the language of the reader.

        :param dict facts: what is known of the reader, as the rules look at it
            (``is_company``, ``partner_tags``, ``channel``, ``country``); rules for others
            are left out
        :param company: whose currency fixed fees are in
        :return: list of texts
        """
        if not self:
            return []
        rules = self._get_rules_for(facts or {})
        currency = (company or self.env.company).currency_id
        texts, has_exceptions = [], False
        for rule in rules:
            texts.append(rule._describe(has_exceptions, not facts, currency))
            has_exceptions = has_exceptions or rule._is_for_some_goods()
        return texts + rules._describe_all() + self._describe_rewards(company or self.env.company)

    @api.model
    def _describe_today(self, company, country=None, channel=None):
        """The terms that an order of today would keep, for a visitor of a shop.

        :param country: where it would be delivered to, if that is known
        :param channel: the shop's channel, if it has one
        :return: list of texts; none where returns are not managed
        """
        if not company.sudo().use_order_management:
            return []
        country = country or self.env["res.country"]
        channel = channel or self.channel_ids.browse()
        today = fields.Date.context_today(self)
        policy = next(
            (
                one
                for one in self._get_all()
                if not one.until_order and one._fits_place(company, channel, country, today)
            ),
            self.sudo().browse(),
        )
        facts = {"channel": channel.id}
        if country:
            facts["country"] = country.id
        return policy._describe(facts, company)

    def _get_rules_for(self, facts):
        """The rules that may count for a reader of whom ``facts`` are known."""
        places = {"partner_tags": "partner_tags", "channel": "channels", "country": "countries"}
        chosen = self.rule_ids.browse()
        rules = self._get_rules()
        for rule, values in zip(rules, rules._as_facts(), strict=True):
            known = {key: facts[given] for given, key in places.items() if given in facts}
            asked = {key: values[key] for key in known}
            asked["customer"] = values["customer"] if "is_company" in facts else ""
            if return_rules.fits(asked, facts):
                chosen |= rule
        return chosen
