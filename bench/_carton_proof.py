"""Whether a box can hold an order at all: an exact model, solved by CP-SAT of ortools.

ortools is no part of the development environment; ``.dev/venv/bin/pip install ortools`` (180 MB)
gives it to the benches. Places are whole units of length.
"""

from itertools import combinations, permutations
from math import floor

try:
    from ortools.sat.python import cp_model
except ImportError:
    cp_model = None

SECONDS = 20.0  # of one question, deterministic ones of the solver
HEIGHT = 2  # the axis
WEIGHTS = 1_000  # weights are told to its thousandth


def is_known():
    return cp_model is not None


def holds(pieces, box, padding=0, seconds=SECONDS):
    """True, False, or None when it is not decided in time.

    :param pieces: items of one piece each, whole sizes
    """
    if is_too_small(pieces, box, padding):
        return False
    bare = _Model(pieces, box, padding)
    found = bare.solve(seconds)
    if not found:
        return found
    ruled = _Model(pieces, box, padding)
    ruled.add_rules()
    return ruled.solve(seconds)


def is_too_small(pieces, box, padding=0):
    """Volume, weight, and each piece for itself."""
    around = [2 * padding * one.fragile for one in pieces]
    sizes = list(zip(pieces, around, strict=True))
    volume = sum((p.length + a) * (p.width + a) * (p.height + a) for p, a in sizes)
    if volume > box.volume + 1e-6:
        return True
    weight = box.weight + sum(piece.weight for piece in pieces)
    if box.max_weight is not None and weight > box.max_weight + 1e-9:
        return True
    return not all(turns_in(piece, box, padding) for piece in pieces)


def turns_in(piece, box, padding):
    """The ways in which a piece may lie in a box, padding included."""
    edges = dict(zip("lwh", (piece.length, piece.width, piece.height), strict=True))
    around = 2 * padding * piece.fragile
    sides = box.length, box.width, box.height
    turns = {
        tuple(round(edges[edge] + around) for edge in turn)
        for turn in permutations("lwh")
        if turn[HEIGHT] in piece.vertical
    }
    return sorted(turn for turn in turns if all(a <= b for a, b in zip(turn, sides, strict=True)))


class _Model:
    def __init__(self, pieces, box, padding):
        self.pieces = pieces
        self.sides = [floor(side) for side in (box.length, box.width, box.height)]
        self.model = cp_model.CpModel()
        self.low, self.size, self.high = [], [], []
        for piece in pieces:
            self._add_piece(turns_in(piece, box, padding))
        self.beside = {}  # (one, other, axis): one ends before the other begins
        for one, other in combinations(range(len(pieces)), 2):
            self._keep_apart(one, other)
        self._break_symmetry()

    def _add_piece(self, turns):
        model = self.model
        ways = [model.new_bool_var("") for _turn in turns]
        model.add_exactly_one(ways)
        low, size, high = [], [], []
        for axis in range(3):
            side = self.sides[axis]
            edges = [turn[axis] for turn in turns]
            low.append(model.new_int_var(0, side, ""))
            size.append(model.new_int_var(min(edges), max(edges), ""))
            high.append(model.new_int_var(0, side, ""))
            model.add(size[axis] == sum(e * w for e, w in zip(edges, ways, strict=True)))
            model.add(high[axis] == low[axis] + size[axis])
        self.low.append(low)
        self.size.append(size)
        self.high.append(high)

    def _keep_apart(self, one, other):
        literals = []
        for first, second in ((one, other), (other, one)):
            for axis in range(3):
                literal = self.model.new_bool_var("")
                gap = self.high[first][axis] <= self.low[second][axis]
                self.model.add(gap).only_enforce_if(literal)
                literals.append(literal)
                self.beside[first, second, axis] = literal
        self.model.add_bool_or(literals)

    def _break_symmetry(self):
        """Equal pieces in one order."""
        for one, other in combinations(range(len(self.pieces)), 2):
            if _same(self.pieces[one], self.pieces[other]):
                (x1, y1, z1), (x2, y2, z2) = self.low[one], self.low[other]
                self.model.add(x1 + 100 * y1 + 10_000 * z1 <= x2 + 100 * y2 + 10_000 * z2)

    def add_rules(self):
        """Half of each footprint is borne; nothing is above what is fragile or too weak."""
        count = len(self.pieces)
        covers = {}
        for one, other in combinations(range(count), 2):
            covers[one, other] = covers[other, one] = self._meet(one, other)
        for at in range(count):
            self._support(at, [other for other in range(count) if other != at], covers)
            self._limit(at, [other for other in range(count) if other != at], covers)

    def _meet(self, one, other):
        """A literal that is true whenever their footprints overlap."""
        literal = self.model.new_bool_var("")
        apart = []
        for first, second in ((one, other), (other, one)):
            for axis in (0, 1):
                flag = self.model.new_bool_var("")
                gap = self.high[first][axis] <= self.low[second][axis]
                self.model.add(gap).only_enforce_if(flag)
                apart.append(flag)
        self.model.add_bool_or([literal, *apart])
        return literal

    def _limit(self, at, others, covers):
        piece = self.pieces[at]
        if not piece.fragile and piece.max_load is None:
            return
        above = []
        for other in others:
            literal = self.model.new_bool_var("")  # true whenever the other is above it
            over = self.model.new_bool_var("")
            self.model.add(self.high[other][HEIGHT] <= self.low[at][HEIGHT]).only_enforce_if(over)
            self.model.add_bool_or([literal, over, covers[at, other].negated()])
            above.append((literal, self.pieces[other]))
        if piece.fragile:
            for literal, _other in above:
                self.model.add(literal == 0)
        else:
            load = sum(round(other.weight * WEIGHTS) * literal for literal, other in above)
            self.model.add(load <= round(piece.max_load * WEIGHTS))

    def _support(self, at, others, covers):
        model, (long, wide, _high) = self.model, self.sides
        ground = model.new_bool_var("")
        model.add(self.low[at][HEIGHT] == 0).only_enforce_if(ground)
        areas = []
        for other in others:
            rests = model.new_bool_var("")
            on = self.high[other][HEIGHT] == self.low[at][HEIGHT]
            model.add(on).only_enforce_if(rests)
            shared = []
            for axis, side in ((0, long), (1, wide)):
                part = model.new_int_var(0, side, "")
                for one, two in ((at, at), (at, other), (other, at), (other, other)):
                    stretch = self.high[one][axis] - self.low[two][axis]
                    model.add(part <= stretch).only_enforce_if(rests)
                model.add(part == 0).only_enforce_if(rests.negated())
                shared.append(part)
            area = model.new_int_var(0, long * wide, "")
            model.add_multiplication_equality(area, shared)
            areas.append(area)
        foot = model.new_int_var(0, long * wide, "")
        model.add_multiplication_equality(foot, self.size[at][:HEIGHT])
        model.add(2 * sum(areas) >= foot).only_enforce_if(ground.negated())

    def solve(self, seconds):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = seconds
        solver.parameters.max_time_in_seconds = 4 * seconds
        status = solver.solve(self.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return True
        return False if status == cp_model.INFEASIBLE else None


def _same(one, other):
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("length", "width", "height", "weight", "vertical", "fragile", "max_load")
    )
