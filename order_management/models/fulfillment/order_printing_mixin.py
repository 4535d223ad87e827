from odoo import fields, models
from odoo.exceptions import UserError

from ..common.access import as_service
from .print_kinds import KINDS

SLIP = "packing_slip"


class OrderPrintingMixin(models.AbstractModel):
    """Transfers, and batches of them, whose labels and papers are printed at a station."""

    _name = "order.printing.mixin"
    _description = "Transfer with prints"

    print_job_count = fields.Integer(compute="_compute_print_job_count", compute_sudo=True)

    def _compute_print_job_count(self):
        carts = {work: work._get_cart() for work in self}
        counts = dict(
            self.env["order.print.job"]._read_group(
                [("picking_id", "in", self.env["stock.picking"].union(*carts.values()).ids)],
                ["picking_id"],
                ["__count"],
            )
        )
        for work, pickings in carts.items():
            work.print_job_count = sum(counts.get(picking, 0) for picking in pickings)

    def action_print_here(self):
        """Button: print by this browser what waits for these transfers, labels first."""
        self.env["order.print.job"]._ensure_worker()
        self.check_access("read")
        pickings = self._get_cart()
        pickings.check_access("read")
        self._queue_missing(as_service(pickings))
        waiting = self.env["order.print.job"].search(
            [("picking_id", "in", pickings.ids), ("state", "=", "waiting")], order="id"
        )
        if not waiting:
            raise UserError(
                self.env._("All labels are printed; open Print jobs to print one of them again.")
            )
        return waiting._open_in_browser()

    def action_view_print_jobs(self):
        """Button: what was printed of these transfers, and what waits."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_print_job_action"
        )
        domain = [("picking_id", "in", self._get_cart().ids)]
        return {**action, "domain": domain, "context": {}}

    def _queue_missing(self, pickings):
        """Queue labels that never were, and anew what failed."""
        pickings.move_line_ids.result_package_id._queue_labels()
        failed = pickings.env["order.print.job"].search(
            [("picking_id", "in", pickings.ids), ("state", "=", "failed")]
        )
        failed._reprint()

    def _queue_papers(self, kinds, again=False):
        """Queue papers of these transfers at the station of whoever works here.

        :param list kinds: of paper, such as ``packing_slip``
        :param bool again: print once more what was printed before; else each is queued once
        :return list: ids of print jobs
        """
        queued = self.env["order.print.job"]
        for warehouse, pickings in self.grouped(lambda p: p.picking_type_id.warehouse_id).items():
            station = self.env["order.print.station"]._get_for(warehouse)
            rows = [picking._prepare_paper_job(kind) for picking in pickings for kind in kinds]
            queued += queued._queue(station, rows, again)
        return queued.ids

    def _prepare_paper_job(self, kind):
        return {
            "key": f"{kind}/{self.id}",
            "kind": kind,
            "name": f"{KINDS[kind].name} {self.name}",
            "picking_id": self.id,
            "company_id": self.company_id.id,
            "res_model": self._name,
            "res_ids": self.ids,
        }

    def _after_packed(self, packages):
        """Queue the labels of what was just packed, where they are printed by themselves."""
        packages._queue_labels(automatic=True)

    def _after_shipped(self):
        """Queue the packing slips of what just left, where they are printed by themselves."""
        for warehouse, pickings in self.grouped(lambda p: p.picking_type_id.warehouse_id).items():
            leaving = pickings.filtered(
                lambda p: p.picking_type_code == "outgoing" and p.company_id.use_order_management
            )
            wanted = leaving and warehouse.print_slip_when_shipped
            if wanted and self.env["order.print.station"]._get_for(warehouse):
                as_service(leaving)._queue_papers([SLIP])

    def _get_label_action(self, package_id):
        """A print dialog for the label of what was just packed, where the browser prints it."""
        waiting = self.env["order.print.job"].search(
            [("key", "=", f"parcel_label/{package_id}"), ("state", "=", "waiting"),
             ("picking_id", "in", self.ids), ("station_id.printed_by", "=", "browser")]
        )  # fmt: skip
        return waiting._open_in_browser() if waiting else False
