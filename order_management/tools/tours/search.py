"""Good tours by small changes, for any layout and with stops that have to come before others."""

from random import Random

# Tries to leave a tour which no small change makes shorter: fewer for many places.
KICKS, KICKED_PLACES = 30, 1000
LONGEST = 3  # places moved together


def distances(layout, places: list) -> list[list]:
    """How far it is between any two places; the depot stands first."""
    places = [layout.depot, *places]
    matrix = [[0.0] * len(places) for _place in places]
    for row, start in enumerate(places):
        for column in range(row):
            matrix[row][column] = matrix[column][row] = layout.distance(start, places[column])
    return matrix


def improve(matrix: list, orders: list, ranks: list) -> list:
    """Make tours shorter by 2-opt and or-opt, then the best one by kicks and both again.

    :param orders: of the rows of the matrix without the depot, each ascending in rank
    :param ranks: of each row; no change moves a place before one of a lower rank
    :return: the rows in the best order found, never longer than one of the orders
    """
    runs = _runs(orders[0], ranks)
    routes = [_polish(matrix, [0, *order, 0], runs) for order in orders]
    best, route = min((_length(matrix, route), route) for route in routes)
    dice = Random(len(route))
    wide = [(first, last) for first, last in runs if last - first >= 3]
    for _kick in range(min(KICKS, KICKED_PLACES // len(route)) if wide else 0):
        tried = _polish(matrix, _kicked(route, dice.choice(wide), dice), runs)
        length = _length(matrix, tried)
        if length < best - 1e-9:
            route, best = tried, length
    return route[1:-1]


def nearest_order(matrix: list, ranks: list) -> list:
    """The rows of a matrix, always going on to the nearest one of the lowest rank left."""
    left, here, order = set(range(1, len(matrix))), 0, []
    while left:
        least = min(ranks[row] for row in left)
        distance = matrix[here]
        here = min(
            (row for row in left if ranks[row] == least), key=lambda row: (distance[row], row)
        )
        left.discard(here)
        order.append(here)
    return order


def _length(matrix, route):
    return sum(matrix[start][end] for start, end in zip(route, route[1:], strict=False))


def _runs(order, ranks):
    """``(first, last)`` positions in the route of neighbours with one rank."""
    runs = []
    for position, row in enumerate(order, 1):
        if runs and ranks[order[position - 2]] == ranks[row]:
            runs[-1] = runs[-1][0], position
        else:
            runs.append((position, position))
    return runs


def _kicked(route, run, dice):
    """Two neighbouring stretches of a run change places."""
    first, last = run
    one, two, three = sorted(dice.sample(range(first, last + 2), 3))
    return route[:one] + route[two:three] + route[one:two] + route[three:]


def _polish(matrix, route, runs):
    route, better = list(route), True
    while better:
        better = False
        for first, last in runs:
            better |= _two_opt(matrix, route, first, last)
            better |= _or_opt(matrix, route, first, last)
    return route


def _two_opt(matrix, route, first, last):
    """Walk a stretch the other way round where that is shorter."""
    better = False
    for start in range(first, last):
        before, here = route[start - 1], route[start]
        from_before, from_here = matrix[before], matrix[here]
        for end in range(start + 1, last + 1):
            there, after = route[end], route[end + 1]
            gain = from_before[here] + matrix[there][after] - from_before[there] - from_here[after]
            if gain > 1e-9:
                route[start : end + 1] = route[start : end + 1][::-1]
                here, better = route[start], True
                from_here = matrix[here]
    return better


def _or_opt(matrix, route, first, last):
    """Move up to three neighbours to where they lie on the way."""
    better = False
    for size in range(1, LONGEST + 1):
        start = first
        while start + size - 1 <= last:
            moved = _best_move(matrix, route, (first, last), (start, start + size - 1))
            if moved:
                place, turned = moved
                part = route[start : start + size]
                del route[start : start + size]
                route[place:place] = part[::-1] if turned else part
                better = True
            start += 1
    return better


def _best_move(matrix, route, run, part):
    """``(position, turned)`` in the route without the part; empty where it lies best."""
    start, end = part
    head, tail = route[start], route[end]
    before, after = route[start - 1], route[end + 1]
    to_head, to_tail = matrix[head], matrix[tail]
    saved = to_head[before] + to_tail[after] - matrix[before][after]
    best, found = 1e-9, ()
    if saved <= best:  # it lies on the way already
        return found
    size = end - start + 1
    for place in range(run[0], run[1] + 2):
        if start <= place <= end + 1:
            continue
        one, other = route[place - 1], route[place]
        gap = saved + matrix[one][other]
        target = place if place < start else place - size
        if gap - to_head[one] - to_tail[other] > best:
            best, found = gap - to_head[one] - to_tail[other], (target, False)
        if gap - to_tail[one] - to_head[other] > best:
            best, found = gap - to_tail[one] - to_head[other], (target, True)
    return found
