import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain

from .access import public
from .results import error_of, plain, row
from .set_runner import run_set

_logger = logging.getLogger(__name__)

MAX_FAULTS = 5  # how often a call is taken up again at once that met others


class Unfinished(NamedTuple):
    """What a background call answers when it goes on in a transaction of its own."""

    arguments: dict  # of the next part
    progress: float  # 0 to 1
    result: object  # so far


class OrderJob(models.Model):
    """A call that runs in the background, as the user who asked for it."""

    _name = "order.job"
    _description = "Background call"
    _order = "id desc"

    model = fields.Char(required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    record_ids = fields.Json(readonly=True)
    arguments = fields.Json(readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    progress = fields.Float(readonly=True, help="Share that is done, 0 to 1.")
    result = fields.Json(readonly=True)
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )

    @api.model
    def _enqueue(self, records, method, arguments):
        """Store a call of a public method of ours to be run in the background.

        :return dict: a row with ``job_id``
        """
        job = self.sudo().create(
            {
                "model": records._name,
                "method": method,
                "record_ids": records.ids,
                "arguments": arguments,
                "user_id": self.env.uid,
            }
        )
        self.env.ref("order_management.ir_cron_jobs").sudo()._trigger()
        return row(job_id=job.id)

    @public
    def get_result(self):
        """Tell how background calls stand.

        :return: one item per job: ``job_id``, ``state`` (``waiting`` | ``done`` | ``failed``),
            ``progress`` (0..1), ``result`` (what the call answered)
        """
        return [
            row(
                [error_of(Exception(job.error))] if job.state == "failed" else [],
                job_id=job.id,
                state=job.state,
                progress=job.progress,
                result=job.result,
            )
            for job in self
        ]

    @api.model
    def _cron_run(self):
        """Run waiting calls, one transaction each, or one for each part of them.

        A part that meets others is taken up again; a call that cannot go on now waits for the
        next time.
        """
        waiting = Domain("state", "=", "waiting")
        left, faults = set(), 0
        while job := self._take_next(waiting & Domain("id", "not in", list(left))):
            progress = job.progress
            try:
                job._run()
                self.env.flush_all()
            except (OperationalError, LockError) as fault:
                self.env.cr.rollback()
                self.env.transaction.reset()
                faults += 1
                _logger.info("Background call %s met others (%s)", job.id, type(fault).__name__)
                if faults % MAX_FAULTS == 0:
                    left.add(job.id)
                continue
            if job.state == "waiting" and job.progress <= progress:
                left.add(job.id)
            remaining = self.search_count(waiting)
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return
        if left:
            soon = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref("order_management.ir_cron_jobs").sudo()._trigger(soon)

    def _take_next(self, waiting):
        """The oldest waiting call that no other worker is at."""
        return self.search(waiting, order="id").try_lock_for_update(limit=1)

    def _run(self):
        """Run one call as its user; a failure leaves nothing but its reason."""
        self.ensure_one()
        for _job, exception in run_set(self, type(self)._call):
            self.write({"state": "failed", "error": str(exception)})
        if self.state != "waiting":
            self._end()

    def _end(self):
        """Delete the files of a call that ended; tell its user what they wait for."""
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        told = self.result.get("message") if isinstance(self.result, dict) else None
        if self.error or told:
            kind = "danger" if self.error else "info"
            self.user_id._bus_send(
                "simple_notification",
                {"type": kind, "sticky": True, "message": self.error or told},
            )

    def _call(self):
        caller = self.env[self.model].with_user(self.user_id).with_company(self.company_id)
        records = caller.browse(self.record_ids or [])
        answer = getattr(records, self.method)(**(self.arguments or {}))
        if isinstance(answer, Unfinished):
            self.write({**answer._asdict(), "result": plain(answer.result)})
            return
        self.write({"state": "done", "progress": 1.0, "result": plain(answer)})
