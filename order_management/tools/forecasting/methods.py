"""The shelf: each method by its name."""

from typing import NamedTuple

from . import damped, simple, sparse, theta
from .lines import Blend


class Method(NamedTuple):
    label: str
    trace: object  # function of (values, stops); None: needs the season, see the api
    is_sparse: bool = False
    is_seasonal: bool = True  # fitted to values without their season


def trace_combination(values, stops):
    """The mean of both optimised thetas and the damped trend."""
    dynamic, static = theta.trace_both(values, stops)
    trend = damped.trace(values, stops)
    return [Blend(parts) for parts in zip(dynamic, static, trend, strict=True)]


METHODS = {
    "combination": Method("Theta and damped trend, combined", trace_combination),
    "theta": Method("Theta, optimised", theta.trace),
    "damped_trend": Method("Damped trend", damped.trace),
    "smoothing": Method("Exponential smoothing", simple.trace_smoothing),
    "mean": Method("Mean", simple.trace_mean),
    "naive": Method("Naive: the last value", simple.trace_naive, is_seasonal=False),
    "seasonal_naive": Method("Seasonal naive: last season's values", None, is_seasonal=False),
    "imapa": Method("Sparse: mean over aggregation levels (IMAPA)", sparse.trace_imapa, True),
    "tsb": Method("Sparse: Teunter, Syntetos, Babai (TSB)", sparse.trace_tsb, True),
    "sba": Method("Sparse: Syntetos, Boylan (SBA)", sparse.trace_sba, True),
    "croston": Method("Sparse: Croston", sparse.trace_croston, True),
}
