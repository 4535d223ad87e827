from odoo import models


class OrderReturnSourceMixin(models.AbstractModel):
    _name = "order.return.source.mixin"
    _description = "Order whose goods may come back"

    def _get_returns(self):
        """Returns of each order as plain rows: order id → list of dicts."""
        return {}

    def _get_orders_with_open_return(self):
        """Ids of those orders that have an approved or received return not yet settled."""
        return set()
