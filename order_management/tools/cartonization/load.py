"""One box being filled: free spaces, what stands on what, what may still come.

All sizes are whole numbers of a ten-thousandth of the caller's unit, so that 0.1 and 0.2 fit 0.3.
A space is the largest free block at its place; spaces overlap. New pieces go into the corner of a
space that lies nearest the origin, or onto the corner of a piece that ends at its bottom.
"""

from dataclasses import dataclass, field

SCALE = 10_000
DIGITS = 9  # of weights, so that three times 0.1 is 0.3


def scaled(size: float) -> int:
    return round(size * SCALE)


@dataclass(frozen=True)
class Piece:
    """One piece of an item, with the padding around it."""

    item: int  # position of the item
    turns: tuple[tuple[int, int, int], ...]  # sizes as it may lie, padding included
    volume: int  # padding included
    weight: float
    fragile: bool
    max_load: float  # infinite where anything may stand above
    kind: str


@dataclass
class Load:
    """What lies in one box."""

    length: int
    width: int
    height: int
    most_weight: float  # of the contents
    enemies: dict  # kind -> kinds it never shares a parcel with
    least: tuple = (1, 1, 1)  # the shortest edge of any piece that may come, by axis
    spaces: list = field(default_factory=list)
    blocks: list = field(default_factory=list)  # (x1, y1, z1, x2, y2, z2, piece)
    tops: dict = field(default_factory=dict)  # height -> blocks that end there
    weight: float = 0.0
    kinds: set = field(default_factory=set)

    def __post_init__(self):
        self.spaces = [(0, 0, 0, self.length, self.width, self.height)]

    def admits(self, piece):
        """Whether weight and neighbours allow it, wherever it would lie."""
        if self.most_weight < round(self.weight + piece.weight, DIGITS):
            return False
        return not self.enemies or not self.is_enemy(piece)

    def is_enemy(self, piece):
        return not self.kinds.isdisjoint(self.enemies.get(piece.kind, ()))

    def place(self, piece, rate, turns=None, far=None):
        """Put a piece where ``rate`` is least.

        :param rate: function of corner, sizes and space, answering what compares
        :param turns: the ways it may lie, where not all are to be tried
        :param far: for each of two axes, whether it begins at the far end of a space
        :return bool: whether there is such a place
        """
        if not self.admits(piece):
            return False
        best = found = None
        for space in self.spaces:
            x1, y1, z1, x2, y2, z2 = space
            sides = x2 - x1, y2 - y1, z2 - z1
            corners = None
            for sizes in turns or piece.turns:
                length, width, height = sizes
                if height > sides[2] or length > sides[0] or width > sides[1]:
                    continue
                corners = _far_corner(space, sizes, far) if far else corners or self._corners(space)
                for x, y in corners:
                    if x + length > x2 or y + width > y2:
                        continue
                    rating = rate(x, y, z1, sizes, space)
                    if best is not None and rating >= best:
                        continue
                    block = (x, y, z1, x + length, y + width, z1 + height, piece)
                    if self._carries(block):
                        best, found = rating, block
                        break
        if found is None:
            return False
        self._add(found)
        return True

    def _corners(self, space):
        """Where a piece may begin in a space: its own corner, then those of pieces beneath it."""
        x1, y1, z1, x2, y2, _z2 = space
        corners = {(x1, y1): None}
        for block in self.tops.get(z1, ()):
            x, y = block[0], block[1]
            if x < x2 and y < y2 and (x > x1 or y > y1):
                corners[x if x > x1 else x1, y if y > y1 else y1] = None
        return list(corners)

    def _carries(self, block):
        """Whether a block stands well, and all beneath and above can bear it."""
        x1, y1, z1, x2, y2, z2, piece = block
        column = [
            other
            for other in self.blocks
            if other[0] < x2 and other[3] > x1 and other[1] < y2 and other[4] > y1
        ]
        supported, bearing = 0, []
        for other in column:
            left, back, _bottom, right, front, top, below = other
            if top > z1:
                continue
            if below.fragile:
                return False
            if below.max_load != INFINITE:
                bearing.append(other)
            if top == z1:
                wide = (right if right < x2 else x2) - (left if left > x1 else x1)
                deep = (front if front < y2 else y2) - (back if back > y1 else y1)
                supported += wide * deep
        if z1 and 2 * supported < (x2 - x1) * (y2 - y1):
            return False
        if piece.max_load != INFINITE or piece.fragile:
            above = [other[6].weight for other in column if other[2] >= z2]
            if above and (piece.fragile or round(sum(above), DIGITS) > piece.max_load):
                return False
        return all(
            round(self._weight_above(one) + piece.weight, DIGITS) <= one[6].max_load
            for one in bearing
        )

    def _weight_above(self, block):
        x1, y1, _z1, x2, y2, z2, _piece = block
        return sum(
            other[6].weight
            for other in self.blocks
            if other[2] >= z2
            and min(x2, other[3]) > max(x1, other[0])
            and min(y2, other[4]) > max(y1, other[1])
        )

    def _add(self, block):
        self.blocks.append(block)
        self.tops.setdefault(block[5], []).append(block)
        self.weight += block[6].weight
        self.kinds.add(block[6].kind)
        self.spaces = _cut(self.spaces, block, self.least)


INFINITE = float("inf")


def _cut(spaces, block, least):
    """The largest free blocks that are left when ``block`` is filled.

    Those with an edge below ``least``, the shortest of any piece, are left out.
    """
    left, back, bottom, right, front, top, _piece = block
    kept, parts = [], []
    for space in spaces:
        x1, y1, z1, x2, y2, z2 = space
        if left >= x2 or right <= x1 or back >= y2 or front <= y1 or bottom >= z2 or top <= z1:
            kept.append(space)
        else:
            parts += _split(space, block, least)
    parts.sort(key=_volume, reverse=True)  # what holds another comes before it
    for part in parts:
        x1, y1, z1, x2, y2, z2 = part
        for a1, b1, c1, a2, b2, c2 in kept:
            if a1 <= x1 and a2 >= x2 and b1 <= y1 and b2 >= y2 and c1 <= z1 and c2 >= z2:
                break
        else:
            kept.append(part)
    return kept


def _volume(space):
    return (space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2])


def _split(space, block, least):
    """What is left of a space on the six sides of a block in it."""
    x1, y1, z1, x2, y2, z2 = space
    left, back, bottom, right, front, top, _piece = block
    long, wide, high = least
    parts = []
    if left - x1 >= long:
        parts.append((x1, y1, z1, left, y2, z2))
    if x2 - right >= long:
        parts.append((right, y1, z1, x2, y2, z2))
    if back - y1 >= wide:
        parts.append((x1, y1, z1, x2, back, z2))
    if y2 - front >= wide:
        parts.append((x1, front, z1, x2, y2, z2))
    if bottom - z1 >= high:
        parts.append((x1, y1, z1, x2, y2, bottom))
    if z2 - top >= high:
        parts.append((x1, y1, top, x2, y2, z2))
    return parts


def _far_corner(space, sizes, far):
    """Where a piece of these sizes begins to end where the space ends, on one axis or both."""
    x = space[3] - sizes[0] if far[0] else space[0]
    y = space[4] - sizes[1] if far[1] else space[1]
    return [(x, y)]
