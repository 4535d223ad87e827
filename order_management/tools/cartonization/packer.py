"""Planning: everything placed, in the fewest parcels, at the least cost, in the least volume.

Boxes are tried from the best one on; the first that holds everything is taken. Where no box holds
all, a small order is divided in all ways there are. For a larger one boxes are filled one after the
other, each as full as it can be, beginning with each kind of box, and then each parcel gets the
best box for what is in it.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from math import ceil, prod

from .attempts import fill_most, fill_whole
from .division import Division, is_small
from .load import DIGITS, INFINITE, SCALE, Load, Piece, scaled
from .shapes import EDGES, Box, Item, Parcel, Placement, Plan, check_request


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

        self.least = tuple(
            min((sizes[axis] for piece in self.pieces for sizes in piece.turns), default=1)
            for axis in range(3)
        )
        self.loads = {}  # (attempt, box, items of the pieces) -> what came of the attempts

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
        parcels = self._split_all(pieces)
        return self._divide(pieces, len(parcels)) or parcels, unplaced

    def _divide(self, pieces, most):
        """The best way to divide them among so many parcels; None when the pieces are too many."""
        kinds = Counter(pieces)
        if not is_small(kinds.values()):
            return None

        def spread(counts):
            parts = zip(kinds, counts, strict=True)
            return [piece for piece, count in parts for _one in range(count)]

        division = Division(
            lambda counts: self._may_hold(spread(counts)),
            lambda counts: self.find_box(spread(counts)),
            _rate_plan,
        )
        parcels = division.best(tuple(kinds.values()), most)
        return parcels and sorted(parcels, key=_rate_content)  # the fullest first

    def _may_hold(self, pieces):
        """Whether some box might hold all of them, by volume, weight and what keeps apart."""
        volume = sum(piece.volume for piece in pieces)
        weight = round(sum(piece.weight for piece in pieces), DIGITS)
        return not self._are_enemies(pieces) and any(
            volume <= prod(self.sizes[box.id]) and weight <= self._most_weight(box)
            for box in self.boxes
        )

    def _split_all(self, pieces):
        """Boxes filled one after the other, beginning with each kind of box; the best of these."""
        best, begun = None, set()
        for box in sorted(self.boxes, key=lambda one: -one.volume):
            if best and self._bound_parcels(pieces, box) > len(best):
                continue
            plan = self._split(pieces, box, len(best) if best else INFINITE, begun)
            if plan and (best is None or _rate_plan(plan) < _rate_plan(best)):
                best = plan
        return best

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
            if load := self._fill(fill_whole, box, pieces):
                return box, load
        return None

    def _bound_parcels(self, pieces, box):
        """No fewer parcels hold them when all but the last are of this kind."""
        most = max(self.boxes, key=lambda one: one.volume).id
        volume = sum(piece.volume for piece in pieces) - prod(self.sizes[most])
        count = 1 + max(0, ceil(volume / prod(self.sizes[box.id])))
        heaviest, bears = max(map(self._most_weight, self.boxes)), self._most_weight(box)
        weight = sum(piece.weight for piece in pieces) - heaviest
        if bears and weight > 0 and bears != INFINITE:
            count = max(count, 1 + ceil(round(weight / bears, 6)))
        return count

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

    def _fill(self, attempt, box, pieces):
        """A load of these pieces in that box, remembered: ``fill_whole`` or ``fill_most``."""
        key = attempt, box.id, _content(pieces)
        if key not in self.loads:
            self.loads[key] = attempt(lambda: self._open(box), pieces)
        return self.loads[key]

    def _split(self, pieces, kind, most, begun):
        """Several parcels, beginning with one kind of box; None where that leads nowhere.

        :param most: number of parcels it may be
        :param begun: contents of the first parcels there were
        """
        left, parcels = list(pieces), []
        while left:
            box = kind
            if not any(self._fits_alone(piece, box) for piece in left):
                able = [one for one in self.boxes if any(self._fits_alone(p, one) for p in left)]
                box = max(able, key=lambda one: one.volume)
            if parcels and (last := self.find_box(left)):
                parcels.append(last)
                break
            load = self._fill(fill_most, box, left)
            if not parcels:
                content = _content(_pieces_of(load))
                if content in begun:  # a larger box began with the same
                    return None
                begun.add(content)
            for block in load.blocks:
                left.remove(block[6])
            parcels.append((box, load))
            if left and len(parcels) >= most:
                return None
        parcels = self._merge(parcels)
        if len(parcels) > most:
            return None
        return [self._shrink(box, load) for box, load in parcels]

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


def _rate_content(parcel):
    return -sum(block[6].volume for block in parcel[1].blocks)


def _content(pieces):
    """What they are, whatever their order."""
    return tuple(sorted(piece.item for piece in pieces))


def _pieces_of(load):
    return [block[6] for block in load.blocks]


def _rate_plan(parcels):
    return (
        len(parcels),
        round(sum(box.cost for box, _load in parcels), 9),
        sum(box.volume for box, _load in parcels),
    )
