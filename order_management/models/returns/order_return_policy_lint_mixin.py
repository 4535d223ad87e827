from odoo import api, fields, models

from ...tools import return_policy_lint
from .return_facts import path_of
from .return_words import as_list, tell_day


class OrderReturnPolicyLintMixin(models.AbstractModel):
    """What is doubtful about a policy, told while it is written; nothing of it is forbidden."""

    _name = "order.return.policy.lint.mixin"
    _description = "Doubts about a return policy"

    doubts = fields.Html(compute="_compute_doubts", help="What you may want to look at again.")
    doubt_count = fields.Integer(compute="_compute_doubts")

    @api.depends(
        "date_from", "date_to", "country_ids", "rule_ids.sequence", "rule_ids.customer_kind",
        "rule_ids.partner_tag_ids", "rule_ids.product_ids", "rule_ids.category_ids",
        "rule_ids.product_tag_ids", "rule_ids.channel_ids", "rule_ids.country_ids",
        "rule_ids.reason_ids", "rule_ids.goods", "rule_ids.window_days", "rule_ids.fee_percent",
        "rule_ids.fee_amount", "rule_ids.fee_ids", "rule_ids.decision",
        "rule_ids.refund_percent_b", "rule_ids.refund_percent_c",
        "rule_ids.resolution_ids",
    )  # fmt: skip
    def _compute_doubts(self):
        for policy in self:
            sentences = policy._tell_doubts()
            policy.doubts = as_list(sentences)
            policy.doubt_count = len(sentences)

    def _tell_doubts(self):
        """The doubts about this policy, a sentence each."""
        if self.until_order:
            return []
        return [self._tell_doubt(doubt) for doubt in self._find_doubts()]

    def _find_doubts(self):
        rules = self._get_rules()
        # Rules that are being written have no id yet: their place stands for it.
        numbered = [{**rule, "id": place} for place, rule in enumerate(rules._as_facts(), 1)]
        reasons = self.env["order.return.reason"].search([("active", "=", True)])
        doubts = return_policy_lint.lint(
            numbered,
            [{"id": reason.id, "our_fault": reason.our_fault} for reason in reasons],
            countries=self.country_ids.ids,
            union=self.env.ref("base.europe").country_ids.ids,
            parents={one.id: path_of(one) for one in rules.category_ids},
            products={one.id: path_of(one.categ_id) for one in rules.product_ids},
        )
        return doubts + return_policy_lint.lint_dates(self._get_periods())

    def _get_periods(self):
        """The days of this policy's versions; what always counts fills every gap."""
        versions = self.version_ids.filtered(lambda one: not one.until_order and one.active)
        others = versions.filtered(lambda one: one._origin != self._origin)
        periods = [(one.date_from, one.date_to) for one in others]
        periods.append((self.date_from, self.date_to))
        if len(periods) == 1 and self._has_fallback():
            return []
        return periods

    def _has_fallback(self):
        """Whether another policy counts wherever and whenever this one does not."""
        return bool(
            self.search_count(
                [
                    ("id", "not in", self._origin.ids),
                    ("until_order", "=", 0),
                    ("date_from", "=", False),
                    ("date_to", "=", False),
                    ("company_ids", "=", False),
                    ("channel_ids", "=", False),
                    ("country_ids", "=", False),
                ],
                limit=1,
            )
        )

    def _tell_doubt(self, doubt):
        values = {
            "rule": doubt.rule,
            "other": doubt.other,
            "days": doubt.days,
            "reason": self.env["order.return.reason"].browse(doubt.reason or []).name,
            "whom": self._tell_whom(doubt),
            "minimum": return_policy_lint.WITHDRAWAL_DAYS,
            "resolution": doubt.resolution,
            "first": tell_day(self.env, doubt.first) if doubt.first else "",
            "last": tell_day(self.env, doubt.last) if doubt.last else "",
        }
        return getattr(self, f"_tell_{doubt.code}")(values)

    def _tell_whom(self, doubt):
        """Whom a gap meets."""
        words = {
            ("", ""): "",
            ("company", ""): self.env._(" by companies"),
            ("consumer", ""): self.env._(" by consumers"),
            ("", "opened"): self.env._(" of opened goods"),
            ("", "unopened"): self.env._(" of unopened goods"),
            ("company", "opened"): self.env._(" of opened goods by companies"),
            ("company", "unopened"): self.env._(" of unopened goods by companies"),
            ("consumer", "opened"): self.env._(" of opened goods by consumers"),
            ("consumer", "unopened"): self.env._(" of unopened goods by consumers"),
        }
        return words[doubt.customer, doubt.goods]

    def _tell_gap(self, values):
        return self.env._(
            "“%(reason)s”: no rule fits returns%(whom)s of goods that no rule names; a person "
            "will decide each.",
            **values,
        )

    def _tell_unreachable(self, values):
        return self.env._(
            "Rule %(rule)s never decides: rule %(other)s above it takes all it is for.", **values
        )

    def _tell_window_short(self, values):
        return self.env._(
            "Rule %(rule)s: %(days)s days are too few. Consumers in the European Union may change "
            "their mind for %(minimum)s days.",
            **values,
        )

    def _tell_withdrawal_refused(self, values):
        return self.env._(
            "Rule %(rule)s refuses “%(reason)s”. Consumers in the European Union may change their "
            "mind for %(minimum)s days.",
            **values,
        )

    def _tell_withdrawal_fee(self, values):
        return self.env._(
            "Rule %(rule)s keeps back a fee for “%(reason)s”. Consumers in the European Union who "
            "change their mind within %(minimum)s days get the full price back.",
            **values,
        )

    def _tell_fee_on_fault(self, values):
        return self.env._(
            "Rule %(rule)s names a fee for what is our fault; it is never taken.", **values
        )

    def _tell_wear_on_fault(self, values):
        return self.env._(
            "Rule %(rule)s refunds less for used or broken goods, but is for what is our fault, "
            "which is always refunded in full.",
            **values,
        )

    def _tell_wear_odd(self, values):
        return self.env._(
            "Rule %(rule)s refunds more for broken goods than for used ones.", **values
        )

    def _tell_not_offered(self, values):
        codes = dict(self.env["order.return.resolution"]._fields["code"].selection)
        return self.env._(
            "No rule offers “%(resolution)s”.", resolution=codes[values["resolution"]]
        )

    def _tell_only_unknown(self, values):
        return self.env._("Rule %(rule)s offers nothing that can be had yet.", **values)

    def _tell_date_gap(self, values):
        return self.env._(
            "None of the versions counts for orders from %(first)s to %(last)s.", **values
        )

    def _tell_ends(self, values):
        return self.env._("No version counts for orders after %(last)s.", **values)
