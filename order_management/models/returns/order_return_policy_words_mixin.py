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
        "rule_ids.refund_percent_b", "rule_ids.refund_percent_c",
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
            are left out, and what is not known is told with each rule
        :param company: whose currency fixed fees are in
        :return: list of texts
        """
        facts = facts or {}
        currency = (company or self.env.company).currency_id
        texts = self._get_rules_for(facts)._describe(set(facts), currency)
        return texts + self._describe_rewards(company or self.env.company) if self else texts

    def _get_rules_for(self, facts):
        """The rules that may count for a reader of whom ``facts`` are known."""
        rules = self._get_rules()
        pairs = zip(rules, rules._as_facts(), strict=True)
        return rules.browse().concat(
            *(rule for rule, values in pairs if return_rules.may_fit(values, facts))
        )
