from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..common.access import check_visible, has_role, public
from ..common.results import Arguments, row
from .demand_series import STEPS
from .forecast_facts import ForecastFacts

PATTERNS = [
    ("smooth", "Smooth"),
    ("erratic", "Erratic"),
    ("intermittent", "Intermittent"),
    ("lumpy", "Lumpy"),
    ("new", "New"),
]
CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]
VARIABILITY = [("x", "X"), ("y", "Y"), ("z", "Z")]
MAX_HORIZON = 400
MAX_PRODUCTS = 1000  # in one call that waits for its answer


class OrderForecast(models.Model):
    """What will be asked for of a product in a warehouse, and how good that has been so far.

    One row for each product and warehouse, made anew when there is new demand. All quantities are
    in the product's own unit, a period each.
    """

    _name = "order.forecast"
    _inherit = ["order.forecast.run.mixin", "order.forecast.chart.mixin"]
    _description = "Demand forecast"
    _order = "company_id, value desc, id"
    _check_company_auto = True
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    categ_id = fields.Many2one("product.category", "Category", readonly=True, index=True)
    policy_id = fields.Many2one(
        "order.reorder.policy", readonly=True, index=True, ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    # What it was made from

    period = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")], "Periods", readonly=True
    )
    season = fields.Integer(readonly=True, help="Periods in a season; 1: none is looked for.")
    first_day = fields.Date("History from", readonly=True)
    history = fields.Json(readonly=True, help="Demand of each closed period, oldest first.")
    raw = fields.Json(readonly=True, help="What was shipped in each period.")
    available = fields.Json(readonly=True, help="Whether it could be sold in each period.")
    is_whole = fields.Boolean(
        "In whole units", default=True, readonly=True, help="No part of a unit was ever shipped."
    )
    notes = fields.Json(readonly=True, help="What was set aside, added or deducted, and why.")
    digest = fields.Char(readonly=True, help="Of all that the forecast was made from.")

    # What it says

    method = fields.Char(readonly=True)
    pattern = fields.Selection(PATTERNS, readonly=True)
    next_day = fields.Date("Forecast from", readonly=True)
    mean = fields.Json(readonly=True, help="Expected demand of each period from then on.")
    low = fields.Json(readonly=True, help="In 1 of 10 periods demand is lower.")
    high = fields.Json(readonly=True, help="In 1 of 10 periods demand is higher.")
    daily_demand = fields.Float(
        "Demand a day", digits=0, readonly=True, aggregator=None, help="In the next periods."
    )
    raw_daily_demand = fields.Float(
        "Shipped a day",
        digits=0,
        readonly=True,
        aggregator=None,
        help="The plain mean of what was shipped, days without stock and all.",
    )
    reason = fields.Char(readonly=True, help="How the forecast came about, in one sentence.")

    # How good it is

    error = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="Mean absolute error, units a period, of this method over past months.",
    )
    naive_error = fields.Float(
        "Error of naive",
        readonly=True,
        digits=0,
        aggregator=None,
        help="The same, if last year's (or the last) figure had been kept.",
    )
    has_error = fields.Boolean(readonly=True, help="There is enough history to tell.")
    value_added = fields.Float(
        "Better than naive",
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="The share of the error of naive that the method saves; negative: it is worse.",
    )
    bias = fields.Float(
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="Forecast less demand, as a share of demand; positive: too much was expected.",
    )
    is_biased = fields.Boolean(
        "Bias alarm", readonly=True, help="Forecasts have been too high, or too low, for long."
    )
    sum_periods = fields.Integer(readonly=True, help="Periods of lead time and review.")
    sum_errors = fields.Json(
        readonly=True, help="Actual less forecast of the demand of so many periods together."
    )

    # Classes

    value = fields.Float(
        "Demand value",
        readonly=True,
        digits=(16, 2),
        help="Demand of the last year at cost, in the company's currency.",
    )
    variability = fields.Float(
        "Coefficient of variation",
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="Deviation of a period's demand over its mean.",
    )
    abc = fields.Selection(CLASSES, "Value class", readonly=True, help="A: the most valuable 80 %.")
    xyz = fields.Selection(VARIABILITY, "Variability", readonly=True, help="X: steady; Z: erratic.")

    forecast_at = fields.Datetime("Made at", readonly=True)
    levels_reviewed_on = fields.Date("Levels reviewed on", readonly=True)
    note_html = fields.Html(compute="_compute_note_html", sanitize=False)
    override_ids = fields.One2many("order.forecast.override", "forecast_id", "Planners' figures")
    result_ids = fields.One2many("order.forecast.result", "forecast_id", "Results", readonly=True)

    _pair_uniq = models.UniqueIndex("(product_id, warehouse_id)")

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for forecast in self:
            forecast.display_name = (
                f"{forecast.product_id.display_name} ({forecast.warehouse_id.code or ''})"
            )

    @api.depends("notes")
    def _compute_note_html(self):
        labels = self._get_note_labels()
        for forecast in self:
            unit = forecast.uom_id.name
            rows = [
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    format_date(self.env, note["date"]),
                    labels.get(note["kind"], note["kind"]),
                    f"{note['quantity']:g} {unit}",
                    note.get("reference") or "",
                )
                for note in reversed(forecast.notes or [])
            ]
            forecast.note_html = (
                Markup('<table class="table table-sm">%s</table>') % Markup("").join(rows)
                if rows
                else self.env._("Nothing was changed.")
            )

    def _get_note_labels(self):
        return {
            "one_off": self.env._("One-off order, set aside"),
            "returned": self.env._("Came back, deducted"),
            "held": self.env._("On hold, counted"),
            "lost": self.env._("Lost because it was short, counted"),
            "stockout": self.env._("Without stock for some days"),
            "started": self.env._("New in this period"),
            "inherited": self.env._("Of a product that this one replaces"),
        }

    def write(self, vals):
        """By hand only planners' figures change; all else is reckoned."""
        if not self.env.su and vals.keys() - {"override_ids"}:
            raise AccessError(
                self.env._("Forecasts are reckoned; put your own figures beside them.")
            )
        return super().write(vals)

    def action_run(self):
        """Forecast these products now; without any, all of them, in the background."""
        if self:
            self.run(self.product_id.ids, self.warehouse_id.ids)
            return True
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to forecast."))
        self.env.ref("order_management.ir_cron_forecasts").sudo()._trigger()
        message = self.env._("Demand is being forecast; look again in a few minutes.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }

    @api.model
    @public
    def run(self, product_ids=None, warehouse_ids=None, horizon=None, background=False):
        """Forecast demand anew, and keep it.

        :param list product_ids: ids of products, 1,000 at most; without them, all that were
            asked for or have a reordering rule
        :param list warehouse_ids: ids of warehouses; without them, all of the caller's companies
        :param int horizon: periods to answer; without it, half a year (days: 90); at least so
            many are kept
        :param bool background: answer ``job_id`` at once and work later; for thousands of products
        :return: one item per product and warehouse: ``forecast_id``, ``product_id``,
            ``warehouse_id``, ``method``, ``pattern`` (``smooth`` | ``erratic`` |
            ``intermittent`` | ``lumpy`` | ``new``), ``error`` and ``naive_error`` (mean absolute
            error in units a period, ``False`` where there is too little history), ``bias``
            (a share of demand), ``daily_demand`` and ``raw_daily_demand`` (units a day),
            ``reason``, ``periods``: ``[{"date", "quantity", "low", "high"}]``, ``low`` to
            ``high`` being the middle 80 %
        :raises AccessError: a product or warehouse does not exist, or may not be seen
        :raises ValidationError: an argument is of the wrong shape
        """
        arguments = Arguments(self.env)
        products = self._read_ids(arguments, product_ids, "product_ids", "product.product")
        places = self._read_ids(arguments, warehouse_ids, "warehouse_ids", "stock.warehouse")
        ahead = arguments.value(horizon, "integer", "horizon")
        if horizon is not None and horizon is not False and not 1 <= ahead <= MAX_HORIZON:
            arguments.refuse(
                "horizon", self.env._("between 1 and %(most)s periods.", most=MAX_HORIZON)
            )
        if background:
            return self.env["order.job"]._enqueue(
                self,
                "run",
                {
                    "product_ids": product_ids,
                    "warehouse_ids": warehouse_ids,
                    "horizon": ahead or None,
                },
            )
        if places is None:
            places = self.env["stock.warehouse"].search(
                [("company_id", "in", self.env.companies.ids)]
            )
        forecasts = self.sudo()._run(places.sudo(), products and products.sudo(), ahead or None)
        return [forecast._as_row(ahead or None) for forecast in forecasts]

    def _read_ids(self, arguments, ids, path, model):
        """The records that a caller names, after a look at whether they may be seen."""
        if ids is None or ids is False:
            return None
        if len(arguments.value(ids, "list", path)) > MAX_PRODUCTS:
            arguments.refuse(path, self.env._("too_large: at most %(most)s.", most=MAX_PRODUCTS))
        for index, number in enumerate(ids):
            arguments.value(number, "integer", f"{path}[{index}]", required=True)
        records = self.env[model].browse(dict.fromkeys(ids))
        check_visible(records)
        return records

    def _as_row(self, horizon=None):
        return row(
            forecast_id=self.id,
            product_id=self.product_id.id,
            warehouse_id=self.warehouse_id.id,
            method=self.method,
            pattern=self.pattern,
            error=self.has_error and self.error,
            naive_error=self.has_error and self.naive_error,
            bias=self.has_error and self.bias,
            daily_demand=self.daily_demand,
            raw_daily_demand=self.raw_daily_demand,
            reason=self.reason,
            periods=[
                {"date": day, "quantity": quantity, "low": low, "high": high}
                for day, quantity, low, high in list(self._get_periods())[:horizon]
            ],
        )

    def _get_periods(self):
        """Each period ahead: (first day, expected, low, high), planners' figures put in."""
        step, day, found = STEPS[self.period], self.next_day, []
        planned = {override.day: override.quantity for override in self.override_ids}
        for mean, low, high in zip(self.mean or (), self.low or (), self.high or (), strict=True):
            if day in planned:
                shift = planned[day] - mean
                mean, low, high = planned[day], max(low + shift, 0.0), max(high + shift, 0.0)
            found.append((day, mean, low, high))
            day += step
        return found

    def _get_expected_demand(self, day, days):
        """What will be asked for in so many days from a day on, parts of periods by their share.

        :param date day: the first day
        :param float days: how many days, parts of days allowed
        :return float: units of the product
        """
        facts = ForecastFacts(**dict.fromkeys(ForecastFacts._fields))._replace(
            period=self.period or "week",
            next_day=self.next_day,
            mean=self.mean or [],
            planned={override.day: override.quantity for override in self.override_ids},
        )
        return facts.get_expected(day, days)
