from datetime import timedelta

from odoo import fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from ..common.zones import day_of
from .kits import Kits
from .order_promise_mixin import SHORTAGES
from .ship_days import ShipDays
from .supply_book import SupplyBook

POLICIES = ("complete", "split")
SHOWN = ("quantity", "ship_date", "delivery_date", "source", "reference")

# What checks of this call found for each order; on the cursor, where no caller can put it.
_SERVED = "order_management.served_orders"


class OrderPromisingMixin(models.AbstractModel):
    """When the goods of an order leave and arrive, and what each date rests on."""

    _name = "order.promising.mixin"
    _description = "Order with promised dates"

    @public
    def promise_orders(self, policy=None, on_date=None):
        """Work out when orders can be shipped and delivered, and keep these dates.

        Stock at hand comes first, then dated receipts, then the vendor's lead time. Confirmed
        orders hold their supply; quotations hold none, and earlier orders of the call come
        first. An order that is wanted later than possible is promised for the day it is wanted.

        :param str policy: ``complete`` ships everything together, ``split`` each part as soon as
            it can; without it, as the order says
        :param str on_date: the day to reckon from, ``YYYY-MM-DD`` where the goods leave; without
            it, the later of now and the order's own date
        :return: one item per order: ``order_id``, ``ship_date`` and ``delivery_date`` (of the
            last part), ``lines``: ``line_id``, ``parts``: ``quantity`` (in the line's unit),
            ``ship_date``, ``delivery_date``, ``source`` (``stock`` | ``incoming`` |
            ``lead_time``), ``reference``
        :raises ValidationError: an argument is no policy or no date
        """
        arguments = Arguments(self.env)
        policy = arguments.choice(policy, POLICIES, "policy")
        day = arguments.day(on_date, "on_date")
        orders = as_service(self)
        plans = orders._plan_promises(policy, day)
        rows = [order._prepare_promise_row(plans[order]) for order in orders]
        orders._renew_promises(plans, "asked", policy=policy, day=day)
        return rows

    def _plan_promises(self, policy=False, day=False):
        """Dated parts for the lines of these orders.

        :return dict: order → line → parts, dicts as of :meth:`promise_orders`, and ``slack``, the
            days between the earliest possible delivery and the promised one
        """
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
        plans = self._serve_orders(shipping, day)
        for order, lines in plans.items():
            order._set_promise_dates(lines, policy or order._get_promise_policy(), shipping)
        return plans

    def _get_served_orders(self):
        """What can serve these orders, as checks of this call found it, or as it is found now.

        The check of stock, the check of the date and the promise made after them rest on one
        reading, made under the lock.

        :return dict: order → line → parts by the day on which the goods are there
        """
        known = self.env.cr.cache.get(_SERVED)
        if known is None or not all(order.id in known for order in self):
            return self._serve_for_checks()
        return {order: _copy(known[order.id]) for order in self}

    def _serve_for_checks(self):
        """The same, always found now; kept while the checks of one call run."""
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
        served = self._serve_orders(shipping)
        known = self.env.cr.cache.get(_SERVED)
        if known is not None:
            known.update({order.id: _copy(lines) for order, lines in served.items()})
        return served

    def _start_reading_supply(self):
        """Service for the validation room: checks begin, under the lock if one was needed."""
        self.env.cr.cache[_SERVED] = {}
        self.env.cr.cache[SHORTAGES] = {}

    def _stop_reading_supply(self):
        """What was found for these orders was used; what was not is out of date soon."""
        known = self.env.cr.cache.get(_SERVED, {})
        for order in self:
            known.pop(order.id, None)

    def _serve_orders(self, shipping, day=False, apart=False):
        """Serve the lines of these orders from supply, earlier orders first.

        :param bool apart: quotations each for itself
        :return dict: order → line → parts by the day on which the goods are there (``there``)
        """
        zero = {order: order._get_day_zero(shipping, day) for order in self}
        needs = self._get_promise_needs()
        wanted = {
            (line.warehouse_id, part)
            for line, parts in needs.items()
            if line.warehouse_id
            for part in parts
        }
        first = {}  # the earliest day zero of each warehouse
        for line in needs:
            if line.warehouse_id:
                day_zero = zero[line.order_id]
                first[line.warehouse_id] = min(first.get(line.warehouse_id, day_zero), day_zero)
        book = SupplyBook(wanted, self.order_line, first, needs)
        served = {}
        for order in self:
            own = book.fork() if apart and order.state != "sale" else book
            served[order] = {
                line: line._plan_promise(own, needs.get(line), zero[order], shipping)
                for line in order._get_lines_to_promise()
            }
        return served

    def _get_warehouses(self):
        return self.order_line.warehouse_id | self.warehouse_id

    def _get_lines_to_promise(self):
        """Lines of goods of which something is wanted."""
        return self.order_line.filtered(lambda line: line._is_open_for_stock())

    def _get_promise_needs(self):
        """What lines take from stock: line → product → (quantity for one, quantity in all)."""
        needs = {}
        lines = self.filtered(lambda order: order.state != "cancel")._get_lines_to_promise()
        for company, group in lines.grouped("company_id").items():
            kits = Kits(group.product_id, company)
            for line in group:
                parts = kits.get_needs(line.product_id)
                if parts and not line._has_own_supply():
                    asked = line._get_undelivered_quantity()
                    needs[line] = {part: (each, each * asked) for part, each in parts.items()}
        return needs

    def _get_day_zero(self, shipping, day):
        """The later of now and the order's own date, where the goods leave."""
        if day:
            return day
        moment = max(fields.Datetime.now(), self.date_order or fields.Datetime.now())
        days = shipping.get(self.warehouse_id)
        return days.day_zero(moment) if days else fields.Date.context_today(self, moment)

    def _get_promise_policy(self):
        return "complete" if self.picking_policy == "one" else "split"

    def _get_transit_days(self):
        """Calendar days from the warehouse to the customer's door."""
        return self.carrier_id.transit_days if self.carrier_id else 0

    def _set_promise_dates(self, lines, policy, shipping):
        """Turn days on which goods are there into days they leave and arrive."""
        transit = timedelta(days=self._get_transit_days())
        wanted = self._get_wanted_day(shipping)
        parts = [(line, part) for line, found in lines.items() for part in found]
        for line, part in parts:
            days = shipping.get(line.warehouse_id)
            there = part.pop("there")
            part["ship_date"] = part["earliest"] = days.ship_day(there) if days else there
            if wanted:
                part["ship_date"] = max(part["ship_date"], _last_ship_day(days, wanted - transit))
        if policy == "complete" and parts:
            last = max(part["ship_date"] for _line, part in parts)
            for _line, part in parts:
                part["ship_date"] = last
        for _line, part in parts:
            part["delivery_date"] = part["ship_date"] + transit
            part["slack"] = (part["ship_date"] - part.pop("earliest")).days

    def _get_latest_ship_day(self, shipping):
        """The last day to ship for the day the customer asked for, or ``False``."""
        wanted = self._get_wanted_day(shipping)
        latest = wanted and wanted - timedelta(days=self._get_transit_days())
        return latest and _last_ship_day(shipping.get(self.warehouse_id), latest)

    def _get_wanted_day(self, shipping):
        """The day the customer asked for, or ``False``."""
        if not self.commitment_date:
            return False
        days = shipping.get(self.warehouse_id)
        return day_of(self.commitment_date, days.zone) if days else self.commitment_date.date()

    def _get_promised_day(self, lines):
        days = [line._get_promised_day(parts) for line, parts in lines.items()]
        return max(days) if days and all(days) else False

    def _prepare_promise_row(self, lines):
        errors = [
            error("out_of_stock", line._tell_unpromised(parts), f"lines[{index}]")
            for index, (line, parts) in enumerate(lines.items())
            if not line._get_promised_day(parts)
        ]
        parts = [part for found in lines.values() for part in found]
        is_whole = bool(parts) and not errors
        return row(
            errors,
            order_id=self.id,
            ship_date=max(part["ship_date"] for part in parts) if is_whole else False,
            delivery_date=max(part["delivery_date"] for part in parts) if is_whole else False,
            lines=[
                {
                    "line_id": line.id,
                    "parts": [{key: part[key] for key in SHOWN} for part in found],
                }
                for line, found in lines.items()
            ],
        )


def _copy(lines):
    return {line: [dict(part) for part in parts] for line, parts in lines.items()}


def _last_ship_day(days, latest):
    return days.last_ship_day(latest) if days else latest
