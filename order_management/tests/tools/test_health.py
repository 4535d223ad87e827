"""How stock does: cover, what lacks, what expires."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.replenishment import (
    Lack,
    Receipt,
    cover_days,
    daily_deviation,
    find_lack,
    find_waste,
    make_demand,
)

TEN_A_DAY = make_demand([(7, 70)])
NOTHING = make_demand([(7, 0)])


def test_cover():
    for stock, daily, days in ((50, 10, 5), (-3, 10, 0), (5, 0, None), (0, 0, None), (1, 4, 0.25)):
        assert cover_days(stock, daily) == days
    with pytest.raises(ValueError, match="daily"):
        cover_days(1, -1)


def test_deviation_of_a_day():
    assert daily_deviation(10, 0.5, 4) == 10, "a period: 40 ± 20; a day: 10 ± 10"
    assert daily_deviation(0, 0.5, 7) == 0
    with pytest.raises(ValueError, match="days"):
        daily_deviation(1, 1, 0)


@pytest.mark.parametrize(
    ("stock", "receipts", "protection", "found"),
    [
        (50, (), 5, Lack(0, 5, None)),
        (50, (), 7, Lack(20, 5, None)),
        (51, (), 4, Lack(0, 5, None)),
        (50, ((8, 100),), 7, Lack(30, 5, 8)),
        (50, ((5, 100),), 7, Lack(0, 15, None)),
        (50, ((5, 10), (9, 100)), 7, Lack(30, 6, 9)),
        (50, ((300, 100),), 7, Lack(1150, 5, 300)),
        (50, ((-4, 100),), 7, Lack(0, 15, None)),
        (-5, (), 0, Lack(5, 0, None)),
        (-5, ((2, 3),), 0, Lack(25, 0, 2)),
    ],
)
def test_lack(stock, receipts, protection, found):
    coming = [Receipt(day, day, quantity) for day, quantity in receipts]
    assert find_lack(stock, TEN_A_DAY, coming, protection) == found


def test_lack_without_demand():
    assert find_lack(0, NOTHING, [], 7) == Lack(0, None, None)
    assert find_lack(-2, NOTHING, [], 7) == Lack(2, 0, None)


def test_waste():
    for lots, left in (
        ([], []),
        ([(5, 50)], [0]),
        ([(5, 60)], [10]),
        ([(0, 4), (-3, 2)], [4, 2]),
        # The second one is sold after the first: 10 days' worth less 30.
        ([(10, 100), (3, 30)], [30, 0]),
        # Of the first 20 are left, and the days it was sold on are gone.
        ([(3, 50), (10, 80)], [20, 10]),
        ([(3, 50), (1000, 80)], [20, 0]),
    ):
        assert find_waste(lots, TEN_A_DAY) == left
    assert find_waste([(30, 7)], NOTHING) == [7]


@given(
    st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 200)), max_size=8),
    st.integers(0, 20),
)
def test_waste_never_exceeds(lots, daily):
    """What is sold of lots by a day is never more than is asked for; more demand leaves less."""
    demand = make_demand([(7, 7 * daily)])
    left = find_waste(lots, demand)
    assert all(0 <= rest <= quantity for rest, (_day, quantity) in zip(left, lots, strict=True))
    for end in {day for day, _quantity in lots}:
        early = [
            (rest, quantity) for rest, (day, quantity) in zip(left, lots, strict=True) if day <= end
        ]
        sold = sum(quantity - rest for rest, quantity in early)
        assert sold <= daily * max(end, 0) + 1e-6
    more = find_waste(lots, make_demand([(7, 7 * (daily + 1))]))
    assert sum(more) <= sum(left) + 1e-6
    assert inf not in left
