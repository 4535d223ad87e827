from datetime import UTC

from odoo import fields, models

from ...tools import return_rules
from .delivery_book import today_of, zone_of
from .order_return_line_goods_mixin import needs_goods
from .return_book import ReturnBook
from .return_words import explain, last_day_of


class OrderReturnJudgeMixin(models.AbstractModel):
    """Judging what is asked by the policy of its order, and the slips that say why."""

    _name = "order.return.judge.mixin"
    _description = "Judge of returns"

    def _open_book(self, ignored=()):
        """What may still come back of the orders of these returns."""
        lines = self.line_ids.sale_line_id
        return ReturnBook(lines, ignored.ids if ignored else ())

    def _judge(self, order, asked, requested_on, book=None):
        """Judge what is asked of one order.

        :param list asked: dicts with ``line``, ``quantity``, ``reason_id``, ``resolution``
        :return dict: ``policy``, ``requested_on``, ``lines``
        """
        lines = self.env["sale.order.line"].union(*(one["line"] for one in asked))
        book = book or ReturnBook(lines)
        requested_on = requested_on or today_of(order)
        policy = self._find_policy(order, book.policies)
        rules = book.get_rules(policy)
        judged = [self._judge_line(one, book, requested_on, rules) for one in asked]
        return {"policy": policy, "requested_on": requested_on, "lines": judged}

    def _judge_line(self, asked, book, requested_on, rules):
        line, quantity = asked["line"], asked["quantity"]
        facts = self._prepare_facts(asked, book, requested_on)
        verdict = return_rules.judge(facts, rules)
        judged = {
            **asked,
            "facts": facts,
            "rules": rules,
            "verdict": verdict,
            "decision": verdict.decision,
            "returnable": facts["returnable"],
            "explanation": explain(self.env, verdict, line, quantity, facts["returnable"], facts),
            "gross": 0.0,
            "discount": 0.0,
            "discounts": [],
            "fee": 0.0,
            "credit_quantity": 0.0,
        }
        if verdict.decision != "refuse":
            book.take(line, quantity)
            part = book.price(line, quantity)
            judged["gross"] = line.order_id.return_currency_id.round(part.gross)
            judged["discount"], judged["discounts"] = part.discount, part.discounts
            judged["credit_quantity"] = part.credit_quantity
            judged["fee"] = self._get_fee(verdict, judged["gross"], line.order_id)
            self._note_conditions(judged)
        return judged

    def _note_conditions(self, judged):
        """Say that the inspection may lower the amount, which is for goods as new."""
        rule = self.env["order.return.policy.rule"].browse(judged["verdict"].rule or ())
        if judged["reason_id"].our_fault or not needs_goods(
            judged.get("kind"), judged["reason_id"]
        ):
            return
        judged["condition_note"] = note = rule._tell_condition_note()
        if note:
            judged["explanation"] = f"{judged['explanation']} {note}"

    def _prepare_facts(self, asked, book, requested_on):
        """What the decision rests on, as plain values for the rules and the slip."""
        line, reason = asked["line"], asked["reason_id"]
        delivered_on, delivered_by = book.get_delivery(line, asked["quantity"])
        return {
            "line": line.id,
            **book.facts[line],
            "reason": reason.id,
            "reason_code": reason.code,
            "our_fault": reason.our_fault,
            "goods": asked.get("goods") or "",
            "has_evidence": bool(asked.get("has_evidence")),
            # Customers ask on the portal, for themselves; goods that come back are looked at.
            "unseen": not self.env.user._is_internal()
            and not needs_goods(asked.get("kind"), reason),
            "resolution": asked["resolution"],
            "quantity": asked["quantity"],
            "returnable": book.get_returnable(line),
            "delivered_on": fields.Date.to_string(delivered_on) or False,
            "delivered_by": delivered_by,
            "requested_on": fields.Date.to_string(requested_on),
            "days": (requested_on - delivered_on).days if delivered_on else False,
        }

    def _get_fee(self, verdict, gross, order):
        """The fee in the currency of the refund, never above what the goods are worth."""
        currency, company = order.return_currency_id, order.company_id
        fee = gross * verdict.fee_percent / 100.0
        if verdict.fee_amount:
            fee += company.currency_id._convert(
                verdict.fee_amount, currency, company, fields.Date.today()
            )
        return min(currency.round(fee), gross)

    def _find_policy(self, order, policies):
        """The policy of the order's day, company and country."""
        moment = order.date_order.replace(tzinfo=UTC).astimezone(zone_of(order))
        fitting = policies.filtered(lambda policy: policy._fits(order, moment.date()))
        return fitting[:1]

    def _prepare_quote(self, order, judged):
        lines, currency = judged["lines"], judged.get("currency") or order.return_currency_id
        refunds = [
            currency.round(line["gross"] - line["fee"]) if line["decision"] != "refuse" else 0.0
            for line in lines
        ]
        return {
            "lines": [
                {
                    "line_id": line["line"].id,
                    "sku": line.get("product", line["line"].product_id).default_code,
                    "quantity": line["quantity"],
                    "returnable": line["returnable"],
                    "decision": line["decision"],
                    "code": line["verdict"].code,
                    "reason": line["explanation"],
                    "refund": refund,
                    "discount": line["discount"],
                    "fee": line["fee"],
                    "last_day": last_day_of(line["verdict"], line["facts"]),
                    "return_shipping": line["verdict"].return_shipping,
                    "evidence_needed": line["verdict"].evidence_needed,
                    "condition_note": line.get("condition_note") or False,
                }
                for line, refund in zip(lines, refunds, strict=True)
            ],
            "refund_total": currency.round(sum(refunds)),
            "currency": currency.name,
            "policy": judged["policy"].name,
            "requested_on": judged["requested_on"],
        }

    def _prepare_judged_vals(self, judged):
        return {
            "decision": judged["decision"],
            "decision_code": judged["verdict"].code,
            "decision_reason": judged["explanation"],
            "rule_id": judged["verdict"].rule,
            "return_shipping": judged["verdict"].return_shipping,
            "gross": judged["gross"],
            "discount": judged["discount"],
            "fee": judged["fee"],
            "credit_quantity": judged["credit_quantity"],
        }

    def _record_slips(self, decided):
        """One slip per line that was judged.

        :param list decided: ``(return, judged)`` pairs
        """
        self.env["order.decision"]._record(
            [self._prepare_slip(one, line) for one, judged in decided for line in judged["lines"]]
        )

    def _prepare_slip(self, order_return, judged):
        facts, verdict = judged["facts"], judged["verdict"]
        return {
            "model": "order.return",
            "res_id": order_return.id,
            "decision": "return.decide",
            "outcome": judged["decision"],
            "inputs": {"facts": facts, "rules": judged["rules"]},
            "alternatives": [
                {"rule": rule["id"], "decision": rule["decision"], "days": rule["window_days"]}
                for rule in judged["rules"]
                if rule["id"] != verdict.rule
            ],
            "flip": self._find_flip(facts, verdict),
            "company_id": order_return.company_id.id,
        }

    def _find_flip(self, facts, verdict):
        """The smallest change that would have led to another outcome."""
        if verdict.days_late:
            return self.env._("Requested %(days)s days earlier.", days=verdict.days_late)
        if verdict.code == "evidence_missing":
            return self.env._("A photo with the request.")
        if verdict.code == "condition_missing":
            return self.env._("Told whether the goods were opened.")
        if verdict.code == "too_many":
            return self.env._("At most %(quantity)s asked back.", quantity=facts["returnable"])
        if verdict.code == "rule" and verdict.decision == "accept" and facts["days"] is not False:
            days = verdict.window_days - facts["days"] + 1
            return self.env._("Requested %(days)s days later.", days=days)
        return False

    def _judge_lines(self, keep=()):
        """Judge the lines of these returns anew, keeping what was set by hand."""
        decided = []
        for one in self:
            book = one._open_book(ignored=one)
            asked = [line._prepare_asked() for line in one.line_ids]
            judged = one._judge(one.order_id, asked, one.requested_on, book)
            for line, verdict in zip(one.line_ids, judged["lines"], strict=True):
                vals = self._prepare_judged_vals(verdict)
                if "fee" in keep:
                    vals["fee"] = min(line.fee, vals["gross"])
                if "decision" in keep:
                    vals["decision"] = line.decision
                line.write(vals)
            one.write({"policy_id": judged["policy"].id, "requested_on": judged["requested_on"]})
            decided.append((one, judged))
        self._record_slips(decided)
