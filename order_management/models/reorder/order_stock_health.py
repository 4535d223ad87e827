from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import split_every

from ...tools.replenishment import Stock, assess, find_unsold
from ..common.access import has_role
from ..common.bulk import insert_rows, update_rows
from ..common.zones import day_of, zone_of
from .lead_times import read_lead_times
from .rule_supply import end_of
from .stock_health_sql import PLAIN_DAYS, read_lots, read_stock

PART = 2000  # rows that are written at once
STALE = 1e-6


class OrderStockHealth(models.Model):
    """What stock lacks, holds too much of, and lets die, product by product, in money."""

    _name = "order.stock.health"
    _description = "Stock health"
    _order = "trouble_value desc, id"
    _rec_name = "product_id"
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one("product.category", "Category", readonly=True, ondelete="set null")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering rule", readonly=True, ondelete="set null"
    )
    forecast_id = fields.Many2one("order.forecast", readonly=True, ondelete="set null")
    currency_id = fields.Many2one(related="company_id.currency_id")
    uom_id = fields.Many2one(related="product_id.uom_id")
    state = fields.Selection(
        [
            ("short", "Short"),
            ("expiring", "Expiring"),
            ("dead", "Dead"),
            ("surplus", "Too much"),
            ("good", "In order"),
        ],
        required=True,
        readonly=True,
        index=True,
        help="The gravest of what is wrong.",
    )
    abc = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], "ABC", readonly=True)
    xyz = fields.Selection([("x", "X"), ("y", "Y"), ("z", "Z")], "XYZ", readonly=True)
    on_hand = fields.Float(readonly=True, digits="Product Unit")
    reserved = fields.Float(readonly=True, digits="Product Unit")
    coming = fields.Float("On order", readonly=True, digits="Product Unit")
    asked = fields.Float("In requests", readonly=True, digits="Product Unit")
    daily_demand = fields.Float("Demand a day", readonly=True, digits=(16, 2))
    has_cover = fields.Boolean("Is sold", readonly=True)
    cover_days = fields.Float(
        "Days of cover", readonly=True, digits=(16, 1), aggregator="avg",
        help="How long what is there lasts; 0 where nothing is sold.",
    )  # fmt: skip
    protection_days = fields.Float("Has to last (days)", readonly=True, digits=(16, 1))
    last_sold_on = fields.Date("Last sold", readonly=True)
    cost = fields.Monetary("Cost of one", readonly=True, aggregator=None)
    value = fields.Monetary("Value of stock", readonly=True)
    shortage = fields.Float("Short (units)", readonly=True, digits="Product Unit")
    shortage_value = fields.Monetary("Short", readonly=True, help="At cost.")
    surplus = fields.Float("Too much (units)", readonly=True, digits="Product Unit")
    surplus_value = fields.Monetary("Too much", readonly=True)
    dead = fields.Float("Dead (units)", readonly=True, digits="Product Unit")
    dead_value = fields.Monetary("Dead", readonly=True)
    expiring = fields.Float("Expiring (units)", readonly=True, digits="Product Unit")
    expiring_value = fields.Monetary(
        "Expiring", readonly=True, help="What will not be sold before it expires."
    )
    trouble_value = fields.Monetary("Money in it", readonly=True)
    refreshed_at = fields.Datetime("As of", required=True, readonly=True)

    _pair_uniq = models.UniqueIndex("(product_id, warehouse_id)")

    @api.model
    def _cron_refresh(self):
        """Look at all stock of the companies that use Order Management."""
        self._refresh(
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id.use_order_management", "=", True)])
        )

    def action_refresh(self):
        """Look at all stock of the caller's companies now.

        :return bool: ``True``
        :raises AccessError: the caller is no manager
        """
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to look at all stock anew."))
        self.env["order.stock.health"].sudo()._refresh(
            self.env["stock.warehouse"]
            .sudo()
            .search(
                [
                    ("company_id", "in", self.env.companies.ids),
                    ("company_id.use_order_management", "=", True),
                ]
            )
        )
        return True

    @api.model
    def _refresh(self, warehouses):
        """Reckon all rows of some warehouses, and the alerts that follow from them."""
        for company, places in warehouses.grouped("company_id").items():
            book = _HealthBook(self.with_company(company), company, places)
            known = {
                (row.product_id.id, row.warehouse_id.id): row.id
                for row in self.search_fetch(
                    [("warehouse_id", "in", places.ids)], ["product_id", "warehouse_id"]
                )
            }
            rows, updates = [], {}
            for pair, vals in book.rows.items():
                if pair in known:
                    updates[known.pop(pair)] = vals
                else:
                    rows.append(vals)
            self.browse(known.values()).unlink()
            for part in split_every(PART, rows, list):
                insert_rows(self, part, "product_id, warehouse_id")
            for part in split_every(PART, updates.items(), dict):
                update_rows(self, part)
            book.tell()

    def action_open_product(self):
        """The product's forecast where there is one, else the product."""
        self.ensure_one()
        record = self.forecast_id or self.product_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_propose_levels(self):
        """Propose levels for the rules of these products."""
        return self.orderpoint_id.action_propose_levels()


class _HealthBook:
    """All stock of one company's warehouses, and what is wrong with it."""

    def __init__(self, model, company, places):
        self.env, self.company, self.places = model.env, company, places
        self.now = fields.Datetime.now()
        self.today = {place.id: day_of(self.now, zone_of(place, company)) for place in places}
        policies = self.env["order.reorder.policy"].sudo()
        policies._ensure_policies(company)
        self._read_rules()
        longest = max(
            policies.search([("company_id", "=", company.id)]).mapped("dead_days") or [180]
        )
        found = read_stock(places, self.until, dict.fromkeys(places.ids, self._ago(longest)))
        self._read_products({row[0] for row in found})
        by_place = places.grouped("id")
        pairs = [(self.products[row[0]], by_place[row[1]]) for row in found]
        chosen = policies._get_policies(pairs)
        self.policies = {(pair[0].id, pair[1].id): policy for pair, policy in chosen.items()}
        rested = self._read_rested(places, longest)
        self._read_forecasts({row[2] for row in found if row[2]})
        self._read_lots(places)
        self.unsold, self.rows = {}, {}
        for row in found:
            self.rows[row[0], row[1]] = self._make(row, rested)

    def _ago(self, days):
        return self.now - timedelta(days=days)

    def _read_rules(self):
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .search([("warehouse_id", "in", self.places.ids)])
        )
        times = read_lead_times(rules)
        policies = self.env["order.reorder.policy"].sudo()
        chosen = policies._get_policies({(rule.product_id, rule.warehouse_id) for rule in rules})
        self.days, self.most = defaultdict(float), defaultdict(float)
        for rule in rules:
            pair = (rule.product_id.id, rule.warehouse_id.id)
            policy = chosen[rule.product_id, rule.warehouse_id]
            review = times[rule].get_review_days(policy) if policy else 1
            self.days[pair] = max(self.days[pair], times[rule].days + review)
            self.most[pair] += max(rule.product_max_qty, rule.product_min_qty)
        self.until = {pair: end_of(days) for pair, days in self.days.items()}

    def _read_products(self, ids):
        products = self.env["product.product"].sudo().browse(sorted(ids))
        products.fetch(["product_tmpl_id", "standard_price"])
        products.product_tmpl_id.fetch(["categ_id"])
        self.products = products.grouped("id")

    def _read_rested(self, places, longest):
        """What has rested too long, for policies that are stricter than the longest one."""
        found = {}
        others = {policy.dead_days for policy in self.policies.values()} - {longest}
        for days in others:
            rows = read_stock(places, self.until, dict.fromkeys(places.ids, self._ago(days)))
            found[days] = {(row[0], row[1]): row[6] for row in rows}
        return found

    def _read_forecasts(self, ids):
        forecasts = self.env["order.forecast"].sudo().browse(sorted(ids))
        forecasts.fetch(["abc", "daily_demand", "xyz"])
        self.forecasts = forecasts.grouped("id")

    def _read_lots(self, places):
        self.lots = defaultdict(list)
        for product, place, lot, moment, units in read_lots(places):
            days = (moment - self.now).total_seconds() / 86400.0
            self.lots[product, place].append((lot, days, units, moment))

    def _make(self, row, rested):
        """The values of one row."""
        (
            product_id, place_id, forecast_id, rule_id, on_hand, reserved, resting, arriving,
            coming, leaving, asked, sold_at,
        ) = row  # fmt: skip
        pair = (product_id, place_id)
        product, policy = self.products[product_id], self.policies[pair]
        forecast = self.forecasts.get(forecast_id)
        daily = forecast.daily_demand if forecast else 0.0
        dead_days = policy.dead_days or 180
        days = self.days.get(pair) or PLAIN_DAYS
        health = assess(
            Stock(
                on_hand=on_hand,
                arriving=arriving,
                coming=coming,
                leaving=leaving,
                daily_demand=daily,
                days=days,
                resting=rested[dead_days].get(pair, 0.0) if dead_days in rested else resting,
                is_sold=bool(sold_at) and sold_at >= self._ago(dead_days),
                maximum=self.most.get(pair, 0.0),
                most_days=policy.overstock_days or 180,
            )
        )
        lots = self.lots.get(pair, ())
        unsold = find_unsold([(lot[1], lot[2]) for lot in lots], daily)
        self.unsold.update(
            (lot[0], (pair, lot, units))
            for lot, units in zip(lots, unsold, strict=True)
            if units > STALE
        )
        expiring = sum(unsold)
        cost = product.standard_price
        money = {
            "shortage_value": health.shortage * cost,
            "surplus_value": health.surplus * cost,
            "dead_value": health.dead * cost,
            "expiring_value": expiring * cost,
        }
        wrong = (
            ("short", health.shortage),
            ("expiring", expiring),
            ("dead", health.dead),
            ("surplus", health.surplus),
        )
        zone = zone_of(self.places.browse(place_id), self.company)
        return {
            "company_id": self.company.id,
            "product_id": product_id,
            "warehouse_id": place_id,
            "categ_id": product.product_tmpl_id.categ_id.id,
            "orderpoint_id": rule_id,
            "forecast_id": forecast_id,
            "state": next((name for name, units in wrong if units > STALE), "good"),
            "abc": forecast.abc if forecast else False,
            "xyz": forecast.xyz if forecast else False,
            "on_hand": on_hand,
            "reserved": reserved,
            "coming": coming,
            "asked": asked,
            "daily_demand": daily,
            "has_cover": health.cover is not None,
            "cover_days": health.cover or 0.0,
            "protection_days": days,
            "last_sold_on": day_of(sold_at, zone) if sold_at else False,
            "cost": cost,
            "value": on_hand * cost,
            "shortage": health.shortage,
            "surplus": health.surplus,
            "dead": health.dead,
            "expiring": expiring,
            **money,
            "trouble_value": sum(money.values()),
            "refreshed_at": self.now,
        }

    # What is told of it

    def tell(self):
        """Raise and close the alerts that follow."""
        alerts = self.env["order.stock.alert"].sudo()
        scope = [("warehouse_id", "in", self.places.ids)]
        late = alerts.search_fetch(
            [
                *scope,
                ("kind", "=", "shortage"),
                ("purchase_line_id", "!=", False),
                ("state", "!=", "closed"),
            ],
            ["product_id", "warehouse_id"],
        )
        told = {(alert.product_id.id, alert.warehouse_id.id) for alert in late}
        rows = defaultdict(list)
        for pair, vals in self.rows.items():
            if vals["shortage"] > STALE and pair not in told:
                rows["shortage"].append(self._tell_shortage(pair, vals))
            for kind in ("surplus", "dead"):
                if vals[kind] > STALE and vals[f"{kind}_value"] >= self._get_least(pair):
                    rows[kind].append(self._tell_rest(kind, pair, vals))
        for pair, lot, units in self.unsold.values():
            if units * self.products[pair[0]].standard_price >= self._get_least(pair):
                rows["expiring"].append(self._tell_lot(pair, lot, units))
        alerts._sync("shortage", rows["shortage"], [*scope, ("purchase_line_id", "=", False)])
        for kind in ("surplus", "dead", "expiring"):
            alerts._sync(kind, rows[kind], scope)

    def _get_least(self, pair):
        return self.policies[pair].alert_value

    def _prepare_alert(self, pair, quantity, message, **values):
        product = self.products[pair[0]]
        return {
            "key": f"{pair[0]}-{pair[1]}",
            "company_id": self.company.id,
            "product_id": pair[0],
            "warehouse_id": pair[1],
            "quantity": quantity,
            "value": quantity * product.standard_price,
            "message": message,
            **values,
        }

    def _tell_shortage(self, pair, vals):
        message = self.env._(
            "%(short)s are short in %(days)s days: %(there)s there, %(coming)s on order, "
            "%(demand)s a day are asked for.",
            short=_show(vals["shortage"]),
            days=_show(vals["protection_days"]),
            there=_show(vals["on_hand"]),
            coming=_show(vals["coming"]),
            demand=_show(vals["daily_demand"]),
        )
        if vals["asked"] > STALE:
            message += self.env._(
                " %(asked)s are in requests that were not sent.", asked=_show(vals["asked"])
            )
        day = self.today[pair[1]] + timedelta(days=int(vals["cover_days"]))
        return self._prepare_alert(
            pair, vals["shortage"], message, day=day, orderpoint_id=vals["orderpoint_id"] or False
        )

    def _tell_rest(self, kind, pair, vals):
        if kind == "dead":
            message = self.env._(
                "%(units)s have rested for more than %(days)s days, and none was sold.",
                units=_show(vals["dead"]),
                days=self.policies[pair].dead_days,
            )
        else:
            message = self.env._(
                "%(units)s more than needed: %(there)s there, %(coming)s on order, enough for "
                "%(days)s days.",
                units=_show(vals["surplus"]),
                there=_show(vals["on_hand"]),
                coming=_show(vals["coming"]),
                days=_show(vals["cover_days"]) if vals["has_cover"] else "∞",
            )
        return self._prepare_alert(
            pair, vals[kind], message, orderpoint_id=vals["orderpoint_id"] or False, day=False
        )

    def _tell_lot(self, pair, lot, units):
        lot_id, days, _units, moment = lot
        zone = zone_of(self.places.browse(pair[1]), self.company)
        message = (
            self.env._("%(units)s have expired.", units=_show(units))
            if days < 0
            else self.env._(
                "%(units)s of this lot will not be sold before it expires in %(days)s days.",
                units=_show(units),
                days=_show(int(days)),
            )
        )
        return self._prepare_alert(
            pair,
            units,
            message,
            key=f"{pair[1]}-lot-{lot_id}",
            lot_id=lot_id,
            day=day_of(moment, zone),
        )


def _show(number):
    return f"{number:.4g}"
