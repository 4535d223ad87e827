from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..common.bulk import insert_rows

LONGEST = timedelta(hours=4)  # who was away longer in between did not pick all the time


class OrderPickRecord(models.Model):
    """How a transfer was picked: by whom, how fast, how far, with which errors caught.

    Written when a transfer of the first step to customers is done. Time counts from the claim, or
    the first scan, or the end of the person's work before, to the last scan.
    """

    _name = "order.pick.record"
    _description = "Picked transfer"
    _order = "ended_at desc, id desc"
    _rec_name = "picking_id"
    _log_access = True

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, ondelete="cascade"
    )
    batch_id = fields.Many2one(
        "stock.picking.batch", "Wave", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", "Picker", readonly=True, index=True, ondelete="restrict")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime("Picked on", required=True, readonly=True)
    hours = fields.Float(readonly=True, help="0 where it is not known when picking began.")
    line_count = fields.Integer("Lines", readonly=True)
    timed_lines = fields.Integer(readonly=True, help="Lines of which the time is known.")
    unit_count = fields.Float("Units", readonly=True, digits="Product Unit")
    metres = fields.Float(readonly=True, digits=(16, 1))
    metres_bound = fields.Float(
        readonly=True, digits=(16, 1), help="What no tour could have fallen below."
    )
    caught_errors = fields.Integer(readonly=True, help="Scans that were refused.")
    short_lines = fields.Integer(
        "Short picks", readonly=True, help="Lines that were reserved and not picked, or in part."
    )
    lines_per_hour = fields.Float(
        compute="_compute_lines_per_hour", store=True, digits=(16, 1), aggregator="avg",
        help="Of groups: all their lines by all their hours.",
    )  # fmt: skip

    _picking_uniq = models.UniqueIndex("(picking_id)")

    @api.depends("timed_lines", "hours")
    def _compute_lines_per_hour(self):
        for record in self:
            record.lines_per_hour = record.timed_lines / record.hours if record.hours else 0.0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "lines_per_hour:avg":
            return SQL(
                "SUM(%(table)s.timed_lines) / NULLIF(SUM(%(table)s.hours), 0.0)",
                table=SQL.identifier(self._table),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _note(self, pickings, short_lines):
        """Store a record for each of these done transfers.

        :param dict short_lines: transfer id → lines that were left behind
        """
        if not pickings:
            return
        scans = self._read_scans(pickings)
        works = self._group_by_work(pickings, scans)
        ends = self._read_ends({person.id for person, _work in works})
        rows = []
        for (person, _work), members in sorted(
            works.items(), key=lambda item: max(scans[one.id].end for one in item[1])
        ):
            start, end = _get_interval(members, scans, ends.get(person.id))
            ends[person.id] = end
            rows += [
                self._prepare_vals(one, person, start, end, scans[one.id], short_lines, members)
                for one in members
            ]
        insert_rows(self.sudo(), rows, unless="picking_id")

    def _read_scans(self, pickings):
        """Transfer id → what was scanned on it."""
        now = fields.Datetime.now()
        found = {picking.id: _Scans(None, now, 0, None) for picking in pickings}
        self.env.cr.execute(
            SQL(
                """
                SELECT picking_id, MIN(at), MAX(at) FILTER (WHERE accepted),
                       COUNT(*) FILTER (WHERE NOT accepted),
                       MODE() WITHIN GROUP (ORDER BY user_id)
                  FROM order_scan WHERE picking_id = ANY(%s) GROUP BY picking_id
                """,
                pickings.ids,
            )
        )
        for picking, start, end, refused, person in self.env.cr.fetchall():
            found[picking] = _Scans(start, end or now, refused, person)
        return found

    def _group_by_work(self, pickings, scans):
        """(person, batch or transfer) → transfers that were picked as one piece of work."""
        works, me = {}, self.env.user
        for picking in pickings:
            person = picking.claimed_by_id or me.browse(scans[picking.id].person or me.id)
            work = picking.batch_id or picking
            works[person, work] = works.get((person, work), pickings.browse()) | picking
        return works

    def _read_ends(self, person_ids):
        """Person id → when the work before was done."""
        groups = self.sudo()._read_group(
            [
                ("user_id", "in", list(person_ids)),
                ("ended_at", ">", fields.Datetime.now() - LONGEST),
            ],
            ["user_id"],
            ["ended_at:max"],
        )
        return {person.id: end for person, end in groups}

    def _prepare_vals(self, picking, person, start, end, scans, short_lines, members):
        lines = picking.move_line_ids.filtered("quantity")
        every = sum(len(one.move_line_ids.filtered("quantity")) for one in members) or 1
        seconds = (end - start).total_seconds() if start else 0.0
        hours = seconds / 3600 * len(lines) / every if 0 < seconds <= LONGEST.total_seconds() else 0
        timed = len(lines) if hours else 0
        return {
            "picking_id": picking.id,
            "batch_id": picking.batch_id.id,
            "user_id": person.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "started_at": start or False,
            "ended_at": end,
            "hours": hours,
            "line_count": len(lines),
            "timed_lines": timed,
            "lines_per_hour": timed / hours if hours else 0.0,
            "unit_count": sum(lines.mapped("quantity_product_uom")),
            "metres": picking.tour_length,
            "metres_bound": picking.tour_bound,
            "caught_errors": scans.refused,
            "short_lines": short_lines.get(picking.id, 0),
        }


class _Scans:
    """When a transfer was scanned first and last, how often refused, by whom."""

    def __init__(self, start, end, refused, person):
        self.start, self.end, self.refused, self.person = start, end, refused, person


def _get_interval(members, scans, before):
    """When a piece of work began, if that is known, and ended.

    :param before: the end of the person's work before, which this one cannot overlap
    """
    starts = [one.claimed_at or scans[one.id].start for one in members]
    end = max(scans[one.id].end for one in members)
    if not all(starts):
        return None, end
    return min(max(min(starts), before or min(starts)), end), end


class OrderPickedMixin(models.AbstractModel):
    """Transfers that leave a record of how they were picked."""

    _name = "order.picked.mixin"
    _description = "Transfer with a pick record"

    def _count_short_lines(self):
        """Transfer id → its lines that were short: reported, or left though others are picked."""
        reports = (
            self.env["order.short.pick"]
            .sudo()
            ._read_group([("picking_id", "in", self.ids)], ["picking_id"], ["__count"])
        )
        counts = {picking.id: count for picking, count in reports}
        for picking in self:
            lines = picking.move_line_ids.filtered("quantity")
            left = lines.filtered(lambda line: not line.picked)
            if left and left != lines:
                counts[picking.id] = counts.get(picking.id, 0) + len(left)
        return counts

    def _note_picks(self, short_lines):
        """Keep how these done transfers were picked."""
        picks = self.filtered(
            lambda picking: picking.company_id.use_order_management and picking._is_pick()
        )
        self.env["order.pick.record"]._note(picks, short_lines)

    def _is_pick(self):
        """Whether it is the first step of goods on their way to customers."""
        kind = self.picking_type_id
        warehouse = kind.warehouse_id
        if warehouse.delivery_steps == "ship_only":
            return kind.code == "outgoing"
        return kind == warehouse.pick_type_id
