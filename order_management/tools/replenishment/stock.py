"""Reorder point, safety stock, order quantity: the three that everything else rests on."""

from decimal import ROUND_CEILING, Decimal
from math import ceil, sqrt
from statistics import NormalDist

from .checks import number, numbers, share
from .distributions import student_quantile

NORMAL = NormalDist()
MANY = 60  # errors from which their own quantile is taken
LEAST_FREEDOM = 4
CLEARLY = 1e-9  # a share by which binary noise never differs


def reorder_point(demand, deviation, lead_time, lead_time_deviation=0.0, service_level=0.95):
    """Demand over the lead time and a reserve: d·L + z·√(L·s² + d²·s_L²).

    Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains" (2017), 7.10.

    :param float demand: mean demand a period
    :param float deviation: its standard deviation a period
    :param float lead_time: periods, fractions allowed
    :param float lead_time_deviation: its standard deviation in periods
    :param float service_level: the chance, between 0 and 1, that stock lasts a cycle
    :return float: not rounded
    :raises ValueError: an argument is negative or no number
    """
    demand = number(demand, "demand", least=0)
    lead_time = number(lead_time, "lead_time", least=0)
    spread = combined_deviation(
        sqrt(lead_time) * number(deviation, "deviation", least=0), demand, lead_time_deviation
    )
    return demand * lead_time + NORMAL.inv_cdf(share(service_level, "service_level")) * spread


def combined_deviation(deviation, demand, lead_time_deviation):
    """Of demand over a lead time that varies itself: √(σ² + d²·s_L²).

    :param float deviation: σ, of demand over the mean lead time
    :param float demand: mean demand a period
    :param float lead_time_deviation: in periods
    """
    deviation = number(deviation, "deviation", least=0)
    demand = number(demand, "demand", least=0)
    late = number(lead_time_deviation, "lead_time_deviation", least=0)
    return sqrt(deviation * deviation + demand * demand * late * late)


def safety_stock(errors, service_level, demand=0.0, lead_time_deviation=0.0):
    """The reserve that covers the errors of forecasts, from errors that were made.

    With fewer than ``MANY`` errors: Student's t times their root mean square around zero, which
    counts a bias as well as a spread. With more, the quantile of the errors themselves. Errors of
    overlapping sums tell less than their number: the degrees of freedom are n·(1 − r)/(1 + r), r
    being their autocorrelation, and at least ``LEAST_FREEDOM``.

    :param list errors: actual less forecast of the demand of lead time and review, as of
        ``tools.forecasting.backtest``
    :param float service_level: the chance, between 0 and 1, that stock lasts a cycle
    :param float demand: mean demand a period, for a lead time that varies
    :param float lead_time_deviation: its standard deviation, in periods
    :return float: at least 0
    :raises ValueError: an argument is wrong
    """
    level = share(service_level, "service_level")
    errors = numbers(errors, "errors")
    late = number(demand, "demand", least=0) * number(
        lead_time_deviation, "lead_time_deviation", least=0
    )
    if not errors:
        return max(NORMAL.inv_cdf(level) * late, 0.0)
    if len(errors) >= MANY:
        ordered = sorted(errors)
        place = level * (len(ordered) + 1) - 1.0
        low = min(max(int(place), 0), len(ordered) - 1)
        high = min(low + 1, len(ordered) - 1)
        reserve = ordered[low] + (place - low) * (ordered[high] - ordered[low])
        return max(sqrt(max(reserve, 0.0) ** 2 + (NORMAL.inv_cdf(level) * late) ** 2), 0.0)
    spread = sqrt(sum(error * error for error in errors) / len(errors))
    factor = student_quantile(level, _get_freedom(errors))
    return max(factor * sqrt(spread * spread + late * late), 0.0)


def _get_freedom(errors):
    """How many independent errors these are worth, less one at most."""
    count = len(errors)
    mean = sum(errors) / count
    rest = [error - mean for error in errors]
    squares = sum(value * value for value in rest)
    shared = sum(one * other for one, other in zip(rest[1:], rest, strict=False))
    alike = max(shared / squares, 0.0) if squares > 0.0 else 0.0
    worth = round(count * (1.0 - alike) / (1.0 + alike))
    return max(min(worth, count - 1), min(LEAST_FREEDOM, max(count - 1, 2)))


def order_quantity(position, minimum, maximum, multiple=0.0, minimum_order=0.0):
    """What to order, if anything.

    Ordering happens at or below the minimum; Odoo's own rules order strictly below theirs.

    :param float position: on hand and on order less reserved
    :param float minimum: reorder point
    :param float maximum: order up to it
    :param float multiple: of the order; 0: any quantity
    :param float minimum_order: the vendor's least quantity
    :return float: 0 or the least multiple that reaches the maximum and the vendor's minimum
    :raises ValueError: an argument is wrong
    """
    position = number(position, "position")
    minimum, maximum = number(minimum, "minimum"), number(maximum, "maximum")
    multiple = number(multiple, "multiple", least=0)
    minimum_order = number(minimum_order, "minimum_order", least=0)
    if maximum < minimum:
        raise ValueError("maximum: it is not below the minimum")
    if position - minimum > CLEARLY * max(abs(position), abs(minimum)):
        return 0.0
    missing = exact(maximum) - exact(position)
    if exact(position) > exact(minimum) or missing <= 0:
        return 0.0
    return round_up(float(max(missing, exact(minimum_order))), multiple)


def round_up(quantity, multiple):
    """The least multiple that is at least a quantity; 0.3 is 3 × 0.1.

    :param float multiple: 0: any quantity
    """
    if not multiple:
        return quantity
    if multiple == 1.0:
        return float(ceil(float(format(quantity, ".12g"))))
    times = (exact(quantity) / exact(multiple)).to_integral_value(ROUND_CEILING)
    return float(times * exact(multiple))


def exact(value):
    """The decimal a float stands for, binary noise left out."""
    return Decimal(format(value, ".12g"))
