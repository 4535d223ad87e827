from odoo import models


class OrderReturnReceiptMixin(models.AbstractModel):
    _name = "order.return.receipt.mixin"
    _description = "Receipt of a return"

    def _note_received_returns(self):
        """Note on the returns what these done transfers brought back.

        What was inspected through :meth:`order.return.receive` is noted already; the rest was
        received in the warehouse's own screens and goes to stock as it is.
        """
        lines = self.sudo().move_ids.return_line_id
        if not lines:
            return
        self.env["order.return.receipt"].sudo().create(
            [vals for line in lines for vals in line._prepare_uninspected_vals()]
        )
        lines.return_id._note_received()
