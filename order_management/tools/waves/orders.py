"""What is planned: orders with the places they are picked from, and what one wave can carry."""

from dataclasses import dataclass, fields

from ..tours.layout import number


@dataclass(frozen=True)
class Order:
    """Something picked as a whole.

    :param id: the caller's own, anything hashable
    :param stops: ``(x, y)`` of the places it is picked from
    :param lines: of its pick list; None: as many as stops
    :param totes: boxes of the cart it takes
    :param priority: a lower one never waits for a higher one
    :param group: orders of different groups never share a wave: a carrier, a zone
    """

    id: object
    stops: tuple
    lines: float | None = None
    weight: float = 0.0
    volume: float = 0.0
    totes: float = 1.0
    priority: int = 0
    group: object = ""

    def load(self) -> dict:
        """What it takes of each kind of capacity."""
        lines = len(self.stops) if self.lines is None else self.lines
        return {
            "orders": 1.0,
            "lines": number(lines, "orders", least=0),
            "weight": number(self.weight, "orders", least=0),
            "volume": number(self.volume, "orders", least=0),
            "totes": number(self.totes, "orders", least=0),
        }


@dataclass(frozen=True)
class Capacity:
    """The most that goes on one round; 0: no limit."""

    orders: float = 0.0
    lines: float = 0.0
    weight: float = 0.0
    volume: float = 0.0
    totes: float = 0.0

    def __post_init__(self):
        for field in fields(self):
            number(getattr(self, field.name), field.name, least=0)


class Loads:
    """What each order takes of the kinds of capacity that have a limit."""

    def __init__(self, orders, capacity):
        limits = {field.name: getattr(capacity, field.name) for field in fields(capacity)}
        kinds = [kind for kind, limit in limits.items() if limit]
        loads = [order.load() for order in orders]
        self.each = [tuple(load[kind] for kind in kinds) for load in loads]
        self.limits = tuple(limits[kind] * (1 + 1e-9) for kind in kinds)
        self.empty = (0.0,) * len(kinds)

    def total(self, wave):
        """The load of a wave."""
        total = self.empty
        for order in wave:
            total = self.plus(total, order)
        return total

    def plus(self, load, order):
        """A load and an order."""
        return tuple(one + other for one, other in zip(load, self.each[order], strict=True))

    def fits(self, load, order=None, gone=None):
        """Whether a load with one order more, and one less, is within the limits."""
        for place, limit in enumerate(self.limits):
            amount = load[place]
            if order is not None:
                amount += self.each[order][place]
            if gone is not None:
                amount -= self.each[gone][place]
            if amount > limit:
                return False
        return True
