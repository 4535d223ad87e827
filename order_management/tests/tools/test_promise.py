"""What can still be promised."""

from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.promise import Part, Supply, available_to_promise, promise

STEADY = settings(deadline=None, derandomize=True)
ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 30).map(lambda n: n / 10)), max_size=12
)


def test_what_is_promised_later_is_not_promised_again():
    """12 on hand, 5 promised for the 4th, 20 come on the 10th."""
    rows = available_to_promise([(1, 12.0), (10, 20.0)], [(4, 5.0)])
    assert rows == [(1, 7.0), (4, 7.0), (10, 27.0)]


def test_what_comes_too_late_for_a_promise_does_not_free_it():
    assert available_to_promise([(5, 10.0)], [(3, 4.0)]) == [(3, 0.0), (5, 6.0)]


def test_supply_of_a_day_serves_demand_of_that_day():
    assert available_to_promise([(3, 4.0)], [(3, 4.0)]) == [(3, 0.0)]


def test_later_shortage_binds_earlier_days():
    rows = available_to_promise([(1, 10.0), (8, 1.0)], [(5, 4.0), (9, 6.0)])
    assert rows == [(1, 1.0), (5, 1.0), (8, 1.0), (9, 1.0)]


def test_nothing_asked_and_nothing_there():
    assert available_to_promise([], []) == []


def test_tenths_add_up():
    assert available_to_promise([(1, 0.1)] * 3, [(1, 0.3)]) == [(1, 0.0)]
    assert available_to_promise([(1, 0.1), (1, 0.2)], []) == [(1, 0.3)]


@pytest.mark.parametrize(
    ("supply", "demand", "named"),
    [
        ([(1, -1.0)], [], "supply"),
        ([], [(1, float("nan"))], "demand"),
        ([(1, float("inf"))], [], "supply"),
        ([(1, True)], [], "supply"),
        ([(1, "2")], [], "supply"),
        ([(1, 1.0)], [(date(2026, 3, 2), 1.0)], "dates"),
    ],
)
def test_wrong_values_are_named(supply, demand, named):
    with pytest.raises(ValueError, match=named):
        available_to_promise(supply, demand)


def test_arguments_stay_as_they_are():
    supply, demand = [(2, 1.0), (1, 2.0)], [(3, 1.0)]
    available_to_promise(supply, demand)
    assert (supply, demand) == ([(2, 1.0), (1, 2.0)], [(3, 1.0)])


@STEADY
@given(ROWS, ROWS)
def test_against_the_definition(supply, demand):
    days = sorted({day for day, _quantity in supply + demand})

    def balance(until):
        return sum(round(10 * q) for d, q in supply if d <= until) - sum(
            round(10 * q) for d, q in demand if d <= until
        )

    expected = [(day, max(0, min(balance(u) for u in days if u >= day)) / 10) for day in days]
    assert available_to_promise(supply, demand) == expected


@STEADY
@given(ROWS, ROWS, st.integers(0, 60).map(lambda n: n / 10))
def test_a_promise_breaks_no_other_and_is_as_early_as_can_be(supply, demand, quantity):
    supplies = [Supply(day, q, "stock", index) for index, (day, q) in enumerate(supply)]
    parts = promise(quantity, supplies, demand)
    free = available_to_promise(supply, demand)
    total = min(quantity, free[-1][1] if free else 0.0)
    assert round(10 * sum(part.quantity for part in parts)) == round(10 * total)
    assert all(part.quantity > 0 for part in parts)
    served = list(accumulate(round(10 * part.quantity) for part in parts))
    for day, most in free:
        until = [s for part, s in zip(parts, served, strict=True) if part.date <= day]
        assert (until[-1] if until else 0) == min(round(10 * quantity), round(10 * most))
    after = available_to_promise(supply, demand + [(part.date, part.quantity) for part in parts])
    before = dict(free)
    assert all(after_free <= before[day] for day, after_free in after)
    for part in parts:
        assert part.date == supplies[part.reference].date


def test_parts_name_what_they_rest_on():
    """Ten asked: seven of the stock are free, three come with the order of the 10th."""
    supplies = [Supply(1, 12.0), Supply(10, 20.0, "incoming", "P00001")]
    assert promise(10.0, supplies, [(4, 5.0)]) == [
        Part(7.0, 1, "stock", False),
        Part(3.0, 10, "incoming", "P00001"),
    ]


def test_more_than_there_is_is_served_in_part():
    assert promise(10.0, [Supply(1, 4.0)], []) == [Part(4.0, 1, "stock", False)]
    assert promise(10.0, [], []) == []
    assert promise(0.0, [Supply(1, 4.0)], []) == []


def test_of_one_day_the_earlier_supply_is_used_first():
    supplies = [Supply(1, 3.0, "incoming", "A"), Supply(1, 3.0, "incoming", "B")]
    assert promise(4.0, supplies, []) == [
        Part(3.0, 1, "incoming", "A"),
        Part(1.0, 1, "incoming", "B"),
    ]
