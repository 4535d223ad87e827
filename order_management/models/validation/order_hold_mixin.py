from odoo import api, fields, models

from ..common.access import as_service, public
from ..common.results import error_of, row
from ..common.set_runner import run_set

# Orders that were checked in this transaction and not confirmed yet. Kept on the cursor, not
# in the context, where a remote caller could put it.
_CHECKED = "order_management.checked_orders"


class OrderHoldMixin(models.AbstractModel):
    """Orders that checks may hold: what was found, and confirming what is free of holds."""

    _name = "order.hold.mixin"
    _description = "Order that checks may hold"

    confirm_requested = fields.Boolean(
        readonly=True, copy=False, help="Somebody tried to confirm it, and a check held it."
    )
    hold_message = fields.Char("Found", compute="_compute_hold_message")

    @api.depends("finding_ids.state", "finding_ids.message")
    def _compute_hold_message(self):
        for order in self:
            found = order.open_finding_ids.sorted("severity_rank", reverse=True)
            order.hold_message = found[:1].message or False

    def action_process(self):
        """Check the orders and confirm those that no check holds; tell how it went."""
        rows = self.process_orders()
        return self._tell_outcomes([line["outcome"] for line in rows])

    @public
    def check_orders(self):
        """Run the checks on quotations; sold and cancelled orders keep what was found before.

        :return: one item per order: ``order_id``, ``name``, ``hold_state``, ``findings``
        """
        orders = as_service(self)
        orders._run_checks()
        orders._advance_stage()
        findings = orders._get_findings(self.env)
        return [order._prepare_check_row(findings) for order in orders]

    @public
    def process_orders(self, background=False):
        """Check quotations and confirm those that no check holds.

        One bad order never stops the others. Sold and cancelled orders stay as they are.

        :param bool background: answer ``job_id`` at once and work later, in parts, one worker for
            each warehouse at a time
        :return: one item per order: ``order_id``, ``name``, ``hold_state``, ``findings``,
            ``outcome`` (``confirmed`` | ``held`` | ``unchanged`` | ``failed``), ``order_state``
        """
        if background:
            return self.env["order.job"]._enqueue(self, "_process_lane", {})
        orders = as_service(self)
        outcomes, errors = orders._process_orders()
        findings = orders._get_findings(self.env)
        return [
            order._prepare_check_row(
                findings,
                errors.get(order.id, ()),
                outcome=outcomes[order.id],
                order_state=order.state,
            )
            for order in orders
        ]

    def _prepare_check_row(self, findings, errors=(), **values):
        return row(
            errors,
            order_id=self.id,
            name=self.name,
            hold_state=self.hold_state,
            findings=findings.get(self.id, []),
            **values,
        )

    def _get_findings(self, caller):
        """The findings of orders that count or were released, as rows.

        :param caller: environment of the caller, which decides what is shown
        :return dict: order id → list of findings
        """
        shown = self.env["order.finding"].search(
            [("order_id", "in", self.ids), ("state", "!=", "cleared")]
        )
        return {
            order.id: [finding._as_row(caller) for finding in group]
            for order, group in shown.grouped("order_id").items()
        }

    def _process_orders(self):
        """Check, then confirm what is free.

        :return tuple: order id → outcome, and order id → errors
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        outcomes = dict.fromkeys(self.ids, "unchanged")
        held = quotations._find_held()
        outcomes.update(dict.fromkeys(held.ids, "held"))
        free = quotations - held
        self.env.cr.cache[_CHECKED] = set(free.ids)
        errors = {
            order.id: [error_of(exception)]
            for order, exception in run_set(free, lambda part: part.action_confirm(), "Confirming")
        }
        outcomes.update(
            {order.id: "failed" if order.id in errors else "confirmed" for order in free}
        )
        held._note_held()
        held._advance_stage()
        return outcomes, errors

    def _before_confirm(self):
        """The orders that a check holds; they must not be confirmed now."""
        checked = self.env.cr.cache.pop(_CHECKED, set())
        managed = self.sudo().filtered(
            lambda order: (
                order.company_id.use_order_management
                and order.state in ("draft", "sent")
                and order.id not in checked
            )
        )
        held = managed._find_held()
        held._note_held()
        return self.filtered(lambda order: order.id in held.ids)

    def _find_held(self):
        """Check these quotations under lock; return those that are held."""
        if not self:
            return self
        self._lock_for_decision()
        self._run_checks()
        return self.filtered(lambda order: order.hold_state == "held")

    def _lock_for_decision(self, products=None):
        """Serialise with other confirmations that draw on the same stock or credit.

        :param products: what they are going to draw on besides their lines
        """
        limited = self.filtered("company_id.account_use_credit_limit")
        payers = limited.partner_invoice_id.commercial_partner_id
        lines = self.order_line.filtered("product_id.is_storable")
        stock = {(line.warehouse_id.id or 0, line.product_id.id) for line in lines}
        for product in (products or self.env["product.product"]).filtered("is_storable"):
            stock |= {(warehouse.id, product.id) for warehouse in self.warehouse_id}
        self.env["order.lock"]._acquire_all({"credit": payers.ids, "stock": stock})

    def _note_held(self):
        """Remember that somebody wanted them confirmed; one event each."""
        fresh = self.filtered(lambda order: not order.confirm_requested)
        fresh.write({"confirm_requested": True})
        self.env["order.event"]._append(
            [
                {
                    "order_id": order.id,
                    "kind": "held",
                    "message": " ".join(order._hold_findings().mapped("message")),
                    "data": {"checks": order._hold_findings().mapped("code")},
                }
                for order in fresh
            ]
        )

    def _after_confirm(self):
        """Nobody asks for the confirmation of these any more.

        :return list: the events that tell of it, to be stored
        """
        managed = self.sudo().filtered("company_id.use_order_management")
        managed.filtered("confirm_requested").write({"confirm_requested": False})
        return [
            {"order_id": order.id, "kind": "confirmed", "message": order.name} for order in managed
        ]

    def _after_release(self):
        """Let orders go on whose last hold was released."""
        self._set_hold_state()
        ready = self.filtered(
            lambda order: (
                order.confirm_requested
                and order.hold_state != "held"
                and order.state in ("draft", "sent")
            )
        )
        failures = run_set(ready, lambda part: part.action_confirm(), "Confirming")
        self.env["order.event"]._append(
            [
                {
                    "order_id": order.id,
                    "kind": "confirm_failed",
                    "message": error_of(exception)["message"],
                    "data": {},
                }
                for order, exception in failures
            ]
        )
        self._advance_stage()

    def _hold_findings(self):
        """The open findings that hold these orders."""
        return self.finding_ids.filtered(
            lambda finding: finding.state == "open" and finding.severity == "hold"
        )

    def _release_holds(self, code, lines, reason):
        """Service for the promise room: release what a check found on lines, where the caller may.

        :return list: what stays held, in words, and who may release it
        """
        mine = self._find_open_findings(code, lines).filtered("may_release")
        if mine:
            mine.release(reason)
        return self._tell_foreign_holds(code, lines)

    def _tell_foreign_holds(self, code, lines):
        """Service for the promise room: what holds lines and is not the caller's to release."""
        return [
            self.env._(
                "%(order)s stays held: %(message)s May be released by: %(who)s.",
                order=finding.order_id.name,
                message=finding.message,
                who=finding.releaser,
            )
            for finding in self._find_open_findings(code, lines)
            if finding.severity == "hold" and not finding.may_release
        ]

    def _find_open_findings(self, code, lines):
        return self.env["order.finding"].search(
            [
                ("order_id", "in", self.ids),
                ("line_id", "in", lines.ids),
                ("code", "=", code),
                ("state", "=", "open"),
            ]
        )
