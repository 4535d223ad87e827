"""Levels of well-known policies, exact where that takes milliseconds.

Snyder and Shen, "Fundamentals of Supply Chain Theory" (2019), chapters 4 and 5; Zheng and
Federgruen, Operations Research 39 (1991); Federgruen and Zheng, Operations Research 40 (1992);
Nahmias, "Production and Operations Analysis".
"""

from math import inf, sqrt

from .checks import number, share
from .distributions import NORMAL, inverse_normal_loss, normal_loss, poisson_pmf


def newsvendor_normal(holding_cost, shortage_cost, mean, deviation):
    """The stock for one period of normal demand that is cheapest.

    :return tuple: stock, cost
    """
    holding_cost = number(holding_cost, "holding_cost", above=0)
    shortage_cost = number(shortage_cost, "shortage_cost", above=0)
    reach = NORMAL.inv_cdf(shortage_cost / (shortage_cost + holding_cost))
    cost = (holding_cost + shortage_cost) * NORMAL.pdf(reach) * deviation
    return mean + reach * deviation, cost


def newsvendor_poisson(holding_cost, shortage_cost, mean):
    """The stock for one period of Poisson demand that is cheapest.

    :return tuple: stock, cost
    """
    target = shortage_cost / (shortage_cost + holding_cost)
    stock, below = 0, poisson_pmf(0, mean)
    while below < target:
        stock += 1
        below += poisson_pmf(stock, mean)
    return stock, _one_period(stock, holding_cost, shortage_cost, mean)


def _one_period(stock, holding_cost, shortage_cost, mean):
    """Expected cost of a stock level that meets Poisson demand."""
    left = sum((stock - count) * poisson_pmf(count, mean) for count in range(max(stock, 0)))
    return holding_cost * left + shortage_cost * (mean - stock + left)


def exact_reorder_quantity(holding_cost, shortage_cost, order_cost, demand, lead_time):
    """Reorder point and quantity for Poisson demand under continuous review (Federgruen, Zheng).

    :param float demand: a period
    :param float lead_time: periods
    :return tuple: reorder point, quantity, cost a period
    """
    mean = demand * lead_time

    def cost_at(level):
        return _one_period(level, holding_cost, shortage_cost, mean)

    low = 0
    while cost_at(low + 1) < cost_at(low):
        low += 1
    high, total, quantity = low, order_cost * demand + cost_at(low), 1
    best = total
    low -= 1
    while True:
        below, above = cost_at(low), cost_at(high + 1)
        step = min(below, above)
        if step >= best:
            return low, quantity, best
        if below <= above:
            low -= 1
        else:
            high += 1
        total += step
        quantity += 1
        best = total / quantity


def exact_order_up_to(holding_cost, shortage_cost, order_cost, mean):
    """Levels (s, S) for Poisson demand under periodic review (Zheng and Federgruen).

    :param float mean: demand over the lead time and the review together
    :return tuple: order at or below, order up to, cost a period
    """

    def period_cost(level):
        return _one_period(level, holding_cost, shortage_cost, mean)

    renewals = [1.0 / (1.0 - poisson_pmf(0, mean))]

    def renewal(count):
        while len(renewals) <= count:
            place = len(renewals)
            total = sum(
                poisson_pmf(place - other, mean) * renewals[other] for other in range(place)
            )
            renewals.append(total / (1.0 - poisson_pmf(0, mean)))
        return renewals[count]

    def cost_of(low, high):
        weights = [renewal(place) for place in range(high - low)]
        held = sum(
            weight * period_cost(high - place) for place, weight in enumerate(weights)
        )  # fmt: skip
        return (order_cost + held) / sum(weights)

    middle, _cost = newsvendor_poisson(holding_cost, shortage_cost, mean)
    low = middle - 1
    while cost_of(low, middle) > period_cost(low):
        low -= 1
    best_high, best = middle, cost_of(low, middle)
    high = middle + 1
    while period_cost(high) <= best:
        if cost_of(low, high) < best:
            best_high = high
            while cost_of(low, high) <= period_cost(low + 1):
                low += 1
            best = cost_of(low, high)
        high += 1
    return low, best_high, best


def lost_goodwill(order_cost, holding_cost, shortage_cost, demand, mean, deviation):
    """Reorder point and quantity when each missing unit costs once (Nahmias, section 5.4).

    :param float demand: a period
    :param float mean: demand over the lead time
    :param float deviation: of it
    :return tuple: quantity, reorder point
    """
    quantity = sqrt(2.0 * order_cost * demand / holding_cost)
    point = -inf
    for _round in range(1000):
        chance = min(quantity * holding_cost / (shortage_cost * demand), 0.999999)
        reach = NORMAL.inv_cdf(1.0 - chance)
        new_point = mean + reach * deviation
        missing = deviation * normal_loss(reach)
        new = sqrt(2.0 * demand * (order_cost + shortage_cost * missing) / holding_cost)
        if abs(new - quantity) < 1e-10 and abs(new_point - point) < 1e-10:
            break
        quantity, point = new, new_point
    return quantity, point


def fill_rate_reorder(quantity, deviation, fill_rate):
    """Deviations of reserve with which orders of a quantity fill a share of demand: (Q, R).

    :param float deviation: of demand over the lead time
    :param float fill_rate: between 0 and 1
    :return float: k, the reserve being k times the deviation
    """
    fill_rate = share(fill_rate, "fill_rate")
    deviation = number(deviation, "deviation", above=0)
    return inverse_normal_loss(number(quantity, "quantity", above=0) * (1 - fill_rate) / deviation)


def fill_rate_order_up_to(review, lead_time, mean, deviation, fill_rate):
    """The level to order up to each review that fills a share of demand: (R, S).

    :param float review: periods between reviews
    :param float lead_time: periods
    :param float mean: demand a period
    :param float deviation: of it
    :param float fill_rate: between 0 and 1
    :return float: level
    """
    fill_rate = share(fill_rate, "fill_rate")
    spread = deviation * sqrt(lead_time + review)
    reach = inverse_normal_loss((1.0 - fill_rate) * mean * review / spread)
    return mean * (lead_time + review) + reach * spread
