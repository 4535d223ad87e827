"""The way through the warehouse that a set of transfer lines takes: :func:`plan_tour`."""

from typing import NamedTuple

from ...tools.tours import Tour, tour, tour_corners

SHORTEST = "shortest"


class Leg(NamedTuple):
    """The tour on one floor."""

    floor: tuple  # the key of :class:`~.floor_book.FloorBook`
    lines: list  # transfer lines in walking order
    tour: Tour
    corners: list  # the points at which it turns or stops


class TourPlan(NamedTuple):
    """A tour through all floors; ``unplaced``: lines at locations that have no place."""

    legs: list
    unplaced: list

    @property
    def length(self):
        return sum(leg.tour.length for leg in self.legs)

    @property
    def bound(self):
        """No tour by these lines is shorter."""
        return sum(leg.tour.bound for leg in self.legs)

    @property
    def lines(self):
        """All lines as one walks, those without a place last."""
        return [line for leg in self.legs for line in leg.lines] + self.unplaced


def plan_tour(lines, book):
    """The tour by some transfer lines, floor by floor.

    :param lines: ``stock.move.line`` records
    :param FloorBook book: where locations lie
    :return: :class:`TourPlan`
    """
    floors, unplaced = {}, []
    for line in lines:
        if spot := book.spot(line.location_id.id):
            floors.setdefault(spot.floor, []).append(line)
        else:
            unplaced.append(line)
    legs = [_plan_leg(key, floors[key], book) for key in sorted(floors)]
    return TourPlan(legs, sorted(unplaced, key=_by_name))


def _plan_leg(key, lines, book):
    floor, layout = book.floor_of(key), book.layouts[key]
    lines = sorted(lines, key=_by_name)  # what lies at one stop is told in the order of names
    stops = [book.spot(line.location_id.id).place for line in lines]
    heavy = floor.heavy_order or "direction"
    weights = ranks = None
    if heavy == "direction":
        weights = [line.product_id.weight * line.quantity_product_uom for line in lines]
    elif heavy == "first":
        ranks = [int(line.product_id.weight < floor.heavy_weight) for line in lines]
    found = tour(stops, layout, floor.tour_method or SHORTEST, ranks=ranks, weights=weights)
    ordered = [lines[index] for index in found.order]
    return Leg(key, ordered, found, tour_corners(found, stops, layout))


def _by_name(line):
    location = line.location_id
    return (location.complete_name or "", line.product_id.display_name or "", line.id)
