"""Rolling origins: what a method would have said, knowing only what came before.

Fits are kept with the series, so that errors that are shown and the back-test that safety stock is
made of do not fit the same history twice. Nothing is shared between origins but work: what is said
at each is to the digit what :func:`forecast` says of the history up to there.
"""

from functools import lru_cache

from .choose import pick
from .methods import METHODS
from .pattern import pattern_of
from .prepare import last_season, prepare
from .season import MOST_YEARS
from .simple import SeasonalNaive

LEAST = 4  # periods that are known at the first origin
LATEST = 14  # stops before the last value that a back-test of three periods asks for
AHEAD = 18  # where fits share a pass, so many stops before the last value are made at once


def find_origins(count, block, most, season):
    """Where forecasts would have been made: periods known at each, oldest first."""
    first = max(count - block - most + 1, LEAST, season + 1)
    return list(range(first, count - block + 1))


@lru_cache(maxsize=4)
def get_rolling(history, available, season, profile):
    """The :class:`Rolling` of a series; the last few are kept, for one is asked for repeatedly."""
    return Rolling(history, available, season, profile)


class Rolling:
    """A series, prepared at each stop, with the methods that were fitted there."""

    def __init__(self, history, available, season, profile):
        self.history = list(history)
        self.available = list(available)
        self.season = season
        self.profile = list(profile) if profile is not None else None
        self.pattern = pattern_of(
            [value for value, there in zip(history, available, strict=True) if there]
        )
        self.prepared = {}
        self.fits = {}  # method → stop → model
        self._choice = None

    def prepare(self, stop):
        """What is known at a stop, made fit for a method; ``None``: nothing."""
        try:
            return self.prepared[stop]
        except KeyError:
            self.prepared[stop] = found = prepare(
                self.history[:stop],
                self.available[:stop],
                self.season,
                self.profile,
                len(self.history) - stop,
            )
            return found

    def choose(self):
        """The name of the method that is chosen now."""
        if self._choice is None:
            known = self.prepare(len(self.history))
            if known is None:
                self._choice = "mean"
            else:
                self._choice = pick(self.pattern, known.values, self.season, known.season)
        return self._choice

    def fit(self, method, stops):
        """Models at some stops, as far as something is known there: stop → model."""
        fits = self.fits.setdefault(method, {})
        missing = [stop for stop in stops if stop not in fits]
        if not missing:
            return fits
        shared = {}
        for stop in missing:
            known = self.prepare(stop)
            if known is None:
                fits[stop] = None
            elif METHODS[method].trace is None:
                last = last_season(self.history[:stop], self.available[:stop], self.season)
                fits[stop] = SeasonalNaive(known.values, self.season, last, known.gap)
            elif self.get_season(method, known) is not None:
                values = known.season.remove(known.values)
                fits[stop] = METHODS[method].trace(values, [len(values)])[0]
            else:
                shared[stop] = known
        if len(shared) == 1:
            ((stop, known),) = shared.items()
            values = self._values(method, known)
            fits[stop] = METHODS[method].trace(values, [len(values)])[0]
        elif shared:
            self._fit_together(method, shared, fits)
        return fits

    def fit_ahead(self, method, block, most):
        """Fit long series at once where their errors will be asked for, if one pass does it."""
        end = len(self.history)
        if self.season <= 12 or self._start(end) > 0:
            return
        stops = {*find_origins(end, block, most, self.season), *range(end - LATEST, end + 1)}
        shared = self._find_shared(method, stops)
        if end in shared:
            self._trace(method, shared, self.fits.setdefault(method, {}))

    def fit_all(self, method, blocks):
        """Fit in one pass wherever what is said now and its errors will be asked for.

        :param list blocks: ``(periods of a block, origins)``
        """
        end = len(self.history)
        stops = {end}.union(*(find_origins(end, *block, self.season) for block in blocks))
        shared = self._find_shared(method, stops)
        if len(shared) > 1:
            self._trace(method, shared, self.fits.setdefault(method, {}))

    def _find_shared(self, method, stops):
        """What is known at those of some stops that one pass can fit: they have no season."""
        found = {}
        if METHODS[method].trace is None:
            return found
        for stop in sorted(stop for stop in stops if stop > 0):
            known = self.prepare(stop)
            if known is not None and self.get_season(method, known) is None:
                found[stop] = known
        return found

    def _fit_together(self, method, shared, fits):
        """Without a season the values of an earlier stop are the first ones of a later one."""
        last = len(self.history)
        for stop in range(min(shared), last):
            known = self.prepare(stop) if stop > last - AHEAD and stop not in fits else None
            if known is not None and self.get_season(method, known) is None:
                shared.setdefault(stop, known)
        self._trace(method, shared, fits)

    def _trace(self, method, shared, fits):
        groups = {}
        for stop, known in shared.items():  # a history that was cut starts elsewhere
            groups.setdefault(self._start(stop), {})[stop] = self._values(method, known)
        for members in groups.values():
            longest = max(members.values(), key=len)
            marks = sorted({len(values) for values in members.values()})
            found = dict(zip(marks, METHODS[method].trace(longest, marks), strict=True))
            for stop, values in members.items():
                fits[stop] = found[len(values)]

    def _start(self, stop):
        return max(stop - MOST_YEARS * self.season, 0) if self.season > 12 else 0

    def _values(self, method, known):
        """Sparse methods have no use for filled gaps."""
        return known.sold if METHODS[method].is_sparse else known.values

    def get_season(self, method, known):
        """The season that a method makes use of, ``None`` without."""
        if METHODS[method].is_sparse and known.season is not None and not known.season.is_given:
            return None
        return known.season if METHODS[method].is_seasonal else None

    def say(self, method, stop, steps):
        """The expected demand of the periods after a stop."""
        known, model = self.prepare(stop), self.fit(method, [stop])[stop]
        if known is None:
            return [0.0] * steps
        values = model.predict(known.gap + steps)
        season = self.get_season(method, known)
        if season is not None:
            values = season.put_back(values, len(known.values))
        values = values[known.gap :] if known.gap else values
        return [max(value, 0.0) for value in values] if min(values, default=0.0) < 0.0 else values

    def compare(self, method, block, most):
        """(actual, forecast) of each step of each origin that could be sold."""
        stops = find_origins(len(self.history), block, most, self.season)
        self.fit(method, stops)
        return [
            (self.history[at], value)
            for stop in stops
            for at, value in enumerate(self.say(method, stop, block), stop)
            if self.available[at]
        ]

    def miss(self, method, periods, most):
        """Actual less forecast of so many periods together, from each origin.

        What part of them could be sold stands for the whole; where none could, there is no error.
        """
        stops = find_origins(len(self.history), periods, most, self.season)
        self.fit(method, stops)
        errors = []
        for stop in stops:
            if self.prepare(stop) is None:
                continue
            said = self.say(method, stop, periods)
            known = [step for step in range(periods) if self.available[stop + step]]
            if known:
                missed = sum(self.history[stop + step] - said[step] for step in known)
                errors.append(missed * periods / len(known))
        return errors

    def miss_naive(self, block, most):
        """The absolute errors of seasonal naive."""
        misses = []
        for stop in find_origins(len(self.history), block, most, self.season):
            last = last_season(self.history[:stop], self.available[:stop], self.season)
            misses += [
                abs(self.history[stop + step] - last[step % self.season])
                for step in range(block)
                if self.available[stop + step]
            ]
        return misses
