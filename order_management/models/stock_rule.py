from odoo import api, models

from odoo.addons.stock.models.stock_rule import ProcurementException

from .reorder.supply_run import run_of


class StockRule(models.Model):
    """Joint: a run of ordering looks up routes once, and learns why something failed.

    Services that rooms offer each other on a stock rule: none yet.
    """

    _inherit = "stock.rule"

    @api.model
    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        """Within a run of ordering, once for all products with the same routes."""
        run = run_of(self.env)
        given = (route_ids, packaging_uom_id, product_id, warehouse_ids, domain)
        if run is None:
            return super()._search_rule_for_warehouses(*given)
        routes = product_id.route_ids | product_id.categ_id.total_route_ids
        allowed = warehouse_ids and warehouse_ids.route_ids.filtered(
            lambda route: self._filter_warehouse_routes(product_id, warehouse_ids, route)
        )
        key = (
            tuple(route_ids.ids) if route_ids else (),
            packaging_uom_id.id if packaging_uom_id else False,
            tuple(routes.ids),
            tuple(allowed.ids) if allowed else (),
            tuple(warehouse_ids.ids) if warehouse_ids else (),
            repr(domain),
            self.env.su,
            self.env.company.id,
        )
        if key not in run.rules:
            run.rules[key] = super()._search_rule_for_warehouses(*given)
        return run.rules[key]

    @api.model
    def run(self, procurements, raise_user_error=True):
        """A run of ordering is told which of its rules could not order."""
        run = run_of(self.env)
        if run is None:
            return super().run(procurements, raise_user_error=raise_user_error)
        try:
            return super().run(procurements, raise_user_error=raise_user_error)
        except ProcurementException as exception:
            for procurement, message in exception.procurement_exceptions:
                rule = procurement.values.get("orderpoint_id")
                if rule:
                    run.failures[rule.id] = message
            raise

    @api.model
    def _run_buy(self, procurements):
        """Requests are to be sent on days on which their vendors take orders."""
        result = super()._run_buy(procurements)
        for company in {procurement.company_id for procurement, _rule in procurements}:
            if company.use_order_management:
                sellers = [
                    procurement.values["supplier"].partner_id.id
                    for procurement, _rule in procurements
                    if procurement.company_id == company and procurement.values.get("supplier")
                ]
                self.env["res.partner"].browse(set(sellers))._move_requests(company)
        return result
