"""How much to order at once.

Harris's economic quantity and what was built on it: Snyder and Shen, "Fundamentals of Supply Chain
Theory" (2019), chapter 3.
"""

from math import inf, sqrt

from .checks import number


def economic_quantity(order_cost, holding_cost, demand, backorder_cost=None, production_rate=None):
    """The quantity that makes ordering and holding cheapest together: √(2·K·D/h).

    :param float order_cost: K, of one order
    :param float holding_cost: h, of a unit for a period
    :param float demand: D, a period
    :param float backorder_cost: p, of a unit that waits for a period; ``None``: nothing waits
    :param float production_rate: units a period at which an order arrives; ``None``: at once
    :return tuple: quantity, share that is backordered, cost a period
    """
    order_cost = number(order_cost, "order_cost", least=0)
    holding_cost = number(holding_cost, "holding_cost", above=0)
    demand = number(demand, "demand", least=0)
    if production_rate is not None:
        number(production_rate, "production_rate", above=demand)
        holding_cost *= 1.0 - demand / production_rate
    share = 0.0
    if backorder_cost is not None:
        backorder_cost = number(backorder_cost, "backorder_cost", above=0)
        share = holding_cost / (holding_cost + backorder_cost)
        holding_cost *= backorder_cost / (holding_cost + backorder_cost)
    quantity = sqrt(2.0 * order_cost * demand / holding_cost)
    return quantity, share, sqrt(2.0 * order_cost * demand * holding_cost)


def best_price_break(order_cost, holding_share, demand, breaks):
    """All units at the price of the break that an order reaches: the cheapest quantity.

    :param float holding_share: cost of stock a period as a share of the price
    :param list breaks: ``(least quantity, price)``, ascending, the first from 0
    :return tuple: quantity, cost a period
    """
    _check_breaks(breaks)
    best = (0.0, inf)
    for place, (least, price) in enumerate(breaks):
        holding = holding_share * price
        quantity = sqrt(2.0 * order_cost * demand / holding) if holding > 0.0 else least
        most = breaks[place + 1][0] if place + 1 < len(breaks) else inf
        if quantity >= most:
            continue
        quantity = max(quantity, least)
        if quantity <= 0.0:
            continue
        cost = price * demand + order_cost * demand / quantity + holding * quantity / 2.0
        if cost < best[1]:
            best = (quantity, cost)
    return best


def incremental_price_break(order_cost, holding_share, demand, breaks):
    """Only units beyond a break at its price: the cheapest quantity.

    :param list breaks: ``(least quantity, price)``, ascending, the first from 0
    :return tuple: quantity, cost a period
    """
    _check_breaks(breaks)
    best = (0.0, inf)
    paid = 0.0  # more than the current price, for the units before the break
    for place, (least, price) in enumerate(breaks):
        if place:
            before, old = breaks[place - 1]
            paid += old * (least - before)
        extra = paid - price * least
        quantity = sqrt(2.0 * (order_cost + extra) * demand / (holding_share * price))
        most = breaks[place + 1][0] if place + 1 < len(breaks) else inf
        if not least <= quantity < most:
            continue
        cost = (
            price * demand
            + (order_cost + extra) * demand / quantity
            + holding_share * extra / 2.0
            + holding_share * price * quantity / 2.0
        )
        if cost < best[1]:
            best = (quantity, cost)
    return best


def _check_breaks(breaks):
    if not breaks or breaks[0][0] != 0:
        raise ValueError("breaks: the first one is from 0")
    for least, price in breaks:
        number(least, "breaks", least=0)
        number(price, "breaks", above=0)
    if [least for least, _price in breaks] != sorted({least for least, _price in breaks}):
        raise ValueError("breaks: their quantities ascend")


def wagner_whitin(order_cost, holding_cost, demand):
    """Orders that meet a known demand at the least cost (Wagner and Whitin 1958).

    :param list demand: of each period
    :return tuple: the order of each period, cost
    """
    demand = [number(value, "demand", least=0) for value in demand]
    count = len(demand)
    best, following = [0.0] * (count + 1), [count] * (count + 1)
    for start in range(count - 1, -1, -1):
        best[start], held = inf, 0.0
        for end in range(start, count):
            held += holding_cost * (end - start) * demand[end]
            cost = (order_cost if any(demand[start : end + 1]) else 0.0) + held + best[end + 1]
            if cost < best[start]:
                best[start], following[start] = cost, end + 1
    orders, place = [0.0] * count, 0
    while place < count:
        orders[place] = sum(demand[place : following[place]])
        place = following[place]
    return orders, best[0]


def joint_replenishment(shared_cost, items):
    """A common cycle for items of one vendor (Silver 1976; Silver, Pyke and Thomas, 10.2).

    :param float shared_cost: of an order, whatever is on it
    :param list items: ``(own cost of a line, holding cost of a unit a period, demand a period)``
    :return tuple: cycle, multiples of it at which each item is ordered, cost a period
    """
    shared_cost = number(shared_cost, "shared_cost", least=0)
    rows = [
        (
            number(own, "items", least=0),
            number(holding, "items", least=0) * number(demand, "items", least=0),
        )
        for own, holding, demand in items
    ]
    if not rows or all(rate <= 0.0 for _own, rate in rows):
        return 0.0, [1] * len(rows), 0.0
    ratios = [own / rate if rate > 0.0 else inf for own, rate in rows]
    first = min(range(len(rows)), key=ratios.__getitem__)
    base = rows[first][1] / (shared_cost + rows[first][0]) if shared_cost + rows[first][0] else inf
    multiples = []
    for place, (own, rate) in enumerate(rows):
        wanted = sqrt(own / rate * base) if rate > 0.0 and place != first else 1.0
        below = max(int(wanted), 1)
        # The nearer of two whole numbers by their cost, which is the geometric mean.
        multiples.append(below if wanted <= sqrt(below * (below + 1)) else below + 1)
    fixed = shared_cost + sum(
        own / multiple for (own, _rate), multiple in zip(rows, multiples, strict=True)
    )
    held = sum(rate * multiple for (_own, rate), multiple in zip(rows, multiples, strict=True))
    return sqrt(2.0 * fixed / held), multiples, sqrt(2.0 * fixed * held)
