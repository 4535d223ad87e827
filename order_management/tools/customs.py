"""Customs territories: whether goods that go from one address to another need customs papers.

An address is a country code (ISO 3166-1 alpha-2), with the code of its state and its postcode
where it has them. Which countries form the customs union of the European Union is the caller's
knowledge (``in_union``); the exceptions stand here.
"""

import re
from dataclasses import dataclass

UNION = "EU"

# Countries that form one customs territory with another.
_JOINED = {
    "MC": UNION,
    "IM": "GB",
    "JE": "GB",
    "GG": "GB",
    "LI": "CH",
    "SM": UNION,
    "PR": "US",
}
# Parts of a country for which goods are declared though they lie in it, by state and postcode.
_APART = (
    ("ES", ("GC", "TF"), r"3[58]", "Canary Islands"),
    ("ES", ("CE",), r"51", "Ceuta"),
    ("ES", ("ML",), r"52", "Melilla"),
    ("DE", (), r"27498", "Heligoland"),
    ("DE", (), r"78266", "Büsingen"),
    ("IT", (), r"23041", "Livigno"),
    ("FI", (), r"22", "Åland"),
    ("FR", (), r"97[1-8]|98[4-9]", "French overseas"),
)
# Parts of a country that belong to the union for goods.
_IN_UNION = (("GB", r"BT"),)


@dataclass(frozen=True)
class Place:
    """Where goods leave or arrive."""

    country: str
    state: str = ""
    zip: str = ""
    in_union: bool = False


def get_territory(place: Place) -> str:
    """Return the name of the customs territory of a place, empty without a country."""
    postcode = re.sub(r"\W", "", place.zip).upper()
    for country, states, pattern, name in _APART:
        if place.country == country and (place.state in states or re.match(pattern, postcode)):
            return name
    for country, pattern in _IN_UNION:
        if place.country == country and re.match(pattern, postcode):
            return UNION
    return UNION if place.in_union else _JOINED.get(place.country, place.country)


def crosses_border(origin: Place, destination: Place) -> bool:
    """Tell whether goods change the customs territory; unknown countries cross nothing."""
    left, right = get_territory(origin), get_territory(destination)
    return bool(left and right) and left != right
