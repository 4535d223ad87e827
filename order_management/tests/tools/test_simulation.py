"""The simulator: scenario 13 to the digit, and what must hold of any run."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.simulation import simulate

ALTERNATING = [8, 12] * 30


@pytest.mark.parametrize(
    ("levels", "fill", "lost", "days", "stock", "orders"),
    [
        ((60, 200), 0.85, 90, 9, 64.90, 3),
        ((100, 240), 1.0, 0, 0, 87.00, 4),
        ((80, 220), 0.95, 30, 3, 70.50, 4),
    ],
)
def test_scenario_13(levels, fill, lost, days, stock, orders):
    found = simulate(ALTERNATING, *levels, 9, 150)
    assert found.fill_rate == pytest.approx(fill, abs=1e-12)
    assert (found.lost, found.stockout_days, found.orders) == (lost, days, orders)
    assert round(found.average_stock, 2) == stock
    assert len(found.series) == 60


def test_nothing_asked_for():
    found = simulate([0.0] * 5, 2, 4, 1, 3)
    assert (found.fill_rate, found.lost, found.orders, found.series) == (1.0, 0, 0, [3.0] * 5)
    assert simulate([], 1, 2, 1, 0).average_stock == 0.0


def test_packs_and_reviews():
    found = simulate([5] * 10, 10, 20, 2, 20, multiple=12)
    assert found.ordered % 12 == 0
    weekly = simulate([5] * 14, 10, 40, 1, 5, review_days=7)
    assert weekly.orders == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"demand": [-1]}, {"demand": [math.nan]}, {"minimum": math.inf}, {"maximum": 0},
        {"lead_time": 0}, {"lead_time": 1.5}, {"lead_time": True}, {"on_hand": -1},
        {"multiple": -1}, {"review_days": 0}, {"minimum_order": -1},
    ],
)  # fmt: skip
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        simulate(
            **{"demand": [1], "minimum": 1, "maximum": 2, "lead_time": 1, "on_hand": 0, **wrong}
        )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 30), max_size=80), st.integers(0, 60), st.integers(0, 60),
    st.integers(1, 12), st.integers(0, 100),
)  # fmt: skip
def test_balance(demand, minimum, more, lead_time, on_hand):
    """What is lost was asked for and not sold; what was there, came or went adds up."""
    kept = list(demand)
    found = simulate(demand, minimum, minimum + more, lead_time, on_hand)
    assert demand == kept
    sold = sum(demand) - found.lost
    arrived = (found.series[-1] if found.series else on_hand) + sold - on_hand
    assert 0 <= arrived <= found.ordered
    assert all(stock >= 0 for stock in found.series)
    assert found.stockout_days <= len(demand)
    if sum(demand):
        assert found.fill_rate == pytest.approx(sold / sum(demand))
