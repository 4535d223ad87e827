"""Waves: what they save, and what must hold of any plan."""

import random
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.tours import Layout, tour
from tools.waves import Capacity, Order, first_come_waves, plan_waves

LAYOUT = Layout([0, 5, 10, 15], [0, 20], (0, 0))


def day(count, seed, blocks=1):
    """A day of orders of one to four lines in ten aisles of 30 m."""
    dice = random.Random(seed)
    lines = [30 / blocks * line for line in range(blocks + 1)]
    layout = Layout([5 * aisle for aisle in range(10)], lines, (0, 0))
    orders = [
        Order(number, [(5 * dice.randrange(10), dice.randrange(60) / 2) for _stop in range(size)])
        for number in range(count)
        for size in [dice.randint(1, 4)]
    ]
    return layout, orders


def far_and_near():
    """Four orders in turn from the first and the last aisle."""
    return [Order(name, [(x, 10)]) for name, x in (("a", 0), ("b", 15), ("c", 0), ("d", 15))]


def test_orders_of_one_aisle_go_together():
    plan = plan_waves(far_and_near(), LAYOUT, Capacity(orders=2))
    assert [wave.orders for wave in plan.waves] == [["a", "c"], ["b", "d"]]
    assert [wave.tour.length for wave in plan.waves] == [20.0, 50.0]
    assert plan.length == 70.0
    first = first_come_waves(far_and_near(), LAYOUT, Capacity(orders=2))
    assert [wave.orders for wave in first.waves] == [["a", "b"], ["c", "d"]]
    assert first.length == 140.0
    assert plan.saving(first) == 0.5


def test_the_tour_is_through_all_stops():
    orders = [Order(1, [(0, 4), (5, 8)]), Order(2, [(5, 8)])]
    (wave,) = plan_waves(orders, LAYOUT, Capacity()).waves
    assert wave.stops == [(0, 4), (5, 8), (5, 8)]
    assert wave.tour == tour(wave.stops, LAYOUT)


def test_nothing_to_do():
    plan = plan_waves([], LAYOUT, Capacity(lines=5))
    assert (plan.waves, plan.too_large, plan.length) == ([], [], 0.0)
    assert plan.saving(plan) == 0.0


@pytest.mark.parametrize(
    ("kind", "each", "most"),
    [
        ("lines", 3, 6), ("lines", 3, 8), ("weight", 2.5, 5.0), ("volume", 0.1, 0.2),
        ("totes", 2, 5),
    ],
)  # fmt: skip
def test_every_capacity(kind, each, most):
    """Two fit, three do not; what fits to the last gram fits."""
    orders = [Order(number, [(0, 10)], **{kind: each}) for number in range(6)]
    plan = plan_waves(orders, LAYOUT, Capacity(**{kind: most}))
    assert [len(wave.orders) for wave in plan.waves] == [2, 2, 2]


def test_too_large():
    orders = [Order("big", [(0, 1)], weight=10.5), Order("fits", [(0, 1)], weight=10.0)]
    plan = plan_waves(orders, LAYOUT, Capacity(weight=10))
    assert plan.too_large == ["big"]
    assert [wave.orders for wave in plan.waves] == [["fits"]]


def test_groups_never_share_a_wave():
    orders = [
        Order(name, [(0, 10)], group=group)
        for name, group in (("a", "dhl"), ("b", "ups"), ("c", "dhl"), ("d", "ups"))
    ]
    plan = plan_waves(orders, LAYOUT, Capacity(orders=9))
    assert [wave.orders for wave in plan.waves] == [["a", "c"], ["b", "d"]]


def test_urgent_orders_come_first():
    """An urgent order far away goes before one that would fit better."""
    orders = [
        Order("near", [(0, 10)], priority=1),
        Order("urgent near", [(0, 12)]),
        Order("urgent far", [(15, 12)]),
        Order("far", [(15, 10)], priority=1),
    ]
    plan = plan_waves(orders, LAYOUT, Capacity(orders=2))
    assert [wave.orders for wave in plan.waves] == [["urgent near", "urgent far"], ["near", "far"]]
    plan = plan_waves(orders, LAYOUT, Capacity(orders=3))
    assert [wave.orders for wave in plan.waves] == [["urgent near", "urgent far", "far"], ["near"]]


@pytest.mark.parametrize(("count", "blocks"), [(100, 1), (200, 1), (200, 2)])
def test_a_quarter_less_than_first_come(count, blocks):
    savings = []
    for seed in range(3):
        layout, orders = day(count, seed, blocks)
        plan = plan_waves(orders, layout, Capacity(lines=24))
        savings.append(plan.saving(first_come_waves(orders, layout, Capacity(lines=24))))
    assert sum(savings) / 3 >= 0.25


def test_more_effort_is_never_longer():
    layout, orders = day(80, 2)
    quick, better, best = (
        plan_waves(orders, layout, Capacity(lines=24), effort=effort).length
        for effort in (0, 1, 10)
    )
    assert quick > better >= best


def test_it_is_deterministic():
    layout, orders = day(60, 4)
    assert plan_waves(orders, layout, Capacity(lines=20)) == plan_waves(
        orders, layout, Capacity(lines=20)
    )


def test_values_are_frozen_and_arguments_kept():
    orders = far_and_near()
    plan = plan_waves(orders, LAYOUT, Capacity(orders=2))
    assert orders == far_and_near()
    with pytest.raises(FrozenInstanceError):
        plan.waves = []
    with pytest.raises(FrozenInstanceError):
        plan.waves[0].tour = None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_plan(data):
    """Each order once, in a wave that can carry it, of its group; urgent waves first."""
    lines = data.draw(st.integers(2, 4))
    layout = Layout([0, 5, 10], [10 * line for line in range(lines)], (5, 0))
    places = st.tuples(st.sampled_from([0, 5, 10]), st.integers(0, 10 * (lines - 1)))
    orders = [
        Order(
            number,
            data.draw(st.lists(places, min_size=1, max_size=4)),
            weight=data.draw(st.integers(0, 9)) / 10,
            priority=data.draw(st.integers(0, 1)),
            group=data.draw(st.sampled_from("xy")),
        )
        for number in range(data.draw(st.integers(0, 14)))
    ]
    capacity = Capacity(orders=4, lines=8, weight=1.5)
    by_id = {order.id: order for order in orders}
    for plan in (plan_waves(orders, layout, capacity), first_come_waves(orders, layout, capacity)):
        assert sorted(one for wave in plan.waves for one in wave.orders) == sorted(by_id)
        for wave in plan.waves:
            members = [by_id[one] for one in wave.orders]
            assert len(members) <= 4
            assert sum(len(order.stops) for order in members) <= 8
            assert sum(order.weight for order in members) <= 1.5 + 1e-6
            assert len({order.group for order in members}) == 1
        urgency = [min(by_id[one].priority for one in wave.orders) for wave in plan.waves]
        assert urgency == sorted(urgency)


@pytest.mark.parametrize(
    "wrong",
    [
        {"orders": [None]}, {"orders": [Order(1, []), Order(1, [])]},
        {"orders": [Order(1, [], weight=-1)]}, {"orders": [Order(1, [], lines=float("nan"))]},
        {"orders": [Order(1, [], priority=0.5)]}, {"layout": None}, {"capacity": 24},
        {"effort": -1}, {"effort": float("nan")},
    ],
)  # fmt: skip
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        plan_waves(**{"orders": [], "layout": LAYOUT, "capacity": Capacity(), **wrong})


@pytest.mark.parametrize("kind", ["orders", "lines", "weight", "volume", "totes"])
def test_wrong_capacities(kind):
    with pytest.raises(ValueError, match=kind):
        Capacity(**{kind: -1})


def test_stops_outside():
    with pytest.raises(ValueError, match="stops"):
        plan_waves([Order(1, [(1, 1)])], LAYOUT, Capacity())
