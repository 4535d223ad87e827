from odoo import fields, models
from odoo.fields import Domain

from ...tools import return_rules
from ..common.access import as_service
from .return_facts import read_facts

# More lines than this are not looked at in one trial; the newest are.
MAX_LINES = 20000


class OrderReturnPolicyTrialMixin(models.AbstractModel):
    """Judging past returns again, by a policy that may not count yet; nothing is written.

    What was known when a return was decided is read from its slip, so that days and open
    quantities are those of then.
    """

    _name = "order.return.policy.trial.mixin"
    _description = "Trial of a return policy"

    def _try_on_returns(self, date_from, date_to, company):
        """What this policy would have decided about the returns asked for on these days.

        Its dates are not looked at, its companies, channels and countries are.

        :return list: one dict per line that has a slip: ``line``, ``before``, ``after``
            (decisions), ``code``, ``refund_before``, ``refund_after``, ``fee_before``,
            ``fee_after``, ``to_decide`` (what a person would have to decide about; it counts
            as refunded where a person or the old policy agreed), in the company's currency
        """
        self.ensure_one()
        policy = as_service(self)
        lines = policy._find_past_lines(date_from, date_to, company)
        slips = policy._read_slips(lines.return_id)
        static = read_facts(lines.sale_line_id)
        rules = policy._get_rules()._as_facts()
        rows = []
        for line in lines:
            slip = slips.get((line.return_id.id, line.sale_line_id.id, line.reason_id.id))
            if slip:
                facts = {**static[line.sale_line_id], **slip["facts"]}
                facts |= {"goods": line.goods or "", "has_evidence": line.has_evidence}
                verdict = return_rules.judge(facts, rules)
                rows.append(policy._prepare_trial_row(line, slip["outcome"], verdict))
        return rows

    def _find_past_lines(self, date_from, date_to, company):
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("return_id.state", "not in", ("draft", "cancelled"))
        domain &= Domain("sale_line_id", "!=", False)
        domain &= Domain("return_id.requested_on", ">=", date_from)
        domain &= Domain("return_id.requested_on", "<=", date_to)
        for names, path in (
            ("company_ids", "company_id"),
            ("channel_ids", "return_id.order_id.channel_id"),
            ("country_ids", "return_id.order_id.partner_shipping_id.country_id"),
        ):
            if self[names]:
                domain &= Domain(path, "in", self[names].ids)
        return self.env["order.return.line"].search(domain, order="id desc", limit=MAX_LINES)

    def _read_slips(self, returns):
        """The last decision about each line.

        :return dict: (return id, order line id, reason id) → ``facts``, ``outcome``
        """
        domain = Domain("model", "=", "order.return") & Domain("decision", "=", "return.decide")
        domain &= Domain("res_id", "in", returns.ids)
        slips = {}
        for slip in self.env["order.decision"].search(domain, order="id"):
            facts = slip.inputs["facts"]
            key = (slip.res_id, facts["line"], facts["reason"])
            slips[key] = {"facts": facts, "outcome": slip.outcome}
        return slips

    def _prepare_trial_row(self, line, before, verdict):
        order_return = line.return_id
        was_paid = line.decision != "refuse" and order_return.state != "refused"
        gross = line.gross or _estimate_gross(line)
        fee = order_return._get_fee(verdict, gross, line.order_id)
        is_paid = verdict.decision == "accept" or (verdict.decision == "review" and was_paid)
        waits = verdict.decision == "review" and not was_paid
        amounts = {
            "refund_before": line.refund if was_paid else 0.0,
            "fee_before": line.fee if was_paid else 0.0,
            "refund_after": gross - fee if is_paid else 0.0,
            "fee_after": fee if is_paid else 0.0,
            "to_decide": gross - fee if waits else 0.0,
        }
        return {
            "line": line,
            "before": before,
            "after": verdict.decision,
            "code": verdict.code,
            **{name: _in_company_currency(line, amount) for name, amount in amounts.items()},
        }


def _estimate_gross(line):
    """What a refused line would have been worth: its share of the order line."""
    sold = line.sale_line_id
    if not sold.product_uom_qty:
        return 0.0
    return line.currency_id.round(sold.price_total * line.quantity / sold.product_uom_qty)


def _in_company_currency(line, amount):
    currency = line.company_id.currency_id
    if line.currency_id == currency:
        return currency.round(amount)
    day = line.return_id.requested_on or fields.Date.today()
    return line.currency_id._convert(amount, currency, line.company_id, day)
