from collections import defaultdict
from math import floor

from odoo import fields, models

from ..common.optional import has_model
from ..common.zones import day_of, zone_of
from .kits import Kits

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class OrderAvailabilityMixin(models.AbstractModel):
    """What of a product is free now, and when more comes."""

    _name = "order.availability.mixin"
    _description = "Availability of a product"

    def _get_availability(self, warehouse, wishes):
        """Service for the intake room: what can be had of these products, for all at once.

        Wishes for one product draw on the same stock, earlier ones first. What is free now may
        be had now; what comes serves first those who wait for it already.

        :param warehouse: where the goods leave
        :param list wishes: ``(product, quantity)`` in the product's unit
        :return list: one dict per wish: ``state`` (``free`` | ``partly`` | ``none``, or
            ``unlimited`` for what is not stocked), ``free`` (left for this wish now, in the
            product's unit), ``next_date`` (when more comes) and ``ship_date`` (from when the
            whole quantity can leave), days where the goods leave or ``False``
        """
        kits = Kits(self, warehouse.company_id)
        needs = {product: kits.get_needs(product) for product in self}
        stocked = self.browse(dict.fromkeys(part.id for parts in needs.values() for part in parts))
        free = {
            product.id: product.free_qty
            for product in stocked.with_context(warehouse_id=warehouse.id)
        }
        zone = zone_of(warehouse, warehouse.company_id)
        today = day_of(fields.Datetime.now(), zone)
        incoming = stocked._get_incoming_supply(warehouse, zone, today)
        waiting = stocked._get_waiting_demand(warehouse)
        taken = defaultdict(float)
        answers = []
        for product, quantity in wishes:
            found = []
            for part, each in needs[product].items():
                left = free[part.id] - taken[part.id]
                taken[part.id] += quantity * each
                missing = taken[part.id] + waiting.get(part.id, 0.0) - free[part.id]
                judged = part._judge(quantity * each, left, missing, incoming[part.id], today)
                if part != product:
                    judged["free"] = float(floor(round(judged["free"] / each, 6)))
                found.append(judged)
            answers.append(_scarcest(found) if found else _row("unlimited", 0.0, ship_date=today))
        return answers

    def _get_sold_through(self):
        """Service for the validation room: these products, and the kits made of them."""
        products = self
        if not has_model(self.env, "mrp.bom.line"):
            return products
        fresh = products
        while fresh:
            kits = (
                self.env["mrp.bom.line"]
                .sudo()
                .search([("product_id", "in", fresh.ids), ("bom_id.type", "=", "phantom")])
                .bom_id
            )
            fresh = (kits.product_id | kits.product_tmpl_id.product_variant_ids) - products
            products |= fresh
        return products

    def _judge(self, quantity, left, missing, supply, today):
        """One wish against what is left for it, and what must still come to serve it."""
        left = max(left, 0.0)
        next_date = supply[0][0] if supply else False
        if self.uom_id.compare(left, quantity) >= 0:
            return _row("free", left, next_date, today)
        ship_date, total = False, 0.0
        for day, more in supply:
            total += more
            if self.uom_id.compare(total, missing) >= 0:
                ship_date = day
                break
        state = "partly" if self.uom_id.compare(left, 0.0) > 0 else "none"
        return _row(state, left, next_date, ship_date)

    def _get_incoming_supply(self, warehouse, zone, today):
        """Product id → ``(day, quantity)`` of open receipts, soonest first; late ones are due."""
        found = defaultdict(list)
        domain = [*self._get_open_moves_domain(), *_crossing(warehouse, "location_dest_id")]
        for move in self.env["stock.move"].search_fetch(
            domain, ["product_id", "product_qty", "date"], order="date, id"
        ):
            day = max(day_of(move.date, zone), today)
            found[move.product_id.id].append((day, move.product_qty))
        return found

    def _get_waiting_demand(self, warehouse):
        """Product id → what confirmed deliveries still wait for, in the product's unit."""
        domain = [*self._get_open_moves_domain(), *_crossing(warehouse, "location_id")]
        waiting = defaultdict(float)
        for move in self.env["stock.move"].search_fetch(
            domain, ["product_id", "product_uom", "product_qty", "quantity"]
        ):
            reserved = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            waiting[move.product_id.id] += max(move.product_qty - reserved, 0.0)
        return waiting

    def _get_open_moves_domain(self):
        return [("product_id", "in", self.ids), ("state", "in", OPEN_STATES)]


def _crossing(warehouse, end):
    """Moves of which one end lies in the warehouse, and the other does not."""
    other = "location_id" if end == "location_dest_id" else "location_dest_id"
    place = warehouse.view_location_id.id
    return [(end, "child_of", place), "!", (other, "child_of", place)]


def _scarcest(found):
    """What a kit's components say together: the scarcest decides, and the latest to come."""
    if len(found) == 1:
        return found[0]
    lacking = [one for one in found if one["state"] != "free"]
    free = min(one["free"] for one in found)
    if not lacking:
        return _row("free", free, found[0]["next_date"], found[0]["ship_date"])
    ship_dates = [one["ship_date"] for one in lacking]
    next_dates = [one["next_date"] for one in lacking]
    return _row(
        "partly" if free else "none",
        free,
        all(next_dates) and max(next_dates),
        all(ship_dates) and max(ship_dates),
    )


def _row(state, free, next_date=False, ship_date=False):
    return {"state": state, "free": free, "next_date": next_date, "ship_date": ship_date}
