from odoo import models
from odoo.exceptions import UserError

from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, error, row


class OrderLabelQueueMixin(models.AbstractModel):
    """Parcels whose labels are printed at a station."""

    _name = "order.label.queue.mixin"
    _description = "Parcel with a label to print"

    def action_queue_label(self):
        """Button: print the labels at the station; again, when they were printed before."""
        self.check_access("read")
        packages = as_service(self)
        transfers = packages._get_label_lines().picking_id
        if not transfers:
            raise UserError(self.env._("There is nothing in it that a label could tell of."))
        check_visible(self.env["stock.picking"].browse(transfers.ids))
        job_ids = packages._queue_labels(again=True)
        return self.env["order.print.job"].browse(job_ids)._get_print_action()

    @public
    def queue_labels(self, again=False):
        """Queue the labels of these parcels where the caller prints.

        A label that waits, or was printed, is not queued twice unless it is asked for.

        :param bool again: print once more what was printed before
        :return: one item per package: ``package_id``, ``job_id``, ``printed_by`` (``agent``, or
            ``browser``, for which see ``order.print.job.claim_here``)
        """
        packages = as_service(self)
        check_visible(self.env["stock.picking"].browse(packages._get_label_lines().picking_id.ids))
        again = Arguments(self.env).value(again, "boolean", "again")
        jobs = packages.env["order.print.job"].browse(packages._queue_labels(again=again))
        by_package = {job.res_ids[0]: job for job in jobs}
        return [package._prepare_queue_row(by_package.get(package.id)) for package in packages]

    def _prepare_queue_row(self, job):
        errors = []
        if not job:
            message = self.env._("There is nothing in it that a label could tell of.")
            errors = [error("not_possible", message)]
        printed_by = job and (job.station_id.printed_by or "browser")
        return row(
            errors, package_id=self.id, job_id=job and job.id, printed_by=printed_by or False
        )

    def _queue_labels(self, again=False, automatic=False):
        """Queue the labels of these parcels at the station of whoever works here.

        :param bool again: print once more what was printed before; else each label is queued once
        :param bool automatic: only where labels are printed by themselves
        :return list: ids of print jobs, of parcels that hold goods of a transfer
        """
        lines = self._get_label_lines() if self else self.env["stock.move.line"]
        pickings = {
            package: held.picking_id.sorted("id")[-1]
            for package, held in lines.grouped("result_package_id").items()
        }
        held = self.filtered(lambda package: package in pickings)
        queued = self.env["order.print.job"].sudo()
        for warehouse, packages in held.grouped(
            lambda package: pickings[package].picking_type_id.warehouse_id
        ).items():
            station = self.env["order.print.station"]._get_for(warehouse)
            if automatic and not (station and warehouse.print_label_when_packed):
                continue
            rows = [package._prepare_label_job(pickings[package]) for package in packages]
            queued += queued._queue(station, rows, again)
        return queued.ids

    def _prepare_label_job(self, picking):
        return {
            "key": f"parcel_label/{self.id}",
            "kind": "parcel_label",
            "name": self.name,
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "res_model": self._name,
            "res_ids": self.ids,
        }
