"""Which one more box would have saved most."""

import pytest
from tools.box_advice import MOST_PARCELS, Advice, Packed, advise

BOXES = [(3000.0, 0.3), (9000.0, 0.6), (24000.0, 1.2)]
ROD = Packed(28, 4, 4, 9000.0, 0.6)


def test_rods():
    """Rods that went in M would take a box of their own size: cost in proportion to S."""
    assert advise([ROD] * 10, BOXES) == [
        Advice(
            28, 4, 4, cost=0.0448, parcels=10, saved_volume=85520.0, saved_cost=5.552,
            saved_share=0.950222,
        )
    ]  # fmt: skip


def test_cost_in_between():
    """Between two boxes the cost is read off by volume."""
    (one,) = advise([Packed(20, 15, 20, 9000.0, 0.6)], BOXES)
    assert (one.length, one.width, one.height, one.cost) == (20, 15, 20, 0.45)


def test_rounded_up_and_turned():
    """Edges are rounded up to whole centimeters; a block may be turned, but never tipped."""
    parcels = [Packed(10.2, 20, 5, 9000.0), Packed(20, 11, 5, 9000.0), Packed(5, 11, 20, 9000.0)]
    first = advise(parcels, [])[0]
    assert (first.length, first.width, first.height, first.parcels) == (20, 11, 5, 2)


def test_nothing_to_save():
    """A box as good as the one there is saves nothing."""
    assert advise([Packed(30, 20, 15, 9000.0, 0.6)], BOXES) == []
    assert advise([], BOXES) == []


def test_one_size_for_two():
    """A size that holds both of two alike parcels beats one that holds either."""
    parcels = [Packed(28, 6, 4, 9000.0, 0.6), Packed(27, 4, 6, 9000.0, 0.6)]
    first = advise(parcels, BOXES)[0]
    assert (first.length, first.width, first.height, first.parcels) == (28, 6, 6, 2)


def test_different_advice():
    """The further places are no near copies of the first."""
    parcels = [ROD, Packed(28, 4.2, 4, 9000.0, 0.6), Packed(15, 15, 15, 9000.0, 0.6)]
    sizes = [(one.length, one.width, one.height) for one in advise(parcels, BOXES)]
    assert sizes[0] == (28, 5, 4)
    assert (15, 15, 15) in sizes
    assert len(advise(parcels, BOXES, count=1)) == 1


def test_bounded():
    """Of very many parcels an even sample is looked at."""
    (one,) = advise([ROD] * (3 * MOST_PARCELS), BOXES)
    assert one.parcels == MOST_PARCELS


def test_refused():
    with pytest.raises(ValueError, match="count"):
        advise([ROD], BOXES, count=0)
