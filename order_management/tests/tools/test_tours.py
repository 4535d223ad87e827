"""Tours: scenario 18 to the metre, and the shortest ones against all orders there are."""

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.tours import Layout, tour, tour_corners, tour_length

SCENARIO = Layout([0, 5, 10, 15], [0, 22], (0, 0))
PICKS = [
    (0, 3.5), (0, 19.5), (5, 2.5), (5, 18.5), (10, 4.5), (10, 20.5), (15, 1.5), (15, 6.5),
]  # fmt: skip
TWO_BLOCKS = Layout([0, 4, 8], [0, 10, 20], (0, 0))


def far(start, end, layout):
    """How far it is, by the words of the contract."""
    if start[0] == end[0]:
        return abs(start[1] - end[1])
    return abs(start[0] - end[0]) + min(
        abs(start[1] - line) + abs(line - end[1]) for line in layout.cross_aisles
    )


def walk(stops, order, layout):
    """The length of a tour, each step anew."""
    places = [layout.depot, *(stops[index] for index in order), layout.depot]
    return sum(far(one, other, layout) for one, other in zip(places, places[1:], strict=False))


def shortest(stops, layout, ranks=None):
    """Held and Karp's programme over sets of stops: the least of all orders."""
    ranks = ranks or [0] * len(stops)
    places = [*stops, layout.depot]
    ends = {(0, len(stops)): 0.0}
    for _step in stops:
        after = {}
        for (seen, here), length in ends.items():
            left = [index for index in range(len(stops)) if not seen >> index & 1]
            least = min(ranks[index] for index in left)
            for index in left:
                if ranks[index] == least:
                    key = (seen | 1 << index, index)
                    total = length + far(places[here], places[index], layout)
                    after[key] = min(total, after.get(key, math.inf))
        ends = after
    return min(
        length + far(places[here], layout.depot, layout) for (_seen, here), length in ends.items()
    )


@st.composite
def problems(draw, lines=(2, 5), most=8):
    """A layout and stops in it: also on cross aisles, twice, beside and below the depot."""
    aisles = draw(st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True))
    heights = draw(
        st.lists(st.integers(0, 40), min_size=lines[0], max_size=lines[1], unique=True).map(sorted)
    )
    depot = draw(st.one_of(st.sampled_from(aisles), st.integers(-9, 49)))
    layout = Layout(aisles, heights, (depot, draw(st.sampled_from(heights))))
    y = st.integers(heights[0], heights[-1])
    stops = draw(st.lists(st.tuples(st.sampled_from(aisles), y), max_size=most))
    return layout, stops


def test_scenario_18():
    found = tour(PICKS, SCENARIO)
    assert (found.length, found.bound) == (98.0, 98.0)
    assert sorted(found.order) == list(range(8))
    assert walk(PICKS, found.order, SCENARIO) == 98.0
    assert walk(PICKS, range(8), SCENARIO) == 158.0
    assert (found.gap, found.is_shortest, found.method) == (0.0, True, "shortest")


def test_no_stops():
    found = tour([], SCENARIO)
    assert (found.order, found.length, found.bound, found.gap) == ([], 0.0, 0.0, 0.0)
    assert tour_length([], SCENARIO) == 0.0
    assert tour_corners(found, [], SCENARIO) == [(0.0, 0.0)]


@pytest.mark.parametrize(
    ("stops", "layout", "length"),
    [
        ([(0, 0)], SCENARIO, 0.0),  # where the depot is
        ([(0, 0)] * 3, SCENARIO, 0.0),
        ([(15, 0), (5, 0)], SCENARIO, 30.0),  # all on its cross aisle
        ([(0, 22)], SCENARIO, 44.0),
        ([(15, 10)], SCENARIO, 50.0),
        ([(15, 12), (10, 12)], SCENARIO, 74.0),  # up one aisle and down the other
        ([(4, 12)], TWO_BLOCKS, 32.0),
        ([(4, 9), (8, 9)], TWO_BLOCKS, 36.0),  # over the cross aisle in the middle
        ([(5, 20)], Layout([5], [0, 20], (-10, 0)), 70.0),  # the depot beside all aisles
    ],
)
def test_known_lengths(stops, layout, length):
    found = tour(stops, layout)
    assert (found.length, found.bound) == pytest.approx((length, length))
    assert tour_length(stops, layout) == pytest.approx(length)


def test_equal_stops_follow_each_other():
    stops = [(5, 8), (0, 4), (5, 8), (0, 4), (5, 8)]
    order = tour(stops, SCENARIO).order
    assert order in ([1, 3, 0, 2, 4], [0, 2, 4, 1, 3])


def test_the_order_of_aisles_does_not_count():
    turned = Layout([15, 0, 10, 5], [0, 22], (0, 0))
    assert tour(PICKS, turned).length == 98.0


def test_values_are_frozen_and_arguments_kept():
    stops = [[5, 8], [0, 4]]
    found = tour(stops, SCENARIO)
    assert stops == [[5, 8], [0, 4]]
    with pytest.raises(FrozenInstanceError):
        found.length = 1.0
    with pytest.raises(FrozenInstanceError):
        SCENARIO.depot = (5, 0)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_it_is_the_shortest(problem):
    """Up to four blocks, against all orders: the length, the bound, each stop once."""
    layout, stops = problem
    found = tour(stops, layout)
    assert sorted(found.order) == list(range(len(stops)))
    assert found.length == pytest.approx(walk(stops, found.order, layout), abs=1e-9)
    assert found.length == pytest.approx(shortest(stops, layout), abs=1e-9)
    assert found.bound == found.length
    assert tour_length(stops, layout) == pytest.approx(found.length, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(problems(lines=(7, 9), most=7))
def test_many_blocks(problem):
    """With more blocks the bound stays below the shortest tour and the tour close to it."""
    layout, stops = problem
    found, least = tour(stops, layout), shortest(stops, layout)
    assert sorted(found.order) == list(range(len(stops)))
    assert found.bound <= least + 1e-6
    assert least - 1e-6 <= found.length <= 1.03 * least + 1e-6
    assert found == tour(stops, layout)


@settings(max_examples=50, deadline=None)
@given(problems(), st.data())
def test_heavy_first(problem, data):
    """Ranks are kept, and cost little more than the best order that keeps them."""
    layout, stops = problem
    ranks = [data.draw(st.integers(0, 1)) for _stop in stops]
    found = tour(stops, layout, ranks=ranks)
    assert [ranks[index] for index in found.order] == sorted(ranks)
    assert found.length == pytest.approx(walk(stops, found.order, layout), abs=1e-9)
    least = shortest(stops, layout, ranks)
    assert least - 1e-9 <= found.length <= 1.05 * least + 1e-9
    assert found.bound <= shortest(stops, layout) + 1e-9


@settings(max_examples=100, deadline=None)
@given(problems(most=25), st.sampled_from(["shortest", "s_shape"]))
def test_the_drawing_is_as_long_as_the_tour(problem, method):
    layout, stops = problem
    found = tour(stops, layout, method)
    corners = tour_corners(found, stops, layout)
    assert corners[0] == corners[-1] == layout.depot
    steps = list(zip(corners, corners[1:], strict=False))
    assert all(start[0] == end[0] or start[1] == end[1] for start, end in steps)
    drawn = sum(abs(a - c) + abs(b - d) for (a, b), (c, d) in steps)
    assert drawn == pytest.approx(found.length)


def test_s_shape():
    """Up the first aisle, down the next; the block farthest from the depot first."""
    found = tour(PICKS, SCENARIO, "s_shape")
    assert found.order == [0, 1, 3, 2, 4, 5, 7, 6]
    assert found.length == walk(PICKS, found.order, SCENARIO) == 118.0
    assert (found.bound, found.is_shortest) == (98.0, False)
    assert found.gap == pytest.approx(118 / 98 - 1)
    stops = [(0, 2), (0, 12), (4, 18), (4, 12), (8, 4), (8, 15)]
    assert tour(stops, TWO_BLOCKS, "s_shape").order == [1, 2, 3, 5, 4, 0]


def test_s_shape_keeps_ranks():
    ranks = [1, 0, 1, 0, 1, 0, 1, 0]
    order = tour(PICKS, SCENARIO, "s_shape", ranks).order
    assert [ranks[index] for index in order] == sorted(ranks)


def test_the_direction_in_which_what_is_heavy_lies_below():
    """It costs no way; a rank goes before it."""
    for weights in ([0.5] * 7 + [20], [20] + [0.5] * 7):
        found = tour(PICKS, SCENARIO, weights=weights)
        place = found.order.index(weights.index(20))
        assert (found.length, found.is_shortest) == (98.0, True)
        assert place < 4
    stops = [(5, 8), (5, 2)]
    assert tour(stops, SCENARIO, weights=[3, 2]).order == [0, 1]
    assert tour(stops, SCENARIO, weights=[2, 3]).order == [1, 0]
    assert tour(stops, SCENARIO, "s_shape", weights=[3, 2]).order == [0, 1]
    assert tour(stops, SCENARIO, ranks=[1, 0], weights=[3, 2]).order == [1, 0]


def test_ranks_of_one_kind_change_nothing():
    assert tour(PICKS, SCENARIO, ranks=[3] * 8) == tour(PICKS, SCENARIO)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aisles": []}, {"aisles": [0, 0]}, {"aisles": [math.nan]}, {"aisles": 5},
        {"aisles": ["5"]}, {"cross_aisles": [0]}, {"cross_aisles": [22, 0]},
        {"cross_aisles": [0, 0]}, {"cross_aisles": [0, math.inf]}, {"depot": (0, 1)},
        {"depot": (0,)}, {"depot": (math.nan, 0)}, {"depot": 0}, {"depot": (True, 0)},
    ],
)  # fmt: skip
def test_wrong_layouts(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Layout(**{"aisles": [0, 5], "cross_aisles": [0, 22], "depot": (0, 0), **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"stops": [(1, 3)]}, {"stops": [(0, 23)]}, {"stops": [(0, -1)]}, {"stops": [(0, math.nan)]},
        {"stops": [(0,)]}, {"stops": [(0, 1, 2)]}, {"stops": 3}, {"stops": [None]},
        {"stops": "ab"}, {"layout": None}, {"method": "random"}, {"ranks": [1, 2]},
        {"ranks": [1.5]}, {"ranks": [True]}, {"weights": [1, 2]}, {"weights": [-1]},
        {"weights": [math.nan]},
    ],
)  # fmt: skip
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        tour(**{"stops": [(0, 1)], "layout": SCENARIO, **wrong})
