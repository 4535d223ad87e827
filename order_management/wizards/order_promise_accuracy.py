from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..models.common.access import has_role
from ..models.promise.order_promise_delay import MIN_JUDGED, TOLERANCE


class OrderPromiseAccuracy(models.TransientModel):
    """Whether promised dates are kept as often as the customers were told."""

    _name = "order.promise.accuracy"
    _description = "Promise accuracy"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )  # fmt: skip
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=90),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    band_ids = fields.One2many("order.promise.accuracy.band", "accuracy_id", readonly=True)
    count = fields.Integer("Promises", readonly=True)
    told = fields.Float(readonly=True)
    kept = fields.Float(readonly=True)
    brier = fields.Float(
        "Brier score", readonly=True, digits=(16, 3),
        help="Mean squared distance between the chance and what happened: 0 is perfect, 0.25 is "
        "what always telling 50 % gets.",
    )  # fmt: skip
    is_off = fields.Boolean(readonly=True)
    delay_ids = fields.Many2many("order.promise.delay", compute="_compute_delay_ids")

    def _compute_display_name(self):
        for accuracy in self:
            accuracy.display_name = self.env._("Promise accuracy")

    @api.depends("company_id")
    def _compute_delay_ids(self):
        for accuracy in self:
            accuracy.delay_ids = self.env["order.promise.delay"].search(
                [("company_id", "=", accuracy.company_id.id)]
            )

    @api.onchange("company_id", "date_from", "date_to")
    def _onchange_period(self):
        """Show what was told and what happened in the period."""
        self._ensure_reader()
        if not (self.company_id and self.date_from and self.date_to):
            return
        found = self.env["order.promise.delay"]._get_calibration(
            self.company_id, self.date_from, self.date_to
        )
        off = found.find_off(TOLERANCE, MIN_JUDGED)
        self.count, self.told, self.kept = found.count, found.chance, found.kept
        self.brier, self.is_off = found.brier, bool(off)
        self.band_ids = [
            Command.clear(),
            *(Command.create(_prepare_band(band, off)) for band in reversed(found.bands)),
        ]

    def _ensure_reader(self):
        if not has_role(self.env, "auditor"):
            raise AccessError(self.env._("Only order managers and auditors see the accuracy."))
        if self.company_id - self.env.companies:
            raise AccessError(self.env._("You don't work for this company."))


class OrderPromiseAccuracyBand(models.TransientModel):
    _name = "order.promise.accuracy.band"
    _description = "Promises told with about the same chance"
    _order = "low desc"

    accuracy_id = fields.Many2one("order.promise.accuracy", required=True, ondelete="cascade")
    low = fields.Float(readonly=True)
    name = fields.Char("Told chance", readonly=True)
    count = fields.Integer("Promises", readonly=True)
    told = fields.Float("Told on average", readonly=True)
    kept = fields.Float(readonly=True)
    gap = fields.Float(
        "Difference", readonly=True, help="What was kept less what was told, in points."
    )
    verdict = fields.Selection(
        [
            ("few", "Too few to tell"),
            ("right", "As told"),
            ("hopeful", "Kept less often than told"),
            ("careful", "Kept more often than told"),
        ],
        readonly=True,
    )


def _prepare_band(band, off):
    verdict = "right" if band.count >= MIN_JUDGED else "few"
    if band in off:
        verdict = "hopeful" if band.gap > 0 else "careful"
    return {
        "low": band.low,
        "name": f"{round(band.low * 100)}–{round(band.high * 100)} %",
        "count": band.count,
        "told": band.chance,
        "kept": band.kept,
        "gap": -band.gap * 100,
        "verdict": verdict,
    }
