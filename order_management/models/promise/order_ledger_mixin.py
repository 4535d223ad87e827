from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..common.bulk import insert_rows
from .ship_days import ShipDays

OUTCOMES = [("kept", "Kept"), ("broken", "Broken")]

# Promises that are made anew because of the world, not because somebody wanted it: a part that
# only shrank, since some of it was delivered, is the same promise.
FORCED = ("supply", "late")

# What of an order or its lines changes its promise.
PROMISE_FIELDS = frozenset(
    (
        "order_line",
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "warehouse_id",
        "commitment_date",
        "carrier_id",
        "picking_policy",
    )
)


class OrderLedgerMixin(models.AbstractModel):
    """Promises as they were made, and why they were made anew."""

    _name = "order.ledger.mixin"
    _description = "Order with a ledger of promises"

    promise_ids = fields.One2many("order.promise", "order_id", "Promises", readonly=True)
    first_promise_date = fields.Date(
        "First promise", readonly=True, copy=False,
        help="What the customer was told when the order was confirmed or changed; this counts.",
    )  # fmt: skip
    promise_outcome = fields.Selection(
        OUTCOMES, "Promise kept", readonly=True, copy=False, index="btree_not_null"
    )
    promise_late_days = fields.Integer(
        "Days late", readonly=True, copy=False, help="Against the first promise."
    )

    # When the order is confirmed

    def _plan_ledger(self):
        """Promise what is about to be confirmed: dates now, rows to be stored with the events.

        Dates are set before core writes the orders, so that they go along.

        :return list: values of ledger rows
        """
        orders = self.sudo().filtered(lambda order: order._is_promisable())
        if not orders:
            return []
        shipping = {warehouse: ShipDays(warehouse) for warehouse in orders._get_warehouses()}
        plans = orders._get_served_orders()
        orders._stop_reading_supply()
        for order, lines in plans.items():
            order._set_promise_dates(lines, order._get_promise_policy(), shipping)
        known = orders.filtered("promise_date")
        if known:
            known._renew_promises({order: plans[order] for order in known}, "confirmed")
        fresh = orders - known
        fresh._set_promised_days(plans)
        orders._note_first_promise()
        return fresh._add_chances(
            [
                vals
                for order in fresh
                for line, parts in plans[order].items()
                for vals in line._prepare_promises(parts, "confirmed")
            ]
        )

    def _is_promisable(self):
        """Whether anything is promised to this order at all."""
        return (
            self.state != "cancel"
            and self.company_id.use_order_management
            and not self._is_history()
        )

    def _note_first_promise(self):
        for day, orders in self.grouped("promise_date").items():
            orders.filtered(lambda order, day=day: order.first_promise_date != day).write(
                {"first_promise_date": day}
            )

    # When it is promised anew

    def _renew_promises(self, plans, cause, policy=False, day=False, data=None):
        """Write new dates, and rows for the lines whose promise differs from the one before.

        A quotation of which a part cannot be promised is promised nothing.

        :param dict plans: order → line → parts
        :param str cause: why; promises that were marked have a cause of their own
        :param str policy: how it is shipped, where that was asked for
        :param day: the day it was reckoned from, where that was asked for
        :param dict data: what changed: ``document``, ``before``, ``after``
        :return dict: order → (day before, day now) of those whose day moved
        """
        promised = self._get_current_promises()
        before = {order: order.promise_date for order in self}
        marks = {order: promised[order]._get_marked_cause() for order in self}
        reasons = {order: marks[order] or (cause, data) for order in self}
        rows, planned, replaced, gone = [], [], self.env["order.promise"], self.env["order.promise"]
        for order in self:
            reason, told = reasons[order]
            old = promised[order].grouped("line_id")
            is_firm = order.state == "sale" or order._get_promised_day(plans[order])
            for line, parts in plans[order].items() if is_firm else ():
                known = old.pop(line, replaced.browse())
                fresh = line._prepare_promises(parts, reason, told, policy, day)
                planned += fresh
                if fresh and not known._is_like(fresh, reason in FORCED):
                    rows += fresh
                    replaced |= known
            gone = gone.union(*old.values())
        gone._cancel_promises()
        added = insert_rows(replaced.sudo().browse(), self._add_chances(rows, planned))
        replaced._supersede(added, {order: reason for order, (reason, _told) in reasons.items()})
        kept = self.env["order.promise"].union(*promised.values()) - replaced - gone
        kept._forget_marks()
        self._set_promised_days(plans)
        moved = {
            order: (before[order], order.promise_date)
            for order in self
            if before[order] != order.promise_date
        }
        wanted = self.filtered(lambda order: reasons[order][0] == "customer")
        wanted._note_first_promise()
        wanted.filtered("promise_outcome").write({"promise_outcome": False, "promise_late_days": 0})
        self._record_renewals(moved, reasons, plans)
        self._tell_moved(moved, reasons)
        return moved

    def _get_current_promises(self):
        """The rows of the ledger that hold now, by order."""
        rows = (
            self.env["order.promise"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "=", "current")], order="id")
        )
        found = rows.grouped("order_id")
        return {order: found.get(order, rows.browse()) for order in self}

    def _set_promised_days(self, plans):
        """Write the dates of orders and lines that differ from those they have."""
        lines, orders = defaultdict(list), defaultdict(list)
        for order in self:
            for line, parts in plans[order].items():
                day = line._get_promised_day(parts)
                if line.promise_date != day:
                    lines[day].append(line.id)
            day = order._get_promised_day(plans[order])
            if order.promise_date != day:
                orders[day].append(order.id)
        for day, ids in lines.items():
            self.env["sale.order.line"].browse(ids).write({"promise_date": day})
        for day, ids in orders.items():
            self.browse(ids).write({"promise_date": day})
        self._note_missing(plans)

    def _note_missing(self, plans):
        """Keep what of the lines cannot be shipped when it is wanted."""
        short = {}
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
        for order in self:
            wanted = order._get_wanted_day(shipping)
            for line, parts in plans[order].items():
                missing = line._get_missing_quantity(parts, wanted)
                short[line] = (missing, line._get_promised_day(parts))
        self.order_line._set_short(short)

    def _add_chances(self, rows, planned=None):
        """Fill in the chance that each promise is kept; it is not part of the row otherwise.

        :param list planned: all that is promised to these orders, when that is more than the rows
        """
        by_company, together = defaultdict(list), defaultdict(list)
        for vals in rows if planned is None else planned:
            if vals["policy"] == "complete":
                vals["wish"]["waits_for"] = together[vals["order_id"]]
                vals["wish"]["waits_for"].append(vals["wish"])
        for vals in rows:
            by_company[vals["company_id"]].append(vals)
        for company_id, promises in by_company.items():
            wishes = [vals.pop("wish") for vals in promises]
            company = self.env["res.company"].browse(company_id)
            chances = self.env["order.promise.delay"]._get_chances(company, wishes)
            for vals, chance in zip(promises, chances, strict=True):
                vals["confidence"] = chance
        return rows

    def _record_renewals(self, moved, reasons, plans):
        """One slip for each order whose day moved."""
        self.env["order.decision"]._record(
            [
                order._prepare_promise_slip(days, reasons[order], plans[order])
                for order, days in moved.items()
            ]
        )

    def _prepare_promise_slip(self, days, reason, lines, mode="on"):
        """The slip of a date; replayed by ``_replay_promise_date``."""
        cause, data = reason
        parts = [
            {
                "line_id": line.id,
                "quantity": part["quantity"],
                "ship_date": fields.Date.to_string(part["ship_date"]),
                "delivery_date": fields.Date.to_string(part["delivery_date"]),
                "source": part["source"],
                "reference": part["reference"],
            }
            for line, found in lines.items()
            for part in found
        ]
        latest = max(parts, key=lambda part: part["delivery_date"], default=None)
        is_whole = bool(days[1])
        return {
            "model": self._name,
            "res_id": self.id,
            "decision": "promise.date",
            "outcome": fields.Date.to_string(days[1]) if is_whole else "none",
            "mode": mode,
            "inputs": {
                "cause": cause,
                "data": data or {},
                "before": fields.Date.to_string(days[0] or None) or False,
                "parts": parts,
                "is_whole": is_whole,
            },
            "alternatives": [],
            "flip": _tell_flip(latest) if is_whole else "",
            "company_id": self.company_id.id,
        }

    # When it is changed

    def _note_promise_edit(self, vals):
        """What was promised to edited orders is reckoned anew soon."""
        if not PROMISE_FIELDS & vals.keys():
            return
        promised = self.sudo().filtered(
            lambda order: (order.state == "sale" or order.promise_date) and order._is_promisable()
        )
        if promised:
            self.env["order.promise"].sudo()._mark(
                SQL("promise.order_id IN %s", tuple(promised.ids)), {"cause": "customer"}
            )

    # When it is cancelled

    def _cancel_ledger(self):
        """Nothing is promised any more to orders that were cancelled."""
        if self:
            rows = self.sudo()._get_current_promises().values()
            self.env["order.promise"].union(*rows)._cancel_promises()
            self.sudo().filtered("promise_date").write({"promise_date": False})

    def action_view_promises(self):
        """Open the ledger of these orders."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.action_order_promise"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}


class OrderLedgerLineMixin(models.AbstractModel):
    _name = "order.ledger.line.mixin"
    _description = "Order line with a ledger of promises"

    promise_source = fields.Char(
        "Promise rests on", compute="_compute_promise_source", compute_sudo=True
    )
    promise_confidence = fields.Float(
        "Chance", compute="_compute_promise_source", compute_sudo=True,
        help="The chance that the promise is kept, learned from your own receipts and deliveries.",
    )  # fmt: skip

    @api.depends("promise_date")
    def _compute_promise_source(self):
        self.promise_source = self.promise_confidence = False
        rows = self.env["order.promise"].search(
            [("line_id", "in", self.ids), ("state", "=", "current")], order="delivery_date, id"
        )
        for line, promises in rows.grouped("line_id").items():
            line.promise_source = ", ".join(dict.fromkeys(map(_tell_source, promises)))
            line.promise_confidence = min(promises.mapped("confidence"))

    def _prepare_promises(self, parts, cause, data=None, policy=False, day=False):
        """Rows of the ledger for the parts of this line, and for what nothing is known of."""
        order = self.order_id
        common = {
            "order_id": order.id,
            "line_id": self.id,
            "product_id": self.product_id.id,
            "warehouse_id": self.warehouse_id.id,
            "company_id": order.company_id.id,
            "policy": policy or order._get_promise_policy(),
            "reckoned_on": day,
            "cause": cause,
            "cause_data": data or False,
            "cause_text": self._tell_cause(data),
        }
        asked = self._get_undelivered_quantity()
        rest = self.product_id.uom_id.round(asked - sum(part["base_quantity"] for part in parts))
        rows = [
            {
                **common,
                **{name: part[name] for name in ("quantity", "ship_date", "delivery_date")},
                "source": part["source"],
                "reference": part["reference"],
                "wish": self._prepare_wish(part["source"], part["slack"], part.get("vendor_id")),
            }
            for part in parts
        ]
        if rest > 0:
            quantity = self.product_id.uom_id._compute_quantity(rest, self.product_uom_id)
            wish = self._prepare_wish("none", 0)
            rows.append({**common, "quantity": quantity, "source": "none", "wish": wish})
        return rows

    def _get_missing_quantity(self, parts, wanted):
        """What cannot be shipped when it is wanted, in this line's unit.

        :param wanted: the day the customer asked for, or ``False``: now
        """
        there = sum(
            part["base_quantity"]
            for part in parts
            if part["source"] == "stock"
            or (part["source"] == "incoming" and wanted and part["delivery_date"] <= wanted)
        )
        missing = self._get_undelivered_quantity() - there
        if self.product_id.uom_id.compare(missing, 0.0) <= 0 or self._has_own_supply():
            return 0.0
        return self.product_id.uom_id._compute_quantity(missing, self.product_uom_id)

    def _prepare_wish(self, source, slack, vendor_id=False):
        """What the chance of a part depends on."""
        return {
            "source": source,
            "slack": slack,
            "vendor_id": vendor_id or False,
            "warehouse_id": self.warehouse_id.id,
            "carrier_id": self.order_id.carrier_id.id,
        }

    def _tell_cause(self, data):
        """What changed, in words."""
        if not data:
            return False
        if data.get("after"):
            days = {name: format_date(self.env, data[name]) for name in ("before", "after")}
            return self.env._(
                "%(document)s: %(before)s → %(after)s", document=data["document"], **days
            )
        return self.env._("%(document)s: cancelled or reduced", document=data.get("document", ""))


def _tell_source(promise):
    label = dict(promise._fields["source"]._description_selection(promise.env))[promise.source]
    return f"{label} {promise.reference}" if promise.reference else label


def _tell_flip(latest):
    return f"{latest['source']} {latest['reference'] or ''}".strip() if latest else ""
