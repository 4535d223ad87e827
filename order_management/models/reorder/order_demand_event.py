from collections import defaultdict
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.forecasting import learn_uplifts, make_factors, remove_uplifts
from .demand_series import STEPS

CLOSED = 0.1  # a period of which an event left less says nothing about demand without it


class EventEffect(NamedTuple):
    """A series without what events added, and what they do to the periods ahead."""

    base: list  # demand as it would have been
    available: list  # whether it could be sold, and no event stopped it
    past: list  # by what demand of each period was multiplied
    future: list  # by what each period ahead is


class Scope(NamedTuple):
    """What an event concerns; what is empty limits nothing."""

    company: object
    products: frozenset
    categories: tuple
    places: frozenset

    def holds(self, product, warehouse):
        if self.company != warehouse.company_id:
            return False
        if self.places and warehouse.id not in self.places:
            return False
        if product.id in self.products:
            return True
        if self.categories:
            return (product.categ_id.parent_path or "").startswith(self.categories)
        return not self.products


class OrderDemandEvent(models.Model):
    """A promotion, price change, holiday or campaign that moves demand for some days.

    What past ones added is taken out before demand is forecast, what coming ones will add is put
    back. The uplift is what you expect, or learned from past events of the same name.
    """

    _name = "order.demand.event"
    _description = "Planned event"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, help="Events of one name are learned from together, e.g. Black Friday."
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("promotion", "Promotion"),
            ("price", "Price change"),
            ("holiday", "Holiday"),
            ("campaign", "Campaign"),
            ("other", "Other"),
        ],
        required=True,
        default="promotion",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True, help="The last day.")
    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    category_ids = fields.Many2many(
        "product.category", string="Categories", help="With all categories beneath them."
    )
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses", check_company=True)
    uplift = fields.Selection(
        [("expected", "As expected"), ("learned", "As learned")],
        required=True,
        default="learned",
        help="Learned: from what past events of the same name added; until there is one, as "
        "expected.",
    )
    uplift_percent = fields.Float(
        "Expected uplift (%)", digits=(16, 2), help="50: half as much again; -100: nothing is sold."
    )
    learned_percent = fields.Float(
        "Learned uplift (%)",
        digits=(16, 2),
        readonly=True,
        help="What is usual for the products of the last forecast run.",
    )
    is_learned = fields.Boolean("Something was learned", readonly=True)
    learned_on = fields.Date(readonly=True, copy=False)
    learned_count = fields.Integer("Learned from (products)", readonly=True, copy=False)

    _dates_ascend = models.Constraint(
        "CHECK(date_from <= date_to)", "An event does not end before it begins."
    )
    _uplift_bound = models.Constraint(
        "CHECK(uplift_percent >= -100)", "Demand does not fall by more than 100 %."
    )

    @api.model
    def _apply(self, series, horizons, policies):
        """Take past events out of series, and say what coming ones do.

        :param dict series: ``(product, warehouse)`` → DemandSeries
        :param dict horizons: the same pairs → periods ahead
        :param dict policies: the same pairs → policy
        :return dict: the same pairs → :class:`EventEffect`
        """
        effects, learned = {}, defaultdict(list)
        scopes = self._find(series)
        spans = {}  # event, first day and periods → shares: products mostly share them
        for pair, one in series.items():
            own = [event for event, scope in scopes if scope.holds(*pair)]
            count, ahead, period = len(one.quantities), horizons[pair], policies[pair].period
            shares = {}
            for event in own:
                key = (event, one.first_day, period, count + ahead)
                if key not in spans:
                    spans[key] = event._get_shares(one.first_day, STEPS[period], count + ahead)
                if any(spans[key]):
                    shares[event] = spans[key]
            if not shares:
                effects[pair] = EventEffect(
                    one.quantities, one.available, [1.0] * count, [1.0] * ahead
                )
                continue
            uplifts = self._get_uplifts(shares, one, learned)
            factors = make_factors(shares, uplifts, count + ahead)
            for event, spread in shares.items():
                for place in range(count, count + ahead):
                    if uplifts[event] * spread[place] <= -1.0:
                        factors[place] = 0.0
            past = factors[:count]
            effects[pair] = EventEffect(
                remove_uplifts(one.quantities, past),
                [
                    bool(there) and factor > CLOSED
                    for there, factor in zip(one.available, past, strict=True)
                ],
                past,
                factors[count:],
            )
        self._note_learned(learned)
        return effects

    def _find(self, series):
        """The events of these warehouses' companies, and what each concerns."""
        companies = {place.company_id.id for _product, place in series}
        events = self.sudo().search_fetch(
            Domain("company_id", "in", list(companies)),
            ["company_id", "date_from", "date_to", "kind", "name", "uplift", "uplift_percent"],
        )
        return [(event, event._get_scope()) for event in events]

    def _get_scope(self):
        return Scope(
            self.company_id,
            frozenset(self.product_ids.ids),
            tuple(self.category_ids.mapped("parent_path")),
            frozenset(self.warehouse_ids.ids),
        )

    def _get_shares(self, first, step, count):
        """The share of each period that the event covers."""
        shares, end_of_event = [], self.date_to + timedelta(days=1)
        for place in range(count):
            start, end = first + step * place, first + step * (place + 1)
            covered = (min(end, end_of_event) - max(start, self.date_from)).days
            shares.append(max(covered, 0) / (end - start).days)
        return shares

    def _get_uplifts(self, shares, series, learned):
        """What each event adds, as a share of demand: as learned, else as expected.

        Events that overlap are told apart. Periods in which the product was missing teach nothing.
        """
        names = {event._get_series() for event in shares if event.uplift == "learned"}
        known = [place for place, there in enumerate(series.available) if there]
        told, taught = {}, {}
        for event, spread in shares.items():
            seen = [spread[place] for place in known]
            name = event._get_series()
            if name not in names:
                told[event] = seen
            elif any(seen):
                before = taught.get(name, seen)
                taught[name] = [max(both) for both in zip(before, seen, strict=True)]
        found = {event: event._get_expected() for event in shares}
        if not taught:
            return found
        values = [series.quantities[place] for place in known]
        values = remove_uplifts(values, make_factors(told, found, len(values)))
        uplifts = learn_uplifts(values, taught)
        for event in shares:
            uplift = uplifts.get(event._get_series(), False)
            if event.uplift == "learned" and uplift is not False:
                found[event] = uplift
                learned[event].append(uplift)
        return found

    def _get_series(self):
        """Events that are learned from together."""
        return (self.kind, self.name)

    def _get_expected(self):
        """What it adds where the product itself has taught nothing."""
        is_learned = self.uplift == "learned" and self.is_learned
        return (self.learned_percent if is_learned else self.uplift_percent) / 100.0

    def _note_learned(self, learned):
        """Keep the usual uplift of each event; the parts of a day's run are put together."""
        today = fields.Date.today()
        for event, uplifts in learned.items():
            percent, count = 100.0 * median(uplifts), len(uplifts)
            if event.learned_on == today:
                total = event.learned_count + count
                share = count / total
                percent = event.learned_percent * (1.0 - share) + percent * share
                count = total
            event.write(
                {
                    "learned_percent": round(percent, 2),
                    "learned_on": today,
                    "learned_count": count,
                    "is_learned": True,
                }
            )

    @api.model
    def _get_shaded(self, product, warehouse, days, step):
        """The names of the events in each period of a picture.

        :param list days: the first day of each period
        :return list: a name, or ``None``
        """
        if not days:
            return []
        events = self.sudo().search(
            Domain("company_id", "=", warehouse.company_id.id)
            & Domain("date_to", ">=", days[0])
            & Domain("date_from", "<", days[-1] + step)
        )
        own = events.filtered(lambda event: event._get_scope().holds(product, warehouse))
        return [
            ", ".join(
                event.name for event in own if event.date_from < day + step and event.date_to >= day
            )
            or None
            for day in days
        ]
