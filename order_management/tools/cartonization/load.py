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
    least: int = 1  # the shortest edge of any piece that may come
    spaces: list = field(default_factory=list)
    blocks: list = field(default_factory=list)  # (x1, y1, z1, x2, y2, z2, piece)
    weight: float = 0.0
    kinds: set = field(default_factory=set)

    def __post_init__(self):
        self.spaces = [(0, 0, 0, self.length, self.width, self.height)]

    def admits(self, piece):
        """Whether weight and neighbours allow it, wherever it would lie."""
        if round(self.weight + piece.weight, DIGITS) > self.most_weight:
            return False
        return self.kinds.isdisjoint(self.enemies.get(piece.kind, ()))

    def place(self, piece, rate, turns=None):
        """Put a piece where ``rate`` is least.

        :param rate: function of corner, sizes and space, answering what compares
        :param turns: the ways it may lie, where not all are to be tried
        :return bool: whether there is such a place
        """
        if not self.admits(piece):
            return False
        best = None
        for space in self.spaces:
            for sizes in turns or piece.turns:
                length, width, height = sizes
                if height > space[5] - space[2]:
                    continue
                for x, y in self._corners(space, length, width):
                    rating = rate(x, y, space[2], sizes, space)
                    if best is not None and rating >= best[0]:
                        continue
                    block = (x, y, space[2], x + length, y + width, space[2] + height, piece)
                    if self._carries(block):
                        best = (rating, block)
                        break
        if best is None:
            return False
        self._add(best[1])
        return True

    def _corners(self, space, length, width):
        """Where a piece may begin in a space: its own corner, then those of pieces beneath it."""
        x1, y1, z1, x2, y2, _z2 = space
        if x1 + length > x2 or y1 + width > y2:
            return
        yield x1, y1
        if z1:
            for block in self.blocks:
                if block[5] == z1:
                    x, y = max(block[0], x1), max(block[1], y1)
                    if (x, y) != (x1, y1) and x + length <= x2 and y + width <= y2:
                        yield x, y

    def _carries(self, block):
        """Whether a block stands well, and all beneath and above can bear it."""
        x1, y1, z1, x2, y2, z2, piece = block
        supported, above, bearing = 0, 0.0, []
        for other in self.blocks:
            wide = min(x2, other[3]) - max(x1, other[0])
            deep = min(y2, other[4]) - max(y1, other[1])
            if wide <= 0 or deep <= 0:
                continue
            if other[5] <= z1:
                bearing.append(other)
                supported += wide * deep if other[5] == z1 else 0
            elif other[2] >= z2:
                above += other[6].weight
                if piece.fragile:
                    return False
        if z1 and 2 * supported < (x2 - x1) * (y2 - y1):
            return False
        return round(above, DIGITS) <= piece.max_load and all(
            self._bears(one, piece) for one in bearing
        )

    def _bears(self, block, piece):
        """Whether what lies there can bear one more piece above it."""
        below = block[6]
        if below.fragile:
            return False
        if below.max_load == INFINITE:
            return True
        return round(self._weight_above(block) + piece.weight, DIGITS) <= below.max_load

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
        self.weight += block[6].weight
        self.kinds.add(block[6].kind)
        self.spaces = _cut(self.spaces, block, self.least)


INFINITE = float("inf")


def _cut(spaces, block, least):
    """The largest free blocks that are left when ``block`` is filled.

    Those with an edge below ``least``, the shortest of any piece, are left out.
    """
    kept, parts = [], []
    for space in spaces:
        if _is_beside(space, block):
            kept.append(space)
        else:
            parts += _split(space, block, least)
    parts.sort(key=_volume, reverse=True)  # what holds another comes before it
    for part in parts:
        x1, y1, z1, x2, y2, z2 = part
        for other in kept:
            if (
                other[0] <= x1
                and other[3] >= x2
                and other[1] <= y1
                and other[4] >= y2
                and other[2] <= z1
                and other[5] >= z2
            ):
                break
        else:
            kept.append(part)
    return kept


def _volume(space):
    return (space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2])


def _is_beside(space, block):
    return (
        block[0] >= space[3]
        or block[3] <= space[0]
        or block[1] >= space[4]
        or block[4] <= space[1]
        or block[2] >= space[5]
        or block[5] <= space[2]
    )


def _split(space, block, least):
    """What is left of a space on the six sides of a block in it."""
    for axis in range(3):
        if block[axis] - space[axis] >= least:
            yield (*space[: axis + 3], block[axis], *space[axis + 4 :])
        if space[axis + 3] - block[axis + 3] >= least:
            yield (*space[:axis], block[axis + 3], *space[axis + 1 :])
