import base64
from functools import partial

from odoo import api, fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, row
from ..common.set_runner import run_set
from . import print_sql
from .print_kinds import KINDS

MAX_CLAIM = 100  # jobs a call


class OrderPrintJob(models.Model):
    """A label or a paper that waits to be printed at a station, or was.

    A job is handed out by a claim, which has a number; it is answered by ``done`` or ``failed``
    with that number. What is not answered in time is handed out again under the next number, and
    late answers to the earlier one are refused: so nothing counts as printed twice. What is
    printed again on purpose is a job of its own. Contents are made when a job is handed out, to
    suit the printer.
    """

    _name = "order.print.job"
    _description = "Print job"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Document", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="Names what is printed, once.")
    kind = fields.Selection(
        [(code, kind.name) for code, kind in KINDS.items()], required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("claimed", "At the printer"),
            ("printed", "Printed"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    station_id = fields.Many2one(
        "order.print.station", "Print station", readonly=True, check_company=True,
        ondelete="restrict", help="Empty: the browser of whoever asked for it.",
    )  # fmt: skip
    station = fields.Char("Station code", related="station_id.code", store=True, index=True)
    picking_id = fields.Many2one(
        "stock.picking", "Transfer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    res_model = fields.Char("Model", readonly=True)
    res_ids = fields.Json("Records", readonly=True)
    options = fields.Json(readonly=True)
    format = fields.Selection([("zpl", "ZPL"), ("pdf", "PDF")], readonly=True)
    copies = fields.Integer(readonly=True, default=1)
    origin_id = fields.Many2one(
        "order.print.job", "Reprint of", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    reprint_count = fields.Integer("Reprints", readonly=True)
    attempts = fields.Integer(readonly=True)
    claim_number = fields.Integer("Claim", readonly=True)
    claimed_at = fields.Datetime("Handed out on", readonly=True)
    next_try_at = fields.Datetime("Not before", readonly=True, default=fields.Datetime.now)
    printed_at = fields.Datetime("Printed on", readonly=True)
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Asked for by", required=True, readonly=True, ondelete="restrict",
        default=lambda self: self.env.user,
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )

    _key_uniq = models.UniqueIndex("(company_id, key)")
    _open_idx = models.Index("(station_id, id) WHERE state IN ('waiting', 'claimed')")

    @api.model
    @public
    def claim(self, station, limit=10):
        """Hand out what is to be printed at a station, the oldest first; nothing to two agents.

        Print each item ``copies`` times, then answer with ``done(claim)`` or ``failed(reason,
        claim)``. A job that is not answered in the station's time is handed out again, three
        times in all.

        :param str station: code of the print station
        :param int limit: how many jobs at most, 1 to 100
        :return: one item per job: ``job_id``, ``claim`` (its number, for the answer), ``kind``,
            ``name``, ``record`` (name of the transfer), ``key`` (unique), ``format`` (``zpl`` |
            ``pdf``), ``content`` (base64), ``copies``, ``attempt`` (1 for the first),
            ``reprint`` (whether it may have been printed before)
        """
        arguments = Arguments(self.env)
        code = arguments.value(station, "text", "station", required=True)
        limit = arguments.value(limit, "integer", "limit", required=True)
        if not 1 <= limit <= MAX_CLAIM:
            message = self.env._("1 to %(most)s jobs can be claimed.", most=MAX_CLAIM)
            arguments.refuse("limit", message)
        place = as_service(self.env["order.print.station"]._find_by_code(code))
        jobs = place._claim(limit)
        contents = jobs._render(place._get_label_format())
        return [job._prepare_claim_row(contents[job.id]) for job in jobs if job.id in contents]

    def _prepare_claim_row(self, content):
        return row(
            job_id=self.id,
            claim=self.claim_number,
            kind=self.kind,
            name=self.name,
            record=self.picking_id.name or self.name,
            key=self.key,
            format=self.format,
            content=base64.b64encode(content).decode(),
            copies=self.copies,
            attempt=self.attempts,
            reprint=bool(self.origin_id or self.attempts > 1),
        )

    def _render(self, label_format):
        """Make what is printed; jobs for which that fails are failed, with the reason.

        :param str label_format: of labels; papers are PDF
        :return dict: job id → bytes
        """
        found = {}
        for (kind, lang, dpi), jobs in self.grouped(type(self)._get_printer).items():
            jobs.write({"format": label_format if KINDS[kind].is_label else "pdf"})
            spoken = jobs.with_context(lang=lang).with_company(jobs.company_id[:1])
            render = partial(_render_kind, KINDS[kind], found, label_format, dpi)
            for job, exception in run_set(spoken, render, "Printing"):
                job._note_failure(str(exception.args[0] if exception.args else exception), True)
        return found

    def _get_printer(self):
        """What jobs that are rendered together share: kind, language, resolution of labels."""
        warehouse = self.picking_id.picking_type_id.warehouse_id
        return self.kind, self.user_id.lang, self.station_id._get_label_dpi(warehouse)

    def _get_record_ids(self):
        return [record_id for job in self for record_id in job.res_ids]

    @api.model
    def _queue(self, station, rows, again=False):
        """Store jobs, all in one statement; nothing is made ready yet.

        :param station: where they are printed; none for the browser of whoever asks
        :param list rows: ``key``, ``kind``, ``name`` and what else the kind needs (``res_model``,
            ``res_ids``, ``options``, ``copies``, ``picking_id``) of each
        :param bool again: print what was queued before once more, as jobs of their own
        :return: the jobs, one per row; a key that is known answers its job
        """
        jobs = self.sudo()
        if not rows:
            return jobs
        common = {
            "station_id": station.id,
            "station": station.code,
            "user_id": self.env.uid,
            "company_id": (station.company_id or self.env.company).id,
            "copies": 1,
        }
        rows = [{**common, **values} for values in rows]
        new = print_sql.insert_jobs(jobs, rows)
        companies = [values["company_id"] for values in rows]
        keys = [values["key"] for values in rows]
        known = jobs.search([("key", "in", keys), ("company_id", "in", companies)], order="id")
        if not again:
            return known
        old = known.filtered(lambda job: job.id not in new)
        return known - old + old._renew(station)

    def _renew(self, station):
        """What prints these ones again: they themselves while they wait, else jobs of their own."""
        open_states = ("waiting", "claimed")
        again = self.search([("origin_id", "in", self.ids), ("state", "in", open_states)])
        still = (self - again.origin_id).filtered(lambda job: job.state in open_states)
        return again + still + (self - again.origin_id - still)._reprint(station)

    def _reprint(self, station=None):
        """Jobs that print these ones again; what failed is cancelled in their favor.

        :param station: where; else where it was to be printed before
        """
        if not self:
            return self
        rows = []
        for job in self:
            first = job.origin_id or job
            first.reprint_count += 1
            same = station and station.company_id == job.company_id
            place = station if same else job.station_id
            values = {name: job[name] for name in ("kind", "name", "res_model", "res_ids")}
            rows.append(
                {
                    **values,
                    "key": f"{first.key}/{first.reprint_count}",
                    "origin_id": first.id,
                    "station_id": place.id,
                    "station": place.code,
                    "options": job.options,
                    "copies": job.copies,
                    "picking_id": job.picking_id.id,
                    "company_id": job.company_id.id,
                }
            )
        self.filtered(lambda job: job.state == "failed").write({"state": "cancelled"})
        return self._queue(self.env["order.print.station"], rows)


def _render_kind(kind, found, label_format, dpi, jobs):
    found.update(kind.render(jobs, label_format, dpi))
