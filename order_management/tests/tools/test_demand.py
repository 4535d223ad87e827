"""Demand made of what was shipped: periods, days that are missing, what is pro-rated."""

import random
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from tools.demand import clean, count_missing, intersect, make_starts

DAY, WEEK, MONTH = relativedelta(days=1), relativedelta(weeks=1), relativedelta(months=1)
FIRST = date(2026, 1, 5)  # a Monday


def on(day):
    return FIRST + timedelta(days=day)


def test_periods_are_closed_ones():
    assert make_starts(FIRST, on(14), WEEK) == [FIRST, on(7)]
    assert make_starts(FIRST, on(13), WEEK) == [FIRST]
    assert make_starts(FIRST, FIRST, WEEK) == []
    assert make_starts(on(7), FIRST, WEEK) == []
    assert make_starts(date(2025, 11, 1), date(2026, 3, 1), MONTH) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_missing_days_of_each_period():
    starts = make_starts(FIRST, on(21), WEEK)
    assert count_missing(starts, on(21), []) == [0, 0, 0]
    assert count_missing(starts, on(21), [(on(2), on(2)), (on(5), on(8))]) == [3, 2, 0]
    assert count_missing(starts, on(21), [(on(-9), on(40))]) == [7, 7, 7]
    assert count_missing(starts, on(21), [(on(-9), on(-1)), (on(21), on(40))]) == [0, 0, 0]
    assert count_missing([], FIRST, [(on(0), on(1))]) == []


def test_gaps_of_both():
    some = [(on(0), on(3)), (on(6), on(9)), (on(12), on(12))]
    assert intersect(some, []) == []
    assert intersect(some, some) == some
    assert intersect(some, [(on(3), on(7)), (on(9), on(20))]) == [
        (on(3), on(3)),
        (on(6), on(7)),
        (on(9), on(9)),
        (on(12), on(12)),
    ]


def test_gaps_of_both_are_the_days_of_both():
    dice = random.Random(7)
    for _round in range(200):
        some, others = ({day for day in range(30) if dice.random() < 0.5} for _side in range(2))
        found = intersect(gaps_of(some), gaps_of(others))
        days = {on(day) for day in some & others}
        told = [
            first + timedelta(days=n)
            for first, last in found
            for n in range((last - first).days + 1)
        ]
        assert sorted(days) == told


def gaps_of(days):
    gaps = []
    for day in sorted(days):
        if gaps and gaps[-1][1] == on(day - 1):
            gaps[-1] = (gaps[-1][0], on(day))
        else:
            gaps.append((on(day), on(day)))
    return gaps


def test_a_part_is_made_up_for_and_less_than_half_says_nothing():
    starts = make_starts(FIRST, on(28), WEEK)
    gaps = [(on(4), on(6)), (on(10), on(13)), (on(14), on(20))]
    found = clean(starts, on(28), [8.0, 6.0, 0.0, 7.0], gaps, FIRST)
    assert found.quantities == [8.0 * 7 / 4, 6.0, 0.0, 7.0]
    assert found.available == [True, False, False, True]
    assert [(note["date"], note["kind"], note["quantity"]) for note in found.notes] == [
        ("2026-01-05", "stockout", 6.0),
        ("2026-01-12", "stockout", 0.0),
        ("2026-01-19", "stockout", 0.0),
    ]


def test_half_of_a_period_is_enough():
    first, end = date(2026, 4, 1), date(2026, 5, 1)
    found = clean([first], end, [5.0], [(first, date(2026, 4, 15))], first)
    assert (found.quantities, found.available) == ([10.0], [True])
    found = clean([first], end, [5.0], [(first, date(2026, 4, 16))], first)
    assert (found.quantities, found.available) == ([5.0], [False])


def test_born_within_the_first_period():
    starts = make_starts(FIRST, on(14), WEEK)
    found = clean(starts, on(14), [4.0, 7.0], [], on(3))
    assert found.quantities == [7.0, 7.0]
    assert found.notes == [{"date": "2026-01-05", "kind": "started", "quantity": 3.0}]
    found = clean(starts, on(14), [2.0, 7.0], [(on(4), on(5))], on(3))
    assert (found.quantities, found.available) == ([2.0, 7.0], [False, True])
