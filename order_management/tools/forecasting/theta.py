"""Theta, optimised: exponential smoothing pulled towards a line, by as much as fits best.

Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, "Models for optimising the theta method
and their relationship to state space models", International Journal of Forecasting 32 (2016).
For a given smoothing constant the fitted values are linear in the pull and in the first level, so
both have a closed form, and one pass over the data gives the best fit for every stop.
"""

from functools import lru_cache
from math import log

from .lines import Blend, Line

FADED = 1e-10  # share of the first level that no longer counts
ALPHAS = (0.05, 0.2, 0.4, 0.65, 0.95)


def trace(values, stops):
    """Fit at several stops: the mean of the line of the moment and the line of all."""
    dynamic, static = _fit(values, stops)
    return [Blend(pair) for pair in zip(dynamic, static, strict=True)]


def trace_both(values, stops):
    """The dynamic and the static fits at several stops, apart."""
    return _fit(values, stops)


def fits_better(values, limit):
    """Whether any dynamic fit to all values has a smaller sum of squared errors than ``limit``.

    Says so at the first one, which for most series is the first that is tried.
    """
    intercepts, slopes = _running_lines(values)
    for alpha in ALPHAS[1:] + ALPHAS[:1]:
        keep, level, weight = 1.0 - alpha, 0.0, 1.0
        dd = dg = gg = rd = rg = rr = 0.0
        for value, following, intercept, slope in zip(
            values, values[1:], intercepts, slopes, strict=False
        ):
            level = alpha * value + keep * level
            weight *= keep
            pull = weight * intercept + (1.0 - weight * keep) / alpha * slope
            rest = following - level
            rr += rest * rest
            rg += rest * weight
            rd += rest * pull
            gg += weight * weight
            dd += pull * pull
            dg += pull * weight
        if _solve(rr, rd, rg, dd, dg, gg)[0] < limit:
            return True
    return False


def _fit(values, stops):
    """Best fits at each stop, over the smoothing constants."""
    intercepts, slopes = _running_lines(values)
    late = sorted({stop for stop in stops if stop > 1})
    dynamic, static = {}, {}  # stop → fit, and what it is continued from
    for alpha in ALPHAS:
        keep = 1.0 - alpha
        sums = _add_up(values, intercepts, slopes, alpha, late)
        for stop, (level, weight, rr, rd, rg, dd, dg, gg, gc, cc, rc) in zip(
            late, sums, strict=True
        ):
            base, slope = intercepts[stop - 1], slopes[stop - 1]
            fit = _solve(rr, rd, rg, dd, dg, gg)
            if stop not in dynamic or fit[0] < dynamic[stop][0][0]:
                dynamic[stop] = fit, (alpha * values[stop - 1] + keep * level, weight, alpha)
            fit = _solve(
                rr,
                base * rg + slope * rc,
                rg,
                base * base * gg + 2.0 * base * slope * gc + slope * slope * cc,
                base * gg + slope * gc,
                gg,
            )
            if stop not in static or fit[0] < static[stop][0][0]:
                static[stop] = fit, (alpha * values[stop - 1] + keep * level, weight, alpha)
    first = Line(values[0], 0.0, 1.0, 0.0, 0, 1.0)
    return [
        [
            _make_line(*best[stop], (intercepts[stop - 1], slopes[stop - 1]), stop)
            if stop > 1
            else first
            for stop in stops
        ]
        for best in (dynamic, static)
    ]


@lru_cache(maxsize=len(ALPHAS))
def _weigh(alpha):
    """What sums need of a smoothing constant, whatever the values: until its first level fades.

    :return tuple: weights of the first level, and of the slope; sums of their products after each
        step, the first ones before any
    """
    keep, weight = 1.0 - alpha, 1.0
    weights, climbs = [], []
    gg = gc = cc = 0.0
    sums = [(gg, gc, cc)]
    for _step in range(int(log(FADED) / log(keep)) + 1):
        weight *= keep
        climb = (1.0 - weight * keep) / alpha
        gg += weight * weight
        gc += weight * climb
        cc += climb * climb
        weights.append(weight)
        climbs.append(climb)
        sums.append((gg, gc, cc))
    return weights, climbs, sums


def _add_up(values, intercepts, slopes, alpha, stops):
    """What both fits are solved from, at each stop: level, weight of the first one, sums."""
    keep, level, weight, done = 1.0 - alpha, 0.0, 1.0, 0
    weights, climbs, sums = _weigh(alpha)
    faded = len(weights)
    dd = dg = gg = rd = rg = rr = gc = cc = rc = 0.0
    for stop in stops:
        reach = min(stop - 1, faded)
        if done < reach:
            part, following = slice(done, reach), slice(done + 1, reach + 1)
            for value, actual, intercept, slope, weight, climb in zip(
                values[part],
                values[following],
                intercepts[part],
                slopes[part],
                weights[part],
                climbs[part],
                strict=True,
            ):
                level = alpha * value + keep * level
                pull = weight * intercept + climb * slope
                rest = actual - level
                rr += rest * rest
                rg += rest * weight
                rc += rest * climb
                rd += rest * pull
                dd += pull * pull
                dg += pull * weight
            gg, gc, cc = sums[reach]
            done = reach
        if done < stop - 1:
            weight = 0.0
            cc += (stop - 1 - done) / (alpha * alpha)
            for value, following, slope in zip(
                values[done : stop - 1],
                values[done + 1 : stop],
                slopes[done : stop - 1],
                strict=True,
            ):
                level = alpha * value + keep * level
                rest = following - level
                rr += rest * rest
                rc += rest / alpha
                pull = slope / alpha
                rd += rest * pull
                dd += pull * pull
            done = stop - 1
        yield level, weight * keep, rr, rd, rg, dd, dg, gg, gc, cc, rc


def _running_lines(values):
    """The least squares line through all values so far: intercepts and slopes."""
    intercepts, slopes = [], []
    total = moment = 0.0
    for index, value in enumerate(values):
        count = index + 1
        total += value
        moment += index * value
        if count == 1:
            intercepts.append(value)
            slopes.append(0.0)
            continue
        middle = index / 2.0
        slope = (moment - middle * total) * 12.0 / (count * (count * count - 1.0))
        slopes.append(slope)
        intercepts.append(total / count - slope * middle)
    return intercepts, slopes


def _solve(rr, rd, rg, dd, dg, gg):
    """The pull (0 to 1) and the first level that fit best: (sum of squares, pull, level)."""
    determinant = dd * gg - dg * dg
    if dd > 0.0 and determinant > 1e-9 * dd * gg:
        pull = (rd * gg - rg * dg) / determinant
        pull = min(max(pull, 0.0), 1.0)
    else:
        pull = 0.5
    first = (rg - pull * dg) / gg if gg > 1e-12 else 0.0
    sse = (
        rr
        + pull * pull * dd
        + first * first * gg
        - 2.0 * pull * rd
        - 2.0 * first * rg
        + 2.0 * pull * first * dg
    )
    return max(sse, 0.0), pull, first


def _make_line(fit, ahead, line, stop):
    sse, pull, first = fit
    level, weight, alpha = ahead
    intercept, slope = line
    # The next value: the smoothed level and the pull of the line at that moment.
    climb = (1.0 - weight * (1.0 - alpha)) / alpha
    following = level + weight * first + pull * (weight * intercept + climb * slope)
    return Line(following - pull * slope, pull * slope, 1.0, sse, stop - 1, alpha)
