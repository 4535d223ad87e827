from datetime import timedelta

from odoo import fields, models

from ..common.access import as_service, public
from ..common.results import Arguments, error, row
from .print_sql import MAX_ATTEMPTS

FIRST_DELAY = timedelta(seconds=30)  # until what failed is handed out again; doubled each time


class OrderPrintJobAnswer(models.Model):
    """How a job ends: what agents and browsers answer to a claim."""

    _inherit = "order.print.job"

    @public
    def done(self, claim=None):
        """Note that jobs were printed.

        :param claim: the number of the claim the jobs were handed out with; a list of numbers,
            one per job, for several. Without it the present claim is answered
        :return: one item per job: ``job_id``, ``state``, ``attempt``; ``replayed`` when it was
            known. ``not_possible`` when the job was handed out again since, or is cancelled
        """
        numbers = self._read_claims(claim)
        jobs = as_service(self)
        refusals = {
            job.id: job._refuse_done(number) for job, number in zip(jobs, numbers, strict=True)
        }
        printed = jobs.filtered(lambda job: job.state == "printed")
        accepted = (jobs - printed).filtered(lambda job: not refusals[job.id])
        accepted.write({"state": "printed", "printed_at": fields.Datetime.now(), "error": False})
        return [job._prepare_answer_row(refusals[job.id], replayed=job in printed) for job in jobs]

    @public
    def failed(self, reason, claim=None):
        """Note that jobs could not be printed; they are handed out again, three times in all.

        :param str reason: what people are told
        :param claim: as of ``done``
        :return: one item per job: ``job_id``, ``state`` (``waiting`` | ``failed``), ``attempt``;
            ``replayed`` when it was known. ``not_possible`` when it is printed, or was handed
            out again since
        """
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        numbers = self._read_claims(claim)
        jobs, refusals = as_service(self), {}
        replayed = jobs.filtered(lambda job: job.state in ("waiting", "failed") and job.error)
        for job, number in zip(jobs, numbers, strict=True):
            refusals[job.id] = job._refuse_failed(number, reason)
            if not refusals[job.id] and job not in replayed:
                job._note_failure(reason)
        return [job._prepare_answer_row(refusals[job.id], replayed=job in replayed) for job in jobs]

    def _read_claims(self, claim):
        """The number of each job's claim, ``False`` where the caller names none."""
        arguments = Arguments(self.env)
        if claim is None or claim is False:
            return [False] * len(self)
        if not isinstance(claim, (list, tuple)):
            claim = [claim] * len(self)
        if len(claim) != len(self):
            arguments.refuse("claim", self.env._("one number per job is expected."))
        return [
            arguments.value(number, "integer", f"claim[{index}]", required=True)
            for index, number in enumerate(claim)
        ]

    def _refuse_done(self, number):
        """The reason why the job cannot be done, or ``False``.

        Late news of the last claim counts: it was printed, and would be printed twice.
        """
        is_late = number and self.state in ("waiting", "failed")
        if self.state in ("claimed", "printed") or is_late:
            return self._refuse_number(number)
        return self._refuse_state()

    def _refuse_failed(self, number, reason):
        """The reason why the job cannot fail, or ``False``."""
        if not reason:
            return error("reason_required", self.env._("Say why it was not printed."), "reason")
        if self.state == "claimed" or self.state in ("waiting", "failed") and self.error:
            return self._refuse_number(number)
        return self._refuse_state()

    def _refuse_number(self, number):
        if number is False or number == self.claim_number:
            return False
        message = self.env._("%(name)s was handed out again since.", name=self.name)
        return error("not_possible", message, "claim")

    def _refuse_state(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        message = self.env._("%(name)s: %(state)s.", name=self.name, state=states[self.state])
        return error("not_possible", message)

    def _note_failure(self, reason, for_good=False):
        """Wait longer each time; in the end it is failed, and whoever asked for it is told."""
        for job in self:
            if job.attempts < MAX_ATTEMPTS and not for_good:
                delay = FIRST_DELAY * 2 ** max(0, job.attempts - 1)
                next_try = fields.Datetime.now() + delay
                job.write({"state": "waiting", "error": reason, "next_try_at": next_try})
                continue
            job.write({"state": "failed", "error": reason})
            message = self.env._(
                "%(name)s was not printed: %(reason)s", name=job.name, reason=reason
            )
            job.user_id._bus_send(
                "simple_notification", {"type": "danger", "sticky": True, "message": message}
            )

    def _prepare_answer_row(self, refusal, replayed=False):
        values = {"replayed": True} if replayed and not refusal else {}
        return row(
            [refusal] if refusal else [],
            job_id=self.id,
            state=self.state,
            attempt=self.attempts,
            **values,
        )
