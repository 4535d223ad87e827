from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .print_sql import MAX_ATTEMPTS

ENDED = ("printed", "cancelled")
CLEAN_UP_AT_ONCE = 1000


class OrderPrintJobUpkeep(models.Model):
    """What happens to print jobs by itself: lost claims, agents that are away, old jobs."""

    _inherit = "order.print.job"

    @api.model
    def _cron_upkeep(self):
        """Take back what was not answered, look after the agents, delete what is old."""
        self._take_back()
        self.env["order.print.station"]._watch()
        self.env["ir.cron"]._commit_progress(1, remaining=0)
        old = self._get_old_domain()
        while jobs := self.search(old, limit=CLEAN_UP_AT_ONCE):
            jobs.unlink()
            remaining = self.search_count(old, limit=CLEAN_UP_AT_ONCE)
            if not self.env["ir.cron"]._commit_progress(len(jobs), remaining=remaining):
                return

    def _take_back(self):
        """Jobs that nobody answered wait again, or are failed when that was the last time."""
        now = fields.Datetime.now()
        claimed = self.search([("state", "=", "claimed")]).filtered(
            lambda job: (
                job.claimed_at <= now - timedelta(seconds=job.station_id.lost_seconds or 120)
            )
        )
        for job in claimed.try_lock_for_update():
            reason = job.env._("The printer's agent did not answer.")
            if job.attempts < MAX_ATTEMPTS:
                job.write({"state": "waiting", "error": reason, "next_try_at": now})
            else:
                job._note_failure(reason)

    @api.model
    def _get_old_domain(self):
        """Jobs that ended long enough ago, as each company says."""
        companies = self.env["res.company"].search([("print_job_days", ">", 0)])
        return Domain.OR(
            [
                [
                    ("company_id", "in", group.ids),
                    ("state", "in", ENDED),
                    ("write_date", "<", fields.Datetime.now() - timedelta(days=days)),
                ]
                for days, group in companies.grouped("print_job_days").items()
            ]
        )
