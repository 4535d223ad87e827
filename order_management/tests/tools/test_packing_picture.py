import random
from xml.etree import ElementTree

import pytest
from tools.cartonization import Box, Item, Parcel, Placement, pack
from tools.packing_picture import PALE, STRONG, picture, steps
from tools.packing_steps import make_solids, painted

SVG = "{http://www.w3.org/2000/svg}"
BOX = Box("M", 40, 30, 20)
NAMES = {"iron": "Iron <b>& steam</b>", "mug": "Mug", "cloth": "Cloth"}
PLACED = (
    Placement("cloth", 0, 0, 10, 20, 10, 2),  # on the iron
    Placement("mug", 30, 0, 0, 8, 8, 8),
    Placement("iron", 0, 0, 0, 20, 10, 10),
    Placement("mug", 0, 20, 0, 8, 8, 8),
)


def parcel_of(*placements):
    return Parcel("M", placements, 0.0, 0.5, False)


PARCEL = parcel_of(*PLACED)


def parse(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [node.text for node in parse(svg).iter(f"{SVG}text")]


def fills(svg):
    """The color of the upper face of each piece, as they are drawn."""
    return [group[0].get("fill") for group in parse(svg).iter(f"{SVG}g")]


def test_order_of_the_pieces():
    assert steps(PARCEL) == (2, 3, 1, 0)
    assert steps(parcel_of()) == ()


def test_all_pieces():
    svg = picture(PARCEL, BOX, NAMES, unit="cm")
    assert fills(svg) == [PALE[0][0], PALE[1][0], PALE[1][0], PALE[2][0]]
    assert sorted(texts(svg)) == [
        "1", "1: Iron <b>& steam</b>", "2", "20 cm", "2–3: Mug", "3", "30 cm", "4", "40 cm",
        "4: Cloth",
    ]  # fmt: skip
    assert svg == picture(PARCEL, BOX, NAMES, unit="cm")
    assert parse(svg).get("width") == "420"


@pytest.mark.parametrize(
    ("step", "colors", "head"),
    [
        (0, [], ["0 / 4"]),
        (1, [STRONG[0]], ["1 / 4", "Iron <b>& steam</b>", "20 × 10 × ↕ 10"]),
        (3, [PALE[0][0], PALE[1][0], STRONG[0]], ["3 / 4", "Mug", "8 × 8 × ↕ 8"]),
    ],
)
def test_one_step(step, colors, head):
    svg = picture(PARCEL, BOX, NAMES, step)
    assert fills(svg) == colors
    assert texts(svg)[: len(head)] == head
    assert texts(svg)[-3:] == ["1: Iron <b>& steam</b>", "2–3: Mug", "4: Cloth"]
    numbers = [text for text in texts(svg) if text.isdigit()]
    assert sorted(numbers[:step]) == [str(number) for number in range(1, step + 1)]


def test_steps_outside():
    for step in (-1, 5):
        with pytest.raises(ValueError, match="step"):
            picture(PARCEL, BOX, NAMES, step)


def test_names_cannot_break_out():
    svg = picture(PARCEL, BOX, {"iron": "</text><script>x</script>\"'"}, 1, unit="<u>")
    assert not list(parse(svg).iter(f"{SVG}script"))
    assert "1: </text><script>x</script>\"'" in texts(svg)
    assert "40 <u>" in texts(svg)


def test_long_names_and_many_items():
    placements = [Placement(at, 4.0 * at, 0, 0, 4, 4, 4) for at in range(10)]
    svg = picture(parcel_of(*placements), BOX, {9: "x" * 200}, 10)
    shown = texts(svg)
    assert shown[-1] == "+ 4"
    assert shown[-2].startswith("10: xxx")
    assert len(shown[-2]) == 52
    assert shown[1].endswith("…")


def test_a_ring_is_cut():
    """Three bars, each of which hides an end of another."""
    ring = parcel_of(
        Placement("a", 0, 10, 20, 30, 10, 10),
        Placement("b", 20, 0, 10, 10, 30, 10),
        Placement("c", 10, 20, 0, 10, 10, 30),
    )
    solids = make_solids(ring.placements)
    drawn = painted(solids)
    assert len(drawn) > len(solids)
    assert_right(drawn)
    shapes = [node.get("fill") for node in parse(picture(ring, BOX, {})).iter(f"{SVG}polygon")]
    assert {color for colors in PALE[:3] for color in colors} < set(shapes)


def test_pieces_that_take_the_same_room():
    """Nonsense, but drawn."""
    twice = parcel_of(*[Placement("a", 0, 0, 0, 5, 5, 5)] * 2)
    assert sorted(steps(twice)) == [0, 1]
    walls, faces = 3, 3
    assert len(list(parse(picture(twice, BOX, {})).iter(f"{SVG}polygon"))) == walls + 2 * faces


def assert_right(drawn):
    assert not [
        (first, later)
        for at, first in enumerate(drawn)
        for later in drawn[at + 1 :]
        if first.hides(later)
    ]


def test_many_parcels():
    """Nothing goes beneath or behind what lies there; what is drawn later hides what is earlier."""
    boxes = [Box(at, *sizes) for at, sizes in enumerate([(15, 10, 10), (30, 20, 15), (60, 40, 40)])]
    cut = 0
    for seed in range(60):
        dice = random.Random(seed)
        items = [
            Item(at, dice.randint(4, 20), dice.randint(4, 20), dice.randint(3, 20), 1.0, 2)
            for at in range(dice.randint(2, 6))
        ]
        for parcel in pack(items, boxes).parcels:
            solids = make_solids([parcel.placements[at] for at in steps(parcel)])
            assert len(solids) == len(parcel.placements)
            for at, solid in enumerate(solids):
                assert not any(solid.stands_above(later) for later in solids[at + 1 :])
            drawn = painted(solids)
            assert_right(drawn)
            cut += len(drawn) > len(solids)
            volume = sum(one.length * one.width * one.height for one in parcel.placements)
            assert abs(sum(map(volume_of, drawn)) - volume) < 1e-6
    assert cut < 10


def volume_of(solid):
    volume = 1.0
    for low, high in zip(solid.low, solid.high, strict=True):
        volume *= high - low
    return volume
