"""What events add to demand, and single periods that are nothing like the others."""

import pytest
from tools.forecasting import (
    add_uplifts,
    find_one_offs,
    forecast,
    learn_uplifts,
    make_factors,
    remove_uplifts,
    uplift_of,
)

PLAIN = [10.0, 12.0, 9.0, 11.0, 10.0, 8.0, 12.0, 10.0, 11.0, 9.0]


def test_an_uplift_is_learned_beside_the_event():
    values = [10.0, 10.0, 15.0, 10.0, 10.0, 20.0, 10.0]
    assert uplift_of(values, [0, 0, 1, 0, 0, 1, 0]) == pytest.approx(0.75)
    assert uplift_of(values, [0, 0, 0.5, 0, 0, 0, 0]) == pytest.approx(1.0)
    assert uplift_of(values, [0] * 7) is False
    assert uplift_of([10.0, 0.0, 10.0], [0, 1, 0]) == -0.95


def test_what_the_base_explains_is_no_uplift():
    """Half as much again in the season's best month, of which the season explains all."""
    values, base = [10.0, 10.0, 30.0, 10.0], [10.0, 10.0, 20.0, 10.0]
    assert uplift_of(values, [0, 0, 1, 0], base=base) == pytest.approx(0.5)
    assert uplift_of(base, [0, 0, 1, 0], base=base) == pytest.approx(0.0)


def test_events_that_overlap_are_told_apart():
    sale, fair = [0, 0, 1, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0, 1, 0]
    events = {"sale": sale, "fair": fair}
    uplifts = {"sale": 0.5, "fair": 1.0}
    factors = make_factors(events, uplifts, 9)
    assert factors == [1.0, 1.0, 1.5, 1.0, 1.0, 3.0, 1.0, 2.0, 1.0]
    values = add_uplifts([10.0] * 9, factors)
    assert learn_uplifts(values, events) == pytest.approx(uplifts, rel=1e-3)
    assert remove_uplifts(values, factors) == pytest.approx([10.0] * 9)


def test_an_event_does_not_change_what_is_expected_without_it():
    covered = [0.0] * 24
    covered[20] = 1.0
    values = add_uplifts([10.0] * 24, make_factors({"sale": covered}, {"sale": 2.0}, 24))
    uplift = uplift_of(values, covered)
    base = remove_uplifts(values, make_factors({"sale": covered}, {"sale": uplift}, 24))
    coming = make_factors({"sale": [0.0, 1.0, 0.0]}, {"sale": uplift}, 3)
    expected = add_uplifts(forecast(base, 3).mean, coming)
    assert expected == pytest.approx([10.0, 30.0, 10.0])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: remove_uplifts([1.0], [0.0]), "factors"),
        (lambda: remove_uplifts([1.0], []), "factors"),
        (lambda: add_uplifts([1.0], [float("nan")]), "factors"),
        (lambda: uplift_of([1.0], []), "covered"),
        (lambda: uplift_of([1.0], [-1.0]), "covered"),
        (lambda: uplift_of([1.0], [0.0], base=[]), "base"),
        (lambda: learn_uplifts([1.0], {"sale": []}), "events"),
        (lambda: make_factors({"sale": [1.0]}, {}, 2), "events"),
        (lambda: find_one_offs([float("inf")]), "history"),
    ],
)
def test_wrong_arguments(call, name):
    with pytest.raises(ValueError, match=name):
        call()


@pytest.mark.parametrize(
    ("values", "season", "places"),
    [
        ([], 1, []),
        (PLAIN, 1, []),
        ([1000.0 if place == 4 else value for place, value in enumerate(PLAIN)], 1, [4]),
        ([*PLAIN, 1000.0], 1, [10]),
        ([*PLAIN, 90.0], 1, []),  # less than ten times
        ([*PLAIN[:3], 1000.0, *PLAIN[3:], 1200.0], 1, []),  # it came again
        ([*PLAIN * 4, 1000.0, *PLAIN, 1200.0], 1, [40, 51]),  # two of 52
        ([*PLAIN * 4, 1000.0, *PLAIN, 10.0, 1200.0], 12, []),  # a season later
        ([0.0, 0.0, 6.0] * 8 + [600.0], 1, [24]),
        ([0.0, 0.0, 0.0, 40.0, 0.0, 0.0], 1, []),  # nothing to compare it with
    ],
)
def test_one_offs(values, season, places):
    assert [found.place for found in find_one_offs(values, season)] == places


def test_a_one_off_tells_what_is_usual_and_can_be_left_out():
    values = [10.0] * 20 + [1000.0] + [10.0] * 3
    (found,) = find_one_offs(values)
    assert (found.value, found.usual) == (1000.0, 10.0)
    available = [place != found.place for place in range(len(values))]
    assert forecast(values, 2, available=available).mean == pytest.approx([10.0, 10.0])
    assert find_one_offs(values, available=available) == []
