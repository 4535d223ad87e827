"""Forecasts: the contract's shapes, the scenarios, and errors reckoned again by other code."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.forecasting import (
    METHODS,
    backtest,
    forecast,
    is_biased,
    learn_profile,
    mase,
    mean_bias,
    owa,
    pattern_of,
    rmsse,
    smape,
    study,
    tracking_signal,
    wape,
)

SCENARIO_14 = [
    80, 82, 94, 106, 108, 121, 134, 137, 116, 106, 120, 134,
    99, 101, 115, 130, 132, 147, 163, 166, 140, 128, 144, 161,
]  # fmt: skip
NEXT_14 = [118, 120, 137, 154, 156, 174, 192, 194, 164, 149, 168, 187]


def make_season(count, length, seed=1, trend=0.5):
    dice = random.Random(seed)
    return [
        100.0
        + trend * place
        + 30.0 * math.sin(2.0 * math.pi * place / length)
        + dice.gauss(0.0, 3.0)
        for place in range(count)
    ]


def test_scenario_14_season_and_trend():
    said = forecast(SCENARIO_14, 12, 12)
    assert wape(NEXT_14, said.mean) <= 0.05
    assert abs(mean_bias(NEXT_14, said.mean)) <= 0.03
    assert mase(SCENARIO_14, NEXT_14, said.mean, 12) <= 0.35
    best = sorted(range(12), key=lambda place: said.mean[place])[-2:]
    assert sorted(best) == [6, 7]
    assert said.method == "combination"
    naive = SCENARIO_14[12:]
    assert round(wape(NEXT_14, naive), 3) == 0.150
    assert round(mase(SCENARIO_14, NEXT_14, naive, 12), 2) == 1.00


def test_scenario_15_an_empty_shelf_is_not_zero_demand():
    history = [10.0, 10.0, 0.0] * 10
    said = forecast(history, 5, 1, [1, 1, 0] * 10)
    assert said.mean == pytest.approx([10.0] * 5)
    assert sum(said.mean) == pytest.approx(50.0)
    assert said.pattern == "smooth"
    assert round(said.raw_mean, 2) == 6.67


def test_scenario_16_sparse_and_new():
    said = forecast([0, 0, 6] * 8, 3)
    assert said.pattern == "intermittent"
    assert (said.method, said.interval, said.variation) == ("imapa", 3.0, 0.0)
    assert all(1.8 <= value <= 2.3 for value in said.mean)
    for method, low, high in (("croston", 1.95, 2.05), ("sba", 1.85, 1.95), ("tsb", 1.9, 2.5)):
        assert low <= forecast([0, 0, 6] * 8, 1, method=method).mean[0] <= high, method
    assert forecast([4, 5, 6], 2).pattern == "new"
    assert forecast([4, 5, 6], 2).mean == [5.0, 5.0]
    assert forecast([4, 5, 6], 2).warning == "too_short"


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        ([], "new"),
        ([5, 5, 5], "new"),
        ([5, 6, 5, 6], "smooth"),
        ([1, 20, 1, 20, 1], "erratic"),
        ([0, 0, 6, 0, 0, 6], "intermittent"),
        ([0, 0, 1, 0, 0, 30, 0, 0, 2], "lumpy"),
        ([0, 0, 0, 0], "intermittent"),
    ],
)
def test_patterns(values, pattern):
    assert pattern_of(values) == pattern
    assert forecast(values, 1).pattern == pattern


def test_pattern_bounds():
    # 33 periods, 25 with demand: an interval of exactly 1.32 is regular
    assert pattern_of([1.0] * 25 + [0.0] * 8) == "smooth"
    assert pattern_of([1.0] * 25 + [0.0] * 9) == "intermittent"


@pytest.mark.parametrize(("length", "season"), [(36, 1), (60, 12), (80, 1), (156, 52)])
def test_a_random_walk_is_naive(length, season):
    dice, naive = random.Random(11), 0
    for _walk in range(100):
        values = [1000.0]
        while len(values) < length:
            values.append(values[-1] + dice.gauss(0.0, 5.0))
        said = forecast(values, 4, season)
        if "naive" in said.method:
            naive += 1
            if said.method == "naive":
                assert said.mean == [values[-1]] * 4
            assert said.warning in ("naive_is_best", "no_error")
    assert naive >= 95


def test_what_is_worse_than_naive_says_so():
    """Forced upon a seasonal series, the mean loses; what is chosen wins."""
    values = make_season(72, 12)
    assert forecast(values, 6, 12, method="croston").warning == "worse_than_naive"
    said = forecast(values, 6, 12)
    assert (said.warning, said.error < said.naive_error) == ("", True)
    assert forecast(values[:5], 2, 12).warning == "no_error"


def test_a_seasonal_walk_keeps_last_season():
    dice = random.Random(3)
    values = [dice.uniform(50.0, 500.0) for _place in range(12)]
    while len(values) < 96:
        values.append(values[-12] + dice.gauss(0.0, 2.0))
    said = forecast(values, 14, 12, method="seasonal_naive")
    assert said.mean == values[-12:] + values[-12:-10]


def test_what_is_not_available_changes_nothing():
    values = make_season(60, 12)
    mask = [place % 7 != 3 for place in range(60)]
    other = [value if there else 1e6 for value, there in zip(values, mask, strict=True)]
    one, two = forecast(values, 6, 12, mask), forecast(other, 6, 12, mask)
    assert one.mean == two.mean
    assert (one.error, one.naive_error) == (two.error, two.naive_error)
    assert backtest(values, 3, 12, mask) == backtest(other, 3, 12, mask)


def test_gaps_at_the_end_are_forecast_over():
    values = make_season(60, 12)
    said = forecast([*values, 0.0, 0.0], 3, 12, [True] * 60 + [False] * 2)
    assert said.mean == pytest.approx(forecast(values, 5, 12).mean[2:])


@pytest.mark.parametrize(
    "call",
    [
        lambda: forecast([1, math.nan], 1),
        lambda: forecast([1, math.inf], 1),
        lambda: forecast([-1], 1),
        lambda: forecast("12", 1),
        lambda: forecast([True], 1),
        lambda: forecast([1], -1),
        lambda: forecast([1], 1.5),
        lambda: forecast([1], True),
        lambda: forecast([1], 1, 0),
        lambda: forecast([1], 1, 1, [1, 1]),
        lambda: forecast([1], 1, method="magic"),
        lambda: forecast([1], 1, 12, profile=[1.0]),
        lambda: forecast([1], 1, 2, profile=[1.0, 0.0]),
        lambda: backtest([1], 0),
        lambda: backtest([1], 1, origins=-1),
        lambda: backtest([math.nan], 1),
        lambda: backtest([1], math.nan),
        lambda: backtest([1], 1, method="magic"),
        lambda: forecast([1e200], 1),
        lambda: forecast(None, 1),
        lambda: forecast([None], 1),
        lambda: forecast([1], 1, 1.0),
        lambda: forecast([1], 1, 1, 5),
        lambda: learn_profile([[1]], 0),
    ],
)
def test_wrong_arguments(call):
    names = "history|horizon|season|available|method|profile|periods|origins|series"
    with pytest.raises(ValueError, match=f"^({names}):"):
        call()


def test_the_shape():
    history = make_season(48, 12)
    kept = list(history)
    said = forecast(history, 4, 12)
    assert history == kept
    assert [len(values) for values in (said.mean, said.low, said.high)] == [4, 4, 4]
    assert said == forecast(history, 4, 12)
    with pytest.raises(AttributeError):
        said.mean = []
    assert forecast([], 2).mean == [0.0, 0.0]
    assert forecast([], 2).error is False
    assert forecast(history, 0).mean == []


histories = st.lists(
    st.one_of(st.just(0.0), st.floats(0.0, 1e6), st.integers(0, 50).map(float)),
    max_size=70,
)


@settings(max_examples=150, deadline=None)
@given(histories, st.integers(1, 8), st.sampled_from([1, 4, 7, 12]), st.data())
def test_any_history(history, horizon, season, data):
    mask = data.draw(st.lists(st.booleans(), min_size=len(history), max_size=len(history)))
    for available in (None, mask):
        said = forecast(history, horizon, season, available)
        assert len(said.mean) == horizon
        for low, mean, high in zip(said.low, said.mean, said.high, strict=True):
            assert 0.0 <= low <= mean <= high
            assert math.isfinite(high)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=6, max_size=60), st.sampled_from([1, 12]))
def test_units_do_not_matter(history, season):
    """Demand in dozens is a twelfth of that in pieces."""
    pieces, dozens = forecast(history, 3, season), forecast([v / 12 for v in history], 3, season)
    assert dozens.method == pieces.method
    assert [v * 12 for v in dozens.mean] == pytest.approx(pieces.mean, rel=1e-6, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(histories, st.integers(1, 6), st.sampled_from([1, 4, 12]), st.data())
def test_masked_values_change_nothing(history, horizon, season, data):
    mask = data.draw(st.lists(st.booleans(), min_size=len(history), max_size=len(history)))
    other = [value if there else 777.0 for value, there in zip(history, mask, strict=True)]
    one, two = (forecast(values, horizon, season, mask) for values in (history, other))
    assert one == two
    assert (one.error, one.naive_error, one.warning) == (two.error, two.naive_error, two.warning)
    assert backtest(history, 2, season, mask) == backtest(other, 2, season, mask)


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(1, 6), st.sampled_from([1, 4, 12]), st.sampled_from([0.25, 1024.0]))
def test_scaled_demand_is_forecast_scaled(history, horizon, season, factor):
    """Exactly, for factors that change no digit."""
    history = [round(value, 2) for value in history]
    one = forecast(history, horizon, season)
    two = forecast([value * factor for value in history], horizon, season)
    assert (one.method, one.pattern) == (two.method, two.pattern)
    for name in ("mean", "low", "high"):
        expected = [value * factor for value in getattr(one, name)]
        assert getattr(two, name) == pytest.approx(expected, rel=1e-9), name
    assert (two.error, two.naive_error) == pytest.approx(
        (one.error and one.error * factor, one.naive_error and one.naive_error * factor)
    )


def test_asking_again_or_in_another_order_changes_nothing():
    histories = [make_season(80, 12, seed) for seed in range(8)]
    first = [(forecast(h, 6, 12).error, backtest(h, 3, 12)) for h in histories]
    other = [(backtest(h, 3, 12), forecast(h, 6, 12).error) for h in reversed(histories)]
    assert first == [(error, misses) for misses, error in reversed(other)]
    errors = backtest(histories[-1], 3, 12)
    errors.clear()
    assert backtest(histories[-1], 3, 12) == first[-1][1]
    said = forecast(histories[-1], 6, 12)
    said.mean.clear()
    assert len(forecast(histories[-1], 6, 12).mean) == 6


# Errors, by the contract's words and nothing else


def slow_errors(history, horizon, season, available, method, profile=None):
    count = len(history)
    block = max(1, min(horizon, count // 4))
    misses, naive = [], []
    for stop in range(count - block - 5, count - block + 1):
        if stop < max(4, season + 1):
            continue
        turned = profile and [profile[(place + stop - count) % season] for place in range(season)]
        said = forecast(
            history[:stop], block, season, available[:stop], method=method, profile=turned
        ).mean
        for step in range(block):
            if not available[stop + step]:
                continue
            misses.append(abs(history[stop + step] - said[step]))
            last = stop + step - season
            while last >= stop:
                last -= season
            while last >= 0 and not available[last]:
                last -= season
            if last < 0:
                last = max((at for at in range(stop) if available[at]), default=None)
            naive.append(abs(history[stop + step] - (history[last] if last is not None else 0.0)))
    return (
        sum(misses) / len(misses) if misses else False,
        sum(naive) / len(naive) if naive else False,
    )


CASES = [
    (make_season(60, 12), 12, 12, None),
    (make_season(60, 12), 6, 12, [place not in (20, 21, 44, 52, 59) for place in range(60)]),
    (make_season(40, 40, trend=2.0), 3, 1, None),
    (make_season(40, 40), 5, 1, [place % 5 != 2 for place in range(40)]),
    ([0.0, 0.0, 6.0] * 8, 4, 1, None),
    ([0.0, 3.0, 0.0, 6.0, 0.0, 0.0] * 6, 4, 12, [place % 11 != 4 for place in range(36)]),
    ([5.0, 7.0, 6.0, 8.0, 7.0, 6.0], 2, 1, None),
    (make_season(104, 52), 13, 52, None),
    (make_season(300, 52), 13, 52, [place % 50 != 41 for place in range(300)]),
    (make_season(265, 30), 4, 52, None),
    ([float(place % 7 == 3) * (place % 5) for place in range(290)], 6, 52, None),
]


@pytest.mark.parametrize(("history", "horizon", "season", "available"), CASES)
def test_errors_are_those_of_the_contract(history, horizon, season, available):
    said = forecast(history, horizon, season, available)
    available = available or [True] * len(history)
    error, naive = slow_errors(history, horizon, season, available, said.method)
    assert said.error == pytest.approx(error)
    assert said.naive_error == pytest.approx(naive)


def test_errors_with_a_season_from_elsewhere():
    """It is given for the periods after the history, and stays where it is at each origin."""
    history = make_season(30, 12)
    profile = [1.0 + 0.3 * math.sin(2.0 * math.pi * (30 + place) / 12) for place in range(12)]
    said = forecast(history, 3, 12, profile=profile)
    found = slow_errors(history, 3, 12, [True] * 30, said.method, profile)
    assert (said.error, said.naive_error) == pytest.approx(found)
    assert said.error < 6.0
    assert said.seasonal == pytest.approx(profile[:3])
    misses = backtest(history, 2, 12, profile=profile)
    assert len(misses) == 12
    assert max(map(abs, misses)) < 15.0


@pytest.mark.parametrize(("history", "horizon", "season", "available"), CASES)
@pytest.mark.parametrize("periods", [1, 3])
def test_backtests_are_those_of_the_contract(history, horizon, season, available, periods):
    method = forecast(history, horizon, season, available).method
    available = available or [True] * len(history)
    expected = []
    count = len(history)
    for stop in range(count - periods - 11, count - periods + 1):
        if stop < max(4, season + 1):
            continue
        said = forecast(history[:stop], periods, season, available[:stop], method=method).mean
        known = [step for step in range(periods) if available[stop + step]]
        if known:
            miss = sum(history[stop + step] - said[step] for step in known)
            expected.append(miss * periods / len(known))
    assert backtest(history, periods, season, available) == pytest.approx(expected)
    if all(available):
        assert backtest(history, periods, season, origins=2) == pytest.approx(expected[-2:])


@pytest.mark.parametrize(("history", "horizon", "season", "available"), CASES)
def test_a_study_is_both_at_once(history, horizon, season, available):
    said, errors = study(history, horizon, season, available, periods=3)
    apart = forecast(history, horizon, season, available)
    assert said == apart
    assert (said.error, said.bias) == pytest.approx((apart.error, apart.bias))
    assert errors == pytest.approx(backtest(history, 3, season, available))


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_of_the_shelf(method):
    for history, horizon, season, available in CASES:
        said = forecast(history, horizon, season, available, method=method)
        assert said.method == method
        assert len(said.mean) == horizon
        assert said.error is False or said.error >= 0.0


def test_few_observations_have_no_error():
    assert forecast([1.0, 2.0, 3.0], 1).error is False
    assert backtest([1.0, 2.0, 3.0], 1) == []
    assert len(backtest([1.0, 2.0, 3.0, 4.0, 5.0], 1)) == 1


# Seasons shared down, measures


def test_a_season_learned_from_others():
    """A year and a half of its own: the season of its category, scaled to it."""
    others = [
        [scale * value for value in make_season(78, 12, seed)]
        for scale, seed in ((1, 1), (4, 2), (0.2, 3))
    ]
    profile = learn_profile(others, 12)
    assert sum(profile) == pytest.approx(12.0)
    short = [value / 10.0 for value in make_season(78, 12, 9)[60:]]
    truth = make_season(90, 12, 9)[78:]
    with_it = forecast(short, 12, 12, profile=profile)
    without = forecast(short, 12, 12)
    assert wape(truth, [10 * v for v in with_it.mean]) < 0.1
    rest = wape(truth, [10 * v for v in without.mean])
    assert wape(truth, [10 * v for v in with_it.mean]) < rest
    assert learn_profile([[1.0, 2.0]], 12) is None
    assert learn_profile([[5.0] * 48], 12) is None


def test_measures():
    assert smape([10.0, 0.0], [30.0, 0.0]) == 50.0
    assert wape([10.0, 10.0], [8.0, 13.0]) == 0.25
    assert wape([0.0], [1.0]) is False
    assert mean_bias([10.0, 10.0], [8.0, 13.0]) == 0.05
    assert mase([1.0, 3.0, 2.0], [4.0], [1.0]) == 2.0
    assert mase([1.0, 1.0], [4.0], [1.0]) is False
    assert rmsse([0.0, 2.0], [4.0], [1.0]) == 1.5
    assert tracking_signal([1.0, 1.0, -1.0]) == pytest.approx(1 / 3)
    assert tracking_signal([]) == 0.0
    assert is_biased([1.0] * 6) and not is_biased([1.0] * 5) and not is_biased([1.0, -1.0] * 3)
    assert owa([10.0], [1.0], [20.0], [2.0]) == 0.5
    assert owa([10.0], [1.0], [0.0], [2.0]) is False
    assert smape([], []) is False


@pytest.mark.parametrize(("history", "horizon", "season", "available"), CASES)
def test_seasonal_naive_is_what_it_is_compared_with(history, horizon, season, available):
    said = forecast(history, horizon, season, available, method="seasonal_naive")
    assert said.error == pytest.approx(said.naive_error)
