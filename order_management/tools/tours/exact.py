"""The shortest tour: a dynamic programme over columns, and the walk it stands for."""

import math
from bisect import bisect_left, bisect_right

from .frontier import BOTH, DOUBLE, HIGH, JOINED, LOW, NOTHING, SINGLE, frontier

for _height in (2, 3, 4):
    frontier(_height)  # 10 ms at the start, so that no first tour waits for them


def shortest_order(layout, places: list) -> list[tuple]:
    """The places, each once, in the order of a shortest tour from the depot and back."""
    plan = _Plan(layout, places)
    graph = plan.graph()
    wanted, order = set(places), []
    for place in _circuit(graph, layout.depot):
        if place in wanted:
            wanted.discard(place)
            order.append(place)
    return order


def shortest_length(layout, places: list) -> float:
    """The length of a shortest tour from the depot by the places and back."""
    return _Plan(layout, places).length


def crossings(layout, places) -> tuple:
    """The cross aisles a shortest tour may want: those around and between its places."""
    heights = [y for _x, y in places] + [layout.depot[1]]
    lines = layout.cross_aisles
    first = bisect_right(lines, min(heights)) - 1
    last = bisect_left(lines, max(heights))
    if first == last:  # all on one cross aisle
        return lines[first : first + 1]
    return lines[first : last + 1]


class _Plan:
    """The columns of the places and of the depot, from left to right.

    Vertical ways are walked in columns with places only: between two places one goes up or down
    in the aisle of one of them.
    """

    def __init__(self, layout, places):
        self.lines = crossings(layout, places)
        self.depot = layout.depot
        self.states = frontier(len(self.lines))
        self.costs = [math.inf] * self.states.count
        self.costs[self.states.start] = 0.0
        self.steps = []  # (where, the choices there, costs of the states before)
        before = None
        for x, heights in _columns(layout.depot, places):
            if before is not None:
                self._walk_on(before, x)
            self._touch(x, heights)
            for block in range(len(self.lines) - 1 if heights else 0):
                self._walk_aisle(x, heights, block)
            before = x
        self.length, self.last = min((self.costs[state], state) for state in self.states.done)

    def _touch(self, x, heights):
        """Crossings at which there is a place, or the depot, belong to the tour."""
        wanted = {*heights, self.depot[1]} if x == self.depot[0] else heights
        for crossing, line in enumerate(self.lines):
            if line in wanted:
                self._step(None, [(0.0, self.states.touch[crossing], None)])

    def _walk_on(self, start, end):
        """Along the cross aisles to the next column."""
        width = end - start
        choices = [
            (sum(walks) * width, moves, walks) for walks, moves in self.states.onward.items()
        ]
        self._step((start, end), choices)

    def _walk_aisle(self, x, heights, block):
        """Up and down in a block of the aisle."""
        low, high = self.lines[block], self.lines[block + 1]
        inside = heights[bisect_right(heights, low) : bisect_left(heights, high)]
        choices = [
            (cost, moves[way], way)
            for moves, ways in zip(self.states.ways[block], _ways(low, high, inside), strict=True)
            for cost, way in ways
        ]
        self._step((x, low, high, inside), choices)

    def _step(self, where, choices):
        """The least costs of all states after one of the choices."""
        before, after = self.costs, [math.inf] * self.states.count
        for more, moves, _choice in choices:
            for state, reached in moves.pairs:
                total = before[state] + more
                if total < after[reached]:
                    after[reached] = total
        self.steps.append((where, choices, before))
        self.costs = after

    def graph(self):
        """The ways of the tour: place -> {place: how many times one walks between them}."""
        graph, state, total = {}, self.last, self.length
        for where, choices, before in reversed(self.steps):
            state, choice = next(
                (earlier, choice)
                for more, moves, choice in choices
                for earlier in moves.into.get(state, ())
                if before[earlier] + more == total
            )
            total = before[state]
            if where is None or choice == NOTHING:
                continue
            if len(where) == 2:
                start, end = where
                for y, walks in zip(self.lines, choice, strict=True):
                    _join(graph, [(start, y), (end, y)], walks)
            else:
                x, low, high, inside = where
                for points in _stretches(low, high, inside, choice):
                    _join(graph, [(x, y) for y in points], 1 if choice == SINGLE else 2)
        return graph


def _columns(depot, places):
    """``(x, heights of its places, ascending)`` of all columns with a place, and the depot's."""
    heights = {depot[0]: set()}
    for x, y in places:
        heights.setdefault(x, set()).add(y)
    return [(x, sorted(heights[x])) for x in sorted(heights)]


def _ways(low, high, inside):
    """``(cost, way)`` of what may be done in a block of an aisle, by what is known of its ends.

    Without a place in it: through once or twice, or nothing. With places also in and out again
    from below, from above, or from both ends, leaving out the widest gap between two places. Of
    ways that touch nothing new, the shortest is enough.
    """
    width = high - low
    once, twice = (width, SINGLE), (2 * width, DOUBLE)
    if not inside:
        nothing = (0.0, NOTHING)
        return [[nothing, once, twice]] * JOINED + [[nothing, once]]
    below = (2 * (inside[-1] - low), LOW)
    above = (2 * (high - inside[0]), HIGH)
    both = (2 * (width - _widest(inside)[0]), BOTH) if len(inside) > 1 else twice
    least = min(below, above, both)
    return [
        [once, twice, below, above, both],
        [once, twice, below, min(above, both)],
        [once, twice, above, min(below, both)],
        [once, twice, least],
        [once, least],
    ]


def _widest(inside):
    """``(width, place after it)`` of the widest gap between neighbours."""
    return max((inside[place] - inside[place - 1], -place) for place in range(1, len(inside)))


def _stretches(low, high, inside, way):
    if way == LOW:
        return [[low, *inside]]
    if way == HIGH:
        return [[*inside, high]]
    if way == BOTH:
        place = -_widest(inside)[1]
        return [[low, *inside[:place]], [*inside[place:], high]]
    return [[low, *inside, high]]


def _join(graph, points, walks):
    if not walks:
        return
    for start, end in zip(points, points[1:], strict=False):
        for one, other in ((start, end), (end, start)):
            ways = graph.setdefault(one, {})
            ways[other] = ways.get(other, 0) + walks


def _circuit(graph, start):
    """A closed walk that uses each way as often as there is one (Hierholzer)."""
    stack, walk = [start], []
    while stack:
        here = stack[-1]
        ways = graph.get(here)
        if not ways:
            walk.append(stack.pop())
            continue
        there = next(iter(ways))
        for one, other in ((here, there), (there, here)):
            graph[one][other] -= 1
            if not graph[one][other]:
                del graph[one][other]
        stack.append(there)
    return walk[::-1]
