"""Which transfers are picked together: :class:`WavePlanner`."""

from typing import NamedTuple

from odoo import fields

from ...tools.waves import Capacity, Order, first_come_waves, plan_waves
from ..common.optional import has_field
from ..common.zones import day_of, zone_of
from .floor_book import FloorBook

MOST_ORDERS = 20  # transfers of a wave where nobody says how many


class WaveLimits(NamedTuple):
    """What one wave can carry; 0: no limit."""

    orders: int = 0
    lines: int = 0
    weight: float = 0.0
    volume: float = 0.0
    totes: int = 0

    def or_those_of(self, operation_type):
        """These, completed by what the operation type says of its batches."""
        limits = self._replace(
            orders=self.orders or operation_type.batch_max_pickings,
            lines=self.lines or operation_type.batch_max_lines,
            weight=self.weight or _get_most_weight(operation_type),
        )
        return limits if any(limits) else limits._replace(orders=MOST_ORDERS)


def _get_most_weight(operation_type):
    known = has_field(operation_type.env, operation_type._name, "batch_max_weight")
    return operation_type.batch_max_weight if known else 0.0


class PlannedWaves(NamedTuple):
    """``waves``: transfers of each; metres of all, and as the transfers came."""

    waves: list
    length: float
    first_come: float
    first_come_count: int
    too_large: int  # transfers that exceed what a wave carries: each is a wave of its own

    def as_inputs(self):
        """The figures, for the slip and the screen."""
        return {
            "transfers": sum(map(len, self.waves)),
            "waves": len(self.waves),
            "length": round(self.length, 1),
            "first_come_waves": self.first_come_count,
            "first_come_length": round(self.first_come, 1),
            "too_large": self.too_large,
        }


class WavePlanner:
    """Plans waves of transfers that lie together.

    Transfers of one operation, one floor and, if wanted, one carrier share a wave. A transfer
    that leads through several floors goes with those that lead through the same, ordered by what
    lies on the first of them; one without any place with the others of that kind, as they came.

    :param limits: :class:`WaveLimits`
    :param bool by_carrier: keep carriers apart
    """

    def __init__(self, limits, by_carrier=False):
        self.limits, self.by_carrier = limits, by_carrier

    def plan(self, pickings):
        """:class:`PlannedWaves` of some transfers, the most urgent waves first."""
        pickings = pickings.sorted(lambda one: (moment_of(one), one.id))
        waves, totals = [], [0.0, 0.0, 0, 0]
        for kind, part in pickings.grouped("picking_type_id").items():
            warehouse = kind.warehouse_id
            book = FloorBook(warehouse)
            limits = self.limits.or_those_of(kind)
            for floors, orders in self._group(part, book, warehouse).items():
                found, figures = self._plan_group(orders, floors, book, Capacity(*limits))
                waves += found
                totals = [total + figure for total, figure in zip(totals, figures, strict=True)]
        waves.sort(key=lambda wave: min(wave)[0])
        planned = [pickings.browse([picking for _urgency, picking in wave]) for wave in waves]
        return PlannedWaves(planned, *totals)

    def _group(self, pickings, book, warehouse):
        """Floors → orders of transfers that lead through them."""
        today = day_of(fields.Datetime.now(), zone_of(warehouse, warehouse.company_id))
        zone = zone_of(warehouse, warehouse.company_id)
        groups = {}
        for rank, picking in enumerate(pickings):
            lines = picking._get_tour_lines()
            spots = [book.spot(line.location_id.id) for line in lines]
            floors = tuple(sorted({spot.floor for spot in spots if spot}))
            stops = tuple(spot.place for spot in spots if spot and spot.floor == floors[0])
            is_urgent = picking.priority == "1"
            is_due = day_of(moment_of(picking), zone) <= today
            order = Order(
                (rank, picking.id),
                stops,
                lines=len(lines),
                weight=sum(line.quantity_product_uom * line.product_id.weight for line in lines),
                volume=sum(line.quantity_product_uom * line.product_id.volume for line in lines),
                priority=2 * (not is_urgent) + (not is_due),
                group=picking.carrier_id.id if self.by_carrier else 0,
            )
            groups.setdefault(floors, []).append(order)
        return groups

    def _plan_group(self, orders, floors, book, capacity):
        """Waves as lists of (urgency, transfer id), and the figures of :class:`PlannedWaves`."""
        by_id = {order.id: order for order in orders}
        if floors:
            layout = book.layouts[floors[0]]
            plan = plan_waves(orders, layout, capacity)
            plain = first_come_waves(orders, layout, capacity)
        else:
            layout = book.any_layout()
            plan = plain = first_come_waves(orders, layout, capacity)
        alone = [by_id[large] for large in plan.too_large]
        length = sum(_walk(order, layout) for order in alone)
        waves = [wave.orders for wave in plan.waves] + [[order.id] for order in alone]
        return [
            [((by_id[one].priority, one[0]), one[1]) for one in wave] for wave in waves
        ], (plan.length + length, plain.length + length, len(plain.waves) + len(alone), len(alone))


def _walk(order, layout):
    """The metres of a transfer on its own."""
    return first_come_waves([order], layout, Capacity()).length


def moment_of(picking):
    """When a transfer has to leave."""
    return picking.date_deadline or picking.scheduled_date or picking.create_date
