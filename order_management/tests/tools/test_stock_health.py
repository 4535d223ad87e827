import pytest
from tools.replenishment import Stock, assess, find_unsold

CALM = Stock(
    on_hand=50.0,
    arriving=0.0,
    coming=0.0,
    leaving=0.0,
    daily_demand=2.0,
    days=10.0,
    resting=0.0,
    is_sold=True,
    maximum=60.0,
    most_days=180.0,
)


@pytest.mark.parametrize(
    ("changes", "cover", "shortage", "surplus", "dead"),
    [
        ({}, 25.0, 0.0, 0.0, 0.0),
        # 2 a day for 10 days are 20: 20 there suffice, 19 don't
        ({"on_hand": 20.0}, 10.0, 0.0, 0.0, 0.0),
        ({"on_hand": 19.0}, 9.5, 1.0, 0.0, 0.0),
        ({"on_hand": 5.0, "arriving": 10.0, "coming": 10.0}, 2.5, 5.0, 0.0, 0.0),
        # what comes too late is no help now
        ({"on_hand": 5.0, "coming": 40.0}, 2.5, 15.0, 0.0, 0.0),
        # more was ordered than is usual
        ({"on_hand": 20.0, "leaving": 35.0}, 10.0, 15.0, 0.0, 0.0),
        ({"on_hand": -4.0}, 0.0, 20.0, 0.0, 0.0),
        # above the maximum, what comes counted
        ({"on_hand": 60.0}, 30.0, 0.0, 0.0, 0.0),
        ({"on_hand": 60.0, "coming": 5.0}, 30.0, 0.0, 5.0, 0.0),
        # without a rule: 180 days of 2 are 360
        ({"maximum": 0.0, "on_hand": 360.0}, 180.0, 0.0, 0.0, 0.0),
        ({"maximum": 0.0, "on_hand": 400.0}, 200.0, 0.0, 40.0, 0.0),
        # a large order takes it
        ({"on_hand": 80.0, "leaving": 80.0}, 40.0, 0.0, 0.0, 0.0),
        # nothing sold for long
        (
            {"daily_demand": 0.0, "is_sold": False, "resting": 50.0, "maximum": 0.0},
            None,
            0.0,
            0.0,
            50.0,
        ),
        # part of it came lately: it has its chance
        (
            {"daily_demand": 0.0, "is_sold": False, "resting": 30.0, "maximum": 0.0},
            None,
            0.0,
            0.0,
            30.0,
        ),
        # dead is not surplus as well
        ({"on_hand": 100.0, "is_sold": False, "resting": 40.0}, 50.0, 0.0, 0.0, 40.0),
        ({"on_hand": 120.0, "is_sold": False, "resting": 40.0}, 60.0, 0.0, 20.0, 40.0),
        # new: nothing tells how much is too much
        ({"daily_demand": 0.0, "maximum": 0.0}, None, 0.0, 0.0, 0.0),
    ],
)
def test_assess(changes, cover, shortage, surplus, dead):
    assert assess(CALM._replace(**changes)) == (cover, shortage, surplus, dead)


@pytest.mark.parametrize(
    ("lots", "daily", "unsold"),
    [
        ([], 2.0, []),
        ([(10, 20.0)], 2.0, [0.0]),
        ([(10, 25.0)], 2.0, [5.0]),
        # the first is sold first, and takes its days from the second
        ([(10, 20.0), (15, 20.0)], 2.0, [0.0, 10.0]),
        ([(15, 20.0), (10, 20.0)], 2.0, [10.0, 0.0]),
        # what is lost of the first leaves its days to the second
        ([(5, 30.0), (15, 20.0)], 2.0, [20.0, 0.0]),
        ([(-3, 7.0), (10, 20.0)], 2.0, [7.0, 0.0]),
        ([(10, 5.0)], 0.0, [5.0]),
    ],
)
def test_find_unsold(lots, daily, unsold):
    assert find_unsold(lots, daily) == pytest.approx(unsold)
