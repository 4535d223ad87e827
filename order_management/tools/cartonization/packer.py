"""Planning: everything placed, in the fewest parcels, at the least cost, in the least volume.

Boxes are tried from the best one on; the first that holds everything is taken. Whether a box does
is tried by several orders of the pieces and several ways to choose their place, and for small
orders by many more orders, drawn from a fixed sequence, so that the same question always has the
same answer. Where no box holds all, boxes are filled one after the other, each as full as it can
be, and then each parcel gets the best box for what is in it.
"""

from collections.abc import Sequence
from itertools import permutations

from .load import DIGITS, INFINITE, SCALE, Load, Piece, scaled
from .shapes import EDGES, Box, Item, Parcel, Placement, Plan, check_request

SMALL_ORDER = 10  # pieces, up to which more orders are tried
TRIES = 60
MULTIPLIER, INCREMENT, MODULUS = 1_103_515_245, 12_345, 2**31  # of the fixed sequence


def pack(
    items: Sequence[Item],
    boxes: Sequence[Box],
    padding: float = 0.0,
    apart: Sequence[tuple[str, str]] = (),
) -> Plan:
    """Plan the parcels of one order.

    :param items: what is to be packed
    :param boxes: the kinds of boxes, any number of each
    :param padding: free space on every side of every fragile piece
    :param apart: pairs of kinds that never share a parcel; ``(k, k)``: two such pieces never do
    :return: the plan; what fits no box is in ``unplaced``, one id a piece
    :raise ValueError: for repeated ids and wrong values
    """
    items, boxes = tuple(items), tuple(boxes)
    check_request(items, boxes, padding, apart)
    apart = tuple(tuple(pair) for pair in apart)
    work = _Work(items, boxes, scaled(padding), apart)
    parcels, unplaced = work.plan()
    return Plan(
        parcels=tuple(work.to_parcel(box, load) for box, load in parcels),
        unplaced=[items[piece.item].id for piece in unplaced],
        items=items,
        boxes=boxes,
        padding=padding,
        apart=apart,
    )


class _Work:
    """One order and the boxes there are."""

    def __init__(self, items, boxes, padding, apart):
        self.items, self.padding = items, padding
        self.enemies = {}
        for one, other in apart:
            self.enemies.setdefault(one, set()).add(other)
            self.enemies.setdefault(other, set()).add(one)
        order = sorted(range(len(boxes)), key=lambda at: (boxes[at].cost, boxes[at].volume, at))
        self.boxes = [boxes[at] for at in order]  # the best first
        self.sizes = {
            box.id: (scaled(box.length), scaled(box.width), scaled(box.height)) for box in boxes
        }
        self.pieces = [
            piece
            for at, item in enumerate(items)
            for piece in [self._make_piece(at, item)] * item.quantity
        ]

        self.least = min((min(piece.turns[0]) for piece in self.pieces), default=1)

    def _make_piece(self, at, item):
        around = 2 * self.padding if item.fragile else 0
        edges = dict(zip(EDGES, map(scaled, (item.length, item.width, item.height)), strict=True))
        turns = {
            tuple(edges[edge] + around for edge in turn)
            for turn in permutations(EDGES)
            if turn[2] in item.vertical
        }
        first = next(iter(turns))
        return Piece(
            item=at,
            turns=tuple(sorted(turns, key=lambda sizes: (sizes[2], -sizes[0]))),
            volume=first[0] * first[1] * first[2],
            weight=item.weight,
            fragile=item.fragile,
            max_load=INFINITE if item.max_load is None else item.max_load,
            kind=item.kind,
        )

    def plan(self):
        """Parcels as pairs of box and load, and the pieces that fit no box."""
        fitting = {
            at: any(self._fits_alone(piece, box) for box in self.boxes)
            for at, piece in {piece.item: piece for piece in self.pieces}.items()
        }
        pieces = [piece for piece in self.pieces if fitting[piece.item]]
        unplaced = [piece for piece in self.pieces if not fitting[piece.item]]
        if not pieces:
            return [], unplaced
        if parcel := self.find_box(pieces):
            return [parcel], unplaced
        plans = [self._split(pieces, rank) for rank in range(len(self.boxes))]
        return min(filter(None, plans), key=_rate_plan), unplaced

    def _fits_alone(self, piece, box):
        return self._most_weight(box) >= piece.weight and any(
            all(edge <= side for edge, side in zip(sizes, self.sizes[box.id], strict=True))
            for sizes in piece.turns
        )

    def _most_weight(self, box):
        return INFINITE if box.max_weight is None else round(box.max_weight - box.weight, DIGITS)

    def find_box(self, pieces, better_than=None):
        """The best box that holds all of them, filled, or None.

        :param better_than: a box; worse ones are not looked at
        """
        if self._are_enemies(pieces):
            return None
        volume = sum(piece.volume for piece in pieces)
        weight = sum(piece.weight for piece in pieces)
        kinds = {piece.item: piece for piece in pieces}.values()
        for box in self.boxes:
            if box is better_than:
                return None
            length, width, height = self.sizes[box.id]
            if length * width * height < volume or round(weight, DIGITS) > self._most_weight(box):
                continue
            if not all(self._fits_alone(piece, box) for piece in kinds):
                continue
            if not self._fit_in_pairs(pieces, box):
                continue
            if load := self._fill_whole(box, pieces):
                return box, load
        return None

    def _fit_in_pairs(self, pieces, box):
        """False when two of them fit neither beside nor above each other: no need to try."""
        sides = self.sizes[box.id]
        least = [
            tuple(
                min(
                    sizes[axis]
                    for sizes in piece.turns
                    if all(edge <= side for edge, side in zip(sizes, sides, strict=True))
                )
                for axis in range(3)
            )
            for piece in pieces
        ]
        return all(
            any(one[axis] + other[axis] <= sides[axis] for axis in range(3))
            for at, one in enumerate(least)
            for other in least[at + 1 :]
        )

    def _are_enemies(self, pieces):
        if not self.enemies:
            return False
        kinds = [piece.kind for piece in pieces]
        return any(
            other in self.enemies.get(one, ())
            for at, one in enumerate(kinds)
            for other in kinds[at + 1 :]
        )

    def _open(self, box):
        return Load(*self.sizes[box.id], self._most_weight(box), self.enemies, self.least)

    def _fill_whole(self, box, pieces):
        """A load of all pieces, or None when no attempt placed them all."""
        is_small = len(pieces) <= SMALL_ORDER
        orders = [sorted(pieces, key=key) for key in (ORDERS if is_small else ORDERS[:3])]
        for order in orders:
            for rate in RATINGS if is_small else RATINGS[:3]:
                if load := self._try(box, order, rate):
                    return load
        if not is_small or len(pieces) == 1:
            return None
        draw = _Draw(len(pieces))
        for attempt in range(TRIES):
            order = draw.shuffle(orders[attempt % len(orders)])
            turns = {piece.item: draw.shuffle(piece.turns) for piece in order}
            if load := self._try(box, order, RATINGS[attempt % len(RATINGS)], turns, draw):
                return load
        return None

    def _try(self, box, order, rate, turns=None, draw=None):
        load = self._open(box)
        for piece in order:
            chosen = None
            if turns and draw.next(3) == 0:
                chosen = turns[piece.item][: 1 + draw.next(2)]
            if not load.place(piece, rate, chosen) and (
                chosen is None or not load.place(piece, rate)
            ):
                return None
        return load

    def _split(self, pieces, rank):
        """Several parcels, beginning with one kind of box; None when that leads nowhere."""
        left, parcels = list(pieces), []
        while left:
            box = self.boxes[rank]
            if not any(self._fits_alone(piece, box) for piece in left):
                able = [one for one in self.boxes if any(self._fits_alone(p, one) for p in left)]
                box = max(able, key=lambda one: one.volume)
            if parcels and (last := self.find_box(left)):
                parcels.append(last)
                break
            load = self._fill_most(box, left)
            for block in load.blocks:
                left.remove(block[6])
            parcels.append((box, load))
        parcels = self._merge(parcels)
        return [self._shrink(box, load) for box, load in parcels]

    def _fill_most(self, box, pieces):
        """The load that holds the greatest volume of these pieces."""
        loads = []
        for key in ORDERS:
            for rate in RATINGS:
                load = self._open(box)
                for piece in sorted(pieces, key=key):
                    load.place(piece, rate)
                loads.append(load)
        return max(loads, key=lambda load: sum(block[6].volume for block in load.blocks))

    def _merge(self, parcels):
        """Put two parcels into one wherever a box holds both."""
        at = 0
        while at < len(parcels):
            for other in range(at + 1, len(parcels)):
                both = _pieces_of(parcels[at][1]) + _pieces_of(parcels[other][1])
                if merged := self.find_box(both):
                    parcels[at] = merged
                    del parcels[other]
                    break
            else:
                at += 1
        return parcels

    def _shrink(self, box, load):
        return self.find_box(_pieces_of(load), better_than=box) or (box, load)

    def to_parcel(self, box, load):
        """The parcel as the caller sees it."""
        placements = []
        for x1, y1, z1, x2, y2, z2, piece in load.blocks:
            around = self.padding if piece.fragile else 0
            corner = (x1 + around, y1 + around, z1 + around)
            sizes = (x2 - x1 - 2 * around, y2 - y1 - 2 * around, z2 - z1 - 2 * around)
            placements.append(
                Placement(
                    self.items[piece.item].id, *(value / SCALE for value in (*corner, *sizes))
                )
            )
        held = [self.items[block[6].item] for block in load.blocks]
        bare = sum(item.length * item.width * item.height for item in held)
        return Parcel(
            box=box.id,
            placements=tuple(placements),
            weight=round(box.weight + sum(item.weight for item in held), 9),
            void=max(0.0, 1.0 - bare / box.volume),
            fragile=any(item.fragile for item in held),
        )


def _pieces_of(load):
    return [block[6] for block in load.blocks]


def _rate_plan(parcels):
    return (
        len(parcels),
        round(sum(box.cost for box, _load in parcels), 9),
        sum(box.volume for box, _load in parcels),
    )


def _last(piece):
    """What nothing may stand on comes last, what bears little before it."""
    return piece.fragile, piece.max_load != INFINITE, -piece.max_load


ORDERS = (
    lambda piece: (*_last(piece), -piece.volume, piece.item),
    lambda piece: (*_last(piece), -max(piece.turns[0]), -piece.volume, piece.item),
    lambda piece: (*_last(piece), -max(a * b for a, b, _h in piece.turns), piece.item),
    lambda piece: (*_last(piece), -min(piece.turns[0]), -piece.volume, piece.item),
    lambda piece: (*_last(piece), -piece.weight, -piece.volume, piece.item),
)

RATINGS = (
    # Low, then to the back, then to the side.
    lambda x, y, z, sizes, space: (z, sizes[2], x, y, -sizes[0]),
    # Where least is left beside it.
    lambda x, y, z, sizes, space: (
        *sorted((space[3] - x - sizes[0], space[4] - y - sizes[1], space[5] - z - sizes[2])),
        z,
        x,
        y,
    ),
    # Ending nearest the origin.
    lambda x, y, z, sizes, space: (
        (x + sizes[0]) ** 2 + (y + sizes[1]) ** 2 + (z + sizes[2]) ** 2,
        z,
        x,
        y,
    ),
    # Walls first.
    lambda x, y, z, sizes, space: (x + sizes[0], z, y, -sizes[1]),
)


class _Draw:
    """A fixed sequence of numbers: the same order always gets the same attempts."""

    def __init__(self, seed):
        self.state = seed

    def next(self, count):
        self.state = (self.state * MULTIPLIER + INCREMENT) % MODULUS
        return (self.state >> 8) % count

    def shuffle(self, values):
        """The values with some of them moved ahead or back."""
        values = list(values)
        for at in range(len(values) - 1, 0, -1):
            if self.next(2):
                other = self.next(at + 1)
                values[at], values[other] = values[other], values[at]
        return values
