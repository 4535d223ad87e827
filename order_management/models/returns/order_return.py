from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import transitions
from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from .order_return_line import with_defaults_of

STATES = [
    ("draft", "Draft"),
    ("review", "Review"),
    ("approved", "Approved"),
    ("received", "Received"),
    ("settled", "Settled"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]

# What people may fill in by hand; everything else is written by the operations.
DRAFT_FIELDS = {"order_id", "requested_on", "note", "line_ids"}
EDITABLE_FIELDS = {"note", "line_ids", "requested_on"}


class OrderReturn(models.Model):
    """Goods of an order that come back: asked for, decided, received and refunded.

    The operations are in the mixins: quote and request, receiving, settlement.
    """

    _name = "order.return"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "order.return.foreign.mixin",
        "order.return.reward.mixin",
        "order.return.wallet.mixin",
        "order.return.extra.mixin",
        "order.return.approval.mixin",
        "order.return.button.mixin",
        "order.return.quote.mixin",
        "order.return.together.mixin",
        "order.return.finder.mixin",
        "order.return.announcing.mixin",
        "order.return.receiving.mixin",
        "order.return.arrival.mixin",
        "order.return.waiving.mixin",
        "order.return.settlement.mixin",
        "order.return.papers.mixin",
        "order.return.telling.mixin",
        "order.return.visit.mixin",
        "order.return.reopen.mixin",
        "order.return.payout.mixin",
        "order.return.posting.mixin",
    ]
    _description = "Return"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    order_id = fields.Many2one(
        "sale.order", index=True, ondelete="restrict", check_company=True,
        help="None for goods that were not sold by us.",
    )  # fmt: skip
    external_ref = fields.Char("External reference", readonly=True, copy=False, index=True)
    fingerprint = fields.Char(readonly=True, copy=False, help="Digest of what was asked.")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, index=True,
        tracking=True, group_expand=True,
    )  # fmt: skip
    requested_on = fields.Date("Requested on", copy=False, help="In the warehouse's time zone.")
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    received_at = fields.Datetime("Received on", readonly=True, copy=False)
    settled_at = fields.Datetime("Settled on", readonly=True, copy=False)
    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    last_editor_id = fields.Many2one("res.users", "Last edited by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    close_reason = fields.Char("Why closed", readonly=True, copy=False)
    note = fields.Text()
    policy_id = fields.Many2one("order.return.policy", readonly=True, copy=False, index=True)
    line_ids = fields.One2many("order.return.line", "return_id", "Lines", copy=True)
    receipt_ids = fields.One2many("order.return.receipt", "return_id", "Inspections")
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_party", store=True, readonly=False,
        precompute=True, compute_sudo=True, index=True,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", compute="_compute_party", store=True, readonly=False, precompute=True,
        compute_sudo=True, index=True,
    )  # fmt: skip
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_party", store=True, readonly=False, precompute=True,
        compute_sudo=True,
    )  # fmt: skip
    refund_total = fields.Monetary("Refund", compute="_compute_totals", store=True)
    fee_total = fields.Monetary("Fees", compute="_compute_totals", store=True)
    wear_total = fields.Monetary("For their state", compute="_compute_totals", store=True)
    gross_total = fields.Monetary("Worth of the goods", compute="_compute_totals", store=True)
    credit_note_ids = fields.Many2many(
        "account.move",
        "order_return_credit_note_rel",
        string="Credit notes",
        readonly=True,
        copy=False,
    )
    picking_ids = fields.Many2many(
        "stock.picking", string="Receipts", compute="_compute_picking_ids", compute_sudo=True
    )
    credit_note_count = fields.Integer(compute="_compute_credit_note_count", compute_sudo=True)
    picking_count = fields.Integer(compute="_compute_picking_ids", compute_sudo=True)
    needs_second_person = fields.Boolean(compute="_compute_needs_second_person")
    can_receive = fields.Boolean(compute="_compute_can_do_next", compute_sudo=True)
    can_settle = fields.Boolean(compute="_compute_can_do_next", compute_sudo=True)

    _external_ref_uniq = models.UniqueIndex(
        "(order_id, external_ref) WHERE external_ref IS NOT NULL",
        "The order has a return with this external reference already.",
    )

    _has_party = models.Constraint(
        "CHECK (order_id IS NOT NULL OR (partner_id IS NOT NULL AND company_id IS NOT NULL))",
        "A return needs an order, or the customer who sends goods that were not sold by us.",
    )

    @api.depends("order_id.partner_id", "order_id.company_id", "order_id.currency_id")
    def _compute_party(self):
        """Who sends what back, and what is paid in; goods without an order say it themselves.

        The currency is looked at again at the settlement, not with each invoice that is posted.
        """
        for order_return in self:
            source = order_return.order_id or order_return
            order_return.partner_id = source.partner_id
            order_return.company_id = source.company_id
            billed = order_return.order_id.return_currency_id
            order_return.currency_id = billed or order_return.currency_id

    @api.depends(
        "line_ids.refund", "line_ids.fee", "line_ids.wear", "line_ids.gross", "line_ids.decision",
        "extra_ids.amount", "extra_ids.kind",
    )  # fmt: skip
    def _compute_totals(self):
        for order_return in self:
            lines = order_return.line_ids.filtered(lambda line: line.decision != "refuse")
            refund = sum(lines.mapped("refund")) + order_return._get_extra_total()
            order_return.refund_total = refund
            order_return.fee_total = sum(lines.mapped("fee"))
            order_return.wear_total = sum(lines.mapped("wear"))
            order_return.gross_total = sum(lines.mapped("gross"))

    @api.depends("line_ids.move_ids.picking_id")
    def _compute_picking_ids(self):
        for order_return in self:
            order_return.picking_ids = order_return.line_ids._get_receipt_moves().picking_id
            order_return.picking_count = len(order_return.picking_ids)

    @api.depends("credit_note_ids")
    def _compute_credit_note_count(self):
        for order_return in self:
            order_return.credit_note_count = len(order_return.credit_note_ids)

    @api.depends("refund_total", "policy_id.four_eyes_amount", "state")
    def _compute_needs_second_person(self):
        for order_return in self:
            order_return.needs_second_person = (
                order_return.state in ("draft", "review") and order_return._is_over_limit()
            )

    @api.depends(
        "state", "line_ids.decision", "line_ids.quantity", "line_ids.receipt_ids",
        "is_refund_drafted",
    )  # fmt: skip
    @api.depends_context("uid")
    def _compute_can_do_next(self):
        for order_return in self:
            is_open = order_return.state in ("approved", "received")
            is_open = is_open and not order_return.is_refund_drafted
            order_return.can_settle = order_return._can_settle()
            order_return.can_receive = is_open and any(
                line._get_outstanding() for line in order_return.line_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        """People may draft a return; what is decided is written by the operations."""
        if not self.env.su:
            for vals in vals_list:
                self._ensure_fields(vals, DRAFT_FIELDS)
            self = with_defaults_of(self, DRAFT_FIELDS)
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = self.env["ir.sequence"].next_by_code("order.return")
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._ensure_fields(vals, EDITABLE_FIELDS | {"message_follower_ids"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(order_return.state != "draft" for order_return in self):
            raise AccessError(self.env._("Only drafts can be deleted; cancel the return instead."))

    @public
    def refuse(self, reason):
        """Refuse returns under review; nothing comes back and nothing is refunded.

        :param str reason: why, in words the customer may read
        :return: one item per return: ``return_id``, ``name``, ``state``, ``refund_total``
        """
        return self._close("refused", reason)

    @public
    def cancel(self, reason):
        """Cancel returns of which nothing was received; the quantities are free again.

        :param str reason: why
        :return: one item per return: ``return_id``, ``name``, ``state``, ``refund_total``
        """
        return self._close("cancelled", reason)

    def _close(self, state, reason):
        reason = Arguments(self.env).value(reason, "text", "reason", required=True).strip()
        if not reason:
            Arguments(self.env).refuse("reason", self.env._("say why."))
        returns = as_service(self)
        returns._lock()
        closing = returns.filtered(
            lambda one: one._can_become(state) and one.state != state and not one.is_refund_drafted
        )
        closing.line_ids._get_awaited_moves()._action_cancel()
        closing._set_state(state, close_reason=reason)
        closing._append_events(f"return_{state}", reason)
        closing.order_id._advance_stage()
        return [
            one._prepare_row() if one in closing else one._answer_repeat((state,))
            for one in returns
        ]

    def _can_become(self, state):
        return transitions.is_allowed(transitions.RETURN, self.state, state)

    def _set_state(self, state, tells=True, **vals):
        """Let the returns reach ``state``; the table says what may follow what.

        :param bool tells: whether the customers are told at once
        """
        for order_return in self:
            transitions.check(transitions.RETURN, order_return.state, state)
        if self:
            self.write({"state": state, **vals})
            if tells:
                self._tell_customers()

    def _lock(self):
        """Serialise with everything else that decides about the same order lines."""
        foreign = self.filtered("is_foreign")
        self.env["order.lock"]._acquire_all(
            {"return": self.line_ids.sale_line_id.ids, "return.foreign": foreign.ids}
        )

    def _append_events(self, kind, message=""):
        self.env["order.event"]._append(
            [
                {
                    "order_id": one.order_id.id,
                    "company_id": one.company_id.id,
                    "kind": kind,
                    "message": f"{one.name}: {message}" if message else one.name,
                    "data": {"return_id": one.id, "refund_total": one.refund_total},
                }
                for one in self
            ]
        )

    def _answer_repeat(self, states, **values):
        """The item of a return that was not acted on: a repeat, or its state forbids it."""
        if self.state in states:
            return self._prepare_row(replayed=True, **values)
        label = dict(self._fields["state"]._description_selection(self.env))[self.state]
        message = self.env._(
            "%(name)s is in state “%(state)s”, which does not allow this.",
            name=self.name,
            state=label,
        )
        if self.is_refund_drafted:
            message = self._explain_drafted()
        return self._prepare_row([error("not_possible", message, "")], **values)

    def _prepare_row(self, errors=(), **values):
        return row(
            errors,
            **{
                "return_id": self.id,
                "name": self.name,
                "number": self.group_ref or self.name,
                "order_id": self.order_id.id,
                "partner_id": self.partner_id.id,
                "external_ref": self.external_ref,
                "state": self.state,
                "refund_total": self.refund_total,
                "lines": [line._prepare_row() for line in self.line_ids],
                "extras": [extra._prepare_row() for extra in self.extra_ids],
                "rewards": self._prepare_reward_rows(),
                **values,
            },
        )

    def _ensure_fields(self, vals, allowed):
        """Refuse hand-written values of fields that the operations own."""
        forbidden = sorted(set(vals) - allowed)
        if forbidden:
            raise AccessError(
                self.env._(
                    "These fields are written by the operations: %(names)s.",
                    names=", ".join(forbidden),
                )
            )
