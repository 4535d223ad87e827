from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...exceptions import ItemError
from ..common.access import as_service

KINDS = [("return", "Return"), ("claim", "Claim")]
RESOLUTIONS = [
    ("refund", "Refund"),
    ("credit", "Credit"),
    ("exchange", "Exchange"),
    ("advance_exchange", "Exchange in advance"),
]
DECISIONS = [("accept", "Accept"), ("review", "Review"), ("refuse", "Refuse")]
CONDITIONS = [("A", "As new"), ("B", "Used"), ("C", "Broken")]
DISPOSITIONS = [
    ("restock", "Restock"),
    ("quarantine", "Quarantine"),
    ("refurbish", "Refurbish"),
    ("scrap", "Scrap"),
    ("vendor", "Back to vendor"),
]
OUTCOMES = [
    ("as_requested", "As requested"),
    ("wrong_item", "Wrong item"),
    ("missing", "Missing"),
]

ASKED_FIELDS = {"return_id", "sale_line_id", "quantity", "reason_id", "kind", "resolution"}
EDITABLE_FIELDS = {"quantity", "reason_id", "resolution", "fee", "decision"}


class OrderReturnLine(models.Model):
    """Units of one order line that come back for one reason."""

    _name = "order.return.line"
    _inherit = ["order.return.line.settlement.mixin"]
    _description = "Return line"
    _order = "return_id, id"
    _check_company_auto = True

    return_id = fields.Many2one("order.return", required=True, index=True, ondelete="cascade")
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order line", required=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one(related="return_id.order_id")
    product_id = fields.Many2one(related="sale_line_id.product_id", store=True, index=True)
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="return_id.currency_id")
    state = fields.Selection(related="return_id.state")
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    received_quantity = fields.Float(
        "Received", digits="Product Unit", readonly=True, copy=False,
        help="What came back, in the order line's unit.",
    )  # fmt: skip
    accepted_quantity = fields.Float(
        "Accepted", digits="Product Unit", readonly=True, copy=False,
        help="What came back as requested and is paid for.",
    )  # fmt: skip
    credit_quantity = fields.Float(
        "To credit", digits="Product Unit", readonly=True, copy=False,
        help="How much of the quantity was invoiced.",
    )  # fmt: skip
    reason_id = fields.Many2one("order.return.reason", required=True)
    kind = fields.Selection(KINDS, required=True, default="return")
    resolution = fields.Selection(RESOLUTIONS, required=True, default="refund")
    condition = fields.Selection(CONDITIONS, readonly=True, copy=False)
    disposition = fields.Selection(DISPOSITIONS, readonly=True, copy=False)
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False)
    decision = fields.Selection(DECISIONS, copy=False)
    decision_code = fields.Char(readonly=True, copy=False)
    decision_reason = fields.Char("Why", readonly=True, copy=False)
    rule_id = fields.Many2one("order.return.policy.rule", readonly=True, copy=False)
    gross = fields.Monetary("Worth", readonly=True, copy=False, help="With tax, before the fee.")
    discount = fields.Monetary(
        "Order discount", readonly=True, copy=False,
        help="Its share of the discounts on the whole order, with tax; the worth is after it.",
    )  # fmt: skip
    settled_quantity = fields.Float(
        "Settled", digits="Product Unit", readonly=True, copy=False,
        help="What was credited, or is not invoiced any more.",
    )  # fmt: skip
    fee = fields.Monetary(copy=False, help="With tax; kept back from the refund.")
    refund = fields.Monetary(compute="_compute_refund", store=True, help="With tax, after fee.")
    move_ids = fields.One2many("stock.move", "return_line_id", "Receipts", copy=False)
    receipt_ids = fields.One2many("order.return.receipt", "return_line_id", "Inspections")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a return line must be more than zero."
    )
    _fee_within = models.Constraint(
        "CHECK (fee >= 0 AND fee <= gross)",
        "The fee of a return line must lie between zero and the worth of the goods.",
    )

    @api.depends("gross", "fee")
    def _compute_refund(self):
        for line in self:
            line.refund = line.currency_id.round(line.gross - line.fee)

    @api.constrains("sale_line_id", "return_id")
    def _check_order(self):
        for line in self:
            if line.sale_line_id.order_id != line.return_id.order_id:
                raise ValidationError(
                    self.env._("%(line)s is no line of the order.", line=line.display_name)
                )

    @api.depends("product_id", "quantity")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.quantity:g} × {line.product_id.display_name}"

    @api.model_create_multi
    def create(self, vals_list):
        """People may draft lines; what is decided is written by the operations."""
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            self.env["order.return"]._ensure_fields(vals, ASKED_FIELDS)
        lines = super(OrderReturnLine, with_defaults_of(self, ASKED_FIELDS)).create(vals_list)
        lines._ensure_state(("draft",))
        return lines

    def write(self, vals):
        """Edit what is asked while it is not decided; amounts follow by themselves."""
        if self.env.su:
            return super().write(vals)
        self.env["order.return"]._ensure_fields(vals, EDITABLE_FIELDS)
        self._ensure_state(("draft", "review"))
        result = super().write(vals)
        as_service(self)._after_edit(vals)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._ensure_state(("draft",))

    def _ensure_state(self, states):
        if any(line.return_id.state not in states for line in self):
            raise AccessError(self.env._("What is decided can't be changed any more."))

    def _after_edit(self, vals):
        """Judge edited lines anew, keeping what was set by hand; remember who did it."""
        returns = self.return_id
        returns.last_editor_id = self.env.uid
        waiting = returns.filtered(lambda one: one.state == "review")
        if waiting and set(vals) & {"quantity", "reason_id", "resolution"}:
            waiting._judge_lines(keep=set(vals) & {"fee", "decision"})
        if waiting and "decision" in vals:
            waiting._reprice()

    def _prepare_asked(self):
        """What this line asks for, as the judge wants it."""
        return {
            "line": self.sale_line_id,
            "quantity": self.quantity,
            "reason_id": self.reason_id,
            "kind": self.kind,
            "resolution": self.resolution,
        }

    def _needs_goods(self):
        """Whether something must come back; what never arrived can't."""
        return not (self.kind == "claim" and self.reason_id.code == "missing")

    def _get_outstanding(self):
        """What is approved and has not come back yet, in the order line's unit."""
        if self.decision == "refuse" or not self._needs_goods():
            return 0.0
        return max(self.quantity - sum(self.receipt_ids.mapped("quantity")), 0.0)

    def _get_receipt_moves(self):
        """The moves that bring the goods of these lines back, without what moves them on."""
        return self.move_ids.filtered(lambda move: move._get_customer_direction() < 0)

    def _pick(self, quantity, lot=False):
        """Mark ``quantity`` of this line as arrived, on its announced moves.

        :return: the moves
        """
        left = self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id, round=False)
        moves = self._get_receipt_moves().filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        picked = moves.browse()
        for move in moves:
            part = min(left, move.product_qty)
            if self.product_id.uom_id.compare(part, 0.0) > 0 and move._pick_returned(part, lot):
                picked |= move
                left -= part
        if self.product_id.uom_id.compare(left, 0.0) > 0:
            raise ItemError("not_possible", self._explain_not_awaited(lot))
        return picked

    def _explain_not_awaited(self, lot):
        name = self.product_id.display_name
        if lot:
            return self.env._(
                "%(lot)s of %(product)s was not sent out, or is back already.",
                lot=lot,
                product=name,
            )
        return self.env._("No transfer of the warehouse awaits %(product)s.", product=name)

    def _prepare_uninspected_vals(self):
        """The receipt of what came back in the warehouse's own screens, if anything did."""
        arrived = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id, round=False)
            for move in self._get_receipt_moves()
            if move.state == "done"
        )
        known = self.receipt_ids.filtered(lambda receipt: receipt.outcome == "as_requested")
        quantity = self.product_uom_id.round(arrived - sum(known.mapped("quantity")))
        if self.product_uom_id.compare(quantity, 0.0) <= 0:
            return []
        return [{"return_line_id": self.id, "quantity": quantity}]

    def _prepare_received_vals(self):
        """What the inspections say of this line together; the last one names its state."""
        receipts = self.receipt_ids
        good = receipts.filtered(lambda receipt: receipt.outcome == "as_requested")
        received = sum(good.mapped("quantity"))
        last = receipts[-1:]
        return {
            "received_quantity": received,
            "accepted_quantity": min(received, self.quantity),
            "condition": last.condition,
            "disposition": last.disposition,
            "outcome": last.outcome,
        }

    def _prepare_row(self):
        return {
            "return_line_id": self.id,
            "line_id": self.sale_line_id.id,
            "sku": self.product_id.default_code,
            "quantity": self.quantity,
            "received_quantity": self.received_quantity,
            "decision": self.decision,
            "code": self.decision_code,
            "reason": self.decision_reason,
            "refund": self.refund,
            "discount": self.discount,
            "fee": self.fee,
        }


def explain(env, verdict, line, quantity, returnable):
    """Why a line was decided so, in a sentence."""
    values = {
        "product": line.product_id.display_name,
        "quantity": f"{quantity:g}",
        "returnable": f"{returnable:g}",
        "days": verdict.window_days,
        "late": verdict.days_late,
    }
    sentences = {
        "accept": env._("Within the return window of %(days)s days.", **values),
        "review": env._("The policy leaves this to a person."),
        "refuse": env._("The policy does not allow this."),
        "no_rule": env._("No rule of the policy fits; a person decides."),
        "not_offered": env._("This resolution is not offered."),
        "not_returnable": env._("Nothing of %(product)s is left to return.", **values),
        "too_many": env._(
            "%(quantity)s are asked back, but only %(returnable)s can still be returned.", **values
        ),
        "outside_window": env._(
            "The return window of %(days)s days closed %(late)s days before the request.", **values
        ),
        "late": env._(
            "The request came %(late)s days after the window of %(days)s days; a person decides.",
            **values,
        ),
    }
    return sentences[verdict.decision if verdict.code == "rule" else verdict.code]


def with_defaults_of(records, allowed):
    """``records`` in a context that brings default values for ``allowed`` fields alone."""
    prefix = "default_"
    kept = {
        key: value
        for key, value in records.env.context.items()
        if not key.startswith(prefix) or key.removeprefix(prefix) in allowed
    }
    return records.with_env(records.env(context=kept))
