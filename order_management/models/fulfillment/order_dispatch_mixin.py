from odoo import models
from odoo.exceptions import UserError

from ...exceptions import ItemError
from ..common.access import as_service, public
from ..common.results import error, error_of, row
from ..common.set_runner import run_set


class OrderDispatchMixin(models.AbstractModel):
    """Handing over what was picked: validation without a wizard, many transfers as one set."""

    _name = "order.dispatch.mixin"
    _description = "Dispatch of a transfer"

    @public
    def ship(self):
        """Validate what is picked on these transfers; the rest becomes a backorder.

        Whether a rest is backordered or dropped is the setting of the operation type. Goods that
        were scanned in part go as far as they were scanned. A done transfer repeats its answer.
        Where all that is left of a batch is shipped, transfers nobody could pick anything on
        leave it and can be planned and claimed again.

        :return: one item per transfer: ``picking_id``, ``state``, ``backorder_id``,
            ``shipment_ids`` (empty for a pick or pack step), ``replayed`` when it was done before
        """
        pickings = as_service(self)
        repeated = pickings.filtered(lambda picking: picking.state == "done")
        refusals = {picking.id: picking._get_ship_refusal() for picking in pickings}
        ready = pickings.filtered(lambda p: p.state != "done" and not refusals[p.id])
        pickings._leave_batches(ready)
        for picking, exception in run_set(ready, type(ready)._ship_picked, "Shipping"):
            refusals[picking.id] = error_of(exception)
        done = pickings.filtered(lambda picking: picking.state == "done")
        done._create_shipments(every=True)
        shipments = done._get_shipment_ids()
        return [
            {
                **picking._prepare_ship_row(refusals[picking.id], shipments.get(picking.id, [])),
                **({"replayed": True} if picking in repeated else {}),
            }
            for picking in pickings
        ]

    def action_ship(self):
        """Button: ship what is picked."""
        self.check_access("write")
        refused = [answer for answer in self.ship() if not answer["ok"]]
        if refused:
            raise UserError(
                "\n".join(entry["message"] for answer in refused for entry in answer["errors"])
            )
        return True

    def _leave_batches(self, ready):
        """Take out of batches that are shipped whole what cannot go with the rest (case F3).

        A batch of which only some transfers are shipped now stays as it is: people work on it.

        :param ready: those of these transfers that are shipped now
        """
        for batch in ready.batch_id:
            left = batch.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")) - ready
            if left and left <= self:
                left.batch_id = False
                left._release()
                batch._note_removed(left)

    def _get_ship_refusal(self):
        """The reason why this transfer cannot be shipped now, or ``False``."""
        if self.state in ("draft", "cancel"):
            return self._get_closed_error()
        if self.state == "done" or self._has_picked():
            return False
        message = self.env._("Nothing is picked on %(transfer)s.", transfer=self.name)
        return error("nothing_picked", message)

    def _has_picked(self):
        return any(
            line.quantity and (line.picked or line.scanned_quantity) for line in self.move_line_ids
        )

    def _ship_picked(self):
        """Validate; what did not get done in the end is refused, whatever core answered."""
        self.move_line_ids._settle_scanned()
        for company, pickings in self.grouped("company_id").items():
            pickings.with_company(company).with_context(
                skip_backorder=True, skip_sms=True
            ).button_validate()
        stuck = self.filtered(lambda picking: picking.state != "done")
        if stuck:
            message = self.env._(
                "%(transfers)s could not be validated.", transfers=", ".join(stuck.mapped("name"))
            )
            raise ItemError("failed", message)

    def _prepare_ship_row(self, refusal, shipment_ids):
        backorders = self.backorder_ids.filtered(lambda picking: picking.state != "cancel")
        return row(
            [refusal] if refusal else [],
            picking_id=self.id,
            state=self.state,
            backorder_id=backorders[:1].id,
            shipment_ids=shipment_ids,
        )
