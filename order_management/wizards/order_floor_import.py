import base64
import csv
import io

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.results import MAX_FILE_BYTES
from ..models.fulfillment.floor_sql import read_zone
from ..models.fulfillment.order_floor_places_mixin import PLACED
from ..tools.documents import guess_format, neutralise
from ..tools.documents import places as place_table
from ..tools.documents.places import Problem

SHOWN = 100  # findings of a preview
FIELDS = {"x": "pos_x", "y": "pos_y", "z": "pos_z"}


class OrderFloorImport(models.TransientModel):
    """Takes places of locations from a table, after a look at what is wrong with it."""

    _name = "order.floor.import"
    _description = "Import places"

    floor_id = fields.Many2one("order.floor", required=True, ondelete="cascade")
    filename = fields.Char()
    file = fields.Binary(attachment=False)
    template = fields.Binary(compute="_compute_template")
    good_count = fields.Integer(compute="_compute_findings")
    bad_count = fields.Integer(compute="_compute_findings")
    findings = fields.Html(compute="_compute_findings", sanitize=False)

    @api.depends("floor_id")
    def _compute_template(self):
        for wizard in self:
            target = io.StringIO(newline="")
            writer = csv.writer(target)
            writer.writerow(place_table.KEYS)
            ids = [place.id for place in read_zone(wizard.floor_id) if place.is_leaf]
            start = len(wizard.floor_id.location_id.complete_name or "") + 1
            for place in self.env["stock.location"].browse(ids):
                texts = (place.complete_name[start:], place.aisle, place.bay, place.level)
                numbers = (place.pos_x, place.pos_y, place.pos_z) if place.is_placed else ("",) * 3
                writer.writerow([*(neutralise(text or "") for text in texts), *numbers])
            wizard.template = base64.b64encode(target.getvalue().encode("utf-8-sig"))

    @api.depends("file", "filename", "floor_id")
    def _compute_findings(self):
        for wizard in self:
            wizard.update({"good_count": 0, "bad_count": 0, "findings": False})
            if wizard.file:
                good, problems = wizard._read()
                wizard.good_count = len(good)
                wizard.bad_count = len({problem.row for problem in problems})
                wizard.findings = wizard._render(problems)

    def _read(self):
        """What the file gives: ``(location id → values, problems in the order of rows)``."""
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if len(content) > MAX_FILE_BYTES:
            return {}, [Problem(0, "", self.env._("The file exceeds 5 MiB; split it."))]
        format = guess_format(self.filename or "", content)
        if format not in ("csv", "xlsx"):
            return {}, [Problem(0, "", self.env._("Send a table: CSV, or Excel (.xlsx)."))]
        rows, problems = place_table.read(content, format)
        problems, good, taken = list(problems), {}, {}
        known = self._get_known()
        for row in rows:
            found = known.get(row.location.casefold(), ())
            if len(found) != 1:
                problems.append(Problem(row.number, "", self._tell_unknown(row.location, found)))
                continue
            (location,) = found
            if location in taken:
                message = self.env._("The same location as in row %(row)s.", row=taken[location])
                problems.append(Problem(row.number, "", message))
                continue
            taken[location] = row.number
            good[location] = {FIELDS.get(key, key): value for key, value in row.values.items()}
        return good, sorted(problems, key=lambda problem: problem.row)

    def _tell_unknown(self, name, found):
        if found:
            return self.env._(
                "“%(name)s” are several locations; write the name with those above.", name=name
            )
        return self.env._("“%(name)s” is no internal location of this zone.", name=name)

    def _get_known(self):
        """What a location may be called, in lower case → the ids of those that are.

        Its barcode and full name go before its name beneath the zone, that before its own name.
        """
        zone, above = read_zone(self.floor_id), self.floor_id.location_id.complete_name
        ways = (
            {place.id: place.barcode for place in zone},
            {place.id: f"{above}/{place.path}" for place in zone},
            {place.id: place.path for place in zone},
            {place.id: place.name for place in zone},
        )
        known = {}
        for way in ways:
            found = {}
            for location, name in way.items():
                if name:
                    found.setdefault(name.strip().casefold(), set()).add(location)
            known = {**found, **known}
        return known

    def _render(self, problems):
        if not problems:
            return False
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (problem.row or "", problem.column, problem.message)
            for problem in problems[:SHOWN]
        )
        table = Markup(
            '<table class="table table-sm"><thead><tr><th>%s</th><th>%s</th><th>%s</th></tr>'
            "</thead><tbody>%s</tbody></table>"
        ) % (self.env._("Row"), self.env._("Column"), self.env._("What is wrong"), rows)
        if len(problems) <= SHOWN:
            return table
        more = self.env._("%(count)s more are not shown.", count=len(problems) - SHOWN)
        return table + Markup('<p class="text-muted">%s</p>') % more

    def action_download_template(self):
        """Download the locations of the zone with what is known of them, to fill in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template/places.csv?download=true",
            "target": "self",
        }

    def action_apply(self):
        """Write the good rows; blank cells leave what is there."""
        self.ensure_one()
        self.floor_id._ensure_placing()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        good, _problems = self._read()
        if not good:
            raise UserError(self.env._("No row can be used; nothing was written."))
        places = self.env["stock.location"].sudo().browse(good)
        self.floor_id._place_locations(
            {
                place.id: {**{name: place[name] for name in PLACED}, **good[place.id]}
                for place in places
            }
        )
        return {"type": "ir.actions.act_window_close"}
