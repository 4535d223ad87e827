"""What stands where: products, the slots they may be in, how often they are picked."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from ..tours.api import length_of
from ..tours.layout import number

A, B, C = "abc"
SHARES = (0.2, 0.5)  # of the products: the first fifth is A, up to the half B
LARGE_ORDER = 50  # orders of more products tell nothing of what is bought together


@dataclass(frozen=True)
class Slot:
    """A place for one product.

    :param place: ``(x, y)``
    :param level: 0 at the floor
    :param kind: products of this kind only stand in it, and these in no other: ``frozen``
    :param space: the most a product may need; 0: any
    :param is_fixed: what stands in it stays, and nothing is put there; it may hold several products
    """

    id: object
    place: tuple
    level: float = 0
    kind: object = ""
    space: float = 0.0
    is_fixed: bool = False


@dataclass(frozen=True)
class Product:
    """A product and the slot it stands in.

    :param weight: of a piece
    :param space: what it needs
    """

    id: object
    slot: object
    weight: float = 0.0
    kind: object = ""
    space: float = 0.0


@dataclass(frozen=True)
class Rules:
    """What may stand where.

    :param heavy_weight: from this weight on a product is heavy; 0: none is
    :param heavy_level: the highest level for what is heavy
    """

    heavy_weight: float = 0.0
    heavy_level: float = 0

    def __post_init__(self):
        number(self.heavy_weight, "rules", least=0)
        number(self.heavy_level, "rules", least=0)

    def is_high(self, product: Product, slot: Slot) -> bool:
        """Whether a heavy product would stand too high there."""
        is_heavy = self.heavy_weight and product.weight >= self.heavy_weight
        return bool(is_heavy and slot.level > self.heavy_level)

    def allow(self, product: Product, slot: Slot) -> bool:
        """Whether the product may stand there."""
        return (
            product.kind == slot.kind
            and not (slot.space and product.space > slot.space)
            and not self.is_high(product, slot)
        )


@dataclass(frozen=True)
class Affinity:
    """Two products in ``count`` orders together, ``lift`` times as often as by chance."""

    first: object
    second: object
    count: int
    lift: float


def classify_by_lines(lines: dict, shares: tuple = SHARES) -> dict:
    """Classes by how often products are picked, not by what they are worth.

    :param lines: product -> lines of a period
    :param shares: of the products, up to which they are A, and B
    :return: product -> ``a``, ``b`` or ``c``; what was never picked is C
    :raises ValueError: an argument is wrong
    """
    first, second = (number(share, "shares", least=0) for share in shares)
    if not first <= second <= 1:
        raise ValueError("shares: two ascending ones up to 1 are expected")
    counts = {product: number(count, "lines", least=0) for product, count in lines.items()}
    ranked = sorted(counts, key=lambda product: -counts[product])
    found = {}
    for rank, product in enumerate(ranked):
        share = rank / len(ranked)
        is_picked = counts[product] > 0
        found[product] = C
        if is_picked and share < second - 1e-12:
            found[product] = A if share < first - 1e-12 else B
    return found


def find_affinities(orders, least_count: int = 3, least_lift: float = 1.5) -> list[Affinity]:
    """Pairs of products that are in orders together, those most often beyond chance first.

    :param orders: lists of products
    :param least_count: of orders with both
    :param least_lift: 1 is what chance alone brings
    """
    orders = [sorted(set(order), key=repr) for order in orders]
    single = Counter(product for order in orders for product in order)
    pairs = Counter(
        pair for order in orders if len(order) <= LARGE_ORDER for pair in combinations(order, 2)
    )
    found = []
    for (first, second), count in pairs.items():
        lift = count * len(orders) / (single[first] * single[second])
        if count >= least_count and lift >= least_lift:
            found.append(Affinity(first, second, count, lift))
    return sorted(found, key=lambda pair: (pair.count / pair.lift - pair.count, repr(pair.first)))


class Walks:
    """The tours of orders, each looked up when it was reckoned before."""

    def __init__(self, layout):
        self.layout, self.known = layout, {}

    def length(self, places):
        """Of the tour by some places."""
        key = frozenset(places)
        if key not in self.known:
            self.known[key] = length_of(sorted(key), self.layout)
        return self.known[key]


def walked(orders, places: dict, layout) -> float:
    """How far one walks for orders, each picked on a tour of its own.

    :param orders: lists of products, or of the products of a wave
    :param places: product -> ``(x, y)``; what has none is left out
    :param Layout layout: the floor
    """
    products = list(places)
    checked = dict(zip(products, layout.places(places[one] for one in products), strict=True))
    walks = Walks(layout)
    return sum(
        walks.length([checked[product] for product in order if product in checked])
        for order in orders
    )
