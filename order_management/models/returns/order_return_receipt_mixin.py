from odoo import models


class OrderReturnReceiptMixin(models.AbstractModel):
    _name = "order.return.receipt.mixin"
    _description = "Receipt of a return"

    def _note_received_returns(self):
        """Note on the returns what these done transfers brought back."""
