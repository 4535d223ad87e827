"""Shares that add up."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tools import proration

# The same examples every time, however busy the machine is.
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

DIGITS = st.integers(0, 6)
TOTALS = st.one_of(
    st.decimals(-(10**6), 10**6, places=2).map(float),
    st.floats(-(10**9), 10**9, allow_nan=False),
)
WEIGHTS = st.lists(
    st.one_of(
        st.integers(0, 100),
        st.decimals(0, 1000, places=2).map(float),
        st.floats(0, 10**6, allow_nan=False),
    ),
    min_size=1,
    max_size=12,
)
SIGNED_WEIGHTS = st.lists(st.decimals(-1000, 1000, places=2).map(float), min_size=1, max_size=12)


def _exact(value):
    return Fraction(repr(value))


def _rounded(total, digits):
    """Round the decimal of a float half away from zero, by another way than the module."""
    unit = Decimal(1).scaleb(-digits)
    return Fraction(Decimal(repr(total)).quantize(unit, rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("total", "weights", "digits", "expected"),
    [
        (10.0, [1, 1, 1], 2, [3.34, 3.33, 3.33]),
        (-10.0, [1, 1, 1], 2, [-3.34, -3.33, -3.33]),
        (0.05, [1, 1, 1], 2, [0.02, 0.02, 0.01]),
        (0.01, [1, 1, 1], 2, [0.01, 0.0, 0.0]),
        (10.0, [0, 1, 0], 2, [0.0, 10.0, 0.0]),
        (10.0, [0, 0], 2, [5.0, 5.0]),
        (10.0, [0.0, -0.0, 0], 0, [4.0, 3.0, 3.0]),
        (100.0, [3, 2, 1], 0, [50.0, 33.0, 17.0]),
        (100.0, [1, 2, 3], 0, [17.0, 33.0, 50.0]),
        (1.0, [0.1, 0.2], 6, [0.333333, 0.666667]),
        (2.675, [1], 2, [2.68]),
        (-2.675, [1], 2, [-2.68]),
        (1.005, [1, 1], 2, [0.51, 0.5]),
        (0.5, [1, 1], 0, [1.0, 0.0]),
        (12.0, [5, -2], 2, [20.0, -8.0]),
        (-12.0, [5, -2], 2, [-20.0, 8.0]),
        (1.0, [-1, -1, -1], 2, [0.34, 0.33, 0.33]),
        (107.99, [1, 1, 1], 2, [36.0, 36.0, 35.99]),
        (0.0, [1, 2], 2, [0.0, 0.0]),
        (0.0, [], 2, []),
        (0, [], 2, []),
        (7, [1, 1], 0, [4.0, 3.0]),
        (1e15, [1, 2], 2, [333333333333333.33, 666666666666666.67]),
    ],
)
def test_share(total, weights, digits, expected):
    assert proration.share(total, weights, digits) == expected


@pytest.mark.parametrize(
    ("total", "weights", "digits", "argument"),
    [
        (float("nan"), [1], 2, "total"),
        (float("inf"), [1], 2, "total"),
        ("1", [1], 2, "total"),
        (True, [1], 2, "total"),
        (None, [1], 2, "total"),
        (1.0, [1, float("nan")], 2, r"weights\[1\]"),
        (1.0, [float("-inf")], 2, r"weights\[0\]"),
        (1.0, [None], 2, r"weights\[0\]"),
        (1.0, [], 2, "weights"),
        (1.0, [1, -1], 2, "weights"),
        (0.0, [0.1, 0.2, -0.3], 2, "weights"),
        (1.0, [1], -1, "digits"),
        (1.0, [1], 7, "digits"),
        (1.0, [1], 2.0, "digits"),
        (1.0, [1], True, "digits"),
        (1e300, [1e300, -9.99999999e299], 2, "weights"),
    ],
)
def test_share_refuses(total, weights, digits, argument):
    with pytest.raises(ValueError, match=argument):
        proration.share(total, weights, digits)


def test_arguments_stay_as_they_are():
    weights = [3, 1]
    proration.share(1.0, weights, 2)
    assert weights == [3, 1]


@STEADY
@given(TOTALS, WEIGHTS, DIGITS)
@example(0.015, [1, 1], 2)
@example(2.5, [1, 1, 1, 1, 1], 0)
def test_parts_add_up_and_are_near_the_exact_share(total, weights, digits):
    _check_shares(total, weights, digits, of_the_given_total=True)


@STEADY
@given(TOTALS, SIGNED_WEIGHTS, DIGITS)
@example(0.015, [10, -9], 2)
@example(0.025, [1000.0, -999.0, -0.5], 2)
def test_so_they_do_with_negative_weights(total, weights, digits):
    assume(sum(map(_exact, weights)) or not any(weights))
    _check_shares(total, weights, digits, of_the_given_total=False)


def _check_shares(total, weights, digits, of_the_given_total):
    parts = proration.share(total, weights, digits)
    unit = Fraction(1, 10**digits)
    rounded = _rounded(total, digits)
    # What the caller sees are floats: their decimals must add up, too.
    decimals = [round(Fraction(part) / unit) * unit for part in parts]
    assert [float(decimal) for decimal in decimals] == parts
    assert sum(decimals) == rounded
    sizes = [_exact(weight) for weight in weights]
    if not any(sizes):
        sizes = [Fraction(1)] * len(sizes)
    for size, decimal in zip(sizes, decimals, strict=True):
        assert abs(decimal - rounded * size / sum(sizes)) < unit
        if of_the_given_total:
            assert abs(decimal - _exact(total) * size / sum(sizes)) < unit
        if not size:
            assert decimal == 0


@STEADY
@given(TOTALS, WEIGHTS, DIGITS)
def test_the_negative_total_gives_the_negative_shares(total, weights, digits):
    parts = proration.share(total, weights, digits)
    assert proration.share(-total, weights, digits) == [-part for part in parts]


@STEADY
@given(st.decimals(0, 10**6, places=3).map(float), SIGNED_WEIGHTS, DIGITS)
def test_equal_weights_differ_by_at_most_one_unit(total, weights, digits):
    assume(sum(map(_exact, weights)))
    parts = proration.share(total, weights, digits)
    unit = 10**digits
    for at, weight in enumerate(weights):
        for later in range(at + 1, len(weights)):
            if weights[later] == weight:
                difference = round(parts[at] * unit) - round(parts[later] * unit)
                assert difference in (0, 1)


@STEADY
@given(TOTALS, st.integers(1, 12), DIGITS)
def test_all_weights_zero_means_equal_shares(total, count, digits):
    parts = proration.share(total, [0] * count, digits)
    assert parts == proration.share(total, [1] * count, digits)


def test_a_thousand_lines():
    weights = [((at * 7919) % 1009) / 100 for at in range(1000)]
    parts = proration.share(99.99, weights, 2)
    assert sum(round(part * 100) for part in parts) == 9999


@pytest.mark.parametrize(
    ("total", "whole", "parts", "expected"),
    [
        (107.99, 3, [1, 1, 1], [36.0, 35.99, 36.0]),
        (107.99, 3, [2, 1], [71.99, 36.0]),
        (-107.99, 3, [1, 1, 1], [-36.0, -35.99, -36.0]),
        (60.77, 3, [1, 1, 1], [20.26, 20.25, 20.26]),
        (0.02, 5, [1, 1, 1, 1, 1], [0.0, 0.01, 0.0, 0.01, 0.0]),
        (10.0, 0.3, [0.1, 0.2], [3.33, 6.67]),
        (10.0, 4, [0, 4], [0.0, 10.0]),
    ],
)
def test_share_of_part(total, whole, parts, expected):
    assert _taken(total, whole, parts, 2) == expected


def _taken(total, whole, parts, digits):
    taken = []
    for at, part in enumerate(parts):
        before = sum(parts[:at])
        answer = proration.share_of_part(total, before, part, whole, digits, sum(taken))
        taken.append(answer)
    return taken


@STEADY
@given(TOTALS, st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 4))
def test_parts_of_a_whole_sum_to_the_total(total, parts, digits):
    taken = _taken(total, sum(parts), parts, digits)
    unit = Fraction(1, 10**digits)
    assert sum(round(Fraction(part) / unit) for part in taken) * unit == _rounded(total, digits)


@STEADY
@given(
    st.decimals(0, 10**4, places=2).map(float),
    st.lists(st.integers(1, 20), min_size=2, max_size=8),
)
def test_each_sum_taken_is_the_rounded_share(total, parts):
    taken = _taken(total, sum(parts), parts, 2)
    for count in range(len(parts) + 1):
        exact = _exact(total) * sum(parts[:count]) / sum(parts)
        cents = sum(round(part * 100) for part in taken[:count])
        assert cents == int(exact * 100 + Fraction(1, 2))


def test_noise_of_float_quantities_still_means_the_whole():
    noisy = 0.1 + 0.2  # 0.30000000000000004
    assert proration.share_of_part(10.0, noisy, 0.0, 0.3, 2, 3.33) == 6.67


def test_what_was_taken_too_much_is_given_back():
    assert proration.share_of_part(10.0, 1, 1, 2, 2, 12.0) == -2.0


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ((10.0, 0, 1, 0, 2, 0.0), "whole"),
        ((10.0, 0, 1, -1, 2, 0.0), "whole"),
        ((10.0, -1, 1, 3, 2, 0.0), "part_before"),
        ((10.0, 0, -1, 3, 2, 0.0), "part"),
        ((10.0, 2, 2, 3, 2, 0.0), "whole"),
        ((float("nan"), 0, 1, 3, 2, 0.0), "total"),
        ((10.0, 0, float("inf"), 3, 2, 0.0), "part"),
        ((10.0, 0, 1, 3, 9, 0.0), "digits"),
        ((10.0, 0, 1, 3, 2, float("nan")), "taken_before"),
    ],
)
def test_share_of_part_refuses(arguments, argument):
    with pytest.raises(ValueError, match=argument):
        proration.share_of_part(*arguments)
