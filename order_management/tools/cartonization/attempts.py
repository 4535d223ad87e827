"""Filling one box: several orders of the pieces, several ways to choose their place.

For small orders many more are drawn from a fixed sequence, so that the same question always has
the same answer.
"""

from .load import INFINITE

SMALL_ORDER = 10  # pieces, up to which more orders are tried
TRIES = 60
FAR = 5  # one in so many pieces begins at the far end of a space
LARGE_ORDERS, LARGE_RATINGS = 3, 3  # tried for larger orders
FILL_ORDERS, FILL_RATINGS = 3, 2  # tried for the fullest load
MULTIPLIER, INCREMENT, MODULUS = 1_103_515_245, 12_345, 2**31  # of the fixed sequence


def fill_whole(make_load, pieces):
    """A load of all pieces, or None when no attempt placed them all.

    :param make_load: function answering an empty load
    """
    is_small = len(pieces) <= SMALL_ORDER
    orders = _orders(pieces, ORDERS if is_small else ORDERS[:LARGE_ORDERS])
    for order in orders:
        for rate in RATINGS if is_small else RATINGS[:LARGE_RATINGS]:
            if load := _try(make_load(), order, rate):
                return load
    if not is_small or len(pieces) == 1:
        return None
    draw = _Draw(len(pieces))
    for attempt in range(TRIES):
        order = draw.shuffle(orders[attempt % len(orders)])
        turns = {piece.item: draw.shuffle(piece.turns) for piece in order}
        if load := _try(make_load(), order, RATINGS[attempt % len(RATINGS)], turns, draw):
            return load
    return None


def fill_most(make_load, pieces):
    """The load that holds the greatest volume of these pieces."""
    best, most = None, -1
    for order in _orders(pieces, ORDERS[:FILL_ORDERS]):
        for rate in RATINGS[:FILL_RATINGS]:
            load, rest = make_load(), []
            for piece in order:
                # What found no place finds none before another one lies there.
                if rest and rest[-1] is piece or not load.place(piece, rate):
                    rest.append(piece)
            volume = sum(block[6].volume for block in load.blocks)
            if volume > most:
                best, most = load, volume
            if all(load.is_enemy(piece) for piece in rest):
                return best
    return best


def _try(load, order, rate, turns=None, draw=None):
    """The load with all pieces in this order, or None; with a draw, some lie as it says."""
    for piece in order:
        chosen = far = None
        if draw:
            if draw.next(3) == 0:
                chosen = turns[piece.item][: 1 + draw.next(2)]
            if draw.next(FAR) == 0:
                far = ((True, False), (False, True), (True, True))[draw.next(3)]
        if load.place(piece, rate, chosen, far):
            continue
        if (chosen is None and far is None) or not load.place(piece, rate):
            return None
    return load


def _orders(pieces, keys):
    """The pieces in several orders, each once."""
    found = (sorted(pieces, key=key) for key in keys)
    return list({tuple(piece.item for piece in order): order for order in found}.values())


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
