from odoo import api, fields, models

from ..common.bulk import insert_rows


class OrderHelpCall(models.Model):
    """Somebody at a transfer who wants help, until somebody has come.

    Written by the operations alone.
    """

    _name = "order.help.call"
    _description = "Call for help"
    _order = "id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    message = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Called by", required=True, readonly=True,
        default=lambda self: self.env.user, ondelete="restrict",
    )  # fmt: skip
    at = fields.Datetime("Called on", required=True, readonly=True, default=fields.Datetime.now)
    answered_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    answered_at = fields.Datetime("Answered on", readonly=True)
    is_open = fields.Boolean(compute="_compute_is_open")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _open_uniq = models.UniqueIndex(
        "(picking_id) WHERE answered_at IS NULL", "Help is on its way already."
    )

    @api.depends("answered_at")
    def _compute_is_open(self):
        for call in self:
            call.is_open = not call.answered_at

    def action_answer(self):
        """Button: somebody has come."""
        self.check_access("read")
        self.picking_id.answer_help()
        return True

    def action_open_station(self):
        """Button: go there."""
        self.check_access("read")
        return self.picking_id.action_open_station()

    @api.model
    def _open(self, pickings, message):
        """Open a call at each of these transfers where none is open, under parallel calls too.

        :return: the new calls
        """
        self.flush_model()
        return insert_rows(
            self.sudo(),
            [
                {
                    "picking_id": picking.id,
                    "message": message or False,
                    "user_id": self.env.uid,
                    "warehouse_id": picking.picking_type_id.warehouse_id.id,
                    "company_id": picking.company_id.id,
                }
                for picking in pickings
            ],
            "picking_id",
            "answered_at IS NULL",
        )

    def _tell_people(self):
        """Show the call to everybody who picks here or manages, on whatever screen they are."""
        for company, calls in self.grouped("company_id").items():
            people = self._find_people(company)
            for call in calls:
                message = self.env._(
                    "%(person)s needs help at %(transfer)s. %(message)s",
                    person=call.user_id.name,
                    transfer=call.picking_id.name,
                    message=call.message or "",
                )
                shown = {"type": "warning", "title": self.env._("Help"), "message": message}
                (people - call.user_id)._bus_send("simple_notification", shown)

    def _find_people(self, company):
        groups = self.env.ref("order_management.group_picker")
        groups |= self.env.ref("order_management.group_manager")
        return self.env["res.users"].search(
            [("all_group_ids", "in", groups.ids), ("company_ids", "in", company.ids)]
        )
