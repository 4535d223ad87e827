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
        "order.supply.reckoning.mixin",
        "order.supply.run.mixin",
    ]

    def _compute_qty_to_order_computed(self):
        """Many rules together; core does the rest."""
        found = self._reckon_together()
        for rule, quantity in found.items():
            rule.qty_to_order_computed = quantity
        rest = self.browse([rule.id for rule in self if rule not in found]) if found else self
        return super(StockWarehouseOrderpoint, rest)._compute_qty_to_order_computed()

    def _compute_qty(self):
        """Where a policy is in force, what is forecast is what its days decide by."""
        result = super()._compute_qty()
        for rule, quantity in self._get_forecasts_in_force().items():
            rule.qty_forecast = quantity
        return result

    def _quantity_in_progress(self):
        """What was ordered in time and comes after the horizon is on its way, too."""
        found = super()._quantity_in_progress()
        for rule, quantity in self._get_postponed().items():
            found[rule.id] += quantity
        return found

    def _procure_orderpoint_confirm(
        self, use_new_cursor=False, company_id=None, raise_user_error=True
    ):
        """One run at a time; a scheduler's in parts, on quantities that are true now.

        Who presses a button orders what is shown: another run since then makes Odoo start the
        call again, which then shows what is left.
        """
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
            super(StockWarehouseOrderpoint, rules)._procure_orderpoint_confirm(**options)
        rest = self - managed
        if rest:
            super(StockWarehouseOrderpoint, rest)._procure_orderpoint_confirm(
                use_new_cursor, **options
            )
        return {}
