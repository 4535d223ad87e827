"""A warehouse floor: aisles, cross aisles, a depot, and how far it is from one place to another."""

from bisect import bisect_left
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Layout:
    """Aisles between cross aisles.

    Aisles run along y from the first to the last cross aisle, cross aisles run along x and join
    them all. What lies between two neighbouring cross aisles is a block.

    :param aisles: the x of each
    :param cross_aisles: the y of each, two or more, ascending
    :param depot: ``(x, y)`` on a cross aisle: where a tour starts and ends
    :raises ValueError: an argument is wrong
    """

    aisles: tuple
    cross_aisles: tuple
    depot: tuple

    def __post_init__(self):
        aisles = _numbers(self.aisles, "aisles")
        if not aisles or len(set(aisles)) < len(aisles):
            raise ValueError("aisles: one or more different ones are expected")
        lines = _numbers(self.cross_aisles, "cross_aisles")
        if len(lines) < 2 or any(low >= high for low, high in zip(lines, lines[1:], strict=False)):
            raise ValueError("cross_aisles: two or more, ascending, are expected")
        depot = _point(self.depot, "depot")
        if depot[1] not in lines:
            raise ValueError("depot: it lies on a cross aisle")
        for name, value in (("aisles", aisles), ("cross_aisles", lines), ("depot", depot)):
            object.__setattr__(self, name, value)

    def block(self, y: float) -> int:
        """The block in which ``y`` lies; on a cross aisle, the one below it."""
        return max(bisect_left(self.cross_aisles, y) - 1, 0)

    def distance(self, start: tuple, end: tuple) -> float:
        """How far one walks between two places in aisles, or on cross aisles."""
        (x1, y1), (x2, y2) = start, end
        if x1 == x2:
            return abs(y1 - y2)
        low, high = (y1, y2) if y1 <= y2 else (y2, y1)
        lines = self.cross_aisles
        above = bisect_left(lines, low)
        if lines[above] <= high:
            return abs(x1 - x2) + (high - low)
        over, under = lines[above], lines[above - 1]
        return abs(x1 - x2) + min(over - low + over - high, low - under + high - under)

    def length(self, places: list) -> float:
        """How long a tour is: from the depot by all the places, in this order, and back."""
        here, total = self.depot, 0.0
        for place in places:
            total += self.distance(here, place)
            here = place
        return total + self.distance(here, self.depot)

    def corners(self, places: list) -> list[tuple]:
        """The points at which a tour turns or stops, to draw it: depot, places, depot."""
        here, points = self.depot, [self.depot]
        for place in [*places, self.depot]:
            points += [point for point in self._turns(here, place) if point != points[-1]]
            if place != points[-1]:
                points.append(place)
            here = place
        return points

    def _turns(self, start, end):
        (x1, y1), (x2, y2) = start, end
        if x1 == x2:
            return []
        line = min(self.cross_aisles, key=lambda line: abs(y1 - line) + abs(line - y2))
        if end == self.depot:  # on its own cross aisle, for it may stand between two aisles
            line = y2
        elif start == self.depot:
            line = y1
        return [(x1, line), (x2, line)]

    def places(self, stops) -> list[tuple]:
        """The stops as pairs of floats.

        :raises ValueError: a stop is not in an aisle
        """
        if isinstance(stops, (str, bytes, dict)):
            raise ValueError("stops: a list of places is expected")
        places = [_point(stop, "stops") for stop in _rows(stops, "stops")]
        aisles, (first, *_between, last) = set(self.aisles), self.cross_aisles
        for x, y in places:
            if x not in aisles or not first <= y <= last:
                raise ValueError(f"stops: {(x, y)!r} lies in none of the aisles")
        return places


def number(value, name, least=None, above=None):
    """A finite number, at least or above a bound."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError(f"{name}: {value!r} is not a finite number")
    if least is not None and value < least:
        raise ValueError(f"{name}: it is at least {least:g}")
    if above is not None and value <= above:
        raise ValueError(f"{name}: it is above {above:g}")
    return float(value)


def _rows(values, name):
    try:
        return list(values)
    except TypeError as exception:
        raise ValueError(f"{name}: a list is expected") from exception


def _numbers(values, name):
    return tuple(number(value, name) for value in _rows(values, name))


def _point(value, name):
    point = _numbers(value, name)
    if len(point) != 2:
        raise ValueError(f"{name}: {value!r} is not a place (x, y)")
    return point
