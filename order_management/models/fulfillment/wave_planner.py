"""Which transfers are picked together: :class:`WavePlanner`."""

from dataclasses import asdict
from typing import NamedTuple

from odoo import fields

from ...tools.tours import Layout
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


class WaveGroup(NamedTuple):
    """Transfers that may share waves: all that their plan depends on."""

    orders: list  # ``Order``, whose id is (rank, transfer id)
    layout: Layout
    capacity: Capacity
    is_placed: bool  # without places they are picked as they came

    def plan(self):
        """:class:`GroupPlan` of these."""
        plain = plan = first_come_waves(self.orders, self.layout, self.capacity)
        if self.is_placed:
            plan = plan_waves(self.orders, self.layout, self.capacity)
        by_id = {order.id: order for order in self.orders}
        alone = [by_id[large] for large in plan.too_large]
        extra = sum(first_come_waves([order], self.layout, Capacity()).length for order in alone)
        waves = [wave.orders for wave in plan.waves] + [[order.id] for order in alone]
        return GroupPlan(
            [[((by_id[one].priority, one[0]), one[1]) for one in wave] for wave in waves],
            plan.length + extra,
            plain.length + extra,
            len(plain.waves) + len(alone),
            len(alone),
        )

    def as_inputs(self):
        """Itself as JSON keeps it."""
        return {
            "orders": [asdict(order) for order in self.orders],
            "layout": asdict(self.layout),
            "capacity": asdict(self.capacity),
            "is_placed": self.is_placed,
        }

    @classmethod
    def of_inputs(cls, inputs):
        """What :meth:`as_inputs` kept."""
        orders = [
            Order(**{**order, "id": tuple(order["id"]), "stops": tuple(map(tuple, order["stops"]))})
            for order in inputs["orders"]
        ]
        layout = Layout(**{name: tuple(values) for name, values in inputs["layout"].items()})
        return cls(orders, layout, Capacity(**inputs["capacity"]), inputs["is_placed"])


class GroupPlan(NamedTuple):
    """``waves``: lists of (urgency, transfer id); metres of all, and as the transfers came."""

    waves: list
    length: float
    first_come: float
    first_come_count: int
    too_large: int


class PlannedWaves(NamedTuple):
    """``waves``: transfers of each; metres of all, and as the transfers came."""

    waves: list
    length: float
    first_come: float
    first_come_count: int
    too_large: int  # transfers that exceed what a wave carries: each is a wave of its own
    groups: list  # :class:`WaveGroup`

    def as_inputs(self):
        """The figures, and all that the plan depends on, for the slip."""
        return {
            "transfers": sum(map(len, self.waves)),
            "waves": len(self.waves),
            "length": round(self.length, 1),
            "first_come_waves": self.first_come_count,
            "first_come_length": round(self.first_come, 1),
            "too_large": self.too_large,
            "groups": [group.as_inputs() for group in self.groups],
        }


def tell_outcome(plans):
    """What was planned, in the words of the slip.

    :param list plans: with ``waves`` and ``length``
    """
    count, length = sum(len(plan.waves) for plan in plans), sum(plan.length for plan in plans)
    return f"{count} waves, {length:.1f} m"


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
        groups = []
        for kind, part in pickings.grouped("picking_type_id").items():
            book = FloorBook(kind.warehouse_id)
            capacity = Capacity(*self.limits.or_those_of(kind))
            for floors, orders in self._group(part, book, kind.warehouse_id).items():
                layout = book.layouts[floors[0]] if floors else book.any_layout()
                groups.append(WaveGroup(orders, layout, capacity, bool(floors)))
        plans = [group.plan() for group in groups]
        waves = sorted((wave for plan in plans for wave in plan.waves), key=min)
        return PlannedWaves(
            [pickings.browse([picking for _urgency, picking in wave]) for wave in waves],
            sum(plan.length for plan in plans),
            sum(plan.first_come for plan in plans),
            sum(plan.first_come_count for plan in plans),
            sum(plan.too_large for plan in plans),
            groups,
        )

    def _group(self, pickings, book, warehouse):
        """Floors → orders of transfers that lead through them."""
        zone = zone_of(warehouse, warehouse.company_id)
        today = day_of(fields.Datetime.now(), zone)
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


def moment_of(picking):
    """When a transfer has to leave."""
    return picking.date_deadline or picking.scheduled_date or picking.create_date
