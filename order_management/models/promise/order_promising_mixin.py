from datetime import timedelta

from odoo import fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from ..common.zones import day_of
from .kits import Kits
from .ship_days import ShipDays
from .supply_book import SupplyBook

POLICIES = ("complete", "split")


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
        orders._keep_promises(plans)
        return [order._prepare_promise_row(plans[order]) for order in orders]

    def _plan_promises(self, policy=False, day=False):
        """Dated parts for the lines of these orders.

        :return dict: order → line → parts, dicts as of :meth:`promise_orders`
        """
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
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
        book = SupplyBook(wanted, self.order_line, first)
        plans = {}
        for order in self:
            lines = {
                line: line._plan_promise(book, needs.get(line), zero[order], shipping)
                for line in order._get_lines_to_promise()
            }
            order._set_promise_dates(lines, policy or order._get_promise_policy(), shipping)
            plans[order] = lines
        return plans

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
            part["ship_date"] = days.ship_day(there) if days else there
            if wanted:
                latest = wanted - transit
                latest = days.last_ship_day(latest) if days else latest
                part["ship_date"] = max(part["ship_date"], latest)
        if policy == "complete" and parts:
            last = max(part["ship_date"] for _line, part in parts)
            for _line, part in parts:
                part["ship_date"] = last
        for _line, part in parts:
            part["delivery_date"] = part["ship_date"] + transit

    def _get_wanted_day(self, shipping):
        """The day the customer asked for, or ``False``."""
        if not self.commitment_date:
            return False
        days = shipping.get(self.warehouse_id)
        return day_of(self.commitment_date, days.zone) if days else self.commitment_date.date()

    def _keep_promises(self, plans):
        """Write the dates of orders and lines that differ from those they have."""
        for order, lines in plans.items():
            for line, parts in lines.items():
                date = line._get_promised_day(parts)
                if line.promise_date != date:
                    line.promise_date = date
            date = order._get_promised_day(lines)
            if order.promise_date != date:
                order.promise_date = date

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
            lines=[{"line_id": line.id, "parts": found} for line, found in lines.items()],
        )
