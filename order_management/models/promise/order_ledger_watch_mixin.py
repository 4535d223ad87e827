from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ..common.bulk import update_rows
from ..common.zones import day_of, zone_of
from .order_ledger_mixin import FORCED
from .ship_days import ShipDays


class OrderLedgerWatchMixin(models.AbstractModel):
    """What becomes of promises: made anew when supply moves, late, kept or broken."""

    _name = "order.ledger.watch.mixin"
    _description = "Order whose promises are watched"

    # Supply that moved

    def _follow_supply(self):
        """Promise anew what rests on supply that changed, first promised first.

        The day it was reckoned from stays, if somebody had named one that was past even then.
        What the customer changed is always promised anew; supply only where that is switched on.
        """
        promised = self._get_current_promises()
        now = fields.Datetime.now()
        queue = self.filtered(lambda order: order._is_promisable()).sorted(
            lambda order: (min(promised[order].mapped("made_at"), default=now), order.id)
        )
        self._lock_for_decision()
        for day, orders in queue.grouped(lambda order: promised[order]._get_day_named()).items():
            plans = orders._plan_as_promised(promised, day)
            wanted = orders.filtered(lambda order: promised[order]._is_wanted())
            if wanted:
                wanted._renew_promises({order: plans[order] for order in wanted}, "customer")
            (orders - wanted)._renew_if(plans, "supply")

    def _plan_as_promised(self, promised, day=False):
        """Plans by the way of shipping each order was promised with, or is to be shipped now."""
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
        plans = self._serve_orders(shipping, day)
        for order, lines in plans.items():
            rows = promised[order]
            policy = not rows._is_wanted() and rows[:1].policy or order._get_promise_policy()
            order._set_promise_dates(lines, policy, shipping)
        return plans

    def _renew_if(self, plans, cause, data=None):
        """Renew promises where the automation is on; in shadow it only says what it would do."""
        modes = self.grouped(lambda order: order.company_id.promise_mode)
        acting = modes.get("on", self.browse())
        if acting:
            acting._renew_promises({order: plans[order] for order in acting}, cause, data=data)
        trying = modes.get("shadow", self.browse())
        if trying:
            trying._record_shadow_promises(plans, cause)
        idle = self - acting
        self.env["order.promise"].union(*idle._get_current_promises().values())._forget_marks()

    def _record_shadow_promises(self, plans, cause):
        slips = []
        for order in self:
            days = (order.promise_date, order._get_promised_day(plans[order]))
            if days[0] != days[1]:
                slip = order._prepare_promise_slip(days, (cause, {}), plans[order], "shadow")
                slips.append(slip)
        known = self.env["order.decision"].search_fetch(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("decision", "=", "promise.date"),
                ("mode", "=", "shadow"),
            ],
            ["res_id", "outcome"],
        )
        told = {(slip.res_id, slip.outcome) for slip in known}
        self.env["order.decision"]._record(
            [slip for slip in slips if (slip["res_id"], slip["outcome"]) not in told]
        )

    def _tell_moved(self, moved, reasons):
        """Queue one message for each customer whose day moved by itself."""
        messages = {"supply": {}, "late": {}}
        for order, (before, now) in moved.items():
            cause = reasons[order][0]
            if cause in FORCED and order._is_worth_telling(before, now):
                messages[cause][order.id] = {
                    "key": f"promise/{max(order.promise_ids.ids)}",
                    "before": fields.Date.to_string(before),
                    "after": fields.Date.to_string(now),
                    "reason": cause == "supply" and cause,
                }
        for cause, kind in (("supply", "promise_changed"), ("late", "delayed")):
            if messages[cause]:
                self._notify_customers(kind, messages[cause])

    def _is_worth_telling(self, before, now):
        """Whether the customer waits for the day before, and should hear of the new one.

        A day that gets better is news only to somebody who was told a worse one.
        """
        waits = self.state in ("sale", "sent") or self._get_channel_code()
        return bool(
            waits and before and now and (now > before or before != self.first_promise_date)
        )

    # What is due

    def _check_late(self):
        """Warn of what cannot arrive on the promised day, before the customer asks.

        On the promised day itself, from the company's hour on, what has not arrived is late.
        """
        self._close_promises()
        opened = self.filtered(lambda order: order.state == "sale" and not order.promise_outcome)
        if not opened:
            return
        self._lock_for_decision()
        promised = opened._get_current_promises()
        opened = opened.filtered(lambda order: promised[order])
        arrivals = opened._get_arrivals()
        shipping = {warehouse: ShipDays(warehouse) for warehouse in opened._get_warehouses()}
        for day, orders in opened.grouped(lambda order: order._get_next_day(shipping)).items():
            plans = orders._plan_as_promised(promised, day)
            for order in orders:
                order._add_on_the_way(plans[order], promised[order], arrivals[order.id], day)
            late = orders.filtered(lambda order, plans=plans: order._is_running_late(plans[order]))
            late._renew_if({order: plans[order] for order in late}, "late")
            (orders - late)._note_missing(plans)

    def _get_next_day(self, shipping):
        """The next day on which something can still be done for this order."""
        now = fields.Datetime.now()
        zone = zone_of(self.warehouse_id, self.company_id)
        local = fields.Datetime.context_timestamp(self.with_context(tz=str(zone)), now)
        today = day_of(now, zone)
        if local.hour + local.minute / 60 >= self.company_id.promise_late_hour:
            return today + timedelta(days=1)
        days = shipping.get(self.warehouse_id)
        return days.day_zero(now) if days else today

    def _add_on_the_way(self, lines, promised, arrivals, day):
        """Goods that have left and not arrived: when they can still be there."""
        zone = zone_of(self.warehouse_id, self.company_id)
        transit = timedelta(days=self._get_transit_days())
        for line, parts in lines.items():
            left = line._get_departures(arrivals, zone)
            moving = [(shipped, quantity) for shipped, arrived, quantity in left if not arrived]
            if parts or not moving:
                continue
            shipped = max(shipped for shipped, _quantity in moving)
            lines[line] = [
                {
                    "quantity": sum(quantity for _shipped, quantity in moving),
                    "base_quantity": 0.0,
                    "ship_date": shipped,
                    "delivery_date": max(shipped + transit, day),
                    "source": "stock",
                    "reference": promised.filtered(
                        lambda row, line=line: row.line_id == line
                    )[:1].reference,
                    "slack": 0,
                }
            ]  # fmt: skip

    def _is_running_late(self, lines):
        now = self._get_promised_day(lines)
        if not self.promise_date:
            return bool(now)
        return not now or now > self.promise_date

    # What arrived

    def _close_promises(self):
        """Judge the promises of lines that have arrived whole."""
        rows = (
            self.env["order.promise"]
            .sudo()
            .search(
                [
                    ("order_id", "in", self.ids),
                    ("state", "in", ("current", "superseded")),
                    ("is_withdrawn", "=", False),
                    ("outcome", "=", False),
                ],
                order="made_at, delivery_date, id",
            )
        )
        if not rows:
            return
        arrivals = rows.order_id.with_env(self.env)._get_arrivals()
        values, arrived = {}, defaultdict(dict)
        for line, promises in rows.grouped("line_id").items():
            order = line.order_id
            zone = zone_of(order.warehouse_id, order.company_id)
            days = line._get_arrival_days(arrivals[order.id], zone)
            if days:
                arrived[order][line] = days[-1][0]
                for group in promises.grouped("made_at").values():
                    values.update(group._judge(days))
        update_rows(rows.browse(), values)
        for order, days in arrived.items():
            order._close_promise(rows.filtered(lambda row, o=order: row.order_id == o), days)

    def _close_promise(self, rows, days):
        """Judge the order by its first promise, when nothing of it is open any more."""
        if rows.filtered("line_id").line_id - self.order_line.browse([line.id for line in days]):
            return
        day, first = max(days.values()), self.first_promise_date or self.promise_date
        if first and not self.promise_outcome:
            late = max((day - first).days, 0)
            self.write({"promise_outcome": "broken" if late else "kept", "promise_late_days": late})


class OrderLedgerWatchLineMixin(models.AbstractModel):
    _name = "order.ledger.watch.line.mixin"
    _description = "Order line whose promise is watched"

    def _get_departures(self, arrivals, zone):
        """What has left for the customer.

        :param dict arrivals: transfer id → when it arrived, or ``False`` if it is on its way
        :return list: ``(day it left, day it arrived or False, quantity)``, in the line's unit
        """
        moves = self.move_ids.filtered(lambda move: move._is_done_delivery())
        left = []
        is_kit = self._is_moved_in_parts()
        for move in moves:
            moment = arrivals.get(move.picking_id.id, move.date)
            quantity = move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, round=False
            ) if not is_kit else 0.0  # fmt: skip
            left.append(
                (day_of(move.date, zone), moment and day_of(moment, zone), quantity)
            )  # fmt: skip
        if left and is_kit:  # whole when its last component is
            shipped = max(day for day, _arrived, _quantity in left)
            there = all(arrived for _day, arrived, _quantity in left) and max(
                arrived for _day, arrived, _quantity in left
            )
            return [(shipped, there, self.qty_delivered)]
        return left

    def _get_arrival_days(self, arrivals, zone):
        """When the goods of this line arrived, if all of them have.

        :return list: ``(day, quantity arrived until then)``, ascending; empty while some are open
        """
        left = self._get_departures(arrivals, zone)
        if not left or not all(arrived for _day, arrived, _quantity in left):
            return []
        total, days = 0.0, []
        for _day, arrived, quantity in sorted(left, key=lambda one: one[1]):
            total += quantity
            days.append((arrived, total))
        if self.product_uom_id.compare(total, self.product_uom_qty) < 0:
            return []
        return days
