from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError

from ..common.access import ROLES, as_service, check_visible, has_role
from .return_book import ReturnBook


class OrderReturnButtonMixin(models.AbstractModel):
    """The buttons of a return: what people press instead of calling."""

    _name = "order.return.button.mixin"
    _description = "Buttons of a return"

    @api.model
    def _create_draft(self, order):
        """A draft return of ``order`` with all that may still come back, for the desk."""
        book = ReturnBook(order.sudo().order_line)
        reason = self.env["order.return.reason"].search([], limit=1)
        lines = [
            {"sale_line_id": line.id, "quantity": quantity, "reason_id": reason.id}
            for line in order.order_line
            if (quantity := book.get_returnable(line.sudo()))
        ]
        return self.create(
            {"order_id": order.id, "line_ids": [Command.create(vals) for vals in lines]}
        )

    def action_request(self):
        """Hand in a draft: the policy decides."""
        self._ensure_role("order.return.request")
        drafts = as_service(self).filtered(lambda one: one.state == "draft" and one.line_ids)
        drafts._lock()
        drafts.write({"requested_by_id": self.env.uid, "last_editor_id": self.env.uid})
        drafts._judge_lines()
        drafts._append_events("return_requested")
        drafts._open()
        return True

    def action_approve(self):
        """Approve, from the form; tells when another person must do it."""
        for answer in self.approve():
            self._raise_errors(answer)
            if answer["needs"]:
                raise UserError(
                    self.env._(
                        "%(name)s refunds so much that an order manager must approve it who "
                        "neither requested nor edited it.",
                        name=answer["name"],
                    )
                )
        return True

    def action_receive(self):
        """Open the dialog in which arrived goods are counted and inspected."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_return_receive_action"
        )
        return {**action, "context": {"default_return_id": self.id}}

    def action_send_back(self):
        """Open core's dialog by which what is not kept goes to the customer again, unpaid."""
        self.ensure_one()
        self._ensure_role("order.return.receive")
        receipts = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done"
                and any(move._get_customer_direction() < 0 for move in picking.move_ids)
            )
        )
        if not receipts:
            raise UserError(self.env._("Nothing of it has come by a transfer."))
        if len(receipts) > 1:
            return receipts._get_records_action(name=self.env._("Receipts to send back from"))
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.act_stock_return_picking")
        context = {"active_model": "stock.picking", "active_id": receipts.id}
        name = self.env._("Send back to the customer")
        return {**action, "name": name, "context": {**context, "active_ids": receipts.ids}}

    def action_settle(self):
        """Settle, from the form or the list."""
        for answer in self.settle():
            self._raise_errors(answer)
        return True

    def action_view_credit_notes(self):
        """Open the credit notes."""
        return self._get_records_action_of("credit_note_ids")

    def action_view_receipts(self):
        """Open the transfers that bring the goods back."""
        return self._get_records_action_of("picking_ids")

    def _get_records_action_of(self, name):
        self.ensure_one()
        self.check_access("read")
        return self[name]._get_records_action()

    def _raise_errors(self, answer):
        if answer["errors"]:
            raise UserError("\n".join(one["message"] for one in answer["errors"]))

    def _ensure_role(self, operation):
        """Refuse a button to callers who may not do ``operation``."""
        if not has_role(self.env, *ROLES[operation]):
            raise AccessError(
                self.env._("Your role does not allow %(operation)s.", operation=operation)
            )
        check_visible(self)
