"""What becomes of proposed levels: exact at every limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.replenishment import (
    Change,
    change_percent,
    judge_changes,
    level_changes,
    order_quantity,
    written_levels,
)

STEP = 0.01


@pytest.mark.parametrize(
    ("minimum", "maximum", "written"),
    [
        (120, 260, (120.01, 260)),
        (0, 40, (0.01, 40)),
        (0, 0, (0, 0)),  # nothing is kept, and nothing is ordered
        (25, 25, (25, 25)),
        (0.29, 0.295, (0.3, 0.3)),
    ],
)
def test_written_levels(minimum, maximum, written):
    assert written_levels(minimum, maximum, STEP) == written


def test_the_maximum_is_not_below_the_minimum():
    with pytest.raises(ValueError, match="maximum"):
        written_levels(5, 4, STEP)
    with pytest.raises(ValueError, match="step"):
        written_levels(4, 5, 0)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(-2000, 12000))
def test_core_orders_exactly_when_we_would(minimum, more, position):
    """Core: strictly below its minimum, up to its maximum."""
    minimum, maximum, position = minimum / 100, (minimum + more) / 100, position / 100
    least, most = written_levels(minimum, maximum, STEP)
    core = most - position if round(position * 100) < round(least * 100) else 0.0
    assert core == pytest.approx(order_quantity(position, minimum, maximum), abs=1e-2)


@pytest.mark.parametrize(
    ("before", "after", "changes", "percent"),
    [
        ((60, 200), (123, 185), (63, -15), 105),
        ((120.01, 260), (120, 260), (0, 0), 0),  # its own levels
        ((120.01, 260), (120, 273), (0, 13), 5),
        ((120, 260), (120, 260), (0, 0), 0),
        ((25, 25), (25, 25), (0, 0), 0),
        ((120.01, 260), (130, 260), (9.99, 0), 100 * 9.99 / 120.01),
        ((0, 0), (0, 0), (0, 0), 0),
        ((0, 0), (5, 20), (5, 20), None),
        ((0, 20), (5, 20), (5, 0), None),
        ((5, 0), (5, 20), (0, 20), None),
        ((10, 20), (0, 0), (-10, -20), 100),
    ],
)
def test_changes(before, after, changes, percent):
    assert level_changes(before, after, STEP) == pytest.approx(changes)
    found = change_percent(before, level_changes(before, after, STEP))
    assert found is None if percent is None else found == pytest.approx(percent)


def judge(changes, *arguments):
    return [verdict.outcome for verdict in judge_changes(changes, *arguments)]


def test_limits_of_percentage():
    changes = [Change(25.0, 1.0), Change(25.000001, 1.0), Change(0.0, 0.0), Change(None, 1.0)]
    assert judge(changes, 25.0) == ["applied", "change", "applied", "first"]
    assert judge([Change(1.0, -5.0, "a", True)], 25.0) == ["uncertain"]
    assert judge(changes, 0.0) == ["change", "change", "applied", "first"]


def test_the_budget_goes_to_the_class_and_then_to_the_smallest():
    changes = [
        Change(5.0, 60.0, "c"),
        Change(5.0, 50.0, "a"),
        Change(5.0, 40.0, "a"),
        Change(5.0, -500.0, "c"),
        Change(5.0, 10.0, "b"),
        Change(5.0, 11.0),
    ]
    verdicts = judge_changes(changes, 25.0, 100.0)
    assert [verdict.outcome for verdict in verdicts] == [
        "budget", "applied", "applied", "applied", "applied", "budget",
    ]  # fmt: skip
    assert [verdict.spent for verdict in verdicts] == [100.0, 40.0, 0.0, 0.0, 90.0, 100.0]
    assert judge(changes, 25.0, 160.0) == ["applied"] * 5 + ["budget"]
    assert judge(changes, 25.0, 170.99) == ["applied"] * 5 + ["budget"]
    assert judge(changes, 25.0, 171.0) == ["applied"] * 6
    assert judge(changes, 25.0, 0.0) == ["applied"] * 6


def test_the_budget_is_spent_to_the_cent():
    tenths = [Change(1.0, 0.1) for _each in range(3)]
    assert judge(tenths, 5.0, 0.3) == ["applied"] * 3
    assert judge(tenths, 5.0, 0.29) == ["applied", "applied", "budget"]
    assert judge(tenths, 5.0, 0.3, 0.1) == ["applied", "applied", "budget"]


@given(
    st.lists(
        st.builds(
            Change,
            st.none() | st.floats(0, 200),
            st.integers(-50000, 50000).map(lambda cents: cents / 100),
            st.sampled_from(["a", "b", "c", ""]),
            st.booleans(),
        ),
        max_size=30,
    ),
    st.integers(1, 100000).map(lambda cents: cents / 100),
)
def test_the_budget_is_never_exceeded_and_never_left(changes, budget):
    """What waits for the budget would not have fitted: asked again, nothing more is applied."""
    verdicts = judge_changes(changes, 50.0, budget)
    pairs = list(zip(changes, verdicts, strict=True))
    spent = round(sum(max(one.value, 0.0) for one, it in pairs if it.outcome == "applied"), 6)
    assert spent <= budget
    left = [one for one, verdict in pairs if verdict.outcome == "budget"]
    assert judge(left, 50.0, budget, spent) == ["budget"] * len(left)
