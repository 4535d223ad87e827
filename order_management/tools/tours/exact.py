"""The shortest tour: a dynamic programme over columns, and the walk it stands for."""

from bisect import bisect_left, bisect_right

from .frontier import BOTH, DOUBLE, HIGH, JOINED, LOW, SINGLE, frontier


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
        self.states = frontier(len(self.lines))
        self.columns = _columns(layout.depot, places)
        self.depot = layout.depot
        self.steps = []  # (walks | ways of a block, {state: (state before, choice)})
        costs = {self.states.start: 0.0}
        before = None
        for x, heights in self.columns:
            if before is not None:
                costs = self._walk_on(costs, before, x)
            costs = self._touch(costs, x, heights)
            for block in range(len(self.lines) - 1):
                if heights:
                    costs = self._walk_aisle(costs, x, heights, block)
            before = x
        done = self.states.done
        self.length, self.last = min(
            (cost, state) for state, cost in costs.items() if state in done
        )

    def _touch(self, costs, x, heights):
        """Crossings at which there is a place, or the depot, belong to the tour."""
        at = {self.lines.index(y) for y in heights if y in self.lines}
        if x == self.depot[0]:
            at.add(self.lines.index(self.depot[1]))
        for crossing in at:
            table = self.states.touch[crossing]
            origin, after = {}, {}
            for state, cost in costs.items():
                reached = table[state]
                if reached not in after or cost < after[reached]:
                    after[reached] = cost
                    origin[reached] = state, None
            self.steps.append((False, origin))
            costs = after
        return costs

    def _walk_on(self, costs, start, end):
        """Along the cross aisles to the next column."""
        onward, width = self.states.onward, end - start
        origin, after = {}, {}
        for state, cost in costs.items():
            for reached, walks, each in onward[state]:
                total = cost + walks * width
                if reached not in after or total < after[reached]:
                    after[reached] = total
                    origin[reached] = state, each
        self.steps.append(((start, end), origin))
        return after

    def _walk_aisle(self, costs, x, heights, block):
        """Up and down in a block of the aisle."""
        low, high = self.lines[block], self.lines[block + 1]
        inside = heights[bisect_right(heights, low) : bisect_left(heights, high)]
        tables, ends = self.states.ways[block], self.states.ends[block]
        choices = [
            [(cost, way, tables[way]) for cost, way in ways] for ways in _ways(low, high, inside)
        ]
        origin, after = {}, {}
        if not inside:
            after = dict(costs)
            origin = {state: (state, None) for state in costs}
        for state, cost in costs.items():
            for more, way, table in choices[ends[state]]:
                reached, total = table[state], cost + more
                if reached not in after or total < after[reached]:
                    after[reached] = total
                    origin[reached] = state, way
        self.steps.append(((x, low, high, inside), origin))
        return after

    def graph(self):
        """The ways of the tour: place -> {place: how many times one walks between them}."""
        graph, state = {}, self.last
        for where, origin in reversed(self.steps):
            state, choice = origin[state]
            if choice is None:
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
        return [[once, twice]] * JOINED + [[once]]
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
