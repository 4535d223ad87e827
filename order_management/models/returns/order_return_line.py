from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..common.access import as_service
from .order_return_policy_rule import DECISIONS, GOODS

KINDS = [("return", "Return"), ("claim", "Claim")]
RESOLUTIONS = [
    ("refund", "Refund"),
    ("credit", "Credit"),
    ("exchange", "Exchange"),
    ("advance_exchange", "Exchange in advance"),
]
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

ASKED_FIELDS = {
    "return_id", "sale_line_id", "quantity", "reason_id", "kind", "resolution", "goods",
    "has_evidence",
}  # fmt: skip
# What the policy looks at; another answer may follow from it.
JUDGED_FIELDS = {"quantity", "reason_id", "resolution", "goods", "has_evidence"}
EDITABLE_FIELDS = {*JUDGED_FIELDS, "unit_price", "fee", "decision"}


class OrderReturnLine(models.Model):
    """Units of one order line that come back for one reason."""

    _name = "order.return.line"
    _inherit = [
        "order.return.foreign.line.mixin",
        "order.return.line.goods.mixin",
        "order.return.line.settlement.mixin",
    ]
    _description = "Return line"
    _order = "return_id, id"
    _check_company_auto = True

    return_id = fields.Many2one("order.return", required=True, index=True, ondelete="cascade")
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order line", index=True, ondelete="restrict",
        help="None for goods that were not sold by us.",
    )  # fmt: skip
    order_id = fields.Many2one(related="return_id.order_id")
    product_id = fields.Many2one(
        "product.product", compute="_compute_product_id", store=True, readonly=False,
        precompute=True, compute_sudo=True, index=True,
    )  # fmt: skip
    product_uom_id = fields.Many2one(
        "uom.uom", compute="_compute_product_uom_id", compute_sudo=True
    )
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
    goods = fields.Selection(GOODS, help="Whether the goods were opened, as the customer says.")
    has_evidence = fields.Boolean("Photo", help="The customer sent a photo.")
    return_shipping = fields.Selection(
        [("us", "We pay"), ("customer", "The customer")], "Way back paid by", readonly=True,
        copy=False,
    )  # fmt: skip
    condition = fields.Selection(CONDITIONS, readonly=True, copy=False)
    disposition = fields.Selection(DISPOSITIONS, readonly=True, copy=False)
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False)
    decision = fields.Selection(DECISIONS, copy=False)
    decision_code = fields.Char(readonly=True, copy=False)
    decision_reason = fields.Char("Why", readonly=True, copy=False)
    rule_id = fields.Many2one(
        "order.return.policy.rule", readonly=True, copy=False, index="btree_not_null"
    )
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
    wear = fields.Monetary(
        "For its state", readonly=True, copy=False,
        help="With tax; kept back as the policy says for goods that show use or are broken.",
    )  # fmt: skip
    refund = fields.Monetary(
        compute="_compute_refund", store=True, help="With tax, after fee and for its state."
    )
    move_ids = fields.One2many("stock.move", "return_line_id", "Receipts", copy=False)
    receipt_ids = fields.One2many("order.return.receipt", "return_line_id", "Inspections")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a return line must be more than zero."
    )
    _fee_within = models.Constraint(
        "CHECK (fee >= 0 AND fee + COALESCE(wear, 0) <= gross)",
        "The fee of a return line must lie between zero and the worth of the goods.",
    )

    @api.depends("sale_line_id.product_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.sale_line_id.product_id or line.product_id

    @api.depends("sale_line_id.product_uom_id", "product_id.uom_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.sale_line_id.product_uom_id or line.product_id.uom_id

    @api.depends("gross", "fee", "wear")
    def _compute_refund(self):
        for line in self:
            line.refund = line.currency_id.round(line.gross - line.fee - line.wear)

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
        if "unit_price" in vals:
            self._ensure_may_price()
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
        if waiting and set(vals) & {*JUDGED_FIELDS, "unit_price"}:
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
            "goods": self.goods,
            "has_evidence": self.has_evidence,
        }

    def _prepare_row(self):
        return {
            "return_line_id": self.id,
            "line_id": self.sale_line_id.id,
            "sku": self.product_id.default_code,
            "lot": self.lot_id.name,
            "quantity": self.quantity,
            "received_quantity": self.received_quantity,
            "decision": self.decision,
            "code": self.decision_code,
            "reason": self.decision_reason,
            "refund": self.refund,
            "discount": self.discount,
            "fee": self.fee,
            "wear": self.wear,
        }


def with_defaults_of(records, allowed):
    """``records`` in a context that brings default values for ``allowed`` fields alone."""
    prefix = "default_"
    kept = {
        key: value
        for key, value in records.env.context.items()
        if not key.startswith(prefix) or key.removeprefix(prefix) in allowed
    }
    return records.with_env(records.env(context=kept))
