from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ...tools.chances import (
    PRIOR,
    calibration,
    chance_within,
    hold_back,
    latest,
    pool,
    shrink,
)
from .delay_book import count_outcomes, count_picking_delays, count_receipt_delays

KINDS = [("receipt", "Receipts"), ("picking", "Picking"), ("carrier", "Carriers")]
KEY_FIELDS = {"receipt": "vendor_id", "picking": "warehouse_id", "carrier": "carrier_id"}
LEARN_DAYS = 365
# Anything earlier or later than this says the same.
EARLIEST, LATEST = -30, 60
# What is known of all vendors counts as so many observations of one.
SHRINK_WEIGHT = 10
# From so many promises on a warehouse is judged by them alone, and not by core's deadlines.
MIN_TOLD = 30
# A band of so many promises is off when told and kept are further apart than this.
MIN_JUDGED, TOLERANCE = 30, 0.1


class OrderPromiseDelay(models.Model):
    """How late things were: what the chance of a promise is learned from.

    One row for each vendor, warehouse and delivery method, and one for all of a company's.
    Learned every night; read from the cache.
    """

    _name = "order.promise.delay"
    _description = "Learned delay"
    _order = "company_id, kind desc, observations desc, id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    carrier_id = fields.Many2one(
        "delivery.carrier", "Delivery method", readonly=True, ondelete="cascade"
    )
    is_general = fields.Boolean("Whole company", readonly=True)
    name = fields.Char("Of", compute="_compute_name", compute_sudo=True)
    histogram = fields.Json(readonly=True, help="Days late and how often, negative ones early.")
    observations = fields.Integer(readonly=True, aggregator=None)
    mean = fields.Float(
        "Days late", readonly=True, aggregator=None, help="On average; early days are set off."
    )
    on_time = fields.Float(
        "On time", readonly=True, aggregator=None, help="The share that was not late."
    )
    learned_at = fields.Datetime("Learned", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(company_id, kind, COALESCE(vendor_id, 0), COALESCE(warehouse_id, 0), "
        "COALESCE(carrier_id, 0))"
    )

    @api.depends("kind", "vendor_id", "warehouse_id", "carrier_id")
    def _compute_name(self):
        general = {
            "receipt": self.env._("All vendors"),
            "picking": self.env._("All warehouses"),
            "carrier": self.env._("All delivery methods"),
        }
        for delay in self:
            delay.name = delay[KEY_FIELDS[delay.kind]].display_name or general[delay.kind]

    @api.depends("name")
    def _compute_display_name(self):
        for delay in self:
            delay.display_name = delay.name

    # Chances

    @api.model
    def _get_chances(self, company, wishes):
        """The chance that promises are kept, by what was learned until last night.

        :param company: whose promises they are
        :param list wishes: ``{"source", "vendor_id", "warehouse_id", "carrier_id", "slack"}``:
            ``source`` as in the ledger, ids or ``False``, ``slack`` the days between the
            earliest day that is feasible and the promised one; and for what is shipped together
            ``waits_for``, the wishes for all of it
        :return list: a chance of 0 to 1 for each
        """
        learned, known, chances = self._get_learned(company.id), {}, []
        for wish in wishes:
            supplies = self._get_supplies(wish.get("waits_for") or [wish])
            slack = min(wish["slack"], 0)
            key = (supplies, wish["warehouse_id"], wish["carrier_id"], slack)
            if key not in known:
                known[key] = 0.0 if supplies is None else self._reckon_chance(learned, *key)
            chances.append(known[key])
        return chances

    def _get_supplies(self, wishes):
        """What has to come in, each vendor's goods once.

        :return tuple: ``(vendor id, days to spare)``; ``None`` when of something nothing is known
        """
        supplies = {}
        for wish in wishes:
            if wish["source"] == "none":
                return None
            if wish["source"] != "stock":
                vendor = wish["vendor_id"] and self._get_commercial_id(wish["vendor_id"])
                slack = max(wish["slack"], 0)
                supplies[vendor] = min(supplies.get(vendor, slack), slack)
        return tuple(sorted(supplies.items()))

    def _reckon_chance(self, learned, supplies, warehouse_id, carrier_id, slack):
        """The chance that goods come, leave and arrive in time.

        Days to spare make up for goods that come late; the warehouse ships on the promised day,
        so that they don't make up for a late carrier. Goods that come early leave no earlier,
        while a parcel that leaves early may take longer. What is shipped together waits for the
        last of it. Without a delivery method nobody carries anything, and the day of leaving is
        the promise.
        """
        steps = [_find(learned, "picking", warehouse_id)]
        if carrier_id:
            steps.append(_find(learned, "carrier", carrier_id))
        steps.append(
            latest(
                [hold_back(_find(learned, "receipt", vendor), days) for vendor, days in supplies]
            )
        )
        return round(chance_within(slack, steps, prior=()), 4)

    @api.model
    @ormcache("company_id")
    def _get_learned(self, company_id):
        """What is known of a company, few observations drawn to what is known of their like.

        :return dict: (kind, id, or 0 for the whole company) → :class:`tools.chances.Delays`
        """
        found = defaultdict(dict)
        for delay in self.sudo().search([("company_id", "=", company_id)]):
            found[delay.kind][delay[KEY_FIELDS[delay.kind]].id or 0] = delay.histogram
        learned = {}
        for kind in KEY_FIELDS:
            general = learned[kind, 0] = shrink(found[kind].pop(0, ()), PRIOR)
            for key, histogram in found[kind].items():
                learned[kind, key] = shrink(histogram, general, SHRINK_WEIGHT)
        return learned

    @api.model
    @ormcache("partner_id")
    def _get_commercial_id(self, partner_id):
        return self.env["res.partner"].sudo().browse(partner_id).commercial_partner_id.id

    # Learning

    @api.model
    def _cron_learn(self):
        """Learn anew, then tell of chances that turned out wrong."""
        self._learn()
        self._warn()

    @api.model
    def _learn(self):
        """Learn how late things were in the last year, for all companies at once."""
        companies = self._get_companies()
        since = fields.Datetime.now() - timedelta(days=LEARN_DAYS)
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "in", companies.ids)])
        )
        counts = {
            "receipt": _collect(count_receipt_delays(warehouses, since)),
            "picking": _collect(_choose_told(count_picking_delays(warehouses, since))),
            "carrier": _collect(self.env["delivery.carrier"]._get_transit_delays(since)),
        }
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM order_promise_delay"))
        self.invalidate_model(flush=False)
        self.sudo().create(
            [
                vals
                for kind, found in counts.items()
                for company_id, histograms in found.items()
                if company_id in companies.ids
                for vals in self._prepare_delays(kind, company_id, histograms)
            ]
        )
        self.env.registry.clear_cache()

    def _get_companies(self):
        return self.env["res.company"].sudo().search([("use_order_management", "=", True)])

    def _prepare_delays(self, kind, company_id, histograms):
        """Rows of one kind: one for the company, one for each vendor, warehouse or method."""
        now = fields.Datetime.now()
        for key, delays in [(False, pool(histograms.values())), *histograms.items()]:
            delays = pool([delays])
            yield {
                "company_id": company_id,
                "kind": kind,
                **dict.fromkeys(KEY_FIELDS.values(), False),
                KEY_FIELDS[kind]: key,
                "is_general": not key,
                "histogram": [[day, int(count)] for day, count in delays.counts],
                "observations": delays.observations,
                "mean": delays.mean,
                "on_time": delays.on_time,
                "learned_at": now,
            }

    # Audit

    @api.model
    def _get_calibration(self, company, date_from, date_to):
        """Compare the chances that were told with what happened.

        Promises count by the day they were for, whether or not newer ones took their place; what
        the customer changed himself does not count, and neither do shipments that nobody tracks,
        whose arrival is not known. What has not left when its day is over is broken.

        :param date date_from: the first day of arrival that counts
        :param date date_to: the last one
        :return: :class:`tools.chances.Calibration`
        """
        rows = count_outcomes(company.sudo(), date_from, date_to)
        return calibration(
            [(min(max(told or 0.0, 0.0), 1.0), is_kept) for told, is_kept, _count in rows],
            counts=[count for *_pair, count in rows],
        )

    @api.model
    def _warn(self):
        """Leave an event for each company whose chances of the last year turned out wrong.

        Once, until other bands are off: it is a matter of the company, which has no one person
        who could be given an activity. The screen shows the bands that are off to everybody
        who may see it.
        """
        today = fields.Date.today()
        events = []
        for company in self._get_companies():
            told = self._get_calibration(company, today - timedelta(days=LEARN_DAYS), today)
            off = told.find_off(TOLERANCE, MIN_JUDGED)
            if [band.low for band in off] != self._get_bands_told(company):
                events.append(self._prepare_warning(company, off))
        self.env["order.event"]._append(events)

    def _get_bands_told(self, company):
        """The bands that the last event told to be off."""
        event = (
            self.env["order.event"]
            .sudo()
            .search(
                [("company_id", "=", company.id), ("kind", "=", "promise_accuracy")],
                limit=1,
            )
        )
        return [band["from"] for band in (event.data or {}).get("bands", [])]

    def _prepare_warning(self, company, off):
        told = [
            self.env._(
                "told %(low)d–%(high)d %%: %(kept)d %% of %(count)d kept",
                low=round(band.low * 100),
                high=round(band.high * 100),
                kept=round(band.kept * 100),
                count=band.count,
            )
            for band in off
        ]
        message = (
            self.env._("Promised dates are kept otherwise than told: %s.", "; ".join(told))
            if told
            else self.env._("Promised dates are kept as often as told again.")
        )
        return {
            "company_id": company.id,
            "kind": "promise_accuracy",
            "message": message,
            "data": {"bands": [_prepare_band(band) for band in off]},
        }


def _find(learned, kind, key):
    """What was learned of one vendor, warehouse or method, else of all of them."""
    return learned.get((kind, key or 0)) or learned[kind, 0]


def _collect(rows):
    """Histograms by company and key of ``(company id, key, days, count)``."""
    found = defaultdict(lambda: defaultdict(list))
    for company_id, key, days, count in rows:
        found[company_id][key].append((min(max(days, EARLIEST), LATEST), count))
    return found


def _choose_told(rows):
    """Judge a warehouse by promises once there are some, until then also by core's deadlines."""
    told = defaultdict(int)
    for company_id, key, is_told, _days, count in rows:
        told[company_id, key] += count if is_told else 0
    return [
        (company_id, key, days, count)
        for company_id, key, is_told, days, count in rows
        if is_told or told[company_id, key] < MIN_TOLD
    ]


def _prepare_band(band):
    return {
        "from": band.low,
        "to": band.high,
        "count": band.count,
        "told": round(band.chance, 4),
        "kept": round(band.kept, 4),
    }
