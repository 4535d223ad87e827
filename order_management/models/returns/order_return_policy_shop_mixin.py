from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools import return_rules
from .return_facts import customer_of, goods_of


class OrderReturnPolicyShopMixin(models.AbstractModel):
    """The terms of today for the visitors of a shop, whose every page asks for them.

    The rules and their sentences are kept in memory until a policy is edited, see
    ``order.return.policy.kept.mixin``.
    """

    _name = "order.return.policy.shop.mixin"
    _description = "Return policy in a shop"

    @api.model
    def _describe_today(self, company, country=None, channel=None, product=None, customer=None):
        """The terms that an order of today would keep, for a visitor of a shop.

        :param country: where it would be delivered to, if that is known
        :param channel: the shop's channel, if it has one
        :param product: what the visitor looks at, a variant or a template; without one, the
            terms of all products
        :param customer: the visitor's contact, if that is known
        :return: list of texts; none where returns are not managed
        """
        if not company.sudo().use_order_management:
            return []
        country_id, channel_id = (country or self.env["res.country"]).id, channel and channel.id
        day = fields.Date.context_today(self)
        policy_id, rules = self._get_terms_of(company.id, country_id, channel_id, day)
        if not policy_id:
            return []
        # Whom nobody knows has no tags, but may buy for a company.
        facts = {"channel": channel_id, "partner_tags": []}
        if country_id:
            facts["country"] = country_id
        if customer:
            facts.update(customer_of(customer.sudo()))
        if not product:
            return self.sudo().browse(policy_id)._describe(facts, company)
        facts.update(goods_of(product.sudo()))
        told = tuple(rule["id"] for rule in return_rules.worth_telling(facts, rules))
        return list(self._tell_rules(told, tuple(sorted(facts)), company.sudo().currency_id.id))

    @api.model
    @ormcache("company_id", "country_id", "channel_id", "day")
    def _get_terms_of(self, company_id, country_id, channel_id, day):
        """The policy of a day and a place: its id, and its rules as plain values."""
        company = self.env["res.company"].browse(company_id)
        country = self.env["res.country"].browse(country_id or [])
        channel = self.channel_ids.browse(channel_id or [])
        for policy in self._get_all():
            if not policy.until_order and policy._fits_place(company, channel, country, day):
                return policy.id, tuple(policy._get_rules()._as_facts())
        return False, ()

    @api.model
    @ormcache("rule_ids", "known", "currency_id", "self.env.lang")
    def _tell_rules(self, rule_ids, known, currency_id):
        """These rules in sentences."""
        rules = self.sudo().rule_ids.browse(rule_ids)
        return tuple(rules._describe(set(known), self.env["res.currency"].browse(currency_id)))
