from odoo import api, fields, models

from ..common.access import check_visible
from .order_check import FAULT_READERS

# Which parameters each check uses; the form says what they mean and in which unit.
PARAMETERS = {
    "price_deviation": ("tolerance_percent", "tolerance_amount"),
    "total_mismatch": ("tolerance_amount",),
    "duplicate_order": ("window_hours",),
    "discount_limit": ("limit_percent",),
    "margin_floor": ("limit_percent",),
    "order_value_limit": ("limit_amount",),
    "minimum_order": ("limit_amount",),
    "quantity_outlier": ("factor", "minimum_count"),
    "overdue_invoices": ("tolerance_days", "limit_amount"),
    "stock_short": ("tolerance_days",),
    "promise_late": ("tolerance_days",),
    "contact_invalid": ("contact_required",),
    "domain": ("match_model", "match_domain"),
}


class OrderCheck(models.Model):
    """What people see of a check: its parameters, what it found while trying out."""

    _inherit = "order.check"

    parameters = fields.Char(
        compute="_compute_parameters",
        export_string_translation=False,
        help="Names of the parameters that this check uses.",
    )
    last_fault_at = fields.Datetime(compute="_compute_last_fault_text", groups=FAULT_READERS)
    last_fault_message = fields.Char(compute="_compute_last_fault_text", groups=FAULT_READERS)
    open_count = fields.Integer("Open findings", compute="_compute_open_count")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    company_check_mode = fields.Char(
        compute="_compute_currency_id", export_string_translation=False
    )

    @api.depends("code")
    def _compute_parameters(self):
        for check in self:
            check.parameters = " ".join(PARAMETERS.get(check.code, ()))

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id
        self.company_check_mode = self.env.company.order_check_mode

    def _compute_last_fault_text(self):
        for check in self:
            check.last_fault_at = check.last_fault_id.at
            check.last_fault_message = check.last_fault_id.message

    def _compute_open_count(self):
        waiting = self.env["order.finding"]._read_group(
            [("check_id", "in", self.ids), ("state", "=", "open"),
             ("order_id.state", "in", ("draft", "sent"))],
            ["check_id"],
            ["__count"],
        )  # fmt: skip
        counts = {check.id: count for check, count in waiting}
        for check in self:
            check.open_count = counts.get(check.id, 0)

    def action_view_open(self):
        """Open what these checks found and nobody has mended or released."""
        check_visible(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_finding_action"
        )
        action.update(
            domain=[("check_id", "in", self.ids)], context={"search_default_open": 1}, path=False
        )
        return action

    def action_view_faults(self):
        """Open the check's own page, which says why it could not run."""
        self.ensure_one()
        check_visible(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_enforce(self):
        """Put the checks of the current company in force."""
        return self.env.company.action_enforce_order_checks()

    def action_dry_run(self):
        """Try these checks on past orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_check_dry_run_action"
        )
        action["context"] = {"default_check_ids": self.ids}
        return action
