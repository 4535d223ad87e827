"""What a half-built tour looks like at the column it has come to.

A shortest tour is built from left to right (Ratliff and Rosenthal 1983 for one block, Roodbergen
and de Koster 2001 for two, Cambazard and Catusse 2018 for any number of cross aisles). Of the part
already built only this matters: which crossings of the column it touches, which of these have an
odd number of ways so far, and which are joined to each other by it. That is a state; there are 6
of them for two cross aisles, 24 for three, 112 for four, 568 for five.
"""

from functools import lru_cache
from itertools import product

# What can be done with an aisle in a block: through it once, through it and back, in and out again
# from below, from above, from both ends; nothing.
SINGLE, DOUBLE, LOW, HIGH, BOTH, NOTHING = range(6)
# What is known of the ends of a block: 1: the lower one is touched, 2: the upper one, 3: both, and
# this: both, and they belong to one part already.
JOINED = 4


class Moves:
    """What one choice makes of states: ``pairs`` of one before and after, ``into``: after it."""

    def __init__(self):
        self.pairs, self.into = [], {}

    def add(self, before: int, after: int):
        """A state, and what it becomes."""
        self.pairs.append((before, after))
        self.into.setdefault(after, []).append(before)


class Frontier:
    """The states of a column with so many crossings, and what leads from one to another.

    A state is a tuple with a value for each crossing: 0 where it is untouched, else twice the
    number of the part it belongs to, plus one where it is odd. ``touch[crossing]`` are the moves
    of a place at a crossing, ``ways[block][ends][way]`` those in an aisle, ``onward`` maps the
    walks along each cross aisle to those to the next column. ``done`` are the states in which a
    tour is whole.
    """

    def __init__(self, height: int):
        self.height = height
        self.states, self.number = [], {}
        self.touch = [Moves() for _crossing in range(height)]
        self.ways = [
            [[Moves() for _way in range(6)] for _ends in range(JOINED + 1)]
            for _block in range(height - 1)
        ]
        self.onward = {}
        self.start = self._find([0] * height)
        state = 0
        while state < len(self.states):  # grows while it is read
            self._follow(state, self.states[state])
            state += 1
        self.count = len(self.states)
        self.done = [
            number
            for number, values in enumerate(self.states)
            if len(set(values) - {0}) == 1 and not any(value & 1 for value in values)
        ]

    def _find(self, values):
        """The number of a state, its parts named in the order in which they appear."""
        names, named = {}, []
        for value in values:
            part = value >> 1
            if part:
                part = names.setdefault(part, len(names) + 1)
            named.append(2 * part + (value & 1))
        key = tuple(named)
        if key not in self.number:
            self.number[key] = len(self.states)
            self.states.append(key)
        return self.number[key]

    def _follow(self, state, values):
        for crossing, moves in enumerate(self.touch):
            moves.add(state, self._find(_touched(values, crossing)))
        for block, by_ends in enumerate(self.ways):
            low, high = values[block] >> 1, values[block + 1] >> 1
            ends = JOINED if low and low == high else bool(low) + 2 * bool(high)
            for way, after in enumerate(_walked(values, block)):
                by_ends[ends][way].add(state, self._find(after))
        for walks, after in _onward(values):
            self.onward.setdefault(walks, Moves()).add(state, self._find(after))


@lru_cache(maxsize=8)
def frontier(height: int) -> Frontier:
    """The states for so many cross aisles: made once."""
    return Frontier(height)


def _walked(values, block):
    """What each way in the aisle makes of a state, in the order of the ways."""
    joined = _joined(values, block)
    flipped = list(joined)
    flipped[block] ^= 1
    flipped[block + 1] ^= 1
    return (
        flipped,
        joined,
        _touched(values, block),
        _touched(values, block + 1),
        _touched(values, block, block + 1),
        values,
    )


def _onward(values):
    """``(walks along each cross aisle, state)``: one from odd crossings, from even ones 0 or 2.

    Each part has to go on, for what is left behind alone is never joined to the rest.
    """
    parts = {value >> 1 for value in values if value}
    choices = [(1,) if value & 1 else (0, 2) if value else (0,) for value in values]
    for walks in product(*choices):
        after = [value if walk else 0 for value, walk in zip(values, walks, strict=True)]
        if {value >> 1 for value in after if value} == parts:
            yield walks, after


def _touched(values, *crossings):
    values = list(values)
    for crossing in crossings:
        if not values[crossing]:
            values[crossing] = 2 * (len(values) + 1 + crossing)
    return values


def _joined(values, block):
    """The two crossings at the ends of a block belong to one part."""
    values = _touched(values, block, block + 1)
    keep, gone = values[block] >> 1, values[block + 1] >> 1
    return [2 * keep + (value & 1) if value >> 1 == gone else value for value in values]
