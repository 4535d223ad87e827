import base64
from io import BytesIO

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools.pdf import PdfFileReader, merge_pdf

from ..common.access import as_service, has_role, public
from ..common.results import row
from . import print_sql

POINTS = 72 / 25.4  # to the millimetre


class OrderPrintJobBrowser(models.Model):
    """What people do with print jobs: print in the browser, print again, cancel."""

    _inherit = "order.print.job"

    @public
    def claim_here(self):
        """Hand out those of these jobs that wait, to be printed by the caller's browser.

        They are answered as those of ``claim``.

        :return: one dict: ``jobs`` (``[{"job_id", "claim"}]``); ``files``, one per size of paper
            (``[{"width", "height", "pages", "content"}]``, in millimetres, PDF in base64);
            ``failed`` (``[{"job_id", "name", "message"}]``: what cannot be made)
        """
        jobs = print_sql.claim_chosen(as_service(self))
        contents = jobs._render("pdf")
        made = jobs.filtered(lambda job: job.id in contents)
        return row(
            jobs=[{"job_id": job.id, "claim": job.claim_number} for job in made],
            files=_merge([content for job in made for content in [contents[job.id]] * job.copies]),
            failed=[
                {"job_id": job.id, "name": job.name, "message": job.error} for job in jobs - made
            ],
        )

    @public
    def give_back(self, claim=None):
        """Let jobs that were handed out and not printed wait again, as if nobody had them.

        :param claim: as of ``done``
        :return: one item per job: ``job_id``, ``state``, ``attempt``; ``replayed`` when it waits
            already. ``not_possible`` when it is printed, or was handed out again since
        """
        numbers = self._read_claims(claim)
        jobs, refusals = as_service(self), {}
        waiting = jobs.filtered(lambda job: job.state == "waiting")
        for job, number in zip(jobs, numbers, strict=True):
            is_open = job.state in ("claimed", "waiting")
            refusals[job.id] = job._refuse_number(number) if is_open else job._refuse_state()
            if not refusals[job.id] and job not in waiting:
                job.write({"state": "waiting", "attempts": job.attempts - 1})
        return [job._prepare_answer_row(refusals[job.id], replayed=job in waiting) for job in jobs]

    def action_print_again(self):
        """Button: print again what was printed, failed or was cancelled."""
        self._ensure_worker()
        ended = self.filtered(lambda job: job.state in ("printed", "failed", "cancelled"))
        if not ended:
            raise UserError(self.env._("Nothing of this was printed yet: it waits."))
        again = as_service(ended)._reprint(self.env.user.print_station_id)
        return again.with_env(self.env)._get_print_action()

    def action_cancel(self):
        """Button: what waits is not printed; what failed is settled."""
        self._ensure_worker()
        ending = as_service(self).filtered(lambda job: job.state in ("waiting", "failed"))
        if not ending:
            raise UserError(self.env._("Only what waits or failed can be cancelled."))
        ending.write({"state": "cancelled"})
        return True

    def action_print_here(self):
        """Button: print what waits by this browser, whatever station it is meant for."""
        self._ensure_worker()
        waiting = self.filtered(lambda job: job.state == "waiting")
        if not waiting:
            raise UserError(self.env._("Nothing of this waits to be printed."))
        return waiting._open_in_browser()

    def _ensure_worker(self):
        self.check_access("read")
        if not has_role(self.env, "picker"):
            raise AccessError(self.env._("Printing is for people who pick and pack."))

    def _get_print_action(self):
        """What a button that queued these jobs does next: a print dialog, or a note."""
        here = self.filtered(
            lambda job: job.state == "waiting" and job.station_id.printed_by != "agent"
        )
        if here:
            return here._open_in_browser()
        stations = ", ".join(dict.fromkeys(self.mapped("station_id.name")))
        message = self.env._("Sent to %(station)s.", station=stations)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _open_in_browser(self):
        return {
            "type": "ir.actions.client",
            "tag": "order_print_browser",
            "params": {"job_ids": self.sorted("id").ids},
        }


def _merge(contents):
    """One PDF for each size of paper, in the order in which the sizes come up."""
    by_size = {}
    for content in contents:
        pages = PdfFileReader(BytesIO(content), strict=False).pages
        box = pages[0].mediabox
        size = (round(float(box.width) / POINTS), round(float(box.height) / POINTS))
        entry = by_size.setdefault(size, {"pages": 0, "parts": []})
        entry["pages"] += len(pages)
        entry["parts"].append(content)
    return [
        {
            "width": width,
            "height": height,
            "pages": entry["pages"],
            "content": base64.b64encode(merge_pdf(entry["parts"])).decode(),
        }
        for (width, height), entry in by_size.items()
    ]
