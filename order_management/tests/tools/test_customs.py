import pytest
from tools.customs import Place, crosses_border, get_territory

BELGIUM = Place("BE", in_union=True)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("DE", in_union=True), False),
        (Place("MC"), False),
        (Place("GB", zip="BT1 5GS"), False),
        (Place(""), False),
        (Place("GB", zip="SW1A 1AA"), True),
        (Place("CH"), True),
        (Place("NO"), True),
        (Place("US"), True),
        (Place("ES", "M", "28001", in_union=True), False),
        (Place("ES", "TF", in_union=True), True),
        (Place("ES", "", "35001", in_union=True), True),
        (Place("ES", "CE", "51001", in_union=True), True),
        (Place("DE", zip="27498", in_union=True), True),
        (Place("DE", zip="27499", in_union=True), False),
        (Place("FR", zip="97400", in_union=True), True),
    ],
)
def test_goods_from_the_union(place, expected):
    assert crosses_border(BELGIUM, place) is expected
    assert crosses_border(place, BELGIUM) is expected


def test_joined_territories():
    assert get_territory(Place("LI")) == get_territory(Place("CH"))
    assert not crosses_border(Place("GB", zip="M1 1AA"), Place("JE"))
    assert crosses_border(Place("GB", zip="M1 1AA"), Place("GB", zip="BT1 1AA"))
    assert not crosses_border(Place("US"), Place("PR"))
