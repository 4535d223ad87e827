"""Looking at a plan again: what is wrong with it, in sentences.

It reads the plan alone and shares no geometry with the packer: every pair of pieces is compared
as the sizes stand in the plan, with a tolerance for rounding.
"""

from collections import Counter

from .shapes import Plan

TOLERANCE = 1e-3  # in units of length; sizes are kept to a ten-thousandth
SHARE = 0.5  # of a footprint that must rest on something


def check(plan: Plan) -> list[str]:
    """Return what is wrong with a plan, one sentence each; nothing when it is valid."""
    items = {item.id: item for item in plan.items}
    boxes = {box.id: box for box in plan.boxes}
    problems = list(_check_pieces(plan, items))
    for number, parcel in enumerate(plan.parcels, 1):
        name = f"parcel {number}"
        box = boxes.get(parcel.box)
        if box is None:
            problems.append(f"{name}: there is no box {parcel.box!r}")
            continue
        known = [one for one in parcel.placements if one.item in items]
        held = [items[one.item] for one in known]
        problems += _check_figures(name, parcel, box, held)
        problems += _check_company(name, held, plan.apart)
        solids = [_Solid(one, items[one.item], plan.padding) for one in known]
        for solid in solids:
            problems += (f"{name}: {text}" for text in solid.check_sizes(box))
        for at, solid in enumerate(solids):
            others = [*solids[:at], *solids[at + 1 :]]
            problems += (f"{name}: {text}" for text in solid.check_neighbours(others, at, solids))
    return problems


def _check_pieces(plan, items):
    """Every piece exactly once, in a parcel or among those that are not placed."""
    counts = Counter(one.item for parcel in plan.parcels for one in parcel.placements)
    counts.update(plan.unplaced)
    for item_id in dict.fromkeys([*items, *counts]):
        wanted = items[item_id].quantity if item_id in items else 0
        if counts[item_id] != wanted:
            yield f"{item_id!r} stands {counts[item_id]} times in the plan, not {wanted}"


def _check_figures(name, parcel, box, held):
    if not parcel.placements:
        yield f"{name}: nothing is in it"
    weight = box.weight + sum(item.weight for item in held)
    if abs(parcel.weight - weight) > 1e-6:
        yield f"{name}: its weight is {weight:g}, not {parcel.weight:g}"
    if box.max_weight is not None and weight > box.max_weight + 1e-9:
        yield f"{name}: {weight:g} is more than {box.max_weight:g}, which its box may weigh"
    filled = sum(item.length * item.width * item.height for item in held)
    void = 1.0 - filled / (box.length * box.width * box.height)
    if abs(parcel.void - void) > 1e-6 and not (void < 0 and parcel.void == 0.0):
        yield f"{name}: its void is {void:.4f}, not {parcel.void:.4f}"
    if bool(parcel.fragile) != any(item.fragile for item in held):
        yield f"{name}: fragile is {parcel.fragile}, which its contents are not"


def _check_company(name, held, apart):
    kinds = Counter(item.kind for item in held)
    for one, other in apart:
        together = kinds[one] > 1 if one == other else kinds[one] and kinds[other]
        if together:
            yield f"{name}: {one!r} and {other!r} share it"


class _Solid:
    """One piece where it lies, and the room it takes with its padding."""

    def __init__(self, placement, item, padding):
        self.placement, self.item = placement, item
        free = padding if item.fragile else 0.0
        starts = (placement.x, placement.y, placement.z)
        sizes = (placement.length, placement.width, placement.height)
        self.low = [start - free for start in starts]
        self.high = [start + size + free for start, size in zip(starts, sizes, strict=True)]
        self.bare_top = placement.z + placement.height

    @property
    def name(self):
        return repr(self.placement.item)

    def check_sizes(self, box):
        one = self.placement
        lying = (one.length, one.width, one.height)
        edges = {"l": self.item.length, "w": self.item.width, "h": self.item.height}
        ways = [
            [*(edges[name] for name in "lwh" if name != upright), edges[upright]]
            for upright in self.item.vertical
        ]
        if not any(
            _near(way[2], lying[2]) and all(map(_near, sorted(way[:2]), sorted(lying[:2])))
            for way in ways
        ):
            yield f"{self.name} may not lie as {one.length:g} x {one.width:g} x {one.height:g}"
        for edge, low, high in zip(
            (box.length, box.width, box.height), self.low, self.high, strict=True
        ):
            if low < -TOLERANCE or high > edge + TOLERANCE:
                yield f"{self.name} is outside the box"
                break

    def check_neighbours(self, others, at, solids):
        for other in solids[at + 1 :]:
            if all(self._overlap(other, axis) > TOLERANCE for axis in range(3)):
                yield f"{self.name} and {other.name} take the same room"
        above = [
            other
            for other in others
            if other.placement.z >= self.bare_top - TOLERANCE and self._covers(other) > TOLERANCE**2
        ]
        if self.item.fragile and above:
            yield f"{above[0].name} lies above {self.name}, which is fragile"
        load = sum(other.item.weight for other in above)
        if self.item.max_load is not None and load > self.item.max_load + 1e-9:
            yield f"{load:g} stands above {self.name}, which bears {self.item.max_load:g}"
        if self.low[2] > TOLERANCE:
            beneath = sum(
                max(self._overlap(other, 0), 0.0) * max(self._overlap(other, 1), 0.0)
                for other in others
                if _near(other.high[2], self.low[2])
            )
            ground = (self.high[0] - self.low[0]) * (self.high[1] - self.low[1])
            if beneath < SHARE * ground - TOLERANCE:
                yield f"{self.name} rests on {beneath / ground:.0%} of its footprint"

    def _overlap(self, other, axis):
        return min(self.high[axis], other.high[axis]) - max(self.low[axis], other.low[axis])

    def _covers(self, other):
        """How much of the bare footprint lies under the other piece."""
        one, two = self.placement, other.placement
        wide = min(one.x + one.length, two.x + two.length) - max(one.x, two.x)
        deep = min(one.y + one.width, two.y + two.width) - max(one.y, two.y)
        return max(wide, 0.0) * max(deep, 0.0)


def _near(one, other):
    return abs(one - other) <= TOLERANCE
