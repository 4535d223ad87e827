import logging
from ast import literal_eval
from datetime import UTC, timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..common.zones import zone_of
from .wave_planner import WaveLimits, WavePlanner

_logger = logging.getLogger(__name__)


class OrderWaveRule(models.Model):
    """Waves that plan themselves: of which transfers, how large, and when."""

    _name = "order.wave.rule"
    _inherit = ["order.mode.mixin"]
    _description = "Wave rule"
    _order = "warehouse_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="E.g. Parcels before noon.")
    sequence = fields.Integer(default=10, help="Of rules that are due, the first one plans first.")
    active = fields.Boolean(default=True)
    mode = fields.Selection(default="shadow")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
    )  # fmt: skip
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)

    carrier_ids = fields.Many2many(
        "delivery.carrier", string="Delivery methods", help="Without any, all of them."
    )
    location_id = fields.Many2one(
        "stock.location", "Zone", ondelete="cascade",
        domain="[('warehouse_id', '=', warehouse_id)]",
        help="Only transfers that lie in it as a whole.",
    )  # fmt: skip
    lines = fields.Selection(
        [("single", "Of one line"), ("multi", "Of several lines")], "Transfers",
        help="Transfers of one line are picked fast in bulk; empty: both.",
    )  # fmt: skip
    only_urgent = fields.Boolean(help="Only transfers with a star.")
    due_hours = fields.Float(
        "Due within", help="Hours; only what must leave by then. 0: whatever is ready."
    )
    transfer_domain = fields.Char("Further conditions", help="On the transfer.")

    max_orders = fields.Integer("Transfers of a wave", help="0: as the operation type says.")
    max_lines = fields.Integer("Lines of a wave", help="0: as the operation type says.")
    max_weight = fields.Float("Weight of a wave", help="0: as the operation type says.")
    max_volume = fields.Float("Volume of a wave", help="0: no limit.")
    max_totes = fields.Integer("Places on the cart", help="One a transfer; 0: no limit.")
    by_carrier = fields.Boolean(
        "Keep delivery methods apart", help="Each wave is of one delivery method."
    )
    least_orders = fields.Integer(
        "At least", default=1, help="It plans only when so many transfers are ready."
    )

    when = fields.Selection(
        [("interval", "Again and again"), ("hour", "At an hour of the day"),
         ("cutoff", "Before the cut-off")],
        default="interval", required=True,
    )  # fmt: skip
    interval_minutes = fields.Integer("Every", default=30, help="Minutes.")
    hour = fields.Float(default=8.0, help="In the warehouse's time zone.")
    minutes_before = fields.Integer(
        "Ahead", default=60, help="Minutes before the warehouse's cut-off."
    )
    last_run_at = fields.Datetime("Planned last", readonly=True, copy=False)
    last_result = fields.Char(readonly=True, copy=False)

    _positive = models.Constraint(
        "CHECK(max_orders >= 0 AND max_lines >= 0 AND max_weight >= 0 AND max_volume >= 0"
        " AND max_totes >= 0 AND least_orders >= 0 AND due_hours >= 0)",
        "Limits are never negative.",
    )
    _interval = models.Constraint(
        "CHECK(interval_minutes >= 5)", "Waves are planned every 5 minutes at most."
    )
    _hour_of_day = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24)", "The hour is one of the day, 0:00 to 23:59."
    )

    @api.constrains("transfer_domain")
    def _check_transfer_domain(self):
        for rule in self.filtered("transfer_domain"):
            try:  # with the rights of whoever writes it: a condition must tell nothing hidden
                self.env["stock.picking"].search_count(rule._get_further_domain(), limit=1)
            except OperationalError:
                raise
            except Exception as exception:
                message = self.env._(
                    "%(rule)s: the further conditions cannot be read: %(reason)s",
                    rule=rule.name,
                    reason=exception,
                )
                raise ValidationError(message) from exception

    def _get_further_domain(self):
        return Domain(literal_eval(self.transfer_domain or "[]"))

    def action_plan_now(self):
        """Button: plan now, whatever the time."""
        self.check_access("write")
        for rule in self.sudo().filtered(lambda rule: rule.mode != "off"):
            rule._plan(fields.Datetime.now())
        return True

    @api.model
    def _cron_plan(self):
        """Plan the waves that are due, each rule in a transaction of its own."""
        now = fields.Datetime.now()
        rules = self.sudo().search(
            [("mode", "!=", "off"), ("company_id.use_order_management", "=", True)]
        )
        due = rules.filtered(lambda rule: rule._is_due(now))
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(due))
        for rule in due:
            try:
                with self.env.cr.savepoint():
                    rule._plan(now)
            except (ValueError, UserError) as exception:  # a condition or place that no longer fits
                _logger.warning("Wave rule %s failed: %s", rule.id, exception)
                rule.write({"last_run_at": now, "last_result": str(exception)})
            if not progress(1):
                return

    def _is_due(self, now):
        """Whether it is time to plan, and it was not done for this time yet."""
        if self.when == "interval":
            return not self.last_run_at or now >= self.last_run_at + timedelta(
                minutes=self.interval_minutes
            )
        moment = self._get_moment(now)
        return bool(moment) and (not self.last_run_at or self.last_run_at < moment)

    def _get_moment(self, now):
        """The last time of day, up to now, at which it plans; none without a cut-off."""
        zone = zone_of(self.warehouse_id, self.company_id)
        hour = self.hour
        if self.when == "cutoff":
            if not self.warehouse_id.cutoff_hour:
                return None
            hour = self.warehouse_id.cutoff_hour - self.minutes_before / 60
        today = now.replace(tzinfo=UTC).astimezone(zone).replace(hour=0, minute=0, second=0)
        for days in (1, 0, -1):  # the hour before a cut-off at midnight is the day before
            day = (today + timedelta(days=days)).replace(tzinfo=None)
            moment = (day + timedelta(hours=hour)).replace(tzinfo=zone).astimezone(UTC)
            if moment.replace(tzinfo=None) <= now:
                return moment.replace(tzinfo=None)
        return None

    def _plan(self, now):
        """Plan the waves of one rule, or only tell what would be, in shadow."""
        batches = self.env["stock.picking.batch"]
        domain = batches._get_wave_domain(
            self.due_hours and now + timedelta(hours=self.due_hours),
            self.carrier_ids.ids,
            self.location_id.id,
            self.lines,
        )
        if self.only_urgent:
            domain &= Domain("priority", "=", "1")
        domain &= self._get_further_domain()
        ready = self.env["stock.picking"].search_count(
            domain & batches._get_free_domain(self.warehouse_id)
        )
        done = batches
        if ready >= max(self.least_orders, 1):
            planner = WavePlanner(self._get_limits(), self.by_carrier)
            done = batches._plan_waves(self.warehouse_id, domain, planner, self)
        self.write({"last_run_at": now, "last_result": self._get_result(ready, done)})
        return done

    def _get_limits(self):
        return WaveLimits(
            self.max_orders, self.max_lines, self.max_weight, self.max_volume, self.max_totes
        )

    def _get_result(self, ready, batches):
        if self.mode != "on":
            return self.env._("%(count)s transfers were ready.", count=ready)
        return self.env._(
            "%(waves)s waves of %(count)s transfers, %(metres)s m.",
            waves=len(batches),
            count=len(batches.picking_ids),
            metres=round(sum(batches.mapped("tour_length"))),
        )
