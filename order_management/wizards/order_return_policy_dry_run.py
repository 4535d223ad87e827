from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..models.common.access import check_visible, has_role
from ..models.returns.order_return_policy_rule import DECISIONS

# So many changed lines are listed, those with the most money first; the sums are of all.
MAX_SHOWN = 500


class OrderReturnPolicyDryRun(models.TransientModel):
    """Shows what a policy would have made of past returns; nothing else is written."""

    _name = "order.return.policy.dry.run"
    _description = "Try a return policy on past returns"

    policy_id = fields.Many2one(
        "order.return.policy",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    date_from = fields.Date(
        "Asked for from",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
    )
    date_to = fields.Date("to", required=True, default=lambda self: fields.Date.context_today(self))
    state = fields.Selection([("new", "New"), ("done", "Done")], default="new", readonly=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    looked_at = fields.Integer("Lines looked at", readonly=True)
    changed = fields.Integer("Lines that change", readonly=True)
    accept_before = fields.Integer("Accepted so far", readonly=True)
    accept_after = fields.Integer("Accepted then", readonly=True)
    review_before = fields.Integer("For review so far", readonly=True)
    review_after = fields.Integer("For review then", readonly=True)
    refuse_before = fields.Integer("Refused so far", readonly=True)
    refuse_after = fields.Integer("Refused then", readonly=True)
    refund_before = fields.Monetary("Refunds so far", readonly=True)
    refund_after = fields.Monetary("Refunds then", readonly=True)
    refund_difference = fields.Monetary(compute="_compute_differences")
    fee_before = fields.Monetary("Fees so far", readonly=True)
    fee_after = fields.Monetary("Fees then", readonly=True)
    fee_difference = fields.Monetary(compute="_compute_differences")
    to_decide = fields.Monetary(
        "To be decided", readonly=True,
        help="Worth of what was refused and would wait for a person; not among the refunds.",
    )  # fmt: skip
    line_ids = fields.One2many("order.return.policy.dry.run.line", "run_id", readonly=True)

    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Dry run")

    @api.depends("refund_before", "refund_after", "fee_before", "fee_after")
    def _compute_differences(self):
        for run in self:
            run.refund_difference = run.refund_after - run.refund_before
            run.fee_difference = run.fee_after - run.fee_before

    def action_run(self):
        """Judge the past returns again by this policy."""
        self.ensure_one()
        if not has_role(self.env):
            raise AccessError(self.env._("Only order managers try policies on past returns."))
        check_visible(self.policy_id)
        rows = self.policy_id._try_on_returns(self.date_from, self.date_to, self.env.company)
        changed = [row for row in rows if _is_changed(row)]
        changed.sort(key=lambda row: (-abs(_get_effect(row)), row["line"].id))
        self.line_ids.unlink()
        self.write(
            {
                "state": "done",
                "company_id": self.env.company.id,
                "looked_at": len(rows),
                "changed": len(changed),
                **_sum(rows),
                "line_ids": [Command.create(_prepare_line(row)) for row in changed[:MAX_SHOWN]],
            }
        )
        return True


class OrderReturnPolicyDryRunLine(models.TransientModel):
    _name = "order.return.policy.dry.run.line"
    _description = "What a policy would have changed"
    _order = "id"

    run_id = fields.Many2one("order.return.policy.dry.run", required=True, ondelete="cascade")
    return_line_id = fields.Many2one("order.return.line", readonly=True, ondelete="cascade")
    return_id = fields.Many2one(related="return_line_id.return_id")
    product_id = fields.Many2one(related="return_line_id.product_id")
    quantity = fields.Float(related="return_line_id.quantity")
    reason_id = fields.Many2one(related="return_line_id.reason_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    before = fields.Selection(DECISIONS, "So far", readonly=True)
    after = fields.Selection(DECISIONS, "Then", readonly=True)
    refund_before = fields.Monetary("Refund so far", readonly=True)
    refund_after = fields.Monetary("Refund then", readonly=True)
    fee_after = fields.Monetary("Fee then", readonly=True)
    to_decide = fields.Monetary("To be decided", readonly=True)
    difference = fields.Monetary(readonly=True)

    def action_view_return(self):
        """Open the return."""
        self.ensure_one()
        return self.return_id._get_records_action()


def _is_changed(row):
    return row["before"] != row["after"] or bool(_get_effect(row)) or bool(_get_fee_effect(row))


def _get_effect(row):
    return round(row["refund_after"] - row["refund_before"], 6)


def _get_fee_effect(row):
    return round(row["fee_after"] - row["fee_before"], 6)


def _sum(rows):
    """The totals, by decision and in money."""
    totals = {
        f"{decision}_{side}": sum(row[side] == decision for row in rows)
        for decision, _label in DECISIONS
        for side in ("before", "after")
    }
    for name in ("refund_before", "refund_after", "fee_before", "fee_after", "to_decide"):
        totals[name] = sum(row[name] for row in rows)
    return totals


def _prepare_line(row):
    names = ("before", "after", "refund_before", "refund_after", "fee_after", "to_decide")
    return {
        "return_line_id": row["line"].id,
        "difference": _get_effect(row),
        **{name: row[name] for name in names},
    }
