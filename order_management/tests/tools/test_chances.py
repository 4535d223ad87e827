"""How likely a promised day is kept."""

from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.chances import PRIOR, Band, calibration, chance_within, hold_back, latest, pool, shrink

STEADY = settings(deadline=None, derandomize=True)


def histograms(earliest):
    return st.lists(st.tuples(st.integers(earliest, 9), st.integers(0, 40)), max_size=6)


ANY = histograms(-5)
LATE = histograms(0)
PAIRS = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()), max_size=60)


def test_without_observations_the_prior_decides():
    assert chance_within(0, [()]) == pytest.approx(0.9)
    assert chance_within(0, [(), ()]) == pytest.approx(0.81)
    assert chance_within(2, [()]) == pytest.approx(0.95)
    assert chance_within(7, [()]) == 1.0


def test_few_observations_are_drawn_to_the_prior_and_many_are_not():
    """One that was 9 days late leaves 4.5 of 6; a hundred leave 4.5 of 105."""
    assert chance_within(0, [[(9, 1)]]) == pytest.approx(4.5 / 6)
    assert chance_within(0, [[(9, 100)]]) == pytest.approx(4.5 / 105)


def test_delays_add_up():
    """Three of four on time, then one of two: on time in 3/8, a day at most in 3/8 + 1/2."""
    steps = [[(0, 3), (1, 1)], [(0, 1), (1, 1)]]
    assert [chance_within(slack, steps, ()) for slack in (-1, 0, 1, 2)] == [0, 0.375, 0.875, 1]


def test_one_step_makes_up_for_another():
    assert chance_within(0, [[(-1, 1)], [(1, 1)]], ()) == 1.0
    assert chance_within(-1, [[(-1, 1)], [(1, 1)]], ()) == 0.0


def test_without_steps_nothing_is_late():
    assert (chance_within(0, []), chance_within(-1, [])) == (1.0, 0.0)


def test_observations_are_put_together():
    found = pool([[(2, 1), (0, 2)], [(0, 1), (-1, 4), (5, 0)]])
    assert found.counts == ((-1, 4), (0, 3), (2, 1))
    assert (found.observations, found.mean, found.on_time) == (8, -0.25, 0.875)
    empty = pool([])
    assert (empty.counts, empty.observations, empty.mean, empty.on_time) == ((), 0, 0, 0)


def test_few_observations_are_drawn_to_those_of_their_like():
    found = shrink([(4, 2)], [(0, 30), (1, 10)], weight=8)
    assert found.counts == ((0, 6), (1, 2), (4, 2))
    assert shrink([], PRIOR).on_time == pytest.approx(0.9)
    assert shrink([(1, 1)], [], weight=3).counts == ((1, 1),)


def test_what_waits_gains_nothing_by_being_early():
    assert hold_back([(-3, 2), (0, 1), (2, 1)]).counts == ((0, 3), (2, 1))
    assert hold_back([(-3, 2), (2, 1), (5, 1)], 2).counts == ((0, 3), (3, 1))
    assert hold_back([(0, 1)], -1).counts == ((1, 1),)


def test_the_last_of_several_decides():
    """Each on time in half of the cases: both in a quarter; a day late at most in half."""
    found = latest([[(0, 2), (1, 2)], [(0, 1), (2, 1)]])
    assert found.counts == ((0, 0.25), (1, 0.25), (2, 0.5))
    assert latest([]).counts == ((0, 1.0),)
    assert latest([[(3, 7)]]).counts == ((3, 1.0),)


def test_told_and_kept_are_compared_by_band():
    pairs = [(0.95, True), (0.9, False), (1.0, True), (0.35, False), (0.3, True)]
    found = calibration(pairs)
    assert found.bands == (
        Band(0.3, 0.4, 2, pytest.approx(0.325), 0.5),
        Band(0.9, 1.0, 3, pytest.approx(0.95), pytest.approx(2 / 3)),
    )
    assert (found.count, found.chance, found.kept) == (5, pytest.approx(0.7), 0.6)
    assert found.brier == pytest.approx((0.0025 + 0.81 + 0 + 0.1225 + 0.49) / 5)
    assert calibration([]).bands == ()


def test_a_chance_means_its_decimal():
    (band,) = calibration([(0.29, True)], bands=100).bands
    assert (band.low, band.high) == (0.29, 0.3)


def test_bands_that_are_off():
    """At the tolerance is not off; few promises prove nothing."""
    pairs = [(0.75, True), (0.75, False), (0.55, True), (0.55, False), (0.2, True)]
    found = calibration(pairs, counts=[30, 20, 24, 26, 29])
    assert [band.low for band in found.find_off(0.1, 30)] == [0.7]
    assert [band.low for band in found.find_off(0.15, 30)] == []
    assert [band.low for band in found.find_off(0.1)] == [0.2, 0.7]
    assert found.bands[1].gap == pytest.approx(0.07)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: chance_within(float("nan"), []), "slack"),
        (lambda: chance_within(float("inf"), []), "slack"),
        (lambda: chance_within("1", []), "slack"),
        (lambda: chance_within(0, [[(0.5, 1)]]), r"histograms\[0\]"),
        (lambda: chance_within(0, [[], [(1, -1)]]), r"histograms\[1\]"),
        (lambda: chance_within(0, [[(True, 1)]]), "histograms"),
        (lambda: chance_within(0, [[3]]), "histograms"),
        (lambda: chance_within(0, [[]], ()), "histograms"),
        (lambda: chance_within(0, [], [(0, float("nan"))]), "prior"),
        (lambda: pool([[("1", 1)]]), "histograms"),
        (lambda: latest([[(0, 1)], []]), r"histograms\[1\]"),
        (lambda: latest([[(0, -1)]]), r"histograms\[0\]"),
        (lambda: shrink([], PRIOR, weight=-1), "weight"),
        (lambda: shrink([(1.5, 1)], PRIOR), "histogram"),
        (lambda: hold_back([], None), "slack"),
        (lambda: calibration([(1.1, True)]), "pairs"),
        (lambda: calibration([(True, True)]), "pairs"),
        (lambda: calibration([0.5]), "pairs"),
        (lambda: calibration([], bands=0), "bands"),
        (lambda: calibration([(0.5, True)], counts=[]), "counts"),
        (lambda: calibration([(0.5, True)], counts=[-1]), "counts"),
    ],
)
def test_wrong_values_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


def test_arguments_stay_as_they_are():
    steps = [[(2, 1), (0, 3)], [(1, 1)]]
    chance_within(0, steps)
    pool(steps)
    assert steps == [[(2, 1), (0, 3)], [(1, 1)]]


@STEADY
@given(st.lists(ANY, max_size=3), st.integers(-12, 25))
def test_against_every_combination(steps, slack):
    """Each way things may go, weighed by how likely it is."""
    full = [[*step, *PRIOR] for step in steps]
    expected = sum(
        prod(count for _day, count in way)
        for way in product(*full)
        if sum(day for day, _count in way) <= slack
    ) / prod(sum(count for _day, count in step) for step in full)
    assert chance_within(slack, steps) == pytest.approx(expected, abs=1e-12)


@STEADY
@given(st.lists(ANY, max_size=3), st.integers(-12, 25), st.integers(0, 9))
def test_more_slack_is_never_worse(steps, slack, more):
    chance = chance_within(slack, steps)
    assert 0 <= chance <= chance_within(slack + more, steps) <= 1


@STEADY
@given(st.lists(ANY, max_size=2), LATE, st.integers(-5, 15))
def test_another_step_that_is_never_early_helps_nobody(steps, late, slack):
    assert chance_within(slack, [*steps, late]) <= chance_within(slack, steps) + 1e-12


@STEADY
@given(ANY, st.integers(0, 9), st.integers(0, 20), st.integers(0, 9))
def test_one_more_late_one_never_raises_the_chance(histogram, slack, count, later):
    worse = [*histogram, (slack + 1 + later, count)]
    assert chance_within(slack, [worse]) <= chance_within(slack, [histogram]) + 1e-12


@STEADY
@given(st.lists(st.lists(st.tuples(st.integers(-5, 9), st.integers(1, 9)), min_size=1), max_size=3))
def test_the_last_of_several_against_every_combination(histograms):
    total = prod(sum(count for _day, count in one) for one in histograms)
    expected = {}
    for way in product(*histograms):
        day = max((day for day, _count in way), default=0)
        expected[day] = expected.get(day, 0) + prod(count for _day, count in way) / total
    found = dict(latest(histograms).counts)
    assert found == pytest.approx(expected, abs=1e-12)


@STEADY
@given(ANY, st.integers(-3, 9), st.integers(0, 9))
def test_what_is_held_back_is_late_when_it_exceeds_the_slack(histogram, slack, days):
    held = sum(count for day, count in hold_back(histogram, slack).counts if day <= days)
    assert held == sum(count for day, count in histogram if day <= days + slack)


@STEADY
@given(st.lists(ANY, max_size=4))
def test_the_order_of_observations_does_not_matter(steps):
    assert pool(steps) == pool(reversed(steps)) == pool([pool([step]) for step in steps])


@STEADY
@given(PAIRS, st.integers(1, 20))
def test_bands_hold_every_promise_once(pairs, bands):
    found = calibration(pairs, bands)
    assert sum(band.count for band in found.bands) == found.count == len(pairs)
    for band in found.bands:
        assert band.low <= band.chance + 1e-12 and band.chance <= band.high + 1e-12
    if pairs:
        kept = sum(band.kept * band.count for band in found.bands) / found.count
        assert kept == pytest.approx(found.kept)
        assert found.brier == pytest.approx(
            sum((chance - was_kept) ** 2 for chance, was_kept in pairs) / len(pairs)
        )


@STEADY
@given(PAIRS, st.integers(1, 5))
def test_repeated_promises_can_be_counted(pairs, times):
    counted, repeated = calibration(pairs, counts=[times] * len(pairs)), calibration(pairs * times)
    assert counted.count == repeated.count
    assert [band.count for band in counted.bands] == [band.count for band in repeated.bands]
    assert counted.brier == pytest.approx(repeated.brier)
