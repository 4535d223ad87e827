"""Forecasts and their errors on rolling origins."""

from dataclasses import dataclass, field
from functools import cached_property

from .checks import check_options, check_series, whole
from .intervals import make_band
from .pattern import measure
from .rolling import get_rolling

ORIGINS = 6  # of the errors that are shown


@dataclass(frozen=True)
class Forecast:
    """What is expected, period by period, and how good such forecasts have been.

    ``mean``, ``low``, ``high``: one value a period ahead, ``low`` to ``high`` being the middle
    80 % of a single period. ``pattern``: ``smooth``, ``erratic``, ``intermittent``, ``lumpy`` or
    ``new``. ``method``: a name of ``METHODS``. ``seasonal``: the index of each period ahead, by
    which the forecast is multiplied (or, where demand had empty periods, to which it is added);
    1 without a season.
    """

    mean: list
    low: list
    high: list
    pattern: str
    method: str
    seasonal: list
    _rolling: object = field(repr=False, compare=False)
    _horizon: int = field(repr=False, compare=False)

    @property
    def _block(self):
        """How many periods are compared from each origin."""
        return count_block(len(self._rolling.history), self._horizon)

    @cached_property
    def _pairs(self):
        return self._rolling.compare(self.method, self._block, ORIGINS)

    @cached_property
    def error(self):
        """Mean absolute error of this method over the last rolling origins; ``False``: none."""
        pairs = self._pairs
        return sum(abs(real - said) for real, said in pairs) / len(pairs) if pairs else False

    @cached_property
    def naive_error(self):
        """The same of seasonal naive, which keeps last season's (or the last) value."""
        misses = self._rolling.miss_naive(self._block, ORIGINS)
        return sum(misses) / len(misses) if misses else False

    @cached_property
    def bias(self):
        """Forecasts less demand over the rolling origins, as a share of demand; ``False``: none."""
        pairs = self._pairs
        demand = sum(real for real, _said in pairs)
        if not pairs or demand <= 0.0:
            return False
        return sum(said - real for real, said in pairs) / demand

    @cached_property
    def interval(self):
        """Mean periods from one with demand to the next; ``False`` without demand."""
        return self._measures[0]

    @cached_property
    def variation(self):
        """Squared coefficient of variation of the sizes; ``False`` without demand."""
        return self._measures[1]

    @property
    def _measures(self):
        rolling = self._rolling
        pairs = zip(rolling.history, rolling.available, strict=True)
        return measure([value for value, there in pairs if there])

    @cached_property
    def raw_mean(self):
        """Mean of all periods, also those in which it could not be sold; 0 without any."""
        history = self._rolling.history
        return sum(history) / len(history) if history else 0.0

    @cached_property
    def warning(self):
        """What a planner should know, the gravest first.

        :return str: ``too_short`` (fewer than four periods), ``no_error`` (too few to tell how
            good it is), ``naive_is_best`` (nothing that was tried beats keeping the last values),
            ``worse_than_naive``, or empty
        """
        if self.pattern == "new":
            return "too_short"
        if self.error is False or self.naive_error is False:
            return "no_error"
        if "naive" in self.method:
            return "naive_is_best"
        return "worse_than_naive" if self.error > self.naive_error else ""


def count_block(count, horizon):
    """How many periods are compared from each origin of so long a history."""
    return max(1, min(horizon, count // 4))


def forecast(history, horizon, season=1, available=None, *, method=None, profile=None):
    """Forecast demand.

    :param list history: demand of closed periods, oldest first
    :param int horizon: periods ahead
    :param int season: periods in a season (1, 4, 7, 12, 52); 1: none is looked for
    :param list available: for each period, whether it could be sold; what is false is left out,
        never read as no demand
    :param str method: a name of ``METHODS``; without it, chosen by the demand
    :param list profile: a season learned elsewhere (see ``learn_profile``)
    :return: :class:`Forecast`
    :raises ValueError: an argument is wrong
    """
    rolling = _read(history, season, available, method, profile)
    horizon = whole(horizon, "horizon", 0)
    method = method or rolling.choose()
    rolling.fit_ahead(method, count_block(len(rolling.history), horizon), ORIGINS)
    return _forecast(rolling, horizon, method)


def _forecast(rolling, horizon, method):
    """What a method says of the periods ahead."""
    end = len(rolling.history)
    known = rolling.prepare(end)
    if known is None:
        nothing = [[0.0] * horizon for _list in range(3)]
        return Forecast(*nothing, rolling.pattern, method, [1.0] * horizon, rolling, horizon)
    mean = rolling.say(method, end, horizon)
    found = rolling.get_season(method, known)
    start = len(known.values) + known.gap
    low, high = make_band(rolling.fit(method, [end])[end], mean, known.gap, start, found)
    seasonal = found.ahead(start, horizon) if found is not None else [1.0] * horizon
    return Forecast(mean, low, high, rolling.pattern, method, seasonal, rolling, horizon)


def backtest(history, periods, season=1, available=None, origins=12, *, method=None, profile=None):
    """Errors of the demand of several periods together, which safety stock is made of.

    :param list history: demand of closed periods, oldest first
    :param int periods: periods that are summed: lead time and review
    :param int season: periods in a season
    :param list available: for each period, whether it could be sold
    :param int origins: rolling origins, one period apart
    :param str method: as of ``forecast``; without it, the one that would be chosen now
    :param list profile: as of ``forecast``
    :return list: actual less forecast for each origin, oldest first
    :raises ValueError: an argument is wrong
    """
    rolling = _read(history, season, available, method, profile)
    periods = whole(periods, "periods", 1)
    origins = whole(origins, "origins", 0)
    return rolling.miss(method or rolling.choose(), periods, origins)


def study(
    history,
    horizon,
    season=1,
    available=None,
    *,
    periods=1,
    origins=12,
    method=None,
    profile=None,
):
    """A forecast and the back-test of a sum.

    :return tuple: :class:`Forecast` and list, as ``forecast`` and ``backtest`` answer them
    :raises ValueError: an argument is wrong
    """
    rolling = _read(history, season, available, method, profile)
    periods = whole(periods, "periods", 1)
    origins = whole(origins, "origins", 0)
    horizon = whole(horizon, "horizon", 0)
    method = method or rolling.choose()
    block = count_block(len(rolling.history), horizon)
    rolling.fit_all(method, [(block, ORIGINS), (periods, origins)])
    said = _forecast(rolling, horizon, method)
    return said, rolling.miss(method, periods, origins)


def _read(history, season, available, method, profile):
    """The series, its arguments checked."""
    history, available = check_series(history, season, available)
    profile = check_options(season, method, profile)
    return get_rolling(
        tuple(history), tuple(available), season, tuple(profile) if profile else None
    )
