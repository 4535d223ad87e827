from collections import Counter
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..common.access import as_service, public
from ..common.results import Arguments, row

BATCH = 500
MAX_DAYS = 730


class OrderCheckTrialMixin(models.AbstractModel):
    """Trying a check before it acts: on past orders, and in shadow on the orders that come."""

    _name = "order.check.trial.mixin"
    _description = "Check that is tried out"

    shadow_order_count = fields.Integer("Orders in shadow", compute="_compute_shadow")
    shadow_amount = fields.Float("Money in shadow", compute="_compute_shadow", digits=(16, 2))

    def _compute_shadow(self):
        """Orders in which these checks found something while in shadow; each order counts once."""
        found = self._count_shadow()
        for check in self:
            check.shadow_order_count, check.shadow_amount = found.get(check.id, (0, 0.0))

    def _count_shadow(self):
        """What these checks found in shadow.

        :return dict: check id → (orders, their totals in company currency)
        """
        self.env["sale.order"].flush_model(["amount_total", "currency_rate"])
        self.env.cr.execute(
            SQL(
                """
                SELECT slip.check_id, COUNT(*),
                       SUM(sold.amount_total / NULLIF(sold.currency_rate, 0))
                  FROM (SELECT DISTINCT (inputs->>'check_id')::int AS check_id, res_id
                          FROM order_decision
                         WHERE model = 'sale.order' AND decision = 'validation.shadow'
                           AND company_id = ANY(%s)
                           AND (inputs->>'check_id')::int = ANY(%s)) AS slip
                  JOIN sale_order AS sold ON sold.id = slip.res_id
                 GROUP BY slip.check_id
                """,
                self.env.companies.ids,
                self.ids,
            )
        )
        return {
            check_id: (count, round(float(amount or 0.0), 2))
            for check_id, count, amount in self.env.cr.fetchall()
        }

    def action_view_shadow(self):
        """Open what these checks found in shadow."""
        self.check_access("read")
        orders = self._get_shadow_order_ids()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Found in shadow"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", orders)],
        }

    def _get_shadow_order_ids(self):
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT res_id FROM order_decision
                 WHERE model = 'sale.order' AND decision = 'validation.shadow'
                   AND company_id = ANY(%s) AND (inputs->>'check_id')::int = ANY(%s)
                """,
                self.env.companies.ids,
                self.ids,
            )
        )
        return [found[0] for found in self.env.cr.fetchall()]

    @public
    def dry_run(self, days=90, background=False):
        """Tell what these checks would have held of the orders of the last days.

        Quotations and confirmed orders of the current company are looked at, whatever mode and
        severity the checks have; limits, stock and customers as they are now. No order is written.

        :param int days: how far back, by the order's date; at most 730
        :param bool background: answer ``job_id`` at once and work later
        :return: one item per check: ``check`` (code), ``check_id``, ``orders`` (looked at),
            ``would_hold``, ``amount_held`` (totals in company currency), ``order_ids``
        :raises ValidationError: ``days`` is no whole number from 1 to 730
        """
        days = Arguments(self.env).value(days, "integer", "days", required=True)
        if not 1 <= days <= MAX_DAYS:
            Arguments(self.env).refuse("days", self.env._("a number from 1 to 730 is expected."))
        if background:
            return self.env["order.job"]._enqueue(self, "dry_run", {"days": days})
        checks = as_service(self).with_company(self.env.company)
        looked_at, held = checks._try_on_orders(days)
        return [
            row(
                check=check.code,
                check_id=check.id,
                orders=looked_at[check.id],
                would_hold=len(held[check.id]),
                amount_held=self.env.company.currency_id.round(sum(held[check.id].values())),
                order_ids=list(held[check.id]),
            )
            for check in checks
        ]

    def _try_on_orders(self, days):
        """Run these checks on past orders, part by part.

        :return tuple: check id → orders looked at, and check id → order id → amount
        """
        since = fields.Datetime.now() - timedelta(days=days)
        ids = (
            self.env["sale.order"]
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("state", "!=", "cancel"),
                    ("date_order", ">=", since),
                ],
                order="id",
            )
            .ids
        )
        looked_at, held = Counter(), {check.id: {} for check in self}
        for start in range(0, len(ids), BATCH):
            orders = self.env["sale.order"].browse(ids[start : start + BATCH])
            orders = orders.filtered(lambda order: not order._is_history())
            for check in self:
                looked_at[check.id] += len(check._get_concerned(orders))
                held[check.id].update(check._try_on(orders))
            self.env.invalidate_all()
        return looked_at, held

    def _try_on(self, orders):
        """What this check finds on some orders: order id → total in company currency."""
        company = self.env.company
        return {
            verdict.order.id: verdict.order.currency_id._convert(
                verdict.order.amount_total,
                company.currency_id,
                company,
                verdict.order.date_order or fields.Date.context_today(verdict.order),
            )
            for verdict in self._run(orders)
        }
