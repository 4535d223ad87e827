"""Quantiles and losses that the standard library lacks."""

from functools import lru_cache
from math import exp, lgamma, log, pi, sqrt, tan
from statistics import NormalDist

from .checks import number, share

NORMAL = NormalDist()


def normal_loss(deviations):
    """Expected shortage beyond a level, in deviations: G(k) = φ(k) − k·(1 − Φ(k)).

    :param float deviations: the level's distance from the mean
    """
    deviations = number(deviations, "deviations")
    return NORMAL.pdf(deviations) - deviations * (1.0 - NORMAL.cdf(deviations))


def inverse_normal_loss(loss):
    """The level, in deviations, beyond which so much is missing on average.

    :param float loss: above 0
    """
    loss = number(loss, "loss", above=0.0)
    low, high = -max(loss, 1.0) - 10.0, 10.0
    for _step in range(200):
        middle = (low + high) / 2.0
        if normal_loss(middle) > loss:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


@lru_cache(maxsize=4096)
def student_quantile(probability, freedom):
    """Student's t: Hill, Communications of the ACM 13 (1970), algorithm 396, and one Newton step.

    :param float probability: between 0 and 1
    :param int freedom: degrees of freedom, at least 1
    """
    probability, freedom = share(probability, "probability"), number(freedom, "freedom", least=1)
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -student_quantile(1.0 - probability, freedom)
    both = 2.0 * (1.0 - probability)
    if freedom == 1:
        return 1.0 / tan(both * pi / 2.0)
    if freedom == 2:
        return sqrt(2.0 / (both * (2.0 - both)) - 2.0)
    found = _hill(both, freedom)
    for _step in range(3):
        found += (probability - _student_cdf(found, freedom)) / _student_pdf(found, freedom)
    return found


def _hill(both, freedom):
    a = 1.0 / (freedom - 0.5)
    b = 48.0 / (a * a)
    c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36
    d = ((94.5 / (b + c) - 3.0) / b + 1.0) * sqrt(a * pi / 2.0) * freedom
    x = d * both
    y = x ** (2.0 / freedom)
    if y > 0.05 + a:
        x = NORMAL.inv_cdf(both * 0.5)
        y = x * x
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x
        y = a * y * y
        y = exp(y) - 1.0 if y > 0.002 else 0.5 * y * y + y
    else:
        y = (
            (1.0 / (((freedom + 6.0) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2.0) * 3.0)
             + 0.5 / (freedom + 4.0)) * y - 1.0
        ) * (freedom + 1.0) / (freedom + 2.0) + 1.0 / y  # fmt: skip
    return sqrt(freedom * y)


def _student_pdf(value, freedom):
    half = (freedom + 1.0) / 2.0
    scale = lgamma(half) - lgamma(freedom / 2.0) - 0.5 * log(freedom * pi)
    return exp(scale - half * log(1.0 + value * value / freedom))


def _student_cdf(value, freedom):
    """By the incomplete beta function, as a continued fraction."""
    tail = _incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + value * value)) / 2.0
    return 1.0 - tail if value > 0 else tail


def _incomplete_beta(a, b, x):
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1.0 - x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def _fraction(a, b, x):
    tiny = 1e-300
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0) or tiny)
    found = d
    for step in range(1, 300):
        even = step * (b - step) * x / ((a + 2 * step - 1.0) * (a + 2 * step))
        d = 1.0 / (1.0 + even * d or tiny)
        c = 1.0 + even / c or tiny
        found *= d * c
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1.0))
        d = 1.0 / (1.0 + odd * d or tiny)
        c = 1.0 + odd / c or tiny
        found *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return found


def poisson_pmf(count, mean):
    """The chance of exactly ``count`` when ``mean`` is expected."""
    if count < 0:
        return 0.0
    if mean == 0.0:
        return float(count == 0)
    return exp(count * log(mean) - mean - lgamma(count + 1.0))


def poisson_cdf(count, mean):
    """The chance of at most ``count`` when ``mean`` is expected."""
    return min(sum(poisson_pmf(each, mean) for each in range(int(count) + 1)), 1.0)
