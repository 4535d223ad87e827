"""In which order the pieces of a parcel go into it, and in which order they are drawn.

Both see the box from above its front corner, the corner of all places at the back: what is below
or behind comes first.
"""

from dataclasses import dataclass, replace

TOLERANCE = 1e-3  # in units of length
UPRIGHT = 2  # the axis


@dataclass(frozen=True)
class Solid:
    """A piece or a part of one, by its two outermost corners."""

    low: tuple
    high: tuple
    piece: int = 0  # position of the piece

    def hides(self, other):
        """Whether it can cover a part of the other: whether that, moved towards us, meets it."""
        nearest = max(one - two for one, two in zip(self.low, other.high, strict=True))
        farthest = min(one - two for one, two in zip(self.high, other.low, strict=True))
        return max(nearest, 0.0) < farthest - TOLERANCE

    def stands_above(self, other):
        return self.low[UPRIGHT] > other.high[UPRIGHT] - TOLERANCE and all(
            min(self.high[axis], other.high[axis]) - max(self.low[axis], other.low[axis])
            > TOLERANCE
            for axis in (0, 1)
        )

    def cut(self, lines):
        """Its parts between the planes at ``lines``, one list of places for each axis."""
        parts = [self]
        for axis in range(3):
            parts = [part for one in parts for part in one._cut_across(axis, lines[axis])]
        return parts

    def _cut_across(self, axis, places):
        low, high = self.low[axis], self.high[axis]
        ends = [low, *(at for at in places if low + TOLERANCE < at < high - TOLERANCE), high]
        for start, end in zip(ends, ends[1:], strict=False):
            yield replace(
                self,
                low=(*self.low[:axis], start, *self.low[axis + 1 :]),
                high=(*self.high[:axis], end, *self.high[axis + 1 :]),
            )


def make_solids(placements) -> list[Solid]:
    return [
        Solid(
            (one.x, one.y, one.z),
            (one.x + one.length, one.y + one.width, one.z + one.height),
            at,
        )
        for at, one in enumerate(placements)
    ]


def steps(parcel) -> tuple:
    """The order in which a person puts the pieces in: positions in ``parcel.placements``.

    Nothing is put in beneath a piece that lies there already, and wherever that is possible
    nothing behind one either; low ones come first.
    """
    solids = make_solids(parcel.placements)
    hidden = _find_pairs(solids, Solid.hides)
    beneath = _find_pairs(solids, Solid.stands_above)
    left, order = set(hidden), []
    while left:
        ready = [at for at in left if not beneath[at] & left]
        order.append(min(ready, key=lambda at: (len(hidden[at] & left), _rate(solids[at]), at)))
        left.remove(order[-1])
    return tuple(order)


def painted(solids) -> list[Solid]:
    """What is drawn first comes first; where pieces hide each other in a ring, they are cut."""
    hidden = _find_pairs(solids, Solid.hides)
    left, order = set(hidden), []
    while left:
        ready = [at for at in left if not hidden[at] & left]
        if not ready:
            rest = _cut_ring(solids, hidden, left)
            # As many as before: they take the same room, and no order is right.
            rest = painted(rest) if len(rest) > len(left) else rest
            return [solids[at] for at in order] + rest
        order.append(min(ready, key=lambda at: (_rate(solids[at]), at)))
        left.remove(order[-1])
    return [solids[at] for at in order]


def _find_pairs(solids, relation):
    """Of each, those to which it stands in the relation."""
    return {
        at: {other for other, two in enumerate(solids) if other != at and relation(one, two)}
        for at, one in enumerate(solids)
    }


def _cut_ring(solids, hidden, left):
    """What is left to be drawn, with those that hide each other in a ring cut into a grid."""
    ring = _find_ring(hidden, left)
    lines = [
        sorted({edge for at in ring for edge in (solids[at].low[axis], solids[at].high[axis])})
        for axis in range(3)
    ]
    parts = [part for at in sorted(ring) for part in solids[at].cut(lines)]
    return [*(solids[at] for at in sorted(left - ring)), *parts]


def _find_ring(hidden, left):
    """Those that wait for one another: what only waits for them is left out."""
    ring = set(left)
    while True:
        awaited = {other for at in ring for other in hidden[at]}
        if ring <= awaited:
            return ring
        ring &= awaited


def _rate(solid):
    x, y, z = (round(value, 3) for value in solid.low)
    return z, x + y, x
