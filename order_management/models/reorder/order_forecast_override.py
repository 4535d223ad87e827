from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .demand_series import start_of


class OrderForecastOverride(models.Model):
    """A planner's own figure for one period, beside what was forecast; later both are compared."""

    _name = "order.forecast.override"
    _description = "Planner's forecast"
    _order = "day, id"

    forecast_id = fields.Many2one("order.forecast", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="forecast_id.company_id", store=True)
    product_id = fields.Many2one(related="forecast_id.product_id", store=True, index=True)
    warehouse_id = fields.Many2one(related="forecast_id.warehouse_id", store=True)
    day = fields.Date("Period", required=True, help="Any day of the period; its first day is kept.")
    quantity = fields.Float(
        required=True, digits="Product Unit", help="Expected demand of the whole period."
    )
    told = fields.Float(
        digits="Product Unit", readonly=True, help="What was forecast when it was made."
    )
    note = fields.Char("Reason")
    user_id = fields.Many2one(
        "res.users", "Planner", required=True, readonly=True, default=lambda self: self.env.user
    )

    _period_uniq = models.UniqueIndex(
        "(forecast_id, day)", "There is a figure for this period already."
    )
    _quantity_positive = models.Constraint("CHECK(quantity >= 0)", "Demand is never negative.")

    @api.model_create_multi
    def create(self, vals_list):
        forecasts = self.env["order.forecast"].browse(
            [vals["forecast_id"] for vals in vals_list if vals.get("forecast_id")]
        )
        forecasts.fetch(["period", "next_day", "mean"])
        return super().create([self._prepare_figure(vals) for vals in vals_list])

    def write(self, vals):
        """Whoever changes a figure is its planner."""
        if not {"day", "quantity", "user_id", "told", "forecast_id"} & vals.keys():
            return super().write(vals)
        for override in self:
            day = vals.get("day", override.day)
            forecast_id = vals.get("forecast_id", override.forecast_id.id)
            figure = override._prepare_figure({**vals, "day": day, "forecast_id": forecast_id})
            super(OrderForecastOverride, override).write(figure)
        return True

    def _prepare_figure(self, vals):
        """What is kept of a figure: the first day of its period, what was told, who says so."""
        vals = {**vals, "user_id": self.env.uid}
        forecast = self.env["order.forecast"].browse(vals.get("forecast_id"))
        if forecast and vals.get("day"):
            vals["day"] = start_of(fields.Date.to_date(vals["day"]), forecast.period or "week")
            vals["told"] = forecast._get_told(vals["day"])
        return vals

    @api.constrains("day")
    def _check_ahead(self):
        for override in self:
            start = override.forecast_id.next_day
            if start and override.day < start:
                raise ValidationError(
                    self.env._(
                        "%(day)s is over: figures are planned from %(start)s on.",
                        day=override.day,
                        start=start,
                    )
                )
