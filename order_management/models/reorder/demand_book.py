"""Demand of products in warehouses, period by period, as their policies want it counted."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import fields

from ...tools.demand import clean, intersect, make_starts
from ..common.zones import day_of, zone_of
from .demand_series import STEPS, DemandSeries, start_of
from .demand_sql import read_demand


class Share(NamedTuple):
    """What one product adds to a series: its own, or one that it replaces."""

    sold: list  # net by policy, one-off orders set aside
    raw: list
    lost: list
    notes: list


class DemandBook:
    """What was asked for: one statement for each kind of period.

    A product that replaces others is read together with them, as if they were one.

    :param dict policies: ``(product, warehouse)`` → policy
    """

    def __init__(self, policies):
        self.policies = policies
        self.series = {}
        self.calendars = {}  # (first day, day after the last, kind) → first days, their places
        if not policies:
            return
        self.env = next(iter(policies))[0].env
        now = fields.Datetime.now()
        self.today = {
            place: day_of(now, zone_of(place, place.company_id)) for _product, place in policies
        }
        self.rows = self._read()
        for pair, policy in policies.items():
            self.series[pair] = self._make(pair, policy)

    def _read(self):
        by_period = defaultdict(list)
        old = self._get_replaced()
        for (product, place), policy in self.policies.items():
            since = start_of(
                self.today[place] - relativedelta(months=policy.history_months), policy.period
            )
            for part in (product, *old.get(product, ())):
                by_period[policy.period].append(
                    (
                        part.id,
                        place.id,
                        since,
                        policy.one_off_factor,
                        policy.count_held,
                        policy.count_lost,
                        policy.mask_stockouts and part.is_storable,
                    )
                )
        self.old = old
        rows = defaultdict(lambda: defaultdict(list))
        places = self.env["stock.warehouse"].concat(*self.today)
        for period, pairs in by_period.items():
            # A product may be asked for as itself and as what another one replaces.
            unique = {(pair[0], pair[1]): pair for pair in reversed(pairs)}
            for kind, product, place, *rest in read_demand(
                self.env, list(unique.values()), places, period
            ):
                rows[product, place, period][kind].append(rest)
        return rows

    def _get_replaced(self):
        """For each product those whose demand it inherits, the nearest first."""
        products = self.env["product.product"].union(*(product for product, _ in self.policies))
        found, level = defaultdict(list), {product: product for product in products}
        while level:
            old = (
                products.sudo()
                .with_context(active_test=False)
                .search([("replaced_by_id", "in", [product.id for product in level])])
            )
            following = {}
            for product in old:
                heir = level[product.replaced_by_id.with_env(products.env)]
                if product not in found[heir] and product != heir:
                    found[heir].append(product.with_env(products.env))
                    following[product.with_env(products.env)] = heir
            level = following
        return found

    def _make(self, pair, policy):
        """The series of a product, with those that it replaces."""
        product, place = pair
        period, today = policy.period, self.today[place]
        current = start_of(today, period)
        family = {}
        for part in (product, *self.old.get(product, ())):
            rows = self.rows.get((part.id, place.id, period), {})
            if rows.get("life"):
                family[part] = rows
        if not family:
            return DemandSeries(current, [], [], [], [])
        lives = {part: rows["life"][0] for part, rows in family.items()}
        born = min(life[0] for life in lives.values())
        first = min(start_of(born, period), current)
        is_older = any(life[0] == born and life[3] for life in lives.values())
        starts, places = self._get_calendar(first, current, period)
        shares = [self._make_share(rows, policy, places) for rows in family.values()]
        sold, raw, lost = shares[0][:3]
        if len(shares) > 1:
            sold, raw, lost = (
                [sum(values) for values in zip(*lists, strict=True)]
                for lists in ([share[field] for share in shares] for field in range(3))
            )
        notes = [note for share in shares for note in share.notes]
        # Nothing could be sold on days on which none of them was there.
        gaps = None
        for part, rows in family.items():
            own = sorted((day, until) for day, until, *_rest in rows.get("out", ()))
            if lives[part][0] > born:
                own.insert(0, (born, lives[part][0] - timedelta(days=1)))
            gaps = own if gaps is None else intersect(gaps, own)
        cleaned = clean(starts, current, sold, gaps, first if is_older else born)
        # What was lost is a part of what days without stock are made up for.
        quantities = cleaned.quantities
        if any(lost) or cleaned.notes or min(sold, default=0.0) < 0.0:
            quantities = [
                max(quantity, net + missed)
                for quantity, net, missed in zip(cleaned.quantities, sold, lost, strict=True)
            ]
        notes += [_note(**note, reference=False) for note in cleaned.notes]
        notes.sort(key=lambda note: note["date"])
        for part, share in zip(family, shares, strict=True):
            if part != product and any(share.raw):
                start = start_of(lives[part][0], period)
                notes.append(_note(start, "inherited", sum(share.sold), part.display_name))
        return DemandSeries(first, quantities, raw, cleaned.available, notes)

    def _get_calendar(self, first, current, period):
        """First days of the closed periods, and the place of each; products mostly share them."""
        key = (first, current, period)
        if key not in self.calendars:
            starts = make_starts(first, current, STEPS[period])
            self.calendars[key] = starts, {start: place for place, start in enumerate(starts)}
        return self.calendars[key]

    def _make_share(self, rows, policy, places):
        """What one product was asked for, by itself.

        :param dict places: first day of a period → its place
        """
        sold, raw, lost = ([0.0] * len(places) for _list in range(3))
        notes = []
        for kind in ("sold", "returned", "held", "lost"):
            if kind == "returned" and policy.returns != "net":
                continue
            for start, _until, quantity, aside, reference in rows.get(kind, ()):
                index = places.get(start)
                if index is None:
                    continue
                usual = quantity - (aside or 0.0)
                if aside:
                    notes.append(_note(start, "one_off", aside, reference))
                if kind == "sold":
                    raw[index], sold[index] = quantity, usual
                    continue
                if kind == "returned":
                    usual = min(usual, sold[index])
                    sold[index] -= usual
                else:
                    (sold if kind == "held" else lost)[index] += usual
                if usual:
                    notes.append(_note(start, kind, usual, reference))
        return Share(sold, raw, lost, notes)


def _note(date, kind, quantity, reference):
    return {
        "date": str(date),
        "kind": kind,
        "quantity": round(quantity, 6),
        "reference": reference or False,
    }
