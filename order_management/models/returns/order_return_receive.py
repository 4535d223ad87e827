from odoo import Command, api, fields, models

from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES


class OrderReturnReceive(models.TransientModel):
    """The dialog in which arrived goods are counted and inspected."""

    _name = "order.return.receive"
    _description = "Receive a return"

    return_id = fields.Many2one("order.return", required=True)
    line_ids = fields.One2many(
        "order.return.receive.line",
        "receive_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("return_id")
    def _compute_line_ids(self):
        for receive in self:
            expected = [
                (line, line.sudo()._get_outstanding()) for line in receive.return_id.line_ids
            ]
            receive.line_ids = [Command.clear()] + [
                Command.create({"return_line_id": line.id, "quantity": quantity})
                for line, quantity in expected
                if quantity
            ]

    def action_receive(self):
        """Take in what is filled in."""
        self.ensure_one()
        lines = [line._prepare_entry() for line in self.line_ids if line.quantity]
        for answer in self.return_id.receive(lines):
            self.return_id._raise_errors(answer)
        return True


class OrderReturnReceiveLine(models.TransientModel):
    _name = "order.return.receive.line"
    _description = "Line of receiving a return"

    receive_id = fields.Many2one("order.return.receive", required=True, ondelete="cascade")
    return_line_id = fields.Many2one("order.return.line", required=True)
    product_id = fields.Many2one(related="return_line_id.product_id")
    product_uom_id = fields.Many2one(related="return_line_id.product_uom_id")
    quantity = fields.Float(digits="Product Unit")
    condition = fields.Selection(CONDITIONS, required=True, default="A")
    disposition = fields.Selection(DISPOSITIONS, required=True, default="restock")
    outcome = fields.Selection(OUTCOMES, required=True, default="as_requested")
    lot = fields.Char("Lot/Serial")

    def _prepare_entry(self):
        return {
            "return_line_id": self.return_line_id.id,
            "quantity": self.quantity,
            "condition": self.condition,
            "disposition": self.disposition,
            "outcome": self.outcome,
            "lot": self.lot or False,
        }
