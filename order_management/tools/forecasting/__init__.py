"""Forecasts of demand: plain Python, a shelf of methods, and honest errors.

To add a method: (1) write a module with a function ``trace(values, stops)`` that answers one
``lines.Line`` (or anything with ``predict(steps)``, ``spread(step)`` and ``count``) for each stop,
made from ``values[:stop]`` alone; (2) name it in ``methods.METHODS`` with its label and whether it
is for sparse demand, and the tests of the shelf try it; (3) if it should be part of the automatic
choice, put it into ``choose.pick`` or ``methods.trace_combination``; (4) look at
``./dev bench forecasting`` before and after. Choose constants on rolling origins, never on the
part of a series that it is judged by.
"""

from .accuracy import is_biased, mase, mean_bias, owa, rmsse, smape, tracking_signal, wape
from .api import Forecast, backtest, forecast, study
from .events import add_uplifts, learn_uplifts, make_factors, remove_uplifts, uplift_of
from .methods import METHODS
from .one_offs import OneOff, find_one_offs
from .pattern import pattern_of
from .season import learn_profile

__all__ = [
    "Forecast",
    "METHODS",
    "OneOff",
    "add_uplifts",
    "backtest",
    "find_one_offs",
    "forecast",
    "is_biased",
    "learn_profile",
    "learn_uplifts",
    "make_factors",
    "mase",
    "mean_bias",
    "owa",
    "pattern_of",
    "remove_uplifts",
    "rmsse",
    "smape",
    "study",
    "tracking_signal",
    "uplift_of",
    "wape",
]
