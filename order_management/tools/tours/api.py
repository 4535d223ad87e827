"""Tours through a warehouse, each with a length that none can fall below."""

from dataclasses import dataclass

from .bound import tree_bound
from .exact import crossings, shortest_length, shortest_order
from .layout import Layout, number
from .s_shape import s_shape_order
from .search import distances, improve, nearest_order

SHORTEST, S_SHAPE = METHODS = ("shortest", "s_shape")
# So many cross aisles, counted between the outermost places of a tour, are reckoned exactly.
EXACT_CROSS_AISLES = 5


@dataclass(frozen=True)
class Tour:
    """A tour from the depot by all stops and back.

    ``order``: indices of the stops as one walks; ``length``; ``bound``: no tour by these stops is
    shorter, whatever the method and the ranks; equal to ``length`` when the tour is proved
    shortest; ``method``: how the order was found.
    """

    order: list
    length: float
    bound: float
    method: str = SHORTEST

    @property
    def gap(self) -> float:
        """By what share the tour is at most longer than the shortest one."""
        return self.length / self.bound - 1.0 if self.bound > 0.0 else 0.0

    @property
    def is_shortest(self) -> bool:
        """Whether no tour can be shorter."""
        return self.length <= self.bound + 1e-9


def tour(stops, layout: Layout, method: str = SHORTEST, ranks=None, weights=None) -> Tour:
    """A short tour through the warehouse.

    The shortest one, proved, where the stops span at most four blocks and come in any order.
    Else the best that 2-opt and or-opt find, with Held and Karp's bound.

    :param stops: ``(x, y)`` of each; equal ones are visited one after the other
    :param Layout layout: the floor
    :param str method: ``shortest``, or ``s_shape``: aisle by aisle, up one and down the next
    :param ranks: a whole number for each stop: those of a lower one come first, e.g. 0 for what is
        heavy and 1 for what is not; None: in any order
    :param weights: of each stop: of the two directions of a tour, the one in which what is heavy
        comes earlier and lies below; costs no way. Ranks of several kinds go before it
    :return: :class:`Tour`
    :raises ValueError: an argument is wrong
    """
    if not isinstance(layout, Layout):
        raise ValueError("layout: a Layout is expected")
    if method not in METHODS:
        raise ValueError(f"method: one of {', '.join(METHODS)} is expected")
    places = layout.places(stops)
    ranks = _checked_ranks(ranks, len(places))
    weights = _checked_weights(weights, len(places))
    if not places:
        return Tour([], 0.0, 0.0, method)
    in_any_order = len(set(ranks)) == 1
    proved = in_any_order and method == SHORTEST and _is_exact(layout, places)
    if method == S_SHAPE:
        found = _by_rank(places, ranks, lambda part: s_shape_order(layout, part))
    elif proved:
        found = [(ranks[0], place) for place in shortest_order(layout, list(dict.fromkeys(places)))]
    else:
        found = _searched(places, ranks, layout)
    if in_any_order and _is_heavy_late(found, places, weights):
        found.reverse()
    return _finished(found, places, ranks, layout, method, proved)


def tour_length(stops, layout: Layout) -> float:
    """The length of :func:`tour`, found faster, for those who compare many sets of stops."""
    return length_of(layout.places(stops), layout)


def length_of(places: list, layout: Layout) -> float:
    """:func:`tour_length` of what :meth:`Layout.places` has looked at already."""
    if not places:
        return 0.0
    if _is_exact(layout, places):
        return shortest_length(layout, places)
    return tour(places, layout).length


def tour_corners(found: Tour, stops, layout: Layout) -> list[tuple]:
    """Where a tour turns or stops, to draw it: the depot, its corners, the depot."""
    places = layout.places(stops)
    return layout.corners([places[index] for index in found.order])


def _checked_weights(weights, count):
    if weights is None:
        return []
    weights = [number(weight, "weights", least=0) for weight in weights]
    if len(weights) != count:
        raise ValueError("weights: one for each stop is expected")
    return weights


def _is_heavy_late(found, places, weights):
    """Whether what is heavy comes earlier the other way round."""
    position = {place: index for index, (_rank, place) in enumerate(found)}
    middle = (len(found) - 1) / 2
    late = (
        weight * (position[place] - middle) for place, weight in zip(places, weights, strict=False)
    )
    return sum(late) > 1e-9


def _checked_ranks(ranks, count):
    if ranks is None:
        return [0] * count
    ranks = list(ranks)
    if len(ranks) != count:
        raise ValueError("ranks: one for each stop is expected")
    if any(isinstance(rank, bool) or not isinstance(rank, int) for rank in ranks):
        raise ValueError("ranks: whole numbers are expected")
    return ranks


def _is_exact(layout, places):
    return len(crossings(layout, places)) <= EXACT_CROSS_AISLES


def _coarse(layout, places):
    """The layout with no more cross aisles than can be reckoned exactly, evenly picked."""
    lines = crossings(layout, places)
    if len(lines) <= EXACT_CROSS_AISLES:
        return layout
    last = len(lines) - 1
    count = EXACT_CROSS_AISLES - 2  # one of them gives way to that of the depot
    kept = {lines[last * place // count] for place in range(count + 1)} | {layout.depot[1]}
    return Layout(layout.aisles, tuple(sorted(kept)), layout.depot)


def _by_rank(places, ranks, ordered):
    """``(rank, place)`` in the order of ``ordered``, rank by rank."""
    found = []
    for rank in sorted(set(ranks)):
        part = dict.fromkeys(place for place, own in zip(places, ranks, strict=True) if own == rank)
        found += [(rank, place) for place in ordered(list(part))]
    return found


def _searched(places, ranks, layout):
    """``(rank, place)`` in the order local search finds from several starts."""
    nodes = list(dict.fromkeys(zip(ranks, places, strict=True)))
    matrix = distances(layout, [place for _rank, place in nodes])
    rows = {node: row for row, node in enumerate(nodes, 1)}
    order_of = [None, *(rank for rank, _place in nodes)]
    starts = [nearest_order(matrix, order_of)]
    whole = shortest_order(_coarse(layout, places), list(dict.fromkeys(places)))
    for way in (whole, whole[::-1]):
        position = {place: index for index, place in enumerate(way)}
        found = _by_rank(places, ranks, lambda part, at=position: sorted(part, key=at.get))
        starts.append([rows[node] for node in found])
    return [nodes[row - 1] for row in improve(matrix, starts, order_of)]


def _finished(found, places, ranks, layout, method, proved):
    """The tour by ``(rank, place)``, as indices of the stops, with its length and bound."""
    indices = {}
    for index, node in enumerate(zip(ranks, places, strict=True)):
        indices.setdefault(node, []).append(index)
    order = [index for node in found for index in indices[node]]
    length = layout.length([place for _rank, place in found])
    if proved:
        bound = length
    elif _is_exact(layout, places):
        bound = min(shortest_length(layout, places), length)
    else:
        distinct = list(dict.fromkeys(places))
        bound = tree_bound(distances(layout, distinct), length)
    return Tour(order, length, bound, method)
