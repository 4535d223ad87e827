import dataclasses
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.cartonization import Box, Item, check, pack

S, M, L = Box("S", 20, 15, 10), Box("M", 30, 20, 15), Box("L", 40, 30, 20)
BOXES = [S, M, L]
GLASSES = Item("glass", 10, 10, 12, quantity=2, fragile=True, kind="fragile")
IRON = Item("iron", 20, 10, 10, weight=12.0, kind="heavy")
APART = [("fragile", "heavy")]


def shown(plan):
    assert check(plan) == []
    return sorted((parcel.box, len(parcel.placements), parcel.fragile) for parcel in plan.parcels)


def test_scenario_20():
    rod = pack([Item("rod", 28, 4, 4)], BOXES)
    assert shown(rod) == [("M", 1, False)]
    assert round(rod.parcels[0].void, 3) == 0.95
    assert shown(pack([GLASSES], BOXES)) == [("S", 2, True)]
    assert shown(pack([GLASSES], BOXES, padding=2)) == [("M", 2, True)]
    plan = pack([GLASSES, IRON], BOXES, padding=2, apart=APART)
    assert shown(plan) == [("M", 2, True), ("S", 1, False)]
    assert sorted(parcel.weight for parcel in plan.parcels) == [0.0, 12.0]


def test_case_f6():
    boxes = [
        dataclasses.replace(S, max_weight=10.0),
        dataclasses.replace(M, max_weight=15.0),
        dataclasses.replace(L, max_weight=25.0, weight=1.0),
    ]
    items = [Item("book", 30, 20, 10, weight=5.0, quantity=7)]
    plan = pack(items, boxes)
    assert plan == pack(items, boxes), "the same question, the same answer"
    assert shown(plan) == [("L", 3, False), ("L", 4, False)]
    assert all(parcel.weight <= 25.0 for parcel in plan.parcels)


def test_case_f7():
    acid, bleach = Item("acid", 5, 5, 5, kind="8"), Item("bleach", 5, 5, 5, kind="5.1")
    plan = pack([acid, bleach], BOXES, apart=[("8", "5.1")])
    assert shown(plan) == [("S", 1, False), ("S", 1, False)]
    flares = Item("flare", 5, 5, 5, quantity=3, kind="1")
    assert len(pack([flares], BOXES, apart=[("1", "1")]).parcels) == 3


@pytest.mark.parametrize(
    ("items", "boxes", "expected"),
    [
        ([], BOXES, []),
        ([Item("x", 20, 15, 10)], BOXES, [("S", 1, False)]),
        ([Item("x", 10, 15, 20)], BOXES, [("S", 1, False)]),
        ([Item("x", 10, 15, 20, vertical="h")], BOXES, [("L", 1, False)]),
        ([Item("x", 0.1, 0.1, 0.1), Item("y", 0.2, 0.1, 0.1)], [Box("b", 0.3, 0.1, 0.1)],
         [("b", 2, False)]),
        # The dearer box is taken only where the cheaper one is too small.
        ([Item("x", 5, 5, 5)], [dataclasses.replace(S, cost=2.0), dataclasses.replace(L, cost=1.0)],
         [("L", 1, False)]),
        # Weight decides, the box counts.
        ([Item("x", 5, 5, 5, 1.0, 4)], [Box("b", 20, 20, 20, max_weight=2.5, weight=0.5)],
         [("b", 2, False), ("b", 2, False)]),
        # Three times 0.1 is 0.3, in the box and above a piece.
        ([Item("x", 5, 5, 5, 0.1, 3)], [Box("b", 20, 20, 20, max_weight=0.3)], [("b", 3, False)]),
        ([Item("x", 5, 5, 5, 1.0, vertical="h", max_load=0.3), Item("y", 5, 5, 5, 0.1, 3)],
         [Box("b", 5, 5, 20)], [("b", 4, False)]),
        # Nothing may stand on what bears nothing; both fit only one above the other.
        ([Item("x", 10, 10, 5, vertical="h", max_load=0.0), Item("y", 10, 10, 5, 1.0, vertical="h",
          max_load=0.0)], [Box("b", 10, 10, 10)], [("b", 2, False)]),
        ([Item("x", 10, 10, 5, 1.0, 2, vertical="h", max_load=0.5)], [Box("b", 10, 10, 10)],
         [("b", 1, False), ("b", 1, False)]),
        ([Item("x", 10, 10, 5, 1.0, 2, vertical="h", fragile=True)], [Box("b", 10, 10, 10)],
         [("b", 1, True), ("b", 1, True)]),
    ],
)  # fmt: skip
def test_small_orders(items, boxes, expected):
    assert shown(pack(items, boxes)) == expected


def test_what_fits_no_box():
    items = [Item("pole", 90, 3, 3, quantity=2), Item("cup", 8, 8, 8), Item("safe", 9, 9, 9, 80.0)]
    plan = pack(items, [dataclasses.replace(L, max_weight=30.0)])
    assert plan.unplaced == ["pole", "pole", "safe"]
    assert shown(plan) == [("L", 1, False)]
    assert pack(items, []).parcels == ()


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Item("x", 0, 1, 1), "length"),
        (lambda: Item("x", 1, float("nan"), 1), "width"),
        (lambda: Item("x", 1, 1, float("inf")), "height"),
        (lambda: Item("x", 1, 1, 1, weight=-1.0), "weight"),
        (lambda: Item("x", 1, 1, 1, quantity=0), "quantity"),
        (lambda: Item("x", 1, 1, 1, quantity=1.5), "quantity"),
        (lambda: Item("x", 1, 1, 1, vertical="z"), "vertical"),
        (lambda: Item("x", 1, 1, 1, max_load=-1.0), "max_load"),
        (lambda: Box("b", 1, 1, -1), "height"),
        (lambda: Box("b", 1, 1, 1, cost=-1), "cost"),
        (lambda: Box("b", 1, 1, 1, max_weight=-1), "max_weight"),
        (lambda: pack([GLASSES, GLASSES], BOXES), "items"),
        (lambda: pack([GLASSES], [S, S]), "boxes"),
        (lambda: pack([GLASSES], BOXES, padding=-1), "padding"),
        (lambda: pack([GLASSES], BOXES, apart=["ab"]), "apart"),
        (lambda: pack([GLASSES], BOXES, apart=[("a", "b", "c")]), "apart"),
    ],
)
def test_refusals(make, named):
    with pytest.raises(ValueError, match=named):
        make()


edges = st.integers(2, 30).map(lambda tenths: tenths / 2)
item = st.builds(
    dict,
    length=edges,
    width=edges,
    height=edges,
    weight=st.sampled_from([0.0, 0.5, 3.0]),
    quantity=st.integers(1, 3),
    vertical=st.sampled_from(["lwh", "lwh", "h", "lh"]),
    fragile=st.sampled_from([False, False, False, True]),
    max_load=st.sampled_from([None, None, 0.0, 4.0]),
    kind=st.sampled_from(["", "", "a", "b"]),
)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    st.lists(item, min_size=1, max_size=5),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([(), (("a", "b"),), (("a", "a"),)]),
)
def test_every_plan_is_valid(rows, padding, apart):
    items = [Item(at, **row) for at, row in enumerate(rows)]
    boxes = [dataclasses.replace(S, max_weight=5.0, weight=0.2), M, L]
    plan = pack(items, boxes, padding=padding, apart=apart)
    assert check(plan) == []
    assert plan == pack(items, boxes, padding=padding, apart=apart)
    fits = {
        one.id: check(pack([dataclasses.replace(one, quantity=1)], boxes, padding)) for one in items
    }
    assert not any(fits.values())
    assert (plan.items, plan.boxes) == (tuple(items), tuple(boxes))


def make_order(dice):
    """A few items, boxes and rules, as they come."""
    reach = dice.choice((6, 12, 25))
    items = [
        Item(
            at,
            *(dice.randint(2, 2 * reach) / 2 for _edge in range(3)),
            weight=dice.choice((0.0, 0.1, 0.5, 3.0)),
            quantity=dice.choice((1, 1, 2, 3)),
            vertical=dice.choice(("lwh", "lwh", "h", "lh")),
            fragile=dice.random() < 0.2,
            max_load=dice.choice((None, None, 0.0, 0.3, 4.0)),
            kind=dice.choice(("", "", "a", "b")),
        )
        for at in range(dice.randint(1, 5))
    ]
    boxes = [
        dataclasses.replace(
            box,
            max_weight=dice.choice((None, 4.0, 9.0)),
            weight=dice.choice((0.0, 0.2)),
            cost=dice.choice((0.0, 1.0, 2.0)),
        )
        for box in (S, M, L)
    ]
    padding = dice.choice((0.0, 0.0, 0.5, 2.0))
    return items, boxes, padding, dice.choice(((), (("a", "b"),), (("a", "a"), ("a", "b"))))


def test_many_orders():
    """Plans are valid, and a piece moved into or out of something is seen."""
    dice = random.Random(1)
    for _order in range(2000):
        items, boxes, padding, apart = make_order(dice)
        plan = pack(items, boxes, padding, apart)
        assert check(plan) == []
        if plan.parcels:
            number = dice.randrange(len(plan.parcels))
            parcel = plan.parcels[number]
            at = dice.randrange(len(parcel.placements))
            assert check(_change(plan, number, at, x=-0.5)), "out of the box"
            lifted = parcel.placements[at].z + 0.25
            others = len(parcel.placements) > 1
            assert check(_change(plan, number, at, z=lifted)), "in the air"
            assert check(_put(plan, number, placements=parcel.placements[:-1])), "lost"
            twice = (*parcel.placements, parcel.placements[at])
            assert check(_put(plan, number, placements=twice)), "doubled"
            if others:
                there = parcel.placements[at - 1]
                same = _change(plan, number, at, x=there.x, y=there.y, z=there.z)
                assert check(same), "in one another"


def test_fewest_parcels():
    """Six pieces that fill two boxes only if they are divided well."""
    halves = [
        Item(at, 10, 10, height, vertical="h") for at, height in enumerate((6, 5, 5, 4, 4, 6))
    ]
    plan = pack(halves, [Box("b", 10, 10, 15)])
    assert shown(plan) == [("b", 3, False), ("b", 3, False)]
    # Fewest parcels first, then cost, then volume.
    boxes = [Box("dear", 10, 10, 15, cost=5.0), Box("cheap", 10, 10, 10, cost=1.0)]
    assert shown(pack(halves, boxes)) == [("dear", 3, False), ("dear", 3, False)]
    assert shown(pack(halves[:3], boxes[:0:-1])) == [("cheap", 1, False), ("cheap", 2, False)]


def test_the_fullest_parcel_comes_first():
    plan = pack([Item("x", 30, 20, 10, 2.0, 7)], [dataclasses.replace(L, max_weight=6.0), M])
    assert [(parcel.box, len(parcel.placements)) for parcel in plan.parcels] == [
        ("L", 3), ("L", 3), ("M", 1),
    ]  # fmt: skip


def test_many_pieces_in_several_parcels():
    """Too many for all divisions: boxes are filled one after the other."""
    items = [Item(at, 10, 10, 5, weight=0.1 * at) for at in range(16)]
    plan = pack(items, [Box("b", 20, 20, 15)])
    assert shown(plan) == [("b", 4, False), ("b", 12, False)]
    dice = random.Random(4)
    odd = [
        Item(at, *(dice.randint(5, 15) for _edge in range(3)), kind="ab"[at % 2])
        for at in range(14)
    ]
    plan = pack(odd, BOXES, apart=[("a", "b")])
    assert check(plan) == []
    assert plan == pack(odd, BOXES, apart=[("a", "b")])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda p: _change(p, at=_at(p, "vase"), x=0.5), "outside"),
        (lambda p: _change(p, at=_at(p, "vase"), z=0.0), "outside"),
        (lambda p: _change(p, at=_at(p, "iron"), x=11.0), "same room"),
        (lambda p: dataclasses.replace(p, padding=3.0), "outside|same room"),
        (lambda p: _with_item(p, "iron", fragile=True), "outside|same room"),
        (lambda p: _change(p, at=_at(p, "iron"), item="vase"), "stands 2 times"),
        (lambda p: _change(p, at=_at(p, "iron"), item="other"), "'other' stands"),
        (lambda p: _put(p, 0, placements=()), "nothing is in it"),
        (lambda p: _put(p, 0, fragile=False), "fragile is False"),
        (lambda p: dataclasses.replace(p, parcels=p.parcels * 2), "stands 2 times"),
        (lambda p: dataclasses.replace(p, apart=(("a", "b"),)), "share it"),
        (lambda p: _with_item(p, "iron", vertical="h", height=8, length=6), "may not lie"),
    ],
)
def test_faults_around_padding_are_seen(fault, told):
    plan = pack(
        [Item("vase", 6, 6, 6, 1.0, fragile=True, kind="a"), Item("iron", 8, 6, 6, 2.0, kind="b")],
        [Box("b", 20, 10, 10)],
        padding=2,
    )
    assert shown(plan) == [("b", 2, True)]
    problems = check(fault(plan))
    assert any(re.search(told, problem) for problem in problems), problems


def _change(plan, parcel=0, at=0, **values):
    first = plan.parcels[parcel]
    placements = list(first.placements)
    placements[at] = dataclasses.replace(placements[at], **values)
    return _put(plan, parcel, placements=tuple(placements))


def _put(plan, parcel, **values):
    parcels = list(plan.parcels)
    parcels[parcel] = dataclasses.replace(parcels[parcel], **values)
    return dataclasses.replace(plan, parcels=tuple(parcels))


@pytest.fixture(scope="module")
def good():
    items = [Item("a", 10, 10, 5, 1.0, 2, vertical="h"), Item("b", 8, 8, 4, 2.0, vertical="h")]
    plan = pack(items, [Box("b", 20, 10, 10, max_weight=6.0, weight=0.5)])
    assert check(plan) == []
    assert len(plan.parcels) == 1
    return plan


def _at(plan, item_id):
    return next(at for at, one in enumerate(plan.parcels[0].placements) if one.item == item_id)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda p: dataclasses.replace(p, unplaced=["a"]), "stands 3 times"),
        (lambda p: _put(p, 0, placements=p.parcels[0].placements[1:]), "stands"),
        (lambda p: _put(p, 0, weight=9.0), "weight"),
        (lambda p: _put(p, 0, void=0.9), "void"),
        (lambda p: _put(p, 0, fragile=True), "fragile"),
        (lambda p: _put(p, 0, box="z"), "no box"),
        (lambda p: _change(p, at=_at(p, "a"), x=11.0), "same room|outside"),
        (lambda p: _change(p, at=_at(p, "b"), x=-1.0), "outside"),
        (lambda p: _change(p, at=_at(p, "b"), z=5.5), "rests on"),
        (lambda p: _change(p, at=_at(p, "b"), length=9.0), "may not lie"),
        (lambda p: _change(p, at=_at(p, "b"), length=4.0, height=8.0), "may not lie"),
        (lambda p: dataclasses.replace(p, apart=(("", ""),)), "share it"),
        (lambda p: _with_item(p, "a", fragile=True), "fragile"),
        (lambda p: _with_item(p, "a", max_load=1.0), "bears"),
        (lambda p: _with_box(p, max_weight=4.0), "more than"),
    ],
)
def test_faults_are_seen(good, fault, told):
    problems = check(fault(good))
    assert any(re.search(told, problem) for problem in problems), problems


def _with_item(plan, item_id, **values):
    items = [dataclasses.replace(one, **values) if one.id == item_id else one for one in plan.items]
    return dataclasses.replace(plan, items=tuple(items))


def _with_box(plan, **values):
    return dataclasses.replace(
        plan, boxes=tuple(dataclasses.replace(box, **values) for box in plan.boxes)
    )
