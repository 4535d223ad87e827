from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..common.access import as_service, public
from ..common.order_decision import may_see_finance, without_keys
from ..common.results import Arguments, error, plain, row
from .order_check import SEVERITIES


class OrderFinding(models.Model):
    """What a check found on one order or line; evidence, written by the checks alone."""

    _name = "order.finding"
    _description = "Finding"
    _order = "severity_rank desc, id"
    _rec_name = "message"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "sale.order.line", "Order line", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    check_id = fields.Many2one("order.check", readonly=True, ondelete="set null")
    code = fields.Char(required=True, readonly=True, index=True)
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    severity_rank = fields.Integer(
        compute="_compute_severity_rank", store=True, readonly=True, export_string_translation=False
    )
    state = fields.Selection(
        [("open", "Open"), ("released", "Released"), ("cleared", "Cleared")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    message = fields.Char(required=True, readonly=True)
    hint = fields.Char(related="check_id.hint")
    details = fields.Json(readonly=True, groups="base.group_system")
    confidential = fields.Json(readonly=True, groups="base.group_system")
    fingerprint = fields.Char(readonly=True, help="Digest of the numbers the finding rests on.")
    released_by_id = fields.Many2one("res.users", readonly=True)
    released_at = fields.Datetime(readonly=True)
    release_reason = fields.Char(readonly=True)
    release_until = fields.Datetime(
        "Released until", readonly=True, help="After this the check counts again; empty: for good."
    )
    recheck = fields.Boolean(
        "To be checked again", readonly=True, help="Its cause changed; checks run within a minute."
    )
    recheck_cause = fields.Json(readonly=True, groups="base.group_system")
    is_faulty = fields.Boolean(
        "Check failed", readonly=True, help="The check itself could not run on this order."
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total", string="Money waiting")
    may_release = fields.Boolean(compute="_compute_may_release")

    _open_idx = models.Index("(code, order_id) WHERE state = 'open'")
    _recheck_idx = models.Index("(order_id) WHERE recheck")

    @api.depends("severity")
    def _compute_severity_rank(self):
        ranks = {key: rank for rank, (key, _label) in enumerate(SEVERITIES)}
        for finding in self:
            finding.severity_rank = ranks[finding.severity]

    @api.depends("state", "check_id.release_group_id")
    @api.depends_context("uid")
    def _compute_may_release(self):
        for finding in self:
            finding.may_release = finding.state == "open" and finding.check_id._may_release(
                self.env.user
            )

    @public
    def release(self, reason, until=None):
        """Let orders go on in spite of these findings.

        The release holds for the numbers the finding rests on: when they change, the check
        finds anew. Releasing the last hold of an order that came to be confirmed confirms it.

        :param str reason: why, in the releaser's words
        :param str until: UTC date and time (ISO 8601) after which the release no longer counts
            for an order that is not confirmed by then; without it, it counts for good
        :return: one item per finding: ``finding_id``, ``state``, ``hold_state``, ``order_state``
        :raises AccessError: the caller may not release one of them; then none is released
        :raises ValidationError: no reason is given, or the time is over already
        """
        self._ensure_may_release()
        arguments = Arguments(self.env)
        if not (arguments.value(reason, "text", "reason") or "").strip():
            arguments.refuse("reason", self.env._("say why the finding may be released."))
        until = arguments.moment(until, "until")
        if until and until <= fields.Datetime.now():
            arguments.refuse("until", self.env._("the time must lie ahead."))
        findings = as_service(self)
        before = {finding.id: finding.state for finding in findings}
        opened = findings.filtered(lambda finding: finding.state == "open")
        opened._set_released(reason.strip(), until)
        opened.order_id._after_release()
        return [finding._prepare_release_row(before[finding.id]) for finding in findings]

    def _ensure_may_release(self):
        """Refuse unless the caller may release each finding; that of a check which is gone is the
        managers'."""
        for finding in self.sudo():
            if not self.env.su and not finding.check_id._may_release(self.env.user):
                raise AccessError(
                    self.env._(
                        "You may not release what “%(name)s” found.",
                        name=finding.check_id.name or finding.code,
                    )
                )

    def _set_released(self, reason, until=False):
        """Note who released these findings, why and until when."""
        self.write(self._prepare_release_vals(reason, until))
        self._note_released(reason)

    def _prepare_release_vals(self, reason, until=False):
        return {
            "state": "released",
            "released_by_id": self.env.uid,
            "released_at": fields.Datetime.now(),
            "release_reason": reason,
            "release_until": until,
            "recheck": False,
        }

    def _is_released(self):
        """Whether somebody released it and the release still counts."""
        return self.state == "released" and not self._is_expired()

    def _is_expired(self):
        """Whether the time of its release is over."""
        until = self.release_until
        return self.state == "released" and bool(until) and until <= fields.Datetime.now()

    def _note_released(self, reason):
        self.env["order.event"]._append(
            [
                {
                    "order_id": finding.order_id.id,
                    "kind": "released",
                    "message": finding.message,
                    "data": {"check": finding.code, "reason": reason},
                }
                for finding in self
            ]
        )

    def _prepare_release_row(self, state_before):
        """The answer for one finding; a cleared one holds nothing that could be released."""
        errors = []
        if state_before == "cleared":
            message = self.env._(
                "The order does not have this finding any more: its cause is gone. "
                "Check the order again and release what it finds now."
            )
            errors = [error("not_possible", message)]
        values = {"replayed": True} if state_before == "released" else {}
        return row(
            errors,
            finding_id=self.id,
            state=self.state,
            hold_state=self.order_id.hold_state,
            order_state=self.order_id.state,
            **values,
        )

    def _as_row(self, caller):
        """The finding as the caller may see it.

        :param caller: environment of the caller
        """
        hidden = () if may_see_finance(caller) else tuple(self.confidential or ())
        return plain(
            {
                "id": self._origin.id,
                "check": self.code,
                "severity": self.severity,
                "state": self.state,
                "message": self.message,
                "hint": self.hint or "",
                "line_id": self.line_id.id,
                "details": without_keys(self.details or {}, hidden),
                "may_release": self.state == "open" and self.check_id._may_release(caller.user),
            }
        )

    def action_release(self):
        """Ask for the reason, then release."""
        self._ensure_may_release()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release"),
            "res_model": "order.finding.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_finding_ids": self.ids, "dialog_size": "medium"},
        }
