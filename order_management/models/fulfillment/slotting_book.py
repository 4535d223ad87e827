"""What stands where in a warehouse and what was picked of it: :class:`SlottingBook`."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from ...tools.slotting import Product, Rules, Slot, advise_swaps, walked
from ..common.zones import zone_of
from .floor_book import FloorBook
from .slotting_sql import read_picks, read_reserved_places, read_slots, read_stock

LEVEL_HEIGHT = 1.5  # metres from one level to the next, where locations do not say
WEEK = 7.0


def day_before(today, days):
    """The day that is the first not counted of the last ``days`` up to ``today``."""
    return today - timedelta(days=days)


class SlottingBook:
    """Picks, slots and stock of one warehouse, read in a fixed number of statements.

    :param warehouse: ``stock.warehouse`` record, with full rights
    :param date after: picks after this day count
    :param date until: the last day that counts
    """

    def __init__(self, warehouse, after, until):
        self.warehouse, self.zone = warehouse, zone_of(warehouse, warehouse.company_id)
        self.floors = FloorBook(warehouse)
        self.days = (until - after).days
        self.picks = read_picks(
            warehouse,
            self._start(after + timedelta(days=1)),
            self._start(until + timedelta(days=1)),
            str(self.zone),
        )
        slots = read_slots(warehouse)
        self.slots = {slot[0]: slot[1:] for slot in slots if self.floors.spot(slot[0])}
        self.kept_for = read_reserved_places(warehouse.env, self.slots)
        self._place_products()

    def _start(self, day):
        """Midnight in the warehouse, as a naive UTC datetime."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC).replace(tzinfo=None)

    def _place_products(self):
        """Note which products lie in a slot, and the slot each one is fetched from.

        Of several it is the one that was picked from most often, then the one that holds most.
        """
        taken = Counter()
        for _walk, _day, product, location, transfers in self.picks:
            taken[product, location] += len(transfers)
        self.stock, self.weights, self.foreign = defaultdict(dict), {}, set()
        chosen = {}
        for location, product, quantity, _reserved, weight, is_foreign in read_stock(
            self.warehouse.env, self.slots
        ):
            self.stock[location][product] = quantity
            self.weights[product] = weight
            if is_foreign or quantity <= 0:
                self.foreign.add(location)
            if quantity > 0:
                rank = (taken[product, location], quantity, -location)
                chosen[product] = max(chosen.get(product, (rank, location)), (rank, location))
        self.place_of = {product: location for product, (_rank, location) in chosen.items()}

    @cached_property
    def lines(self):
        """Product → in how many transfers it was picked."""
        found = defaultdict(set)
        for _walk, _day, product, _location, transfers in self.picks:
            found[product].update(transfers)
        return {product: len(transfers) for product, transfers in found.items()}

    @property
    def transfer_count(self):
        """Transfers with picks."""
        return len({one for pick in self.picks for one in pick[4]})

    @property
    def unplaced(self):
        """Lines of products that now lie in no slot."""
        return sum(count for one, count in self.lines.items() if one not in self.place_of)

    def walks(self, after=None, until=None):
        """The products of each walk.

        :param date after: walks after this day alone
        :param date until: walks up to this day alone
        """
        found, days = defaultdict(dict), {}
        for walk, day, product, _location, _transfers in self.picks:
            found[walk][product] = None
            days[walk] = max(day, days.get(walk, day))
        return [
            list(products)
            for walk, products in found.items()
            if (after is None or days[walk] > after) and (until is None or days[walk] <= until)
        ]

    def spot(self, location):
        """Where a slot lies."""
        return self.floors.spot(location)

    def distance(self, location):
        """From the depot to a slot and back."""
        spot = self.spot(location)
        layout = self.floors.layouts[spot.floor]
        return 2.0 * layout.distance(layout.depot, spot.place)

    def height(self, location):
        """Metres above the floor; told from the level where it is not said."""
        _category, height, level, _is_fixed = self.slots[location]
        if height or not level:
            return height
        digits = re.findall(r"\d+", level)
        steps = int(digits[-1]) - 1 if digits else ord(level.strip().upper()[:1] or "A") - ord("A")
        return LEVEL_HEIGHT * max(steps, 0)

    def is_fixed(self, location):
        """Whether nothing is moved out of a slot or into it.

        Flagged ones, those with goods on their way to them, with several products, with goods
        that are fetched elsewhere first or belong to somebody else, or kept for another product.
        """
        inside = self.stock.get(location, {})
        if self.slots[location][3] or location in self.foreign or len(inside) > 1:
            return True
        if any(self.place_of.get(product) != location for product in inside):
            return True
        return bool(self.kept_for.get(location, set()) - set(inside))

    def advise(self, most, least_saving, forbidden):
        """Swaps on each floor, and the metres of a week before and after.

        :param int most: swaps at most
        :param float least_saving: metres a week
        :param forbidden: ``(product id, location id)``
        :return tuple: ``(swaps, before, after)``
        """
        ranked, before, after = [], 0.0, 0.0
        walks, by_floor = self.walks(), defaultdict(list)
        for location in self.slots:
            by_floor[self.spot(location).floor].append(location)
        for key in sorted(by_floor):
            advice = self._advise_floor(key, by_floor[key], walks, most, least_saving, forbidden)
            least = accumulate((swap.saving for swap in advice.swaps), min)
            ranked += zip(least, advice.swaps, strict=True)  # each stays behind those before it
            before += advice.before
            after += advice.after
        swaps = [swap for _least, swap in sorted(ranked, key=lambda pair: -pair[0])]
        return swaps[:most], before, after + sum(swap.saving for swap in swaps[most:])

    def _advise_floor(self, key, locations, walks, most, least_saving, forbidden):
        floor = self.floors.floor_of(key)
        rules = Rules(floor.heavy_weight, floor.heavy_height) if floor else Rules()
        here = set(locations)
        slots = [
            Slot(
                location,
                self.spot(location).place,
                level=self.height(location),
                kind=self.slots[location][0],
                is_fixed=self.is_fixed(location),
            )
            for location in locations
        ]
        products = [
            Product(one, location, weight=self.weights[one], kind=self.slots[location][0])
            for one, location in sorted(self.place_of.items())
            if location in here
        ]
        return advise_swaps(
            walks,
            products,
            slots,
            self.floors.layouts[key],
            self.days / WEEK,
            rules=rules,
            most=most,
            least_saving=least_saving,
            forbidden=forbidden,
        )

    def measure(self, swap, after, until):
        """Metres a week that a swap saved on what was picked since.

        :param dict swap: product id → (slot before, slot after)
        :param date after: walks after this day count
        :param date until: the last day that counts
        """
        walks = [walk for walk in self.walks(after, until) if swap.keys() & set(walk)]
        places = {product: self.spot(location) for product, location in self.place_of.items()}
        found = []
        for side in (0, 1):
            moved = {product: self.spot(slots[side]) for product, slots in swap.items()}
            found.append(self._walked(walks, {**places, **moved}))
        return (found[0] - found[1]) * WEEK / (until - after).days

    def _walked(self, walks, places):
        by_floor = defaultdict(dict)
        for product, spot in places.items():
            if spot:
                by_floor[spot.floor][product] = spot.place
        return sum(
            walked(walks, by_floor[key], self.floors.layouts[key]) for key in sorted(by_floor)
        )
