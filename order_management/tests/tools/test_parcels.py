"""Parcels around the packer: what is not three measures and whole pieces."""

from tools.parcels import Box, Goods, Rules, get_extents, is_weight_wrong, plan_parcels, tell_losers

S = Box("S", 20, 15, 10)
M = Box("M", 30, 20, 15, cost=0.1)
L = Box("L", 40, 30, 20, cost=0.1)
BOXES = [S, M, L]


def tell(plan):
    return [
        (parcel.box, {content.goods: content.pieces for content in parcel.contents})
        for parcel in plan.parcels
    ]


def test_alone():
    """A piece each, and what is left of one; without measures it has no place."""
    plan = plan_parcels([Goods("a", 2.5, ships_alone=True, weight=4)], BOXES)
    assert tell(plan) == [(None, {"a": 1.0}), (None, {"a": 1.0}), (None, {"a": 0.5})]
    assert [(parcel.weight, parcel.measured) for parcel in plan.parcels][1:] == [
        (4.0, False),
        (2.0, False),
    ]


def test_heap_by_weight():
    """A heap is shared out by what a box may weigh, too."""
    box = Box("X", 40, 30, 20, max_weight=10.5, weight=0.5)
    plan = plan_parcels([Goods("sand", 25.5, volume=100, weight=1.0)], [box])
    assert [round(parcel.weight, 6) for parcel in plan.parcels] == [9.0, 9.0, 9.0]


def test_estimate_is_no_obstacle():
    """What is only estimated from a weight never exceeds the largest box."""
    plan = plan_parcels([Goods("block", 1, weight=12)], BOXES)
    assert (tell(plan), plan.unplaced) == ([("L", {"block": 1.0})], ())


def test_many_pieces():
    """More pieces than are placed one by one are planned by volume."""
    plan = plan_parcels([Goods("nut", 1000, 2, 2, 2)], BOXES)
    assert tell(plan) == [("L", {"nut": 1000.0})]
    assert plan.parcels[0].measured is False


def test_apart():
    """Fragile and heavy; hazard classes by rule, or when they differ."""
    rules = Rules(heavy=5, together=(("3", "8"),), apart=(("3", ""), ("9", "9")))
    cases = [
        (("3", "8"), False),
        (("8", "9"), True),
        (("3", ""), True),
        (("8", ""), False),
        (("9", "9"), True),
        (("3", "3"), False),
    ]
    for pair, expected in cases:
        assert rules.are_apart(*pair) is expected, pair
    vase = Goods("vase", 2, 5, 5, 5, weight=5, fragile=True)
    assert len(plan_parcels([vase], BOXES, rules).parcels) == 2
    assert len(plan_parcels([vase], [], rules).parcels) == 2


def test_losers():
    """Every other box with its reason."""
    (parcel,) = plan_parcels([Goods("rod", 1, 28, 4, 4, weight=3)], BOXES).parcels
    light = Box("light", 50, 50, 50, max_weight=2)
    dear = Box("dear", 30, 20, 15, cost=0.3)
    tiny = Box("tiny", 5, 5, 5)
    assert tell_losers(parcel, [*BOXES, light, dear, tiny], 448, 3.0) == [
        ("S", "does_not_fit", 0.0),
        ("L", "larger", 15000),
        ("light", "too_heavy", 1.0),
        ("dear", "dearer", 0.2),
        ("tiny", "too_small", 323),
    ]
    assert get_extents(parcel.contents[0].placements) == (28.0, 4.0, 4.0)


def test_weight():
    """The greater of share and margin; the limit itself passes."""
    for actual, expected, is_wrong in (
        (10.5, 10.0, False),
        (10.501, 10.0, True),
        (9.5, 10.0, False),
        (1.1, 1.0, False),
        (1.101, 1.0, True),
    ):
        assert is_weight_wrong(actual, expected, 0.05, 0.1) is is_wrong, actual


def test_arguments_stay():
    goods = [Goods("a", 2, 5, 5, 5)]
    assert plan_parcels(goods, BOXES) == plan_parcels(goods, BOXES)
    assert goods == [Goods("a", 2, 5, 5, 5)]
    assert plan_parcels([], BOXES).parcels == ()
