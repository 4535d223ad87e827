from odoo import models
from odoo.tools import format_amount


class OrderReturnPolicyRuleWordsMixin(models.AbstractModel):
    """A rule in plain sentences, for customers to read."""

    _name = "order.return.policy.rule.words.mixin"
    _description = "Rule of a return policy in words"

    def _is_for_some_goods(self):
        return bool(self.product_ids or self.category_ids or self.product_tag_ids)

    def _tell_subject(self, has_exceptions=False):
        """What the rule is for, by name."""
        names = [
            *self.product_tag_ids.mapped("name"),
            *self.category_ids.mapped("name"),
            *self.product_ids.mapped("display_name"),
        ]
        if names:
            return ", ".join(names)
        return self.env._("Everything else") if has_exceptions else self.env._("Everything")

    def _describe(self, known, currency):
        """These rules in sentences, and what holds for all of them.

        :param set known: the keys of the facts that are known of the reader and need not be
            told; with ``product`` the reader looks at one product
        """
        is_one = "product" in known
        labels = self._tell_cases(known) if is_one else self._tell_subjects(known)
        texts = [rule._tell(labels[rule], currency) for rule in self]
        return texts + self._describe_all(labels)

    def _tell_subjects(self, known):
        """Which goods each rule is for, and when it counts: rule → text."""
        labels, has_exceptions = {}, False
        for rule in self:
            limits = ", ".join(rule._tell_limits(known))
            subject = rule._tell_subject(has_exceptions)
            labels[rule] = f"{subject} ({limits})" if limits else subject
            has_exceptions = has_exceptions or rule._is_for_some_goods()
        return labels

    def _tell_cases(self, known):
        """When each rule counts for the one product that the reader looks at: rule → text."""
        labels, covered = {}, -1
        for rule in self:
            label = ", ".join(rule._tell_limits(known))
            if not label:
                if labels:
                    is_later = -1 < covered < rule.window_days
                    label = self.env._("Later") if is_later else self.env._("Otherwise")
                covered = max(covered, rule.window_days)
            labels[rule] = label
        return labels

    def _tell(self, label, currency):
        """The rule in one sentence."""
        if not label and self.decision == "refuse":
            return self.env._("This product can't be returned.")
        parts = [self._tell_period(), self._tell_fee(currency), self._tell_conditions()]
        if self.resolution_ids and self.decision != "refuse":
            names = ", ".join(self.resolution_ids.mapped("name"))
            parts.append(self.env._("you may choose: %(names)s", names=names))
        terms = "; ".join(part for part in parts if part)
        if not label:
            return f"{terms[:1].upper()}{terms[1:]}."
        return self.env._("%(subject)s: %(terms)s.", subject=label, terms=terms)

    def _tell_limits(self, known):
        """When the rule counts."""
        limits = []
        if self.customer_kind and "is_company" not in known:
            limits.append(self._tell_choice("customer_kind"))
        if "partner_tags" not in known:
            limits += self.partner_tag_ids.mapped("name")
        if "country" not in known:
            limits += self.country_ids.mapped("name")
        if "channel" not in known:
            limits += self.channel_ids.mapped("name")
        if self.goods:
            limits.append(self._tell_choice("goods"))
        return limits + self.reason_ids.mapped("name")

    def _tell_choice(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def _tell_period(self):
        if self.decision == "refuse":
            return self.env._("can't be returned")
        if self.decision == "review":
            return self.env._(
                "ask us within %(days)s days of delivery; we look at each request",
                days=self.window_days,
            )
        return self.env._(
            "you can return it within %(days)s days of delivery", days=self.window_days
        )

    def _tell_fee(self, currency):
        """What is kept back, by reason where reasons differ."""
        if self.decision == "refuse" or self._is_for_faults():
            return ""
        parts = []
        fee = self._tell_amount(self, currency)
        if fee:
            parts.append(self.env._("we keep back %(fee)s", fee=fee))
        for one in self.fee_ids.filtered(lambda fee: not fee.reason_id.our_fault):
            reason = one.reason_id.name
            amount = self._tell_amount(one, currency)
            if amount:
                parts.append(
                    self.env._("we keep back %(fee)s for “%(reason)s”", fee=amount, reason=reason)
                )
            elif fee:
                parts.append(self.env._("nothing for “%(reason)s”", reason=reason))
        return ", ".join(parts)

    def _tell_conditions(self):
        """What is refunded of goods that are not as new."""
        if self.decision == "refuse" or self._is_for_faults():
            return ""
        used, broken = self.refund_percent_b, self.refund_percent_c
        parts = []
        if 0 < used < 100:
            parts.append(
                self.env._(
                    "goods that show use are refunded at %(percent)s %%", percent=f"{used:g}"
                )
            )
        elif not used:
            parts.append(self.env._("goods that show use are not refunded"))
        if 0 < broken < 100:
            parts.append(
                self.env._("broken goods are refunded at %(percent)s %%", percent=f"{broken:g}")
            )
        elif not broken:
            parts.append(self.env._("broken goods are not refunded"))
        return ", ".join(parts)

    def _tell_condition_note(self):
        """What may lower the amount that is quoted, in a sentence, or nothing."""
        terms = self._tell_conditions() if self else ""
        if not terms:
            return ""
        return self.env._("The amount is for goods as new: %(terms)s.", terms=terms)

    def _is_for_faults(self):
        """Whether the rule is for what is our fault alone, so that its fee is never taken."""
        return bool(self.reason_ids) and all(self.reason_ids.mapped("our_fault"))

    def _tell_amount(self, fee, currency):
        parts = []
        if fee.fee_percent:
            parts.append(self.env._("%(percent)s %% of the price", percent=f"{fee.fee_percent:g}"))
        if fee.fee_amount:
            parts.append(format_amount(self.env, fee.fee_amount, currency))
        return self.env._(" and ").join(parts)

    def _describe_all(self, labels):
        """What holds for several rules: faults, photos, the way back.

        :param dict labels: rule → what it is for
        """
        rules, texts = self.filtered(lambda rule: rule.decision != "refuse"), []
        if not rules:
            return texts
        if any(rule._has_fee() or rule._tell_conditions() for rule in rules):
            texts.append(self.env._("We keep nothing back when it is our fault."))
        reasons = rules.evidence_reason_ids
        if reasons:
            texts.append(
                self.env._(
                    "Please send us a photo when the reason is: %(reasons)s.",
                    reasons=", ".join(reasons.mapped("name")),
                )
            )
        if len(set(rules.mapped("return_shipping"))) == 1:
            texts.append(self._tell_payer(rules[0].return_shipping))
        else:
            for rule in rules:
                payer = self._tell_payer(rule.return_shipping)
                texts.append(f"{labels[rule]}: {payer}" if labels[rule] else payer)
        return texts

    def _has_fee(self):
        """Whether anything is kept back for a reason."""
        fees = self.fee_ids.filtered(lambda fee: fee.fee_percent or fee.fee_amount)
        return not self._is_for_faults() and bool(self.fee_percent or self.fee_amount or fees)

    def _tell_payer(self, payer):
        return {
            "us": self.env._("We pay for the way back."),
            "customer": self.env._("You pay for the way back."),
            "customer_unless_fault": self.env._(
                "You pay for the way back, unless it is our fault."
            ),
        }[payer]
