import pytest
from tools.station_packs import split_packs


@pytest.mark.parametrize(
    ("quantity", "sizes", "expected"),
    [
        (0, [12], ([], 0.0)),
        (5, [12], ([], 5.0)),
        (12, [12], ([(12.0, 1)], 0.0)),
        (31, [6, 12], ([(12.0, 2), (6.0, 1)], 1.0)),
        (31, [6, 12, 12, 1, 0.5], ([(12.0, 2), (6.0, 1)], 1.0)),
        (2.5, [1.25], ([(1.25, 2)], 0.0)),
        (0.3 * 10, [3], ([(3.0, 1)], 0.0)),
    ],
)
def test_split(quantity, sizes, expected):
    assert split_packs(quantity, sizes) == expected


@pytest.mark.parametrize("quantity", [-1, float("nan"), float("inf")])
def test_refuses(quantity):
    with pytest.raises(ValueError, match="quantity"):
        split_packs(quantity, [])
