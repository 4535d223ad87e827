from math import floor

from odoo import fields, models

from ...tools.promise import available_to_promise
from ..common.optional import has_model
from ..common.zones import day_of, zone_of
from .kits import Kits
from .supply_book import SupplyBook


class OrderAvailabilityMixin(models.AbstractModel):
    """What of a product is free now, and when more comes."""

    _name = "order.availability.mixin"
    _description = "Availability of a product"

    def _get_availability(self, warehouse, wishes):
        """Service for the intake room: what can be had of these products, for all at once.

        Wishes for one product draw on the same supply, earlier ones first; who waits for goods
        already comes before them.

        :param warehouse: where the goods leave
        :param list wishes: ``(product, quantity)`` in the product's unit
        :return list: one dict per wish: ``state`` (``free`` | ``partly`` | ``none``, or
            ``unlimited`` for what is not stocked), ``free`` (left for this wish now, in the
            product's unit), ``next_date`` (when more comes) and ``ship_date`` (from when the
            whole quantity can leave), days where the goods leave or ``False``
        """
        kits = Kits(self, warehouse.company_id or self.env.company)
        needs = {product: kits.get_needs(product) for product in self}
        today = day_of(fields.Datetime.now(), zone_of(warehouse, kits.company))
        book = SupplyBook(
            {(warehouse, part) for parts in needs.values() for part in parts if warehouse},
            self.env["sale.order.line"],
            {warehouse: today},
        )
        answers = []
        for product, quantity in wishes:
            found = []
            for part, each in needs[product].items():
                judged = part._judge(book, warehouse, quantity * each, today)
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

    def _judge(self, book, warehouse, quantity, today):
        """One wish against what is left for it; it is taken from the book."""
        key = (warehouse.id, self.id)
        supplies = [(supply.date, supply.quantity) for supply in book.supplies[key]]
        on_hand = sum(supply.quantity for supply in book.supplies[key] if supply.source == "stock")
        coming = [supply.date for supply in book.supplies[key] if supply.source != "stock"]
        free = dict(available_to_promise(supplies, book.demand[key])).get(today, 0.0)
        due = sum(taken for day, taken in book.demand[key] if day <= today)
        left = max(min(free, on_hand - due), 0.0)
        parts = book.promise(warehouse, self, quantity)
        next_date = min(coming, default=False)
        if self.uom_id.compare(left, quantity) >= 0:
            return _row("free", left, next_date, today)
        is_served = self.uom_id.compare(sum(part.quantity for part in parts), quantity) >= 0
        ship_date = parts[-1].date if parts and is_served else False
        state = "partly" if self.uom_id.compare(left, 0.0) > 0 else "none"
        return _row(state, left, next_date, ship_date)


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
