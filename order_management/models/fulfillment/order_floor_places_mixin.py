from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..common.access import as_service, has_role
from ..common.bulk import update_rows
from .floor_book import WIDEST_AISLE
from .floor_sql import read_zone

PLACED = ("aisle", "bay", "level", "pos_x", "pos_y", "pos_z")


class OrderFloorPlacesMixin(models.AbstractModel):
    """Gives the locations of a floor their places, and tells which ones make no sense."""

    _name = "order.floor.places.mixin"
    _description = "Floor with places"

    spacing = fields.Json(readonly=True, copy=False)  # how its locations were placed last
    location_count = fields.Integer("Locations", compute="_compute_counts")
    placed_count = fields.Integer("With a place", compute="_compute_counts")
    unplaced_count = fields.Integer("Stock without a place", compute="_compute_counts")
    same_spot_count = fields.Integer("At the very same spot", compute="_compute_counts")
    outside_count = fields.Integer("Outside the cross aisles", compute="_compute_counts")
    scattered_count = fields.Integer("Aisle in two parts", compute="_compute_counts")

    @api.depends("location_id", "cross_aisle_ids.pos_y")
    def _compute_counts(self):
        for floor in self:
            zone = read_zone(floor._origin) if floor._origin.location_id else []
            floor.location_count = sum(place.is_leaf for place in zone)
            floor.placed_count = sum(place.is_leaf and place.is_placed for place in zone)
            for problem, ids in floor._find_problems(zone).items():
                floor[f"{problem}_count"] = len(ids)

    def _find_problems(self, zone):
        """What makes no sense on this floor.

        :param list zone: :class:`ZoneLocation`
        :return dict: ``unplaced`` (stock at a location that has no place), ``same_spot`` (two
            locations where one can be), ``outside`` (not between the cross aisles), ``scattered``
            (aisles of one name that are not one) → location ids
        """
        placed = [place for place in zone if place.is_placed]
        lines = self.cross_aisle_ids.mapped("pos_y")
        spots, sides = {}, {}
        for place in placed:
            spots.setdefault((place.x, place.y, place.z, place.level), []).append(place.id)
            sides.setdefault(place.aisle, set()).add(place.x)
        wide = {aisle for aisle, xs in sides.items() if aisle and max(xs) - min(xs) > WIDEST_AISLE}
        return {
            "unplaced": [place.id for place in zone if place.quantity > 0 and not place.is_placed],
            "same_spot": [place for places in spots.values() if places[1:] for place in places],
            "outside": [
                place.id for place in placed if lines and not min(lines) <= place.y <= max(lines)
            ],
            "scattered": [place.id for place in placed if place.aisle in wide],
        }

    def action_view_problem(self):
        """Button: the locations behind one of the counts."""
        self.ensure_one()
        self.check_access("read")
        found = self._find_problems(read_zone(self))
        problem = self.env.context.get("floor_problem")
        return self._open_locations(found.get(problem) or [])

    def action_view_locations(self):
        """Button: the locations of the floor."""
        self.ensure_one()
        self.check_access("read")
        return self._open_locations([place.id for place in read_zone(self) if place.is_leaf])

    def _open_locations(self, ids):
        view = self.env.ref("order_management.order_floor_location_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Locations of %(floor)s", floor=self.name),
            "res_model": "stock.location",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"create": False},
        }

    def _ensure_placing(self):
        """Only who plans the floor gives its locations their places.

        Core lets stock managers alone write locations; places are ours.

        :raises AccessError: the caller is no order manager, or may not see the floor
        """
        if not has_role(self.env):
            raise AccessError(self.env._("Order managers give locations their places."))
        self.check_access("write")

    def _place_locations(self, vals_by_id):
        """Write places of locations of these floors, all in one statement.

        :param dict vals_by_id: location id → values of all of ``PLACED``
        """
        self._ensure_placing()
        rows = {
            location: {
                **{name: vals[name] for name in PLACED},
                "is_placed": bool(vals["aisle"] or vals["pos_x"] or vals["pos_y"]),
            }
            for location, vals in vals_by_id.items()
        }
        update_rows(as_service(self.env["stock.location"]), rows)
        self.invalidate_recordset()

    def _create_locations(self, names):
        """New internal locations directly beneath the zone.

        :return dict: name → id
        """
        self._ensure_placing()
        zone = as_service(self.location_id)
        made = zone.create(
            [
                {
                    "name": name,
                    "location_id": zone.id,
                    "usage": "internal",
                    "company_id": zone.company_id.id,
                }
                for name in names
            ]
        )
        return dict(zip(names, made.ids, strict=True))

    def _keep_spacing(self, spacing):
        """Remember how locations were placed, for the next time."""
        self._ensure_placing()
        self.spacing = spacing

    def _set_ways(self, cross_aisles, depot):
        """Replace the cross aisles of a floor, and where its tours start."""
        self.ensure_one()
        last = len(cross_aisles)
        titles = {1: self.env._("Front"), last: self.env._("Back")}
        kept = {line.pos_y: line for line in self.cross_aisle_ids}
        commands = [
            Command.delete(line.id) for pos_y, line in kept.items() if pos_y not in cross_aisles
        ]
        commands += [
            Command.create(
                {"name": titles.get(rank, self.env._("Middle %(rank)s", rank=rank - 1)), "pos_y": y}
            )
            for rank, y in enumerate(cross_aisles, 1)
            if y not in kept
        ]
        self.write({"depot_x": depot[0], "depot_y": depot[1], "cross_aisle_ids": commands})
