from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 100


class OrderPromise(models.Model):
    """Promises follow the world: what slips is reckoned anew, what is due is looked at."""

    _inherit = "order.promise"

    @api.model
    def _mark_supply(self, products, warehouses, cause):
        """Mark what rests on supply of these products that changed.

        :param products: products, and the kits made of them
        :param warehouses: where it would have come in
        """
        if products and warehouses:
            self._mark(
                SQL(
                    "promise.source != 'stock' AND promise.product_id IN %s "
                    "AND promise.warehouse_id IN %s",
                    tuple(products.ids),
                    tuple(warehouses.ids),
                ),
                cause,
            )

    @api.model
    def _cron_renew(self):
        """Reckon marked promises anew, in parts."""
        self._run_in_parts(
            [("recheck", "=", True)], lambda orders: orders._follow_supply(), "ir_cron_promises"
        )

    @api.model
    def _cron_check_late(self):
        """Look at what is due: note what arrived, and warn of what will not in time."""
        tomorrow = fields.Date.add(fields.Date.context_today(self), days=1)
        due = (
            Domain("ship_date", "<=", tomorrow)
            | Domain("delivery_date", "<=", tomorrow)
            | Domain("source", "=", "none")
            | Domain("line_id.short_quantity", ">", 0)
        )
        self._run_in_parts(
            Domain("state", "=", "current") & due,
            lambda orders: orders._check_late(),
            "ir_cron_promises_late",
        )

    def _run_in_parts(self, domain, work, cron_name):
        """Work on the orders of such rows, a part in a transaction; later if somebody else does."""
        cron, last = self.env["ir.cron"], 0
        while True:
            orders = self._find_orders(domain, last)
            if not orders:
                return
            last = orders[-1].id
            try:
                work(orders)
            except OperationalError:
                self.env.cr.rollback()
                self.env.ref(f"order_management.{cron_name}").sudo()._trigger()
                return
            if not cron._commit_progress(len(orders)):
                return

    def _find_orders(self, domain, last):
        """The next orders, by id, with rows that match."""
        query = SQL(
            "SELECT DISTINCT order_id FROM order_promise WHERE id IN %s AND order_id > %s "
            "ORDER BY order_id LIMIT %s",
            self.sudo()._search(domain).subselect(),
            last,
            BATCH,
        )
        found = [order_id for (order_id,) in self.env.execute_query(query)]
        return self.env["sale.order"].sudo().browse(found)

    def _get_day_named(self):
        """The day these were reckoned from, where one was named that was past when they were."""
        named = [row for row in self if row.reckoned_on]
        return next(
            (row.reckoned_on for row in named if row.reckoned_on < row.made_at.date()), False
        )

    def _judge(self, days):
        """Values that tell how these rows, made at one moment for one line, ended.

        :param list days: ``(day, quantity arrived until then)`` of the whole line
        """
        total, values = max(days[-1][1] - sum(self.mapped("quantity")), 0.0), {}
        for row in self.sorted(lambda row: (row.delivery_date or fields.Date.today(), row.id)):
            total += row.quantity
            arrived = next((day for day, quantity in days if quantity >= total - 1e-6), days[-1][0])
            late = row.delivery_date and max((arrived - row.delivery_date).days, 0)
            known = bool(row.delivery_date)
            values[row.id] = {
                "state": "closed" if row.state == "current" else row.state,
                "delivered_on": arrived,
                "late_days": late or 0,
                "outcome": ("broken" if late else "kept") if known else False,
                "is_kept": 1.0 if known and not late else 0.0,
                "recheck": False,
            }
        return values
