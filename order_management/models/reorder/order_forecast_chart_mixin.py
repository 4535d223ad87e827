from odoo import api, fields, models

from ...tools.forecasting import forecast
from .demand_series import STEPS

SHOWN = 160  # closed periods on the chart
FITTED = 52  # of these, so many with what would have been told a period before


class OrderForecastChartMixin(models.AbstractModel):
    """What the forecast's picture is drawn from."""

    _name = "order.forecast.chart.mixin"
    _description = "Forecast as a picture"

    chart = fields.Json(compute="_compute_chart", help="What the picture is drawn from.")

    @api.depends("history", "mean", "override_ids.quantity", "override_ids.day")
    def _compute_chart(self):
        for record in self:
            record.chart = record._get_chart()

    def _get_chart(self):
        """Series of the same length: one place for each period, ``None`` where nothing is known."""
        history, step = (self.history or [])[-SHOWN:], STEPS[self.period or "week"]
        cut = len(self.history or []) - len(history)
        available = (self.available or [])[cut:]
        ahead = self._get_periods()
        days = [self.first_day + step * (cut + index) for index in range(len(history))]
        gone, coming = [None] * len(history), [None] * len(ahead)
        last = history[-1:]  # the forecast is drawn on from the last closed period
        joint = gone[:-1] + last if history else gone
        overridden = {override.day for override in self.override_ids}
        return {
            "unit": self.uom_id.name,
            "period": self.period,
            "days": [str(day) for day in [*days, *(day for day, *_rest in ahead)]],
            "history": [
                value if there else None for value, there in zip(history, available, strict=True)
            ]
            + coming,
            "shipped": (self.raw or [])[cut:] + coming,
            "fit": self._get_fit(history, available) + coming,
            "expected": joint + [round(mean, 3) for _day, mean, _low, _high in ahead],
            "low": joint + [round(low, 3) for _day, _mean, low, _high in ahead],
            "high": joint + [round(high, 3) for _day, _mean, _low, high in ahead],
            "planned": gone
            + [round(mean, 3) if day in overridden else None for day, mean, *_rest in ahead],
            "out_of_stock": [int(not there) for there in available] + [0] * len(ahead),
            "events": self.env["order.demand.event"]._get_shaded(
                self.product_id,
                self.warehouse_id,
                [*days, *(day for day, *_rest in ahead)],
                step,
            ),
            "set_aside": [note for note in self.notes or [] if note.get("kind") == "one_off"],
        }

    def _get_fit(self, history, available):
        """What would have been told of each period when it began."""
        options = {"method": self.policy_id.method} if self._has_own_method() else {}
        found = []
        for index in range(len(history)):
            if index < max(4, len(history) - FITTED):
                found.append(None)
                continue
            said = forecast(history[:index], 1, self.season or 1, available[:index], **options)
            found.append(round(said.mean[0], 3))
        return found

    def _has_own_method(self):
        return self.policy_id.method not in (False, "auto")

    def _get_told(self, day):
        """What was forecast for the period that begins on a day; 0 outside of the horizon."""
        step, start = STEPS[self.period or "week"], self.next_day
        for mean in self.mean or ():
            if start == day:
                return mean
            start += step
        return 0.0
