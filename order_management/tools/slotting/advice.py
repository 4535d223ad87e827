"""Which products should change places: few swaps, each with the metres it saves."""

from collections import defaultdict
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import chain, zip_longest

from ..tours import Layout
from ..tours.layout import number
from .goods import Product, Rules, Slot, Walks, classify_by_lines, find_affinities

PARTNERS = 4  # slots looked at for a product that stands wrong
PAIRS = 200  # of products bought together, and heavy ones too high, that are looked at
TOURS = 30_000  # reckoned to compare candidates, the most promising ones first
SAMPLE = 60  # orders by which a candidate is compared with others; swaps are measured by all
NEAR = "near"
TOGETHER = "together"
LOW = "low"


@dataclass(frozen=True)
class Swap:
    """A product moves to a slot, and what stands there to the product's.

    ``product``, ``slot``: where it goes; ``other``: what stands there, ``False`` for nothing;
    ``other_slot``: where the product stands now; ``saving``: metres a week, after all swaps before
    it; ``reason``: ``near`` (often picked, nearer to the depot), ``together`` (beside what it is
    bought with), ``low`` (heavy, to where it is lifted easily).
    """

    product: object
    slot: object
    other: object
    other_slot: object
    saving: float
    reason: str
    partner: object = False
    together: int = 0


@dataclass(frozen=True)
class Advice:
    """Swaps in the order of their saving, each possible after those before it.

    ``swaps``; ``before``, ``after``: metres walked a week; ``too_high``: heavy products above
    their level, also after the swaps.
    """

    swaps: list
    before: float
    after: float
    too_high: list

    @property
    def saving(self) -> float:
        """Metres a week, of all swaps."""
        return self.before - self.after


def advise_swaps(
    orders, products, slots, layout: Layout, weeks: float, *, rules=None, most=20,
    least_saving=0.0, forbidden=()
) -> Advice:  # fmt: skip
    """The swaps that would have saved most on the orders of some weeks.

    Looked at are often picked products in far slots against seldom picked ones, or nothing, in
    near ones; products bought together; heavy ones that stand too high. Each is measured by the
    shortest tours of the orders it touches. A product moves once at most. What is heavy and too
    high moves also where that saves nothing, though not where it costs.

    :param orders: lists of product ids, each walked on one tour
    :param products: each a :class:`Product`
    :param slots: each a :class:`Slot`
    :param Layout layout: the floor
    :param float weeks: which the orders span
    :param Rules rules: what may stand where
    :param int most: swaps
    :param float least_saving: metres a week; less is not worth the trouble
    :param forbidden: ``(product, slot)``, where a product is not to go
    :return: :class:`Advice`
    :raises ValueError: an argument is wrong
    """
    if not isinstance(layout, Layout):
        raise ValueError("layout: a Layout is expected")
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise ValueError("most: a whole number, at least 0, is expected")
    weeks = number(weeks, "weeks", above=0)
    least_saving = number(least_saving, "least_saving", least=0)
    floor = _Floor(products, slots, orders, layout, rules or Rules(), forbidden)
    before = floor.total / weeks
    swaps = _chosen(floor, most, least_saving * weeks, weeks)
    return Advice(swaps, before, floor.total / weeks, floor.too_high())


class _Floor:
    """Who stands where now, and how far one walks for it."""

    def __init__(self, products, slots, orders, layout, rules, forbidden):
        self.products = _by_id(products, "products", Product)
        self.slots = _by_id(slots, "slots", Slot)
        self.rules, self.walks, self.forbidden = rules, Walks(layout), set(forbidden)
        places = layout.places(slot.place for slot in self.slots.values())
        self.place = dict(zip(self.slots, places, strict=True))
        self.distance = {
            slot: layout.distance(layout.depot, place) for slot, place in self.place.items()
        }
        self.slot_of, self.held = {}, {}
        for product in self.products.values():
            if product.slot not in self.slots:
                raise ValueError(f"products: {product.slot!r} is none of the slots")
            self.slot_of[product.id] = product.slot
            if self.slots[product.slot].is_fixed:
                continue
            if product.slot in self.held:
                raise ValueError(f"products: two stand in {product.slot!r}")
            self.held[product.slot] = product.id
        self.orders = [
            [one for one in dict.fromkeys(order) if one in self.products] for order in orders
        ]
        self.orders_of = defaultdict(list)
        for index, order in enumerate(self.orders):
            for product in order:
                self.orders_of[product].append(index)
        self.lines = {product: len(self.orders_of[product]) for product in self.products}
        self.lengths = [self._length(order, self.slot_of) for order in self.orders]
        self.total = sum(self.lengths)
        self.affinities = find_affinities(self.orders)
        self.version = 0

    def _length(self, order, slot_of):
        return self.walks.length([self.place[slot_of[product]] for product in order])

    def is_allowed(self, product, slot):
        """Whether the product may go there, and what stands there to where it stands."""
        here, other = self.slot_of[product], self.held.get(slot)
        if slot == here or self.slots[slot].is_fixed or self.slots[here].is_fixed:
            return False
        if (product, slot) in self.forbidden or (other, here) in self.forbidden:
            return False
        if not self.rules.allow(self.products[product], self.slots[slot]):
            return False
        return other is None or self.rules.allow(self.products[other], self.slots[here])

    def _moved(self, product, slot):
        """``{product: its slot}`` of what changes, and the orders that want it."""
        changed, other = {product: slot}, self.held.get(slot)
        if other is not None:
            changed[other] = self.slot_of[product]
        touched = {index for one in changed for index in self.orders_of[one]}
        return changed, sorted(touched)

    def saving(self, product, slot, sample=False):
        """How much less one walks when the product goes there.

        :param bool sample: tell it from some of the orders
        """
        changed, touched = self._moved(product, slot)
        slot_of = {**self.slot_of, **changed}
        step = max(len(touched) // SAMPLE, 1) if sample else 1
        return step * sum(
            self.lengths[index] - self._length(self.orders[index], slot_of)
            for index in touched[::step]
        )

    def move(self, product, slot):
        """Put the product there, and what stands there to where it stood."""
        changed, touched = self._moved(product, slot)
        self.held.pop(self.slot_of[product])
        for one, place in changed.items():
            self.slot_of[one], self.held[place] = place, one
        for index in touched:
            self.lengths[index] = self._length(self.orders[index], self.slot_of)
        self.total = sum(self.lengths)
        self.version += 1

    def partner(self, product, slot):
        """What it is bought with and stands in the aisle of that slot, and in how many orders."""
        for pair in self.affinities:
            if product in (pair.first, pair.second):
                other = pair.second if product == pair.first else pair.first
                if self.place[self.slot_of[other]][0] == self.place[slot][0]:
                    return other, pair.count
        return False, 0

    def too_high(self):
        """Heavy products above their level."""
        return [
            product.id
            for product in self.products.values()
            if self.rules.is_high(product, self.slots[self.slot_of[product.id]])
        ]


def _by_id(rows, name, kind):
    found = {}
    for row in rows:
        if not isinstance(row, kind):
            raise ValueError(f"{name}: each a {kind.__name__} is expected")
        if row.id in found:
            raise ValueError(f"{name}: {row.id!r} is there twice")
        found[row.id] = row
    return found


def _chosen(floor, most, least, weeks):
    """Take what looks best, measure it, take the next where that is better now, and go on."""
    heap, known = [], floor.walks.known
    most_known = len(known) + TOURS
    for rank, (product, slot, reason) in enumerate(_candidates(floor)):
        if len(known) > most_known:
            break
        guess = floor.saving(product, slot, sample=True)
        heap.append((-guess, rank, -1, product, slot, reason))
    heapify(heap)
    moved, swaps = set(), []
    while heap and len(swaps) < most:
        negative, rank, version, product, slot, reason = heappop(heap)
        other = floor.held.get(slot)
        enough = -1e-9 if reason == LOW else max(least, 1e-9)
        if -negative <= enough or product in moved or other in moved:
            continue
        if not floor.is_allowed(product, slot):
            continue
        if version != floor.version:
            again = -floor.saving(product, slot)
            heappush(heap, (again, rank, floor.version, product, slot, reason))
            continue
        here = floor.slot_of[product]
        floor.move(product, slot)
        moved |= {product, other} - {None}
        stood = False if other is None else other
        partner = floor.partner(product, slot) if reason == TOGETHER else (False, 0)
        swaps.append(Swap(product, slot, stood, here, -negative / weeks, reason, *partner))
    return swaps


def _candidates(floor):
    """``(product, slot, reason)`` of each kind in turn, the most promising of each first."""
    distance, lines = floor.distance, floor.lines

    def promise(candidate):
        product, slot, _reason = candidate
        nearer = distance[floor.slot_of[product]] - distance[slot]
        return (lines.get(floor.held.get(slot), 0) - lines[product]) * nearer

    kinds = sorted(_nearer(floor), key=promise), _together(floor), _lower(floor)
    found = {}
    for candidate in filter(None, chain.from_iterable(zip_longest(*kinds))):
        found.setdefault(candidate[:2], candidate)
    return found.values()


def _nearer(floor):
    """Products of a better class than their slot, and the slots of that class used least.

    Slots are classed as products are, by how near they are instead of by lines, each kind apart.
    """
    lines = floor.lines
    kinds = defaultdict(lambda: ({}, {}))
    for slot, distance in floor.distance.items():
        kinds[floor.slots[slot].kind][0][slot] = 1.0 / (1.0 + distance)
    for product in floor.products.values():
        kinds[product.kind][1][product.id] = lines[product.id]
    for near, picked in kinds.values():
        zones, classes = classify_by_lines(near), classify_by_lines(picked)
        seldom = sorted(near, key=lambda slot: lines.get(floor.held.get(slot), 0))
        seldom = {letter: [slot for slot in seldom if zones[slot] == letter] for letter in "ab"}
        for product in sorted(picked, key=lambda product: -lines[product]):
            if floor.slots[floor.slot_of[product]].is_fixed:
                continue
            for letter in "ab":
                if classes[product] <= letter < zones[floor.slot_of[product]]:
                    fitting = (slot for slot in seldom[letter] if floor.is_allowed(product, slot))
                    for _count, slot in zip(range(PARTNERS), fitting, strict=False):
                        yield product, slot, NEAR


def _together(floor):
    """What is bought together, and the least used slots in the aisle of the other."""
    in_aisle = defaultdict(list)
    for slot, (x, _y) in floor.place.items():
        in_aisle[x].append(slot)
    for pair in floor.affinities[:PAIRS]:
        for product, beside in ((pair.first, pair.second), (pair.second, pair.first)):
            x, y = floor.place[floor.slot_of[beside]]
            if floor.place[floor.slot_of[product]][0] == x:
                continue
            near = sorted(
                (slot for slot in in_aisle[x] if floor.is_allowed(product, slot)),
                key=lambda slot: (
                    floor.lines.get(floor.held.get(slot), 0),
                    abs(floor.place[slot][1] - y),
                ),
            )
            for slot in near[:PARTNERS]:
                yield product, slot, TOGETHER


def _lower(floor):
    """Heavy products that stand too high, and the low slots used least."""
    high = sorted(floor.too_high(), key=lambda product: -floor.lines[product])
    for product in high[:PAIRS]:
        fitting = sorted(
            (slot for slot in floor.slots if floor.is_allowed(product, slot)),
            key=lambda slot: (
                floor.lines.get(floor.held.get(slot), 0),
                abs(floor.distance[slot] - floor.distance[floor.slot_of[product]]),
            ),
        )
        for slot in fitting[:PARTNERS]:
            yield product, slot, LOW
