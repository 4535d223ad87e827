from odoo import models
from odoo.fields import Command

from ..common.access import as_service, public
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set
from .open_moves import write_change

LINE_KEYS = {"line_id": "integer", "line_ref": "text", "quantity": "number"}
MAX_LINES = 1000


class OrderCancelMixin(models.AbstractModel):
    """Cancelling what is not picked yet."""

    _name = "order.cancel.mixin"
    _description = "Cancelling an order"

    @public
    def cancel_orders(self, reason, lines=None):
        """Cancel orders, or some of their lines, as far as nothing was picked or shipped.

        :param str reason: why, for the order's log
        :param list lines: ``line_id`` or ``line_ref`` with ``quantity`` (all that is open when not
            given); without ``lines`` everything that is open
        :return: one item per order: ``order_id``, ``name``, ``outcome`` (``cancelled`` |
            ``partly_cancelled`` | ``refused`` | ``unchanged``), ``order_state``,
            ``cancelled_lines`` (``line_id``, ``sku``, ``quantity``), ``refused_lines`` (the same
            with ``reason``), ``put_back_ids`` (transfers that bring picked goods back),
            ``refund_ids`` (credit notes that give down payments back, where the company does that)
        :raises ValidationError: no reason is given, or an argument has another shape
        """
        arguments = Arguments(self.env)
        reason = (arguments.value(reason, "text", "reason") or "").strip()
        if not reason:
            arguments.refuse("reason", self.env._("say why it is cancelled."))
        wanted = self._read_cancelled_lines(lines)
        self.env["order.lock"]._acquire("order", self.ids)
        return [order._cancel_row(reason, wanted) for order in as_service(self)]

    def _read_cancelled_lines(self, lines):
        arguments = Arguments(self.env)
        if lines is None or lines is False:
            return None
        wanted = arguments.rows(lines, "lines", LINE_KEYS, limit=MAX_LINES)
        for index, line in enumerate(wanted):
            if not (line["line_id"] or line["line_ref"]):
                arguments.refuse(f"lines[{index}].line_id", self.env._("a value is required here."))
            if line["quantity"] is not False and line["quantity"] <= 0:
                arguments.refuse(f"lines[{index}].quantity", self.env._("it must be above zero."))
        return wanted

    def _cancel_row(self, reason, wanted):
        plan = CancelPlan(self, wanted)
        failures = []
        if plan.is_needed():
            failures = run_set(self, lambda order: plan.carry_out(), "Cancelling")
        if failures:
            return self._prepare_cancel_row(plan, "refused", [error_of(failures[0][1])], ())
        if plan.cancelled:
            self._note_cancellation(plan, reason)
            self._advance_stage()
        return self._prepare_cancel_row(plan, plan.get_outcome(), plan.errors, plan.cancelled)

    def _note_cancellation(self, plan, reason):
        """One event and one message; money that was captured is named, it is to be given back."""
        is_gone = self.state == "cancel"
        paid = sum(self.transaction_ids.filtered(lambda tx: tx.state == "done").mapped("amount"))
        text = ", ".join(f"{line['quantity']:g} × {line['sku']}" for line in plan.cancelled)
        message = self.env._("Cancelled: %(lines)s (%(reason)s)", lines=text, reason=reason)
        given_back = paid if is_gone else self._get_overpaid_amount()
        if plan.refunds:
            notes = ", ".join(note.name or self.env._("a draft") for note in plan.refunds)
            message += " " + self.env._("Down payments are given back by %(notes)s.", notes=notes)
        elif given_back:
            message += " " + self.env._(
                "%(amount)s was paid and is to be given back.",
                amount=self.currency_id.format(given_back),
            )
        self._message_log_batch(bodies={self.id: message})
        self.env["order.event"]._append(
            [
                {
                    "order_id": self.id,
                    "kind": "cancelled" if is_gone else "partly_cancelled",
                    "message": message,
                    "data": {
                        "reason": reason,
                        "lines": plan.cancelled,
                        "paid": self.currency_id.round(paid),
                        "given_back": self.currency_id.round(given_back),
                    },
                }
            ]
        )

    def _prepare_cancel_row(self, plan, outcome, errors, cancelled):
        return row(
            errors,
            ok=outcome != "refused",
            order_id=self.id,
            name=self.name,
            outcome=outcome,
            order_state=self.state,
            cancelled_lines=list(cancelled),
            refused_lines=plan.refused,
            put_back_ids=[],
            refund_ids=plan.refunds.ids if outcome != "refused" else [],
        )


class CancelPlan:
    """What of one order is to be cancelled, and what cannot be.

    :param order: the order, with full rights
    :param list wanted: lines as of :meth:`cancel_orders`, ``None`` for all that is open
    """

    def __init__(self, order, wanted):
        self.order = order
        self.env = order.env
        self.cancelled, self.refused, self.errors = [], [], []
        self.quantities = {}
        self.refunds = order.env["account.move"]
        self.is_all = self.was_carried_out = False
        if order.state == "cancel":
            return
        if order.locked:
            self._note(order.env._("The order is locked; unlock it first."), "")
            return
        self.is_all = wanted is None
        for line, quantity in self._find_wanted(wanted):
            self._plan_line(line, quantity)

    def _find_wanted(self, wanted):
        lines = self.order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        if wanted is None:
            return [(line, False) for line in lines]
        found = []
        for index, asked in enumerate(wanted):
            line = lines.filtered(
                lambda line, asked=asked: (
                    line.id == asked["line_id"]
                    if asked["line_id"]
                    else line.external_line_ref == asked["line_ref"]
                )
            )[:1]
            if line:
                found.append((line, asked["quantity"]))
            else:
                message = self.env._("%(order)s has no such line.", order=self.order.name)
                self._note(message, f"lines[{index}]", "unknown_line")
        return found

    def _note(self, message, path, code="not_possible"):
        self.errors.append(error(code, message, path))

    def _plan_line(self, line, quantity):
        """Cancel what is open of a line; tell why the rest stays."""
        unit = line.product_uom_id
        done = max(line.qty_delivered, line._get_started_quantity(), 0.0)
        opened = unit.round(max(line.product_uom_qty - done, 0.0))
        asked = opened if self.is_all or quantity is False else quantity
        possible = min(asked, opened)
        if unit.compare(possible, 0.0) > 0:
            self.quantities[line] = unit.round(line.product_uom_qty - possible)
            self.cancelled.append(self._prepare_line(line, possible))
        stays = done if self.is_all else unit.round(asked - possible)
        if unit.compare(stays, 0.0) > 0:
            shipped = unit.compare(line.qty_delivered, 0.0) > 0
            reason = (
                self.env._("Shipped already: take it back by a return.")
                if shipped
                else self.env._("Picked already: put it back first.")
            )
            self.refused.append({**self._prepare_line(line, stays), "reason": reason})

    def _prepare_line(self, line, quantity):
        sku = line.product_id.default_code or line.product_id.display_name
        return {"line_id": line.id, "sku": sku, "quantity": quantity}

    def is_needed(self):
        return bool(self.quantities) or (self.is_all and not self.refused and not self.errors)

    def get_outcome(self):
        if not self.cancelled and not self.refused and not self.errors:
            return "cancelled" if self.was_carried_out else "unchanged"
        if not self.cancelled:
            return "refused"
        return "cancelled" if self.order.state == "cancel" else "partly_cancelled"

    def carry_out(self):
        """Cancel through core: the whole order when nothing of it stays, else its open rest."""
        self.was_carried_out = True
        remaining = [
            line
            for line in self.order.order_line
            if not line.display_type
            and not line.is_downpayment
            and line.product_uom_id.compare(
                self.quantities.get(line, line.product_uom_qty), 0.0
            ) > 0
        ]  # fmt: skip
        if not remaining:
            self.order._action_cancel()
            if self.order.company_id.deposit_refund_mode == "on":
                self.refunds = self.order._refund_deposits()
            return
        commands = [
            self._prepare_command(line, quantity) for line, quantity in self.quantities.items()
        ]
        write_change(self.order, self.order._prepare_outdated_vals(), commands, self.quantities)
        if self.order.state != "sale":
            self.order._run_checks()

    def _prepare_command(self, line, quantity):
        if self.order.state != "sale" and line.product_uom_id.is_zero(quantity):
            return Command.delete(line.id)
        return Command.update(line.id, {"product_uom_qty": quantity})
