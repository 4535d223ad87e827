"""Which goods of a transfer go into which parcel: the rules around the packer.

The packer (``tools.cartonization``) wants pieces with three measures. Goods come otherwise, too:

* pieces that ship alone are a parcel each, in no box;
* goods without measures, or of which a part of a piece is sent (kilograms, metres), are planned
  by volume: as blocks of the shape of the largest box. Their volume is what is stated, else
  five litres a kilogram, at most what the largest box holds. Where neither is known they take next
  to no room, and the transfer is planned in the largest boxes;
* pieces beyond ``MOST_PIECES`` are planned by volume, too;
* without any box, what may be together is one parcel.

Measures are centimetres, weights of one unit throughout.
"""

import math
from dataclasses import replace
from itertools import combinations_with_replacement

from ..cartonization import Item, pack
from .goods import Content, Lying, ParcelPlan, PlannedParcel, Rules

LITRES_A_KILOGRAM = 5.0  # what carriers take a kilogram for
MOST_PIECES = 300  # that are placed one by one; the packer's time grows faster than their number
LEAST_SHARE = 1e-6  # of the largest box, for goods of which nothing is known


def plan_parcels(goods, boxes, rules=None) -> ParcelPlan:
    """Plan the parcels of one transfer.

    :param goods: sequence of :class:`Goods`; ids are unique
    :param boxes: sequence of :class:`tools.cartonization.Box`
    :param rules: :class:`Rules`
    """
    return _Planner(goods, boxes, rules or Rules()).plan()


class _Planner:
    def __init__(self, goods, boxes, rules):
        self.goods = [one for one in goods if one.pieces > 0]
        self.by_id = {one.id: one for one in self.goods}
        self.boxes, self.rules = list(boxes), rules
        self.largest = max(self.boxes, key=lambda box: box.volume, default=None)
        self.portions = {}  # goods that were divided: id -> pieces in each portion

    def plan(self):
        alone = [one for one in self.goods if one.ships_alone]
        rest = [one for one in self.goods if not one.ships_alone]
        parcels = [parcel for one in alone for parcel in self._send_alone(one)]
        if not self.boxes:
            return ParcelPlan((*self._group(rest), *parcels), ())
        boxed, unplaced = self._pack(rest)
        return ParcelPlan((*boxed, *parcels), unplaced)

    def _send_alone(self, one):
        """Each piece as it is; a part of a piece that is left over is one more."""
        whole = int(one.pieces)
        rest = round(one.pieces - whole, 9)
        for pieces in [1.0] * whole + [rest] * (rest > 0):
            placements = ()
            if one.is_measured and pieces == 1.0:
                placements = (Lying(0.0, 0.0, 0.0, one.length, one.width, one.height),)
            yield PlannedParcel(
                box=None,
                contents=(Content(one.id, pieces, placements),),
                weight=round(one.weight * pieces, 9),
                void=0.0,
                fragile=one.fragile,
                measured=bool(placements),
                hazards=_hazards([one]),
                alone=True,
            )

    def _group(self, goods):
        """Without boxes: goods that may be together are one parcel."""
        groups = []
        for one in goods:
            kind = self._kind(one)
            pieces = one.pieces if self._is_sociable(kind) or not one.is_whole else 1.0
            for _piece in range(1 if pieces == one.pieces else int(one.pieces)):
                for group in groups:
                    if not any(self._are_apart(kind, other) for other, _one, _pieces in group):
                        break
                else:
                    groups.append(group := [])
                group.append((kind, one, pieces))
        for group in groups:
            held = [one for _kind, one, _pieces in group]
            yield PlannedParcel(
                box=None,
                contents=tuple(Content(one.id, pieces) for _kind, one, pieces in group),
                weight=round(sum(one.weight * pieces for _kind, one, pieces in group), 9),
                void=0.0,
                fragile=any(one.fragile for one in held),
                measured=False,
                hazards=_hazards(held),
            )

    def _pack(self, goods):
        left, measured = MOST_PIECES, set()
        for one in sorted(goods, key=lambda one: (one.pieces, one.id)):
            if one.is_measured and one.is_whole and one.pieces <= left:
                left -= int(one.pieces)
                measured.add(one.id)
        items = [self._place(one) if one.id in measured else self._pour(one) for one in goods]
        boxes = self.boxes
        if any(not (one.stated_volume or one.weight) for one in goods):
            # Nobody knows how much room there must be: the largest box is the best one.
            most = self.largest.volume
            boxes = [replace(box, cost=most - box.volume) for box in boxes]
        kinds = sorted({item.kind for item in items})
        apart = [
            pair
            for pair in combinations_with_replacement(kinds, 2)
            if self._are_apart(*(self._read_kind(kind) for kind in pair))
        ]
        plan = pack(items, boxes, padding=self.rules.padding, apart=apart)
        parcels = tuple(self._prepare(parcel, measured) for parcel in plan.parcels)
        return parcels, self._tell_unplaced(plan.unplaced)

    def _place(self, one):
        return Item(
            id=one.id,
            length=one.length,
            width=one.width,
            height=one.height,
            weight=one.weight,
            quantity=int(one.pieces),
            vertical="h" if one.keep_upright else "lwh",
            fragile=one.fragile,
            max_load=one.max_load or None,
            kind=self._write_kind(one),
        )

    def _pour(self, one):
        """Goods planned by volume, as blocks of the shape of the largest box."""
        count, pieces = int(one.pieces), 1.0
        if not one.is_whole or one.pieces > MOST_PIECES:
            count = self._count_portions(one)
            pieces = one.pieces / count
        self.portions[one.id] = pieces
        most = self.largest.volume
        volume = one.stated_volume * pieces
        if not volume:
            estimate = one.weight / self.rules.kilogram * LITRES_A_KILOGRAM * 1000 * pieces
            volume = min(estimate or most * LEAST_SHARE, most)
        edge = (volume / most) ** (1 / 3)
        if edge > 1.0 - 1e-9:
            edge = 1.0 if edge < 1.0 + 1e-9 else edge
        return Item(
            id=one.id,
            length=max(self.largest.length * edge, 0.001),
            width=max(self.largest.width * edge, 0.001),
            height=max(self.largest.height * edge, 0.001),
            weight=one.weight * pieces,
            quantity=count,
            max_load=one.max_load or None,
            kind=self._write_kind(one),
        )

    def _count_portions(self, one):
        """How many parcels at least a heap needs, by volume and by weight."""
        shares = [one.stated_volume * one.pieces / self.largest.volume]
        if self.largest.max_weight:
            able = self.largest.max_weight - self.largest.weight
            shares.append(one.weight * one.pieces / able if able > 0 else 0.0)
        return max(1, math.ceil(max(shares) - 1e-9))

    def _prepare(self, parcel, measured):
        """A parcel of the packer, its pieces put together again by goods."""
        contents = {}
        for one in parcel.placements:
            contents.setdefault(one.item, []).append(one)
        goods = [self.by_id[goods_id] for goods_id in contents]
        return PlannedParcel(
            box=parcel.box,
            contents=tuple(
                Content(
                    goods_id,
                    round(len(lying) * self.portions.get(goods_id, 1.0), 9),
                    tuple(lying) if goods_id in measured else (),
                )
                for goods_id, lying in contents.items()
            ),
            weight=parcel.weight,
            void=round(parcel.void, 6),
            fragile=any(one.fragile for one in goods),
            measured=all(one.id in measured for one in goods),
            hazards=_hazards(goods),
        )

    def _tell_unplaced(self, ids):
        told = []
        for goods_id in dict.fromkeys(ids):
            one = self.by_id[goods_id]
            portion = self.portions.get(goods_id, 1.0)
            bears = any(
                not box.max_weight or one.weight * portion + box.weight <= box.max_weight
                for box in self.boxes
            )
            pieces = round(ids.count(goods_id) * portion, 9)
            told.append((goods_id, pieces, "too_large" if bears else "too_heavy"))
        return tuple(told)

    # What must be apart: the packer knows one word a piece, made of all that counts.

    def _kind(self, one):
        is_heavy = self.rules.heavy > 0 and round(one.weight - self.rules.heavy, 9) >= 0
        return one.fragile, is_heavy, one.hazard_class

    def _write_kind(self, one):
        fragile, heavy, hazard = self._kind(one)
        return f"{'f' * fragile}{'h' * heavy}:{hazard}"

    def _read_kind(self, kind):
        marks, _colon, hazard = kind.partition(":")
        return "f" in marks, "h" in marks, hazard

    def _are_apart(self, one, other):
        if (one[0] and other[1]) or (one[1] and other[0]):
            return True
        return self.rules.are_apart(one[2], other[2])

    def _is_sociable(self, kind):
        return not self._are_apart(kind, kind)


def _hazards(goods):
    return tuple(sorted({one.hazard_class for one in goods if one.hazard_class}))
