"""Quantities that do not fit what was usual before."""

import pytest
from tools.outliers import compare


@pytest.mark.parametrize(
    ("quantity", "past", "kind"),
    [
        (50.0, (10.0, 8.0, 12.0), None),  # five times is still allowed
        (50.1, (10.0, 8.0, 12.0), "high"),
        (2.0, (10.0, 8.0, 12.0), None),
        (1.9, (10.0, 8.0, 12.0), "low"),
        (100.0, (10.0, 8.0, 100.0), None),  # has been so before
        (101.0, (10.0, 8.0, 100.0), "high"),
        (1.0, (10.0, 1.0, 12.0), None),
        (0.3 * 5, (0.3, 0.3, 0.3), None),  # binary fractions
        (10.0, (10.0, 10.0, 10.0), None),
        (1.0, (0.0, 0.0, 0.0), "high"),
    ],
)
def test_compare(quantity, past, kind):
    usual, smallest, largest = past
    assert compare(quantity, usual, smallest, largest, factor=5) == kind


@pytest.mark.parametrize(
    "arguments", [(1, 1, 1, 1, 0.5), (1, 2, 3, 4, 5), (1, 5, 1, 4, 5), (1, 1, -1, 1, 5)]
)
def test_wrong_arguments(arguments):
    with pytest.raises(ValueError):
        compare(*arguments)
