from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.common.access import has_role

# More orders than this are looked at in the background.
MAX_AT_ONCE = 2000


class OrderCheckDryRun(models.TransientModel):
    """Shows what checks would have held of the orders of the last days; nothing is written."""

    _name = "order.check.dry.run"
    _description = "Try checks on past orders"

    days = fields.Integer("Days back", default=90, required=True)
    check_ids = fields.Many2many(
        "order.check", string="Checks", help="Without any, all checks of this company are tried."
    )
    line_ids = fields.One2many("order.check.dry.run.line", "run_id", readonly=True)
    job_id = fields.Many2one("order.job", readonly=True)
    state = fields.Selection(
        [("new", "New"), ("waiting", "In the background"), ("done", "Done"), ("failed", "Failed")],
        default="new",
        readonly=True,
    )
    error = fields.Char(readonly=True)

    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Dry run")

    def action_run(self):
        """Try the checks; many orders are looked at in the background."""
        self.ensure_one()
        self._ensure_manager()
        checks = self.check_ids or self._get_all_checks()
        self.line_ids.unlink()
        if self._count_orders() <= MAX_AT_ONCE:
            self._show(checks.dry_run(days=self.days))
        else:
            answer = checks.dry_run(days=self.days, background=True)
            self.write({"state": "waiting", "job_id": answer["job_id"]})
        return True

    def action_refresh(self):
        """See whether the background has finished."""
        self.ensure_one()
        self._ensure_manager()
        job = self.job_id.sudo()
        if job.state == "done":
            self._show(job.result)
        elif job.state == "failed":
            self.write({"state": "failed", "error": job.error})
        return True

    def _ensure_manager(self):
        if not has_role(self.env):
            raise AccessError(self.env._("Only order managers try checks on past orders."))

    @api.model
    def _get_all_checks(self):
        return self.env["order.check"].search(
            ["|", ("company_ids", "=", False), ("company_ids", "in", self.env.company.ids)]
        )

    def _count_orders(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=self.days)
        return self.env["sale.order"].search_count(
            [("company_id", "=", self.env.company.id), ("date_order", ">=", since)]
        )

    def _show(self, answers):
        self.write(
            {
                "state": "done",
                "line_ids": [
                    fields.Command.create(
                        {
                            "check_id": answer["check_id"],
                            "order_count": answer["orders"],
                            "held_count": answer["would_hold"],
                            "amount_held": answer["amount_held"],
                            "found_ids": answer["order_ids"],
                        }
                    )
                    for answer in answers
                ],
            }
        )


class OrderCheckDryRunLine(models.TransientModel):
    _name = "order.check.dry.run.line"
    _description = "What a check would have held"
    _order = "amount_held desc, id"

    run_id = fields.Many2one("order.check.dry.run", required=True, ondelete="cascade")
    check_id = fields.Many2one("order.check", readonly=True, ondelete="cascade")
    mode = fields.Selection(related="check_id.mode")
    severity = fields.Selection(related="check_id.severity")
    order_count = fields.Integer("Orders looked at", readonly=True)
    held_count = fields.Integer("Would hold", readonly=True)
    share = fields.Float(compute="_compute_share")
    currency_id = fields.Many2one("res.currency", compute="_compute_share")
    amount_held = fields.Monetary("Money held", readonly=True)
    found_ids = fields.Json(readonly=True)

    @api.depends("order_count", "held_count")
    def _compute_share(self):
        for line in self:
            line.share = line.held_count / line.order_count if line.order_count else 0.0
            line.currency_id = self.env.company.currency_id

    def action_view_orders(self):
        """Open the orders that the check would have held."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.sale_order_action_order_management"
        )
        action.update(
            display_name=self.env._("%(check)s would have held", check=self.check_id.name),
            domain=[("id", "in", self.found_ids or [])],
            context={"create": False},
        )
        action.pop("path", None)
        return action
