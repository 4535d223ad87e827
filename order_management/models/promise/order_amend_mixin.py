from odoo import api, fields, models

from ...exceptions import ItemError
from ..common.access import as_service, check_visible, has_role, public
from ..common.results import Arguments, error_of, row
from ..common.set_runner import run_set
from ..common.zones import day_of, zone_of
from .amendment import Amendment

CHANGE_KEYS = {
    "order_id": "integer",
    "order_ref": "object",
    "lines": "list",
    "ship_to": "object",
    "requested_date": "text",
    "carrier": "text",
    "request_key": "text",
}
REF_KEYS = {"channel": "text*", "external_ref": "text*"}
LINE_KEYS = {
    "line_id": "integer",
    "line_ref": "text",
    "sku": "text",
    "quantity": "number",
    "unit_price": "number",
}
MAX_LINES = 1000


class HoldError(ItemError):
    """A change of a confirmed order that a check would hold."""

    def __init__(self, message, found):
        super().__init__("held", message)
        self.found = found


class OrderAmendMixin(models.AbstractModel):
    """Changing an open order: quantities, prices, address, date, carrier."""

    _name = "order.amend.mixin"
    _description = "Changes of an order"

    may_change = fields.Boolean(
        compute="_compute_may_change",
        help="The caller may change and cancel this order through Order Management.",
    )

    @api.depends("company_id.use_order_management", "state", "locked")
    @api.depends_context("uid")
    def _compute_may_change(self):
        is_clerk = has_role(self.env(su=False), "clerk")
        for order in self:
            order.may_change = (
                is_clerk
                and order.company_id.use_order_management
                and order.state != "cancel"
                and not order.locked
            )

    def action_change(self):
        """Open what may change of an order."""
        self.check_access("write")
        return self._open_wizard("order.change", self.env._("Change %(order)s", order=self.name))

    def action_cancel_with_reason(self):
        """Ask why, and cancel what is not picked yet."""
        self.check_access("write")
        return self._open_wizard("order.cancel", self.env._("Cancel %(order)s", order=self.name))

    def _open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    @api.model
    @public
    def amend_orders(self, changes, reason=None):
        """Change open orders; each on its own, and only what is named.

        A quotation is changed and checked again. A confirmed order is changed only if no check
        would hold it for that; its open transfers follow. What was picked, shipped or invoiced
        stands.

        :param list changes: ``order_id`` or ``order_ref`` (``channel``, ``external_ref``);
            ``lines``: ``line_id``, ``line_ref`` or ``sku`` with ``quantity`` (in the line's unit;
            0 takes the line off) and ``unit_price`` (as the order shows prices), a ``sku`` that
            the order lacks is added; ``ship_to``: an address as in an order document;
            ``requested_date`` (``YYYY-MM-DD``); ``carrier`` (its external code); ``request_key``
        :param str reason: why, for the order's log
        :return: one item per change: ``order_id``, ``name``, ``outcome`` (``amended`` | ``held`` |
            ``refused`` | ``unchanged`` | ``replayed``), ``order_state``, ``hold_state``,
            ``differences`` (``path``, ``before``, ``after``), ``summary`` (the same in words),
            ``findings``. A held quotation is changed (``ok``); a held confirmed order is not.
        :raises AccessError: one of the orders does not exist or may not be seen; then nothing
            is written
        :raises ValidationError: an argument has another shape
        """
        changes = self._read_changes(changes)
        reason = Arguments(self.env).value(reason, "text", "reason")
        orders = self._find_changed_orders(changes)
        self.env["order.lock"]._acquire("order", orders.ids)
        service = as_service(self)
        return [
            service.browse(order.id)._amend_once(change, index, reason, self.env)
            for index, (change, order) in enumerate(zip(changes, orders, strict=True))
        ]

    # Reading what is asked

    def _read_changes(self, changes):
        arguments = Arguments(self.env)
        changes = arguments.rows(changes, "changes", CHANGE_KEYS)
        for index, change in enumerate(changes):
            path = f"changes[{index}]"
            if not change["order_id"]:
                change["order_ref"] = arguments.keys(
                    change["order_ref"] or None, f"{path}.order_ref", REF_KEYS
                )
            change["requested_date"] = fields.Date.to_string(
                arguments.day(change["requested_date"], f"{path}.requested_date") or None
            )
            change["lines"] = self._read_lines(change["lines"] or [], f"{path}.lines")
        return changes

    def _read_lines(self, lines, path):
        """The lines as they were sent: what is not named does not change."""
        arguments = Arguments(self.env)
        read = arguments.rows(lines, path, LINE_KEYS, limit=MAX_LINES)
        for index, line in enumerate(read):
            if not (line["line_id"] or line["line_ref"] or line["sku"]):
                arguments.refuse(
                    f"{path}[{index}].line_id", self.env._("a value is required here.")
                )
        return [
            {key: value for key, value in line.items() if lines[index].get(key) is not None
             and lines[index].get(key) is not False}
            for index, line in enumerate(read)
        ]  # fmt: skip

    def _find_changed_orders(self, changes):
        """The orders that are meant, in the order of the changes."""
        ids = [change["order_id"] for change in changes if change["order_id"]]
        check_visible(self.browse(list(dict.fromkeys(ids))))
        found = []
        for change in changes:
            order = self.browse(change["order_id"] or [])
            if not order:
                reference = change["order_ref"]
                order = self._find_by_ref(reference["channel"], reference["external_ref"])
                check_visible(order or order.browse(-1))
            found.append(order.id)
        return self.browse(found)

    def _amend_once(self, change, index, reason, caller):
        key = change.pop("request_key")
        asked = {**change, "order_id": self.id, "reason": reason}
        answer = self.env["order.request"]._once(
            "sale.order.amend_orders",
            key,
            asked,
            lambda: self._amend_row(change, f"changes[{index}].", reason, caller),
            self.company_id,
        )
        return {**answer, "outcome": "replayed"} if answer.get("replayed") else answer

    def _amend_row(self, change, path, reason, caller):
        return self._amend(
            lambda: Amendment(
                self,
                self._prepare_amended_vals(change, path),
                self._prepare_amended_lines(change["lines"], f"{path}lines"),
                path,
            ),
            reason,
            caller,
        )

    def _prepare_amended_vals(self, change, path):
        values = {}
        if change["ship_to"]:
            contact = self._get_delivery_contact(change["ship_to"], f"{path}ship_to")
            values["partner_shipping_id"] = contact.id
        if change["requested_date"]:
            values["commitment_date"] = self._get_requested_moment(change["requested_date"])
        if change["carrier"]:
            values["carrier_id"] = self._find_carrier(change["carrier"], f"{path}carrier").id
        return values

    def _find_carrier(self, code, path):
        carrier = self.env["delivery.carrier"].search(
            [("external_code", "=", code), ("company_id", "in", [False, self.company_id.id])],
            order="company_id, sequence, id",
            limit=1,
        )
        if not carrier:
            message = self.env._("There is no carrier %(code)s.", code=code)
            raise ItemError("unknown_carrier", message, path)
        return carrier

    def _prepare_amended_lines(self, lines, path):
        """``(path, line, core values)`` of what is asked of the lines."""
        found, seen = [], set()
        for index, asked in enumerate(lines):
            where = f"{path}[{index}]"
            line = self._find_line(asked, where)
            if line in seen and line:
                message = self.env._("This line is named twice.")
                raise ItemError("duplicate", message, where)
            seen.add(line)
            values = {} if line else self._prepare_new_line(asked, where)
            if "quantity" in asked:
                values["product_uom_qty"] = asked["quantity"]
            if "unit_price" in asked:
                values["price_unit"] = asked["unit_price"]
            found.append((where, line, values))
        return found

    def _find_line(self, asked, path):
        """The line that is meant; none when a product is to be added."""
        lines = self.order_line.filtered(lambda line: not line.display_type)
        if "line_id" in asked:
            found, key = lines.filtered(lambda line: line.id == asked["line_id"]), "line_id"
        elif "line_ref" in asked:
            found, key = (
                lines.filtered(lambda line: line.external_line_ref == asked["line_ref"]),
                "line_ref",
            )
        else:
            found = lines.filtered(lambda line: line.product_id.default_code == asked["sku"])
            key = "sku"
        if len(found) > 1:
            message = self.env._("Several lines match; name one by its `line_id`.")
            raise ItemError("unknown_line", message, f"{path}.{key}")
        if not found and key != "sku":
            message = self.env._("%(order)s has no such line.", order=self.name)
            raise ItemError("unknown_line", message, f"{path}.{key}")
        return found

    def _prepare_new_line(self, asked, path):
        products = self.env["product.product"].search(
            [
                ("default_code", "=", asked["sku"]),
                *self.env["product.product"]._check_company_domain(self.company_id),
            ],
            limit=2,
        )
        if len(products) != 1:
            code = "ambiguous_product" if products else "unknown_product"
            message = self.env._(
                "%(count)s products have the code %(code)s.", count=len(products), code=asked["sku"]
            )
            raise ItemError(code, message, f"{path}.sku")
        return {"product_id": products.id, "product_uom_qty": 1.0}

    # Changing

    def _amend(self, prepare, reason, caller):
        """Change one order, or leave it as it is.

        :param prepare: function without arguments that returns the :class:`Amendment`
        :param reason: why
        :param caller: environment of the caller, which decides what findings show
        :return dict: a row as of :meth:`amend_orders`
        """
        self.ensure_one()
        done = []
        failures = run_set(self, lambda order: done.append(order._amend_now(prepare())), "Amending")
        if failures:
            return self._prepare_refusal(failures[0][1], caller)
        amendment = done[-1]
        if amendment.is_empty():
            return self._prepare_amend_row("unchanged", caller)
        self._note_amendment(amendment, reason)
        if self.state == "sale" or self.promise_date:
            self._follow_supply()
        self._advance_stage()
        outcome = "held" if self.state != "sale" and self.hold_state == "held" else "amended"
        return {
            **self._prepare_amend_row(outcome, caller, amendment.differences),
            "summary": amendment.get_summary(),
        }

    def _amend_values(self, order_vals, lines, reason, caller):
        """Service for the intake room: change one order by core values.

        :param dict order_vals: values of the order
        :param list lines: ``(path, line, values)``, see :class:`Amendment`
        :return dict: a row as of :meth:`amend_orders`
        """
        self.env["order.lock"]._acquire("order", self.ids)
        return self._amend(lambda: Amendment(self, order_vals, lines), reason, caller)

    def _amend_now(self, amendment):
        if amendment.is_empty():
            return amendment
        amendment.verify()
        products = [values.get("product_id") for _path, _line, values in amendment.lines]
        self._lock_for_decision(self.env["product.product"].browse(filter(None, products)))
        before = self._find_holds() if self.state == "sale" else None
        amendment.apply()
        if before is None:
            self._run_checks()
        else:
            self._refuse_new_holds(before)
        return amendment

    def _refuse_new_holds(self, before):
        """Refuse when the change opened a hold that was not there, or less so, before."""
        self.env.flush_all()
        fresh = self._find_new_holds(before)
        if fresh:
            message = self.env._(
                "The order is confirmed and would be held: %(found)s",
                found=" ".join(found["message"] for found in fresh),
            )
            raise HoldError(message, fresh)

    def _note_amendment(self, amendment, reason):
        """One event and one message in the chatter; money to be given back is named."""
        message = self.env._("Changed: %(changes)s", changes=amendment.get_summary())
        if reason:
            message += f" ({reason})"
        overpaid = self._get_overpaid_amount() if amendment.lines else 0.0
        if overpaid:
            message += " " + self.env._(
                "%(amount)s more was paid than it costs now, and is to be given back.",
                amount=self.currency_id.format(overpaid),
            )
        self._message_log_batch(bodies={self.id: message})
        self.env["order.event"]._append(
            [
                {
                    "order_id": self.id,
                    "kind": "amended",
                    "message": message,
                    "data": {
                        "differences": amendment.differences,
                        "reason": reason or False,
                        "overpaid": overpaid,
                    },
                }
            ]
        )

    def _prepare_amend_row(self, outcome, caller, differences=()):
        findings = self._get_findings(caller)
        return self._prepare_change_row(
            [], outcome, differences, findings.get(self.id, []), hold_state=self.hold_state
        )

    def _prepare_refusal(self, exception, caller):
        held = isinstance(exception, HoldError)
        findings = self._prepare_hold_rows(exception.found, caller) if held else []
        return self._prepare_change_row(
            [error_of(exception)],
            "held" if held else "refused",
            [],
            findings,
            hold_state=self.hold_state,
        )

    def _prepare_change_row(self, errors, outcome, differences, findings, **values):
        return row(
            errors,
            order_id=self.id,
            name=self.name,
            outcome=outcome,
            order_state=self.state,
            summary="",
            differences=list(differences),
            findings=findings,
            **values,
        )

    # Facts

    def _has_shipped_goods(self):
        """Whether anything of these orders has left the house."""
        return any(
            move.state == "done" and move._is_done_delivery() for move in self.order_line.move_ids
        )

    def _get_requested_day(self):
        """The requested day where the goods leave, or ``False``."""
        zone = zone_of(self.warehouse_id, self.company_id)
        return self.commitment_date and day_of(self.commitment_date, zone)

    def _get_open_transfers(self):
        return self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
