"""Waves: orders picked together so that people walk little."""

from dataclasses import dataclass, replace
from functools import partial

from ..tours import Layout, Tour, tour
from ..tours.api import length_of
from ..tours.layout import number
from .improve import Exchange
from .orders import Capacity, Loads, Order
from .outline import Outline
from .seed import SEEDS, seeded

SEVERAL_STARTS = 120  # orders up to which every kind of seed is tried


@dataclass(frozen=True)
class Wave:
    """Orders picked on one round.

    ``orders``: their ids; ``stops``: all places of the first order, then of the second, and so
    on; ``tour``: through these.
    """

    orders: list
    stops: list
    tour: Tour


@dataclass(frozen=True)
class WavePlan:
    """``waves`` in the order in which to walk them; ``too_large``: ids no wave can carry."""

    waves: list
    too_large: list

    @property
    def length(self) -> float:
        """How far one walks for all waves."""
        return sum(wave.tour.length for wave in self.waves)

    def saving(self, other: "WavePlan") -> float:
        """By what share this is shorter than another plan."""
        return 1.0 - self.length / other.length if other.length else 0.0


def plan_waves(orders, layout: Layout, capacity: Capacity, effort: float = 1.0) -> WavePlan:
    """Waves that share aisles: seeds with the fewest added aisles, then exchanges.

    Orders of one group only share a wave. The most urgent orders come first; a wave is filled
    up with less urgent ones. A stop is picked for each order that wants it.

    :param orders: each an :class:`Order`, oldest first
    :param Layout layout: the floor
    :param Capacity capacity: of one wave
    :param float effort: 1: while somebody waits; 10 takes several times as long for shorter waves
    :return: :class:`WavePlan`
    :raises ValueError: an argument is wrong
    """
    effort = number(effort, "effort", least=0)
    return _planned(orders, layout, capacity, partial(_short_waves, effort=effort))


def first_come_waves(orders, layout: Layout, capacity: Capacity) -> WavePlan:
    """Waves of orders as they come, most urgent first: what another plan is compared with."""
    return _planned(orders, layout, capacity, _waves_as_they_come)


def _planned(orders, layout, capacity, method):
    orders = _checked(orders, layout, capacity)
    groups, too_large = {}, []
    for order in orders:
        loads = Loads([order], capacity)
        if loads.fits(loads.empty, 0):
            groups.setdefault(order.group, []).append(order)
        else:
            too_large.append(order.id)
    ranks = {order.id: rank for rank, order in enumerate(orders)}
    waves = []
    for group in groups.values():
        for wave in method(group, layout, Loads(group, capacity)):
            members = [group[order] for order in sorted(wave)]
            urgency = min((order.priority, ranks[order.id]) for order in members)
            waves.append((urgency, members))
    waves.sort(key=lambda wave: wave[0])
    return WavePlan([_wave(members, layout) for _urgency, members in waves], too_large)


def _checked(orders, layout, capacity):
    if not isinstance(layout, Layout):
        raise ValueError("layout: a Layout is expected")
    if not isinstance(capacity, Capacity):
        raise ValueError("capacity: a Capacity is expected")
    orders, seen = list(orders), set()
    for order in orders:
        if not isinstance(order, Order):
            raise ValueError("orders: each an Order is expected")
        if order.id in seen:
            raise ValueError(f"orders: {order.id!r} is there twice")
        if isinstance(order.priority, bool) or not isinstance(order.priority, int):
            raise ValueError(f"orders: {order.priority!r} is not a whole priority")
        seen.add(order.id)
    return [replace(order, stops=tuple(layout.places(order.stops))) for order in orders]


def _wave(members, layout):
    stops = [stop for order in members for stop in order.stops]
    return Wave([order.id for order in members], stops, tour(stops, layout))


def _short_waves(orders, layout, loads, effort):
    outline = Outline(layout, [order.stops for order in orders])
    known = {}

    def length(wave):
        key = frozenset(wave)
        if key not in known:
            stops = [stop for order in wave for stop in orders[order].stops]
            known[key] = length_of(stops, layout)
        return known[key]

    plans = []
    for rule in SEEDS if len(orders) <= SEVERAL_STARTS else SEEDS[:1]:
        plan = Exchange(seeded(orders, outline, loads, rule), orders, outline, loads)
        plan.descend()
        plans.append(plan)
    best = min(plans, key=Exchange.estimate)
    best.polish(length, effort)
    return [wave for wave in best.waves if wave]


def _waves_as_they_come(orders, _layout, loads):
    waves, load = [], loads.empty
    for order in sorted(range(len(orders)), key=lambda order: (orders[order].priority, order)):
        if not waves or not loads.fits(load, order):
            waves.append([])
            load = loads.empty
        waves[-1].append(order)
        load = loads.plus(load, order)
    return waves
