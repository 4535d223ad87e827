from odoo import models


class StockReturnPicking(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """Joint: core's own return obeys the quantity guard of returns."""

    _name = "stock.return.picking"
    _inherit = ["stock.return.picking", "order.core.return.mixin"]

    def action_create_returns_all(self):
        """Return all that is left of a delivery; core counts what was delivered."""
        self.ensure_one()
        if not self._is_guarded():
            return super().action_create_returns_all()
        self._fill_remaining()
        return self.action_create_returns()

    def _create_return(self):
        self._ensure_returnable()
        return super()._create_return()
