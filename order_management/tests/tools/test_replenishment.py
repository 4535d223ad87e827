"""Levels and quantities: worked examples of the field, to their printed digits."""

import math
import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.replenishment import (
    Limits,
    best_price_break,
    classify,
    combined_deviation,
    economic_quantity,
    exact_order_up_to,
    exact_reorder_quantity,
    extend_cover,
    fill_rate_order_up_to,
    fill_rate_reorder,
    incremental_price_break,
    inverse_normal_loss,
    joint_replenishment,
    lost_goodwill,
    make_levels,
    newsvendor_normal,
    newsvendor_poisson,
    normal_loss,
    order_quantity,
    poisson_cdf,
    reorder_point,
    round_up,
    safety_stock,
    student_quantile,
    wagner_whitin,
)


def near(*values, digits=7):
    expected = values if len(values) > 1 else values[0]
    return pytest.approx(expected, abs=0.6 * 10**-digits)


def test_economic_quantities():
    assert economic_quantity(8, 0.225, 1300)[::2] == near(304.0467800, 68.4105255)
    assert economic_quantity(8, 0.225, 1300, backorder_cost=5) == near(
        310.8125552, 0.0430622, 66.9213636
    )
    assert economic_quantity(8, 0.225, 1300, production_rate=1700)[::2] == near(
        626.8084946, 33.1839791
    )


def test_price_breaks():
    assert best_price_break(200, 0.20, 1000, [(0, 500), (200, 475), (500, 450)]) == (500, 472900)
    assert incremental_price_break(150, 0.25, 2400, [(0, 100), (300, 90), (600, 80)]) == near(
        1481.8906842, 222762.8136845
    )
    for breaks in ([], [(1, 5)], [(0, 5), (0, 4)], [(0, 0)], [(0, 5), (10, 4), (5, 3)]):
        with pytest.raises(ValueError, match="breaks"):
            best_price_break(1, 0.1, 1, breaks)


def test_newsvendors():
    assert newsvendor_normal(0.18, 0.70, 50, 8) == near(56.6039559, 1.9976052)
    assert newsvendor_poisson(0.18, 0.70, 50) == near(56, 1.7972352)
    assert newsvendor_poisson(1, 4, 6) == near(8, 3.5701069)


def test_exact_policies():
    assert exact_reorder_quantity(20, 150, 100, 1.5, 2) == near(3, 5, 107.9235806)
    assert exact_order_up_to(1, 4, 5, 6) == near(4, 10, 8.0341116)


def test_wagner_whitin():
    assert wagner_whitin(500, 2, [90, 120, 80, 70]) == ([210, 0, 150, 0], 1380)
    assert wagner_whitin(500, 2, []) == ([], 0)


def test_joint_replenishment():
    cycle, multiples, cost = joint_replenishment(600, [(120, 160, 1), (840, 20, 1), (300, 50, 1)])
    assert multiples == [1, 3, 1]
    assert (cycle, cost) == near(3.1031645, 837.8544026)


def test_lost_goodwill():
    assert lost_goodwill(50, 2, 25, 200, 100, 25) == near(110.7737, 142.5682, digits=4)


def test_reorder_points():
    assert reorder_point(30, 5, 10, service_level=NormalDist().cdf(1.65)) == near(326.09, digits=2)
    assert reorder_point(100, 20, 7, 2, 0.95) == near(1040.29, digits=2)
    assert reorder_point(500, 150, 3, 1, 0.97) == near(2559.77, digits=2)
    assert combined_deviation(20 * math.sqrt(7), 100, 2) == near(206.882, digits=3)
    # Scenario 12
    assert math.ceil(reorder_point(10, 2, 9, 0, NormalDist().cdf(1.645))) == 100
    assert round(reorder_point(10, 2, 9, 0, NormalDist().cdf(1.645)), 2) == 99.87
    assert reorder_point(10, 2, 5, service_level=0.5) == 50
    for wrong in (
        {"demand": -1}, {"deviation": -1}, {"lead_time": -1}, {"lead_time_deviation": -1},
        {"service_level": 0}, {"service_level": 1}, {"demand": math.nan}, {"lead_time": math.inf},
        {"demand": True},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            reorder_point(**{"demand": 1, "deviation": 1, "lead_time": 1, **wrong})


def test_fill_rates():
    assert fill_rate_reorder(200, 50, 0.98) == near(1.0212, digits=4)
    assert fill_rate_reorder(500, 100, 0.99) == near(1.2556, digits=4)
    assert fill_rate_order_up_to(1, 2, 40, 20, 0.98) == near(175.52, digits=2)
    reach = NormalDist().inv_cdf(0.98)
    assert 3 * 40 + reach * math.sqrt(3) * 20 == near(191.14, digits=2)


def test_normal_loss():
    for reach, loss in ((0, 0.3989423), (1, 0.0833155), (1.75, 0.0161738)):
        assert normal_loss(reach) == near(loss)
        assert inverse_normal_loss(loss) == pytest.approx(reach, abs=1e-6)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [
        (0.95, 1, 6.3137515), (0.95, 2, 2.9199856), (0.95, 3, 2.3533634), (0.95, 11, 1.7958848),
        (0.975, 5, 2.5705818), (0.99, 30, 2.4572615), (0.9, 4, 1.5332063), (0.05, 11, -1.7958848),
        (0.5, 7, 0.0), (0.999, 8, 4.5007909),
    ],
)  # fmt: skip
def test_student(probability, freedom, quantile):
    assert student_quantile(probability, freedom) == near(quantile)


def test_poisson():
    assert poisson_cdf(3, 2.0) == near(0.8571235)
    assert poisson_cdf(5, 0.0) == 1.0


def test_safety_stock():
    assert safety_stock([], 0.95) == 0.0
    assert safety_stock([0.0] * 12, 0.95) == 0.0
    few = safety_stock([3.0, -3.0] * 6, 0.95)
    assert few > 3.0 * 1.645  # few errors say less than many
    assert safety_stock([3.0, -3.0] * 6, 0.99) > few
    assert safety_stock([3.0, -3.0] * 6, 0.5) == 0.0
    late = safety_stock([], 0.95, demand=10, lead_time_deviation=2)
    assert late == near(1.6448536 * 20, digits=5)
    many = safety_stock([float(value) for value in range(-99, 101)], 0.95)
    assert 88 <= many <= 93
    for wrong in ([math.nan], ["1"], [True]):
        with pytest.raises(ValueError, match="errors"):
            safety_stock(wrong, 0.95)


def test_order_quantities():
    # Scenario 12
    assert order_quantity(80, 100, 240, 24) == 168
    assert order_quantity(80 + 168, 100, 240, 24) == 0
    for position, expected in ((100, 140), (100.001, 0), (99, 141)):
        assert order_quantity(position, 100, 240) == expected
    assert order_quantity(0, 0.3, 0.3, 0.1) == 0.3
    assert order_quantity(0.1 + 0.2, 0.3, 0.6, 0.1) == 0.3
    assert order_quantity(0, 10, 10, 4, 50) == 52
    assert order_quantity(10, 10, 10) == 0
    for wrong in ((0, 2, 1), (0, 1, 2, -1), (0, 1, 2, 0, -1), (math.nan, 1, 2)):
        with pytest.raises(ValueError, match="maximum|multiple|minimum_order|position"):
            order_quantity(*wrong)


@given(
    st.integers(-500, 500), st.integers(0, 300), st.integers(0, 300), st.integers(0, 40),
    st.integers(0, 200), st.sampled_from([1, 10, 100]),
)  # fmt: skip
def test_the_least_multiple(position, minimum, more, multiple, least, parts):
    """In tenths and hundredths, too: what whole numbers say, divided."""
    found = order_quantity(
        position / parts,
        minimum / parts,
        (minimum + more) / parts,
        multiple / parts,
        least / parts,
    )
    missing = minimum + more - position
    if position > minimum or missing <= 0:
        assert found == 0
        return
    wanted = max(missing, least)
    expected = -(-wanted // multiple) * multiple if multiple else wanted
    assert found == pytest.approx(expected / parts, abs=1e-9)


def test_classes():
    values = [800, 100, 60, 30, 10, 0]
    letters = classify(values, [0.2, 0.5, 0.51, 1.0, 1.01, None])
    assert letters == [("a", "x"), ("b", "x"), ("b", "y"), ("c", "y"), ("c", "z"), ("c", "z")]
    assert classify([0, 0], [0.1, 0.1]) == [("c", "x"), ("c", "x")]
    assert classify([], []) == []


def test_levels_step_by_step():
    limits = Limits(
        order_cost=20, holding_share=0.2, price=10, minimum_order=100, multiple=24, cover_days=20
    )
    levels = make_levels(90.4, 12.1, 10, 7, limits)
    assert levels.minimum == 103
    assert levels.steps == (
        ("review", 0.0, 70.0),
        ("economic", 70.0, pytest.approx(270.185)),
        ("cover", pytest.approx(270.185), 200.0),
        ("multiple", 200.0, 216.0),
    )
    assert levels.maximum == 103 + 216
    with_break = make_levels(
        90, 0, 10, 1, Limits(20, 0.2, 10, breaks=((0, 10), (500, 8)), rounding=1)
    )
    assert ("price_break", pytest.approx(270.185), 500.0) in with_break.steps
    short_lived = make_levels(90, 10, 10, 1, Limits(20, 0.2, 10, shelf_days=15))
    assert short_lived.maximum == 150
    full = make_levels(90, 10, 10, 1, Limits(20, 0.2, 10, space=120))
    assert full.maximum == 120
    dozens = make_levels(5, 1, 1, 1, Limits(multiple=12, rounding=1))
    assert (dozens.minimum, dozens.maximum) == (6, 18)
    assert make_levels(0, 0, 0, 1, Limits()).maximum == 0


def test_cover_is_extended_to_the_vendors_least_value():
    items = [(10, 0, 1, 5, None, 0), (0, 20, 2, 10, None, 0), (0, 0, 1, 100, 0, 0)]
    found = extend_cover(items, 300)
    assert sum(q * price for q, price in zip(found, (5, 10, 100), strict=True)) >= 300 - 1e-6
    assert found[2] == 0  # it may not be ordered at all
    days = [(q + item[1]) / item[2] for q, item in zip(found[:2], items[:2], strict=True)]
    assert days[0] == pytest.approx(days[1])
    assert extend_cover(items, 50) == [10, 0, 0]
    assert extend_cover([(1, 0, 0, 5, None, 0)], 100) is None


def test_rounding():
    assert round_up(0.3, 0.1) == 0.3
    assert round_up(7, 0) == 7
    assert round_up(7.01, 7) == 14


def test_coverage_of_few_errors():
    """Twelve errors of a bell: 95 % asked for, 93 to 98 kept, whatever their number says."""
    dice, kept = random.Random(4), 0
    for _case in range(3000):
        errors = [dice.gauss(0.0, 5.0) for _error in range(12)]
        kept += dice.gauss(0.0, 5.0) <= safety_stock(errors, 0.95)
    assert 0.93 <= kept / 3000 <= 0.98
