"""When stock runs out, when goods on order are needed, on which days orders are placed."""

from datetime import date
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.replenishment import (
    Advice,
    Demand,
    Freight,
    Receipt,
    Shortage,
    Tolerance,
    advise,
    compare_freight,
    find_order_days,
    get_longest_gap,
    get_review_days,
    make_demand,
)

TEN_A_DAY = make_demand([(7, 70)])
MONDAY = date(2026, 11, 30)


def test_demand_over_time():
    demand = make_demand([(4, 8), (7, 0), (7, 70)])
    for day, quantity in ((0, 0), (2, 4), (4, 8), (9, 8), (11, 8), (12, 18), (18, 78), (20, 98)):
        assert demand.until(day) == quantity
    for quantity, day in ((-1, 0), (0, 0), (1, 0), (2, 1), (7.9, 3), (8, 11), (18, 12), (98, 20)):
        assert demand.reach(quantity) == day
    assert make_demand([(7, 0)]).reach(5) == inf
    assert Demand(()).reach(0) == inf
    assert make_demand([(1, 0.1)] * 3).reach(0.3) == 3, "0.3 is 3 × 0.1"


def test_orders_consume_the_forecast():
    spans = [(5, 50), (7, 70), (7, 70)]
    for orders, asked in (
        ([], [50, 120, 190]),
        ([(1, 30)], [50, 120, 190]),
        ([(1, 60)], [60, 130, 200]),
        ([(4, 40), (5, 40), (11, 50)], [50, 140, 210]),
        ([(40, 500)], [50, 120, 190]),
    ):
        demand = make_demand(spans, orders)
        assert [demand.until(day) for day in (5, 12, 19)] == asked


@pytest.mark.parametrize(
    ("why", "on_hand", "receipts", "reserve", "expected"),
    [
        ("in good time", 100, [(8, 200)], 20, []),
        ("used to the day", 100, [(10, 200)], 0, []),
        ("within the tolerance", 100, [(11, 200)], 0, []),
        ("the reserve is there to be used", 100, [(9, 200)], 20, []),
        ("more than half of the reserve is used", 100, [(12, 200)], 20, [("expedite", 12, 8)]),
        ("as late as may be", 100, [(18, 200)], 0, [("expedite", 18, 10)]),
        ("too early, but not by much", 100, [(0, 200)], 0, []),
        ("too early", 160, [(3, 200)], 0, [("postpone", 3, 16)]),
        ("not needed", 1300, [(3, 200)], 0, [("unneeded", 3, None)]),
        ("needed at the very end", 1200, [(115, 200)], 0, []),
        ("out of stock", -30, [(5, 200)], 0, [("expedite", 5, 0)]),
        ("overdue, and needed", 30, [(-4, 200)], 0, [("expedite", -4, 3)]),
        ("overdue, and not needed yet", 160, [(-4, 200)], 0, [("postpone", -4, 16)]),
        ("the first is for now", 100, [(8, 200), (10, 100)], 0, [("postpone", 10, 30)]),
        ("both are late", 50, [(30, 40), (20, 40)], 0, [("expedite", 20, 5), ("expedite", 30, 9)]),
        (
            "one is enough",
            100,
            [(10, 1500), (20, 100)],
            0,
            [("unneeded", 20, None)],
        ),
    ],
)
def test_advice(why, on_hand, receipts, reserve, expected):
    receipts = [Receipt(key, day, quantity) for key, (day, quantity) in enumerate(receipts)]
    outlook = advise(on_hand, TEN_A_DAY, receipts, reserve)
    assert [(one.kind, one.day_before, one.day) for one in outlook.advices] == expected, why


def test_what_cannot_be_had_earlier():
    """A request that is not sent yet takes its lead time; then it is not worth a word."""
    late = Receipt("late", 20, 200, earliest=14)
    assert advise(100, TEN_A_DAY, [late]).advices == (Advice("late", "expedite", 20, 14),)
    late = Receipt("late", 20, 200, earliest=19)
    assert advise(100, TEN_A_DAY, [late]).advices == ()
    forgotten = Receipt("forgotten", -3, 200, earliest=14)
    outlook = advise(50, TEN_A_DAY, [forgotten], 0, 10)
    assert outlook.advices == (Advice("forgotten", "expedite", -3, 14),)
    assert outlook.shortage == Shortage(5, 14, "forgotten", 90)
    assert advise(300, TEN_A_DAY, [forgotten]).advices == (Advice("forgotten", "postpone", -3, 30),)


def test_goods_that_are_not_asked_for_count():
    """A transfer or a purchase for one customer: it counts, and nothing is said of it."""
    receipts = [Receipt("moved", 5, 300, is_fixed=True), Receipt("bought", 10, 100)]
    assert advise(100, TEN_A_DAY, receipts).advices == (Advice("bought", "postpone", 10, 40),)


def test_tolerance():
    receipts = [Receipt(1, 14, 200)]
    for tolerance, expected in (
        (Tolerance(earlier=3), [("expedite", 10)]),
        (Tolerance(earlier=4), []),
        (Tolerance(earlier=0, horizon=5), [("unneeded", None)]),
    ):
        outlook = advise(100, TEN_A_DAY, receipts, tolerance=tolerance)
        assert [(one.kind, one.day) for one in outlook.advices] == expected


@pytest.mark.parametrize(
    ("why", "on_hand", "receipts", "expected"),
    [
        ("nothing on order: a new order is the answer", 20, [], None),
        ("E2: postponed past the horizon", 115, [(400, 200)], (11, None, 1085)),
        ("E3: a far receipt hides nothing", 20, [(100, 900)], (2, None, 980)),
        ("and the receipt makes it good", 20, [(100, 1000)], (2, 100, 980)),
        ("a receipt in time is none", 100, [(9, 200)], None),
        ("a day late", 100, [(11, 200)], (10, 11, 10)),
        ("a new order would come before", 300, [(40, 200)], None),
        ("two are needed", 50, [(12, 20), (14, 500)], (5, 14, 70)),
        ("the first is in time, the second far off", 50, [(4, 60), (60, 800)], (11, 60, 490)),
        ("back orders", -30, [(20, 800)], (0, 20, 230)),
        ("overdue goods may come any day", 0, [(-3, 500)], None),
    ],
)
def test_shortage(why, on_hand, receipts, expected):
    """With 10 days of lead time and review, and 15 in reserve."""
    receipts = [Receipt(key, day, quantity) for key, (day, quantity) in enumerate(receipts)]
    shortage = advise(on_hand, TEN_A_DAY, receipts, 15, 10).shortage
    found = shortage and (shortage.day, shortage.until, shortage.quantity)
    assert found == expected, why


def test_shortage_names_the_receipt_that_is_late():
    receipts = [Receipt("soon", 4, 60), Receipt("far", 60, 800)]
    outlook = advise(50, TEN_A_DAY, receipts, 15, 10)
    assert outlook.shortage == Shortage(11, 60, "far", 490)
    assert outlook.runs_out == 11
    assert advise(50, TEN_A_DAY, receipts[:1]).runs_out == 11
    assert advise(50, make_demand([(7, 0)]), receipts).runs_out == inf


def test_wrong_arguments():
    for arguments, name in (
        ((inf, TEN_A_DAY, []), "on_hand"),
        ((1, TEN_A_DAY, [], -1), "reserve"),
        ((1, TEN_A_DAY, [], 0, -1), "protection"),
        ((1, TEN_A_DAY, [Receipt(1, 1, -2)]), "receipts"),
    ):
        with pytest.raises(ValueError, match=name):
            advise(*arguments)
    for expected, orders, name in (
        ([(0, 1)], (), "expected"),
        ([(7, -1)], (), "expected"),
        ([(7, 1)], [(1, -1)], "orders"),
    ):
        with pytest.raises(ValueError, match=name):
            make_demand(expected, orders)


@given(
    st.integers(-50, 500),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(-10, 200), st.integers(1, 300)), max_size=6),
    st.integers(1, 40),
    st.integers(0, 30),
)
def test_following_advice_never_makes_stock_run_out_earlier(
    on_hand, reserve, receipts, daily, protection
):
    demand = make_demand([(7, 7 * daily)])
    receipts = [Receipt(key, *receipt) for key, receipt in enumerate(receipts)]
    before = advise(on_hand, demand, receipts, reserve, protection)
    days = {one.key: one.day for one in before.advices}
    moved = [
        Receipt(one.key, days.get(one.key, one.day), one.quantity)
        for one in receipts
        if days.get(one.key, one.day) is not None
    ]
    after = advise(on_hand, demand, moved, reserve, protection)
    assert after.runs_out >= min(before.runs_out, 120)
    assert len(days) == len(before.advices), "one word on each receipt"


def test_order_days():
    assert find_order_days(MONDAY, ()) == [MONDAY, date(2026, 12, 1)]
    assert find_order_days(MONDAY, (1, 4)) == [MONDAY, date(2026, 12, 3)]
    assert find_order_days(date(2026, 12, 1), (1, 4)) == [date(2026, 12, 3), date(2026, 12, 7)]
    closed = [date(2026, 12, 3), date(2026, 12, 7)]
    assert find_order_days(date(2026, 12, 1), (1, 4), closed, 1) == [date(2026, 12, 10)]
    assert find_order_days(MONDAY, (1,), [date(2026, 12, day) for day in ()], 3)[-1] == date(
        2026, 12, 14
    )
    with pytest.raises(ValueError, match="weekdays"):
        find_order_days(MONDAY, (0,))


def test_days_between_orders():
    for weekdays, days in (((), 1), ((1,), 7), ((1, 4), 4), ((1, 2), 6), ((1, 2, 3, 4, 5), 3)):
        assert get_longest_gap(weekdays) == days
        assert get_review_days(MONDAY, weekdays) == days
    closed = [date(2026, 12, 3)]
    assert get_review_days(MONDAY, (1, 4), closed) == 7, "the next Thursday is off"
    assert get_review_days(date(2026, 12, 4), (1, 4), closed) == 4


def test_freight_or_more():
    """200 ordered at 5 each; free from 1,500: 100 more wait 15 days and are used up in 10."""
    item = (200, 50, 10, 5.0, None, 0, 100)
    for share, freight, is_extended in ((0.20, 6.0, True), (0.20, 5.0, False), (0.0, 1.0, True)):
        found = compare_freight([(*item, share)], 1500.0, freight)
        assert found.is_extended is is_extended
        assert found.holding == pytest.approx(500 * share * 20 / 365)
        assert found.added == pytest.approx(500)
        assert found.quantities == (pytest.approx(300 if is_extended else 200),)
    capped = (200, 50, 10, 5.0, 220, 0, 100, 0.2)
    assert compare_freight([capped], 1500.0, 9.0) == Freight(False, (200,), 0.0, None, 9.0)
    for items, free_from, freight in (
        ([(0, 50, 10, 5.0, None, 0, 40, 0.2)], 1500.0, 9.0),  # nothing is ordered
        ([(*item, 0.2)], 1000.0, 9.0),  # it is enough
        ([(*item, 0.2)], 1500.0, 0.0),  # no freight is charged
    ):
        assert compare_freight(items, free_from, freight) is None
