from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.fulfillment.floor_sql import read_zone
from ..tools.floor_names import Spacing, make_names, place_names, propose_pattern
from ..tools.floor_picture import Mark, Plan, draw

USUAL = "{aisle}-{bay}-{level}"
SOURCES = ("name", "path", "barcode")
SHOWN = 8  # examples of a preview
SPACING = {
    "aisle_distance": "aisle_distance",
    "first_aisle": "first_aisle_x",
    "first_bay": "first_bay_y",
    "bay_width": "bay_width",
    "level_height": "level_height",
    "cross_aisle": "cross_aisle_width",
    "block_bays": "block_bays",
    "two_sided": "two_sided",
    "rack_distance": "rack_distance",
}  # of the arithmetic → ours


class OrderFloorPlace(models.TransientModel):
    """Gives the locations of a floor their places by their names, or makes new ones.

    What would become of them is shown while one types; nothing is written before *Apply*.
    """

    _name = "order.floor.place"
    _description = "Place locations"

    floor_id = fields.Many2one("order.floor", required=True, ondelete="cascade")
    work = fields.Selection(
        [("place", "Place the locations of the zone"), ("create", "Create new locations")],
        required=True, default="place",
    )  # fmt: skip
    source = fields.Selection(
        [("name", "Name"), ("path", "Name beneath the zone"), ("barcode", "Barcode")],
        "Read", required=True,
        compute="_compute_source", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    pattern = fields.Char(
        compute="_compute_pattern", store=True, readonly=False, precompute=True,
        help="Where aisle, bay and level stand in a name, e.g. {aisle}-{bay}-{level}. Proposed is "
        "the one that reads most names.",
    )  # fmt: skip
    is_only_new = fields.Boolean("Only those without a place")
    aisles = fields.Char(help="E.g. A..D or 1..4, 7.", default="A..D")
    bays = fields.Char(help="E.g. 01..12.", default="01..12")
    levels = fields.Char(help="E.g. 1..4.", default="1..4")
    aisle_distance = fields.Float("Aisle to aisle", digits=(16, 3), default=4.0)
    first_aisle_x = fields.Float("First aisle at x", digits=(16, 3))
    first_bay_y = fields.Float("First bay at y", digits=(16, 3), default=1.5)
    bay_width = fields.Float(digits=(16, 3), default=1.0)
    level_height = fields.Float(digits=(16, 3), default=0.5)
    cross_aisle_width = fields.Float(digits=(16, 3), default=2.0)
    block_bays = fields.Integer(
        "Bays per block", help="Bays along one side until the next cross aisle; 0: one block."
    )
    two_sided = fields.Boolean(
        "Racks on both sides", help="Odd bays stand on the left, even ones opposite on the right."
    )
    rack_distance = fields.Float(
        "Rack to rack", digits=(16, 3), default=2.0, help="Across the aisle, from place to place."
    )
    is_floor_set = fields.Boolean(
        "Set cross aisles and depot, too", default=True,
        help="Cross aisles before, between and behind the racks replace those of the floor; tours "
        "start where the first aisle meets the first of them.",
    )  # fmt: skip
    problem = fields.Char(compute="_compute_preview")
    total_count = fields.Integer(compute="_compute_preview")
    match_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    picture = fields.Text(compute="_compute_preview")

    @api.model
    def default_get(self, fields):
        """Racks stand as they stood the last time."""
        values = super().default_get(fields)
        floor = self.env["order.floor"].browse(values.get("floor_id"))
        kept = floor.spacing or {}
        values.update({name: kept[name] for name in SPACING.values() if name in kept})
        return values

    @api.depends("floor_id", "work")
    def _compute_source(self):
        for wizard in self:
            zone, best = wizard._read_zone(), (0, "name")
            for source in SOURCES if wizard.work == "place" else ():
                names = [name for _place, name in wizard._get_names(zone, source)]
                pattern = propose_pattern(names)
                count = place_names(names, pattern, Spacing()).count if pattern else 0
                if count > best[0]:
                    best = (count, source)
            wizard.source = best[1]

    @api.depends("floor_id", "work", "source")
    def _compute_pattern(self):
        for wizard in self:
            names = wizard._get_names(wizard._read_zone(), wizard.source or SOURCES[0])
            wizard.pattern = propose_pattern([name for _place, name in names]) or USUAL

    def _read_zone(self):
        """The locations without others beneath them."""
        floor = self.floor_id
        return [place for place in read_zone(floor) if place.is_leaf] if floor else []

    def _get_names(self, zone, source):
        """``(location, what is read of it)``, without those that have no such name."""
        return [(place, name) for place in zone if (name := getattr(place, source))]

    @api.depends(
        "floor_id", "work", "source", "pattern", "is_only_new", "aisles", "bays", "levels",
        "is_floor_set", *SPACING.values(),
    )  # fmt: skip
    def _compute_preview(self):
        for wizard in self:
            wizard.update({"problem": False, "total_count": 0, "match_count": 0})
            wizard.update({"preview": False, "picture": False})
            try:
                names, placement = wizard._plan()
            except ValueError as problem:
                wizard.problem = str(problem).partition(": ")[2] or str(problem)
                continue
            wizard.total_count, wizard.match_count = len(names), placement.count
            wizard.preview = wizard._render_preview(names, placement)
            wizard.picture = wizard._draw(placement)

    def _plan(self):
        """What would be placed where.

        :return: ``(names, Placement)``; a name is ``(ZoneLocation or None, text)``
        :raises ValueError: what has to be mended
        """
        self.ensure_one()
        spacing = Spacing(**{name: self[field] for name, field in SPACING.items()})
        pattern = self.pattern or ""
        if self.work == "create":
            made = make_names(pattern, self.aisles or "", self.bays or "", self.levels or "")
            if any("/" in name for name in made):
                raise ValueError(self.env._("A name of a location holds no slash."))
            known = {place.name: place for place in read_zone(self.floor_id)}
            names = [(known.get(name), name) for name in made]
        else:
            names = self._get_names(self._read_zone(), self.source)
        placement = place_names([name for _place, name in names], pattern, spacing)
        return names, placement

    def _get_chosen(self, names, placement):
        """``(location or None, Place)`` of those that are to be written."""
        return [
            (location, place)
            for (location, _name), place in zip(names, placement.places, strict=True)
            if place and not (self.is_only_new and location and location.is_placed)
        ]

    # Preview

    def _render_preview(self, names, placement):
        """Examples from all over the floor, and names that the pattern does not read."""
        read = [place for place in placement.places if place]
        step = max(len(read) / SHOWN, 1.0)
        examples = [read[int(index * step)] for index in range(min(SHOWN, len(read)))]
        titles = [
            self.env._("Location"), self.env._("Aisle"), self.env._("Bay"), self.env._("Level"),
            "x", "y", "z",
        ]  # fmt: skip
        head = Markup().join(
            Markup('<th class="%s">%s</th>') % ("text-end" if index > 3 else "", title)
            for index, title in enumerate(titles)
        )
        body = Markup().join(
            Markup("<tr>%s%s</tr>")
            % (
                Markup().join(
                    Markup("<td>%s</td>") % text
                    for text in (place.name, place.aisle, place.bay, place.level)
                ),
                Markup().join(
                    Markup('<td class="text-end">%s</td>') % f"{number:g}"
                    for number in (place.x, place.y, place.z)
                ),
            )
            for place in examples
        )
        table = Markup(
            '<table class="table table-sm mb-1"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
        ) % (head, body)
        missed = [
            name
            for (_location, name), place in zip(names, placement.places, strict=True)
            if not place
        ]
        if not missed:
            return table if read else False
        more = self.env._(" and %(count)s more", count=len(missed) - SHOWN)
        note = Markup('<p class="text-warning mb-0">%s %s%s</p>') % (
            self.env._("Not read by the pattern:"),
            ", ".join(missed[:SHOWN]),
            more if len(missed) > SHOWN else "",
        )
        return (table if read else escape("")) + note

    def _draw(self, placement):
        """The floor as it would be."""
        at, aisles = {}, {}
        for place in filter(None, placement.places):
            at.setdefault((place.x, place.y), place.name)
            aisles.setdefault(place.aisle, set()).add(place.x)
        if not at:
            return False
        plan = Plan(
            tuple(Mark(x, y, name) for (x, y), name in at.items()),
            tuple(((min(xs) + max(xs)) / 2, aisle) for aisle, xs in aisles.items()),
            placement.cross_aisles,
            placement.depot,
            self.floor_id.name,
        )
        return draw(plan)

    # Work

    def action_apply(self):
        """Write the places; make the locations before, where that is asked for."""
        self.ensure_one()
        floor = self.floor_id
        floor._ensure_placing()
        try:
            names, placement = self._plan()
        except ValueError as problem:
            raise UserError(str(problem).partition(": ")[2] or str(problem)) from problem
        if not placement.count:
            raise UserError(self.env._("The pattern reads none of the names; nothing was placed."))
        chosen = self._get_chosen(names, placement)
        made = floor._create_locations([place.name for location, place in chosen if not location])
        vals_by_id = {
            location.id if location else made[place.name]: {
                "aisle": place.aisle,
                "bay": place.bay,
                "level": place.level,
                "pos_x": place.x,
                "pos_y": place.y,
                "pos_z": place.z,
            }
            for location, place in chosen
        }
        floor._place_locations(vals_by_id)
        floor._keep_spacing({name: self[name] for name in SPACING.values()})
        if self.is_floor_set:
            floor._set_ways(placement.cross_aisles, placement.depot)
        return {"type": "ir.actions.act_window_close"}
