from odoo import models

from .reorder.supply_run import KEY, SupplyRun, run_of


class StockWarehouseOrderpoint(models.Model):
    """Joint: reordering rules get their levels from forecasts, and order once.

    Services that rooms offer each other on a rule: none yet.
    """

    _name = "stock.warehouse.orderpoint"
    _inherit = [
        "stock.warehouse.orderpoint",
        "order.reorder.rule.mixin",
        "order.reorder.review.mixin",
        "order.level.simulation.mixin",
        "order.supply.run.mixin",
    ]

    def _compute_qty_to_order_computed(self):
        """Many rules together; core does the rest."""
        found = self._reckon_together()
        for rule, quantity in found.items():
            rule.qty_to_order_computed = quantity
        rest = self.browse([rule.id for rule in self if rule not in found]) if found else self
        return super(StockWarehouseOrderpoint, rest)._compute_qty_to_order_computed()

    def _procure_orderpoint_confirm(
        self, use_new_cursor=False, company_id=None, raise_user_error=True
    ):
        """One run at a time, on quantities that are true now; a scheduler's in parts."""
        options = {"company_id": company_id, "raise_user_error": raise_user_error}
        managed = self.filtered("company_id.use_order_management")
        if not managed:
            return super()._procure_orderpoint_confirm(use_new_cursor, **options)
        if use_new_cursor:
            managed._order_in_parts()
        elif run_of(self.env):
            super(StockWarehouseOrderpoint, managed)._procure_orderpoint_confirm(**options)
        else:
            managed._lock_ordering()
            rules = managed.with_context(**{KEY: SupplyRun(self.env)})
            rules._refresh_quantities()
            super(StockWarehouseOrderpoint, rules)._procure_orderpoint_confirm(**options)
        rest = self - managed
        if rest:
            super(StockWarehouseOrderpoint, rest)._procure_orderpoint_confirm(
                use_new_cursor, **options
            )
        return {}
