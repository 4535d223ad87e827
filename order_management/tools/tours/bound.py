"""A length no tour falls below, where the shortest one is not known."""

ROUNDS = 60


def tree_bound(matrix: list, length: float) -> float:
    """Held and Karp's bound: the best spanning tree with a loop, its places made dearer by turns.

    A tour is a spanning tree of all places but the depot, with two ways from the depot. The
    shortest such thing is therefore never longer than a tour. What is added to the ways of a
    place with too many of them, and taken off those with too few, is the same for every tour.

    :param matrix: how far it is between any two places, the depot first
    :param length: of some tour
    :return: a length, never above that of the shortest tour
    """
    count = len(matrix)
    if count < 3:
        return min(length, 2 * matrix[0][-1])
    prices, best, step = [0.0] * count, 0.0, 2.0
    for turn in range(ROUNDS):
        found, ways = _tree(matrix, prices)
        best = max(best, found)
        odd = sum((number - 2) ** 2 for number in ways)
        if not odd or best >= length:
            break
        if turn % 10 == 9:
            step /= 2
        pace = step * max(length - found, 0.0) / odd
        prices = [price + pace * (number - 2) for price, number in zip(prices, ways, strict=True)]
    return min(best, length)


def _tree(matrix, prices):
    """``(length, ways of each place)`` of the shortest tree with a loop at the depot (Prim)."""
    count = len(matrix)
    ways = [0] * count
    row = matrix[1]
    nearest = {place: (row[place] + prices[1] + prices[place], 1) for place in range(2, count)}
    total = 0.0
    while nearest:
        place = min(nearest, key=nearest.__getitem__)
        cost, other = nearest.pop(place)
        total += cost
        ways[place] += 1
        ways[other] += 1
        row, price = matrix[place], prices[place]
        for left, (least, _from) in nearest.items():
            if row[left] + price + prices[left] < least:
                nearest[left] = row[left] + price + prices[left], place
    loop = sorted(
        (matrix[0][place] + prices[place] + prices[0], place) for place in range(1, count)
    )
    for cost, place in loop[:2]:
        total += cost
        ways[place] += 1
        ways[0] += 1
    return total - 2 * sum(prices), ways
