from odoo import models

from ..common.access import as_service


class OrderReturnReceiptMixin(models.AbstractModel):
    _name = "order.return.receipt.mixin"
    _description = "Receipt of a return"

    def _note_received_returns(self):
        """Note on the returns what these done transfers brought back.

        What was inspected through :meth:`order.return.receive` is noted already; the rest was
        received in the warehouse's own screens and goes to stock as it is.

        :return: the orders whose stage is to be looked at
        """
        lines = as_service(self).move_ids.return_line_id
        if not lines:
            return self.env["sale.order"]
        lines.env["order.return.receipt"].create(
            [vals for line in lines for vals in line._prepare_uninspected_vals()]
        )
        return lines.return_id._note_received()
