"""Slotting: classes, what is bought together, and swaps whose metres a recount confirms."""

import random
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.slotting import (
    Product,
    Rules,
    Slot,
    advise_swaps,
    classify_by_lines,
    find_affinities,
    walked,
)
from tools.tours import Layout, tour

LAYOUT = Layout([0, 5, 10], [0, 20], (0, 0))
SLOTS = [Slot(f"{x}:{y}", (x, y)) for x in (0, 5, 10) for y in (4, 8, 12)]


def stand(*pairs, **values):
    """Products in slots."""
    return [Product(product, slot, **values) for product, slot in pairs]


def recount(orders, products, swaps, layout=LAYOUT, slots=SLOTS):
    """Metres after each swap, from the tours of all orders anew."""
    place = {slot.id: slot.place for slot in slots}
    slot_of = {product.id: product.slot for product in products}
    found = []
    for step in [None, *swaps]:
        if step:
            assert slot_of[step.product] == step.other_slot
            holders = [product for product, slot in slot_of.items() if slot == step.slot]
            assert holders == ([step.other] if step.other is not False else [])
            slot_of[step.product] = step.slot
            if holders:
                slot_of[step.other] = step.other_slot
        found.append(
            sum(tour([place[slot_of[one]] for one in order], layout).length for order in orders)
        )
    return found


def test_classes_by_lines():
    """The first fifth of the products is A, up to the half B; what nobody wants is C."""
    lines = {f"p{number}": 100 - number for number in range(10)}
    found = classify_by_lines(lines)
    assert "".join(found[f"p{number}"] for number in range(10)) == "aabbbccccc"
    assert classify_by_lines({"x": 5, "y": 0, "z": 0}) == {"x": "a", "y": "c", "z": "c"}
    assert classify_by_lines({"x": 0}) == {"x": "c"}
    assert classify_by_lines({}) == {}
    assert set(classify_by_lines(lines, (0.0, 1.0)).values()) == {"b"}


def test_affinities():
    orders = [["a", "b"]] * 3 + [["b", "c"]] * 2 + [["c"]] * 4 + [["a", "a"]]
    (pair,) = find_affinities(orders)
    assert (pair.first, pair.second, pair.count) == ("a", "b", 3)
    assert pair.lift == pytest.approx(3 * 10 / (4 * 5))
    assert find_affinities(orders, least_count=4) == []
    assert find_affinities(orders, least_lift=1.51) == []
    assert find_affinities([]) == []


def test_often_picked_goes_near():
    """44 m to the last slot and back, 8 m to the first one: 20 fetched less far, 2 farther."""
    products = stand(("fast", "10:12"), ("slow", "0:4"))
    orders = [["fast"]] * 20 + [["slow"]] * 2
    advice = advise_swaps(orders, products, SLOTS, LAYOUT, 2.0)
    (swap,) = advice.swaps
    assert (swap.product, swap.slot) == ("fast", "0:4")
    assert (swap.other, swap.other_slot, swap.reason) == ("slow", "10:12", "near")
    assert (advice.before, advice.after) == (448.0, 124.0)
    assert swap.saving == advice.saving == 324.0


def test_to_the_metre_with_every_slot_taken():
    products = stand(*((slot.id, slot.id) for slot in SLOTS))
    orders = [["10:12"]] * 10 + [["0:4"]]
    advice = advise_swaps(orders, products, SLOTS, LAYOUT, 1, most=1)
    (swap,) = advice.swaps
    assert (swap.product, swap.slot, swap.other) == ("10:12", "0:4", "0:4")
    assert (advice.before, advice.after, swap.saving) == (448.0, 124.0, 324.0)


def test_an_empty_slot():
    products = stand(("fast", "10:12"))
    (swap,) = advise_swaps([["fast"]] * 5, products, SLOTS, LAYOUT, 1).swaps
    assert (swap.product, swap.slot, swap.other, swap.saving) == ("fast", "0:4", False, 180.0)


def test_bought_together_stand_together():
    """The saucer moves into the aisle of the cup, one way less for each order of both."""
    products = stand(("cup", "5:4"), ("saucer", "10:12"), ("nail", "5:8"), ("old", "0:4"))
    orders = [["cup", "saucer"]] * 8 + [["old"]] * 12 + [["old", "nail"]]
    slots = [slot for slot in SLOTS if slot.id in ("5:4", "10:12", "5:8", "0:4")]
    advice = advise_swaps(orders, products, slots, LAYOUT, 1, most=1)
    (swap,) = advice.swaps
    assert (swap.product, swap.slot, swap.other) == ("saucer", "5:8", "nail")
    assert swap.reason == "together"
    # 52 m for both become 26 m; the nail, with what stands in front, takes 52 m instead of 34 m.
    assert swap.saving == 8 * (52 - 26) - (52 - 34)


def test_kinds_and_space_are_kept():
    slots = [
        Slot("cold", (10, 12), kind="frozen"),
        Slot("near", (0, 4)),
        Slot("bin", (0, 8), 0, "", 1),
    ]
    orders = [["ice"]] * 9 + [["crate"]] * 9
    products = [Product("ice", "cold", kind="frozen")]
    assert advise_swaps(orders, products, slots, LAYOUT, 1).swaps == []
    slots = [Slot("far", (10, 12)), Slot("bin", (0, 8), space=1.0)]
    for space, moved in ((1.0, 1), (1.5, 0)):
        products = [Product("crate", "far", space=space)]
        assert len(advise_swaps(orders, products, slots, LAYOUT, 1).swaps) == moved


def test_heavy_goes_low():
    """What is heavy never goes up, and what stands too high is named."""
    slots = [Slot("high", (0, 4), level=2), Slot("low", (5, 4)), Slot("far", (10, 12))]
    rules = Rules(heavy_weight=10, heavy_level=1)
    orders = [["sack"]] * 9
    high = [Product("sack", "high", weight=10)]
    advice = advise_swaps(orders, high, slots, LAYOUT, 1, rules=rules)
    assert (advice.swaps, advice.too_high) == ([], ["sack"])  # there it would be farther
    low = [Product("sack", "far", weight=10)]
    (swap,) = advise_swaps(orders, low, slots, LAYOUT, 1, rules=rules).swaps
    assert swap.slot == "low"
    light = [Product("sack", "far", weight=9.9)]
    (swap,) = advise_swaps(orders, light, slots, LAYOUT, 1, rules=rules).swaps
    assert swap.slot == "high"


def test_not_worth_the_trouble():
    products = stand(("fast", "10:12"))
    for least, count in ((179.9, 1), (180.0, 0)):
        advice = advise_swaps([["fast"]] * 5, products, SLOTS, LAYOUT, 1, least_saving=least)
        assert len(advice.swaps) == count
    assert advise_swaps([["fast"]] * 5, products, SLOTS, LAYOUT, 1, most=0).swaps == []


def test_walked():
    places = {"a": (0, 4), "b": (5, 8)}
    assert walked([["a"], ["a", "b", "unknown"], []], places, LAYOUT) == 8.0 + 34.0


def month(seed, count=60, orders=250):
    dice = random.Random(seed)
    layout = Layout([0, 5, 10, 15], [0, 10, 20], (0, 0))
    slots = [Slot((x, y), (x, y)) for x in layout.aisles for y in range(1, 20)][: count + 5]
    held = dice.sample(slots, count)
    products = [Product(number, slot.id) for number, slot in enumerate(held)]
    weights = [1 / (number + 1) for number in range(count)]
    lists = [dice.choices(range(count), weights, k=dice.randint(1, 4)) for _order in range(orders)]
    return layout, slots, products, lists


def test_a_recount_confirms_every_metre():
    layout, slots, products, orders = month(1)
    advice = advise_swaps(orders, products, slots, layout, 4.0, most=8)
    metres = recount(orders, products, advice.swaps, layout, slots)
    assert len(advice.swaps) == 8
    for swap, before, after in zip(advice.swaps, metres, metres[1:], strict=False):
        assert swap.saving == pytest.approx((before - after) / 4)
    assert advice.before == pytest.approx(metres[0] / 4)
    assert advice.after == pytest.approx(metres[-1] / 4)
    assert advice.saving > 0.15 * advice.before
    moved = [one for swap in advice.swaps for one in (swap.product, swap.other) if one is not False]
    assert len(moved) == len(set(moved))
    assert advice == advise_swaps(orders, products, slots, layout, 4.0, most=8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_any_advice(seed):
    """Swaps can be done one after the other, and each saves what it says."""
    layout, slots, products, orders = month(seed, count=12, orders=15)
    kept = [list(order) for order in orders]
    advice = advise_swaps(orders, products, slots, layout, 1.0, most=5)
    metres = recount(orders, products, advice.swaps, layout, slots)
    assert orders == kept
    assert [swap.saving for swap in advice.swaps] == pytest.approx(
        [before - after for before, after in zip(metres, metres[1:], strict=False)]
    )
    assert all(swap.saving > 0 for swap in advice.swaps)


def test_values_are_frozen():
    advice = advise_swaps([], [], SLOTS, LAYOUT, 1)
    assert (advice.swaps, advice.before, advice.after, advice.too_high) == ([], 0.0, 0.0, [])
    with pytest.raises(FrozenInstanceError):
        advice.swaps = []


@pytest.mark.parametrize(
    "wrong",
    [
        {"products": [Product(1, "nowhere")]}, {"products": [Product(1, "0:4"), Product(1, "0:8")]},
        {"products": [Product(1, "0:4"), Product(2, "0:4")]}, {"products": [1]}, {"slots": [1]},
        {"slots": [*SLOTS, SLOTS[0]]}, {"layout": None}, {"weeks": 0}, {"weeks": -1}, {"most": -1},
        {"most": 1.5}, {"least_saving": -1},
    ],
)  # fmt: skip
def test_wrong_arguments(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        advise_swaps(
            **{"orders": [], "products": [], "slots": SLOTS, "layout": LAYOUT, "weeks": 1, **wrong}
        )


@pytest.mark.parametrize(
    ("lines", "shares", "name"),
    [({"a": -1}, (0.2, 0.5), "lines"), ({}, (0.5, 0.2), "shares"), ({}, (0.2, 1.1), "shares")],
)
def test_wrong_classes(lines, shares, name):
    with pytest.raises(ValueError, match=name):
        classify_by_lines(lines, shares)


def test_fixed_slots_stay():
    """What stands in a fixed slot counts for the tours, alone or with others, and stays there."""
    slots = [Slot(slot.id, slot.place, is_fixed=slot.id == "0:4") for slot in SLOTS]
    products = stand(("fast", "10:12"), ("slow", "0:4"), ("rare", "0:4"), ("mid", "0:8"))
    orders = [["fast"]] * 20 + [["slow", "rare"]] * 2
    advice = advise_swaps(orders, products, slots, LAYOUT, 2.0)
    (swap,) = advice.swaps
    assert (swap.product, swap.slot, swap.other) == ("fast", "0:8", "mid")
    assert (advice.before, advice.after) == (448.0, 168.0)
    with pytest.raises(ValueError, match="two stand"):
        advise_swaps(orders, products, SLOTS, LAYOUT, 2.0)


def test_forbidden_slots_are_left():
    """Neither does the product go there, nor what stands there to the product's slot."""
    products = stand(("fast", "10:12"), ("slow", "0:4"))
    orders = [["fast"]] * 20 + [["slow"]] * 2
    for forbidden in ([("fast", "0:4")], [("slow", "10:12")]):
        (swap,) = advise_swaps(orders, products, SLOTS, LAYOUT, 2.0, forbidden=forbidden).swaps
        assert (swap.slot, swap.other) == ("0:8", False)


def test_partner_is_told():
    """Bought together: the swap names what the product goes to, and how often."""
    products = stand(("a", "0:4"), ("b", "10:4"), ("c", "0:8"))
    orders = [["a", "b"]] * 5 + [["c"]] * 5 + [["a"]] * 2
    swaps = advise_swaps(orders, products, SLOTS, LAYOUT, 1.0).swaps
    told = [(swap.product, swap.partner, swap.together) for swap in swaps if swap.partner]
    assert told in ([("b", "a", 5)], [("a", "b", 5)], [])
    assert all(swap.partner for swap in swaps if swap.reason == "together")
