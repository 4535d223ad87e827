from odoo import api, fields, models
from odoo.tools import SQL

# What shares of a group are summed from, and whether demand is taken from it.
SHARES = {
    "wape": ("told_error", False),
    "planned_wape": ("planned_error", False),
    "naive_wape": ("naive_error", False),
    "bias": ("told", True),
}


class OrderForecastResult(models.Model):
    """What was told of a period, and what was asked for; one row when a period is over.

    Errors are absolute, in units. Summed over any group and divided by its demand they are the
    weighted absolute percentage error (WAPE).
    """

    _name = "order.forecast.result"
    _description = "Forecast against demand"
    _order = "day desc, id desc"
    _allow_sudo_commands = False

    forecast_id = fields.Many2one(
        "order.forecast", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, required=True, index=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, required=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Category", readonly=True, index=True)
    policy_id = fields.Many2one("order.reorder.policy", readonly=True, ondelete="set null")
    method = fields.Char(readonly=True)
    pattern = fields.Selection(
        lambda self: self.env["order.forecast"]._fields["pattern"].selection, readonly=True
    )
    day = fields.Date("Period", readonly=True, required=True, index=True)
    actual = fields.Float("Demand", readonly=True, digits="Product Unit")
    told = fields.Float(readonly=True, digits="Product Unit")
    naive = fields.Float(readonly=True, digits="Product Unit")
    planned = fields.Float("Planner's figure", readonly=True, digits="Product Unit")
    planner_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    told_error = fields.Float("Error", readonly=True, digits="Product Unit")
    naive_error = fields.Float("Error of naive", readonly=True, digits="Product Unit")
    planned_error = fields.Float(
        "Error with planners",
        readonly=True,
        digits="Product Unit",
        help="Of the planner's figure where there is one, else of the forecast.",
    )

    # Of a group they are shares of its whole demand, see ``_read_group_select``.
    wape = fields.Float(
        "WAPE", readonly=True, digits=(16, 4), aggregator="sum", help="Errors over demand."
    )
    planned_wape = fields.Float(
        "WAPE with planners", readonly=True, digits=(16, 4), aggregator="sum"
    )
    naive_wape = fields.Float("WAPE of naive", readonly=True, digits=(16, 4), aggregator="sum")
    bias = fields.Float(
        readonly=True, digits=(16, 4), aggregator="sum", help="Forecast less demand, over demand."
    )

    _period_uniq = models.UniqueIndex("(forecast_id, day)")

    def _read_group_select(self, aggregate_spec, query):
        """Shares of a group: its errors together over its demand together."""
        name = aggregate_spec.removesuffix(":sum")
        if name == aggregate_spec or name not in SHARES:
            return super()._read_group_select(aggregate_spec, query)
        part, less = SHARES[name]
        actual = self._field_to_sql(self._table, "actual", query)
        total = self._field_to_sql(self._table, part, query)
        if less:
            total = SQL("%s - %s", total, actual)
        return SQL("COALESCE(SUM(%s) / NULLIF(SUM(%s), 0), 0)", total, actual)

    @api.model
    def _prepare_result(self, shared, day, actual, told, naive, override):
        """The row of one period that is over.

        :param override: the planner's figure for it, or ``None``
        """
        planned = override.quantity if override else told
        errors = {
            "told_error": abs(told - actual),
            "planned_error": abs(planned - actual),
            "naive_error": abs(naive - actual),
        }
        return {
            **shared,
            **errors,
            "day": day,
            "actual": actual,
            "told": told,
            "naive": naive,
            "planned": planned,
            "planner_id": override.user_id.id if override else False,
            "wape": errors["told_error"] / actual if actual else 0.0,
            "planned_wape": errors["planned_error"] / actual if actual else 0.0,
            "naive_wape": errors["naive_error"] / actual if actual else 0.0,
            "bias": (told - actual) / actual if actual else 0.0,
        }

    @api.model
    def _forget(self, day):
        """Results of periods before a day are not kept."""
        self.flush_model(["day"])
        self.env.cr.execute(SQL("DELETE FROM order_forecast_result WHERE day < %s", day))
        self.invalidate_model()
