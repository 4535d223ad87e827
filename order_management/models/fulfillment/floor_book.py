"""Where locations lie, read once for many: :class:`FloorBook`."""

from typing import NamedTuple

from odoo.tools import SQL

from ...tools.tours import Layout

WIDEST_AISLE = 6.0  # metres between the racks on both sides


def middle_of(xs):
    """Where people walk between racks, to the centimetre."""
    return round((min(xs) + max(xs)) / 2, 2)


def ends_of(front, back, margin=1.5):
    """The cross aisles of a floor that states none: before the first and behind the last place.

    :param float margin: metres from the middle of the outermost bay to that of the cross aisle
    """
    return [min(0.0, front), back + margin]


class Spot(NamedTuple):
    """A place people walk to: on which floor, and where in the middle of its aisle."""

    floor: tuple  # sequence and id of the floor, or of the warehouse without one
    place: tuple  # (x, y) in metres

    @property
    def x(self):
        return self.place[0]

    @property
    def y(self):
        return self.place[1]


class FloorBook:
    """Floors of warehouses with their layouts, and the spot of each location.

    A few statements for all warehouses, whatever the number of locations. The racks on both sides
    of an aisle are reached from its middle, places behind the last cross aisle from there.

    :param warehouses: ``stock.warehouse`` records
    """

    def __init__(self, warehouses):
        self.env = env = warehouses.env
        self.floors = env["order.floor"].sudo().search([("warehouse_id", "in", warehouses.ids)])
        self.floors.cross_aisle_ids.fetch(["floor_id", "pos_y"])
        self._roots = {floor.location_id.id: floor for floor in self.floors}
        self.aisles, self._ends, self._spots = {}, {}, {}
        self.places = self._read(env, warehouses)
        self._middles = middles = self._measure_aisles()
        self.layouts = {key: self._get_layout(key) for key in self.aisles}
        for location, (key, aisle, x, y) in self.places.items():
            lines = self.layouts[key].cross_aisles
            place = (middles[key, aisle, x], min(max(y, lines[0]), lines[-1]))
            self._spots[location] = Spot(key, place)

    def _read(self, env, warehouses):
        """Location id → floor, aisle, x and y, of all that are placed."""
        env["stock.location"].flush_model()
        env.cr.execute(
            SQL(
                """
                SELECT location.id, location.warehouse_id, location.parent_path,
                       COALESCE(location.aisle, ''),
                       COALESCE(location.pos_x, 0.0)::float, COALESCE(location.pos_y, 0.0)::float
                  FROM stock_location AS location
                 WHERE location.warehouse_id = ANY(%s) AND location.is_placed
                 ORDER BY location.id
                """,
                warehouses.ids,
            )
        )
        return {
            location: (self._key_of(warehouse, path or ""), aisle.strip(), x, y)
            for location, warehouse, path, aisle, x, y in env.cr.fetchall()
        }

    def _key_of(self, warehouse, path):
        """The floor of a location by the nearest zone above it, or its warehouse."""
        for part in reversed(path.split("/")):
            if part and int(part) in self._roots:
                floor = self._roots[int(part)]
                return (floor.sequence, floor.id)
        return (0, -warehouse)

    def _measure_aisles(self):
        """(floor, aisle, x) → x of the middle; notes all aisles and the ends of each floor."""
        sides = {}
        for key, aisle, x, y in self.places.values():
            front, back = self._ends.get(key, (y, y))
            self._ends[key] = (min(front, y), max(back, y))
            sides.setdefault((key, aisle), set()).add(x)
        middles = {}
        for (key, aisle), xs in sides.items():
            if aisle and max(xs) - min(xs) <= WIDEST_AISLE:
                middles.update(dict.fromkeys([(key, aisle, x) for x in xs], middle_of(xs)))
            else:  # places without an aisle, and aisles of one name that are not the same
                middles.update({(key, aisle, x): round(x, 2) for x in xs})
        for (key, _aisle, _x), middle in middles.items():
            self.aisles.setdefault(key, set()).add(middle)
        return middles

    def _get_layout(self, key):
        aisles, (front, back) = sorted(self.aisles[key]), self._ends[key]
        if floor := self.floor_of(key):
            return floor._get_layout(aisles, front, back)
        lines = tuple(ends_of(front, back))
        return Layout(tuple(aisles), lines, (aisles[0], lines[0]))

    def floor_of(self, key):
        """The floor of a key, empty for a warehouse without one."""
        return self.floors.browse(key[1]) if key[1] > 0 else self.floors.browse()

    def any_layout(self):
        """A floor to plan on where no places are known."""
        return next(iter(self.layouts.values()), Layout((0.0,), (0.0, 1.0), (0.0, 0.0)))

    def name_aisles(self, key):
        """x of the middle of each aisle of a floor → its name, empty where it has none."""
        names = {}
        for (floor, aisle, _x), middle in sorted(self._middles.items()):
            if floor == key:
                names[middle] = names.get(middle) or aisle
        return names

    def spot(self, location_id):
        """The :class:`Spot` of a location, or ``None`` where it has no place."""
        return self._spots.get(location_id)

    def spots(self):
        """Location id → :class:`Spot`, of all that are placed."""
        return self._spots
