import pytest
from tools.rewards import Claim, Earning, count_points, get_due, share_points


@pytest.mark.parametrize(
    ("points", "returned", "whole", "up", "expected"),
    [
        (100, 0, 3, False, 0),
        (100, 1, 3, False, 33),
        (100, 2, 3, False, 66),
        (100, 1, 3, True, 34),
        (100, 3, 3, False, 100),
        (10, 0.1 + 0.2, 0.3, False, 10),
        (1, 1, 2, False, 0),
        (1, 1, 2, True, 1),
        (12.5, 1, 2, True, 7),
        (12.5, 2, 2, True, 12.5),
        (0.5, 1, 2, True, 0.5),
        (100, 1, 0, False, 0),
        (300, 0.1, 0.3, False, 100),
    ],
)
def test_points_due(points, returned, whole, up, expected):
    assert get_due(points, returned, whole, up) == expected


@pytest.mark.parametrize(
    ("earning", "expected"),
    [
        (Earning("order", 5), 5),
        (Earning("unit", 2), 6),
        (Earning("money", 0.5), 60),
        (Earning("order", 5, least_quantity=3), 5),
        (Earning("order", 5, least_quantity=4), 0),
        (Earning("order", 5, least_amount=100), 5),
        (Earning("order", 5, least_amount=110), 0),
        (Earning("order", 5, least_amount=110, with_tax=True), 5),
    ],
)
def test_points_of_what_stays(earning, expected):
    assert count_points(earning, [(1, 40, 48), (2, 60, 72)]) == expected
    assert count_points(earning, []) == 0


@pytest.mark.parametrize(
    ("points", "expected"),
    [(6, [2, 1]), (5, [2, 0]), (4, [2, 0]), (3, [1, 0]), (1, [0, 0]), (0, [0, 0])],
)
def test_free_goods_that_points_still_pay(points, expected):
    assert share_points(points, [Claim(2, 2, 2), Claim(1, 1, 2)]) == expected


def test_free_goods_without_points_stay():
    assert share_points(0, [Claim(2, 1, 0)]) == [2]
