"""What is drawn of a floor and of a tour on it: :func:`plan_of`, :func:`parts_of`."""

from ...tools.floor_picture import Mark, Plan, Route

NAMED = 4  # locations above each other that are told by name


def plan_of(book, key, heat=None, unit=""):
    """The picture's facts of one floor.

    :param FloorBook book: where locations lie
    :param tuple key: of the floor
    :param dict heat: location id → what is counted there
    :param str unit: what that is
    :return: ``Plan``, ``False`` where no location of the floor has a place
    """
    layout = book.layouts.get(key)
    if not layout:
        return False
    at = {}
    for location, (floor, _aisle, x, y) in book.places.items():
        if floor == key:
            at.setdefault((x, y), []).append(location)
    floor, heat = book.floor_of(key), heat or {}
    names = _read_names(book.env, [place for places in at.values() for place in places])
    marks = [
        Mark(x, y, _label([names[place] for place in places]), _sum(heat, places))
        for (x, y), places in at.items()
    ]
    return Plan(
        tuple(marks),
        tuple(book.name_aisles(key).items()),
        layout.cross_aisles,
        layout.depot,
        floor.name or book.env["stock.warehouse"].browse(-key[1]).sudo().name,
        unit,
    )


def parts_of(plan, book):
    """Floors and the tour on each: what ``draw_all`` takes.

    :param TourPlan plan: the tour
    :param FloorBook book: where locations lie
    """
    parts, number = [], 0
    for leg in plan.legs:
        stops = []
        for line in leg.lines:
            number += 1
            _floor, _aisle, x, y = book.places[line.location_id.id]
            stops.append((x, y, number))
        parts.append((plan_of(book, leg.floor), Route(tuple(leg.corners), tuple(stops))))
    return parts


def _read_names(env, ids):
    places = env["stock.location"].sudo().browse(ids)
    places.fetch(["name"])
    return {place.id: place.name or "" for place in places}


def _label(names):
    shown = ", ".join(sorted(names)[:NAMED])
    return f"{shown}, …" if len(names) > NAMED else shown


def _sum(heat, places):
    return sum(max(heat.get(place, 0.0), 0.0) for place in places)
