from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every
from odoo.tools.gc import disabling_gc

from ..common.bulk import insert_rows, update_rows
from .forecast_run import ForecastRun

CHUNK = 2000  # products and warehouses in one transaction of the nightly run
KEPT_RESULTS = 2 * 365  # days


class OrderForecastRunMixin(models.AbstractModel):
    """How forecasts are made: demand read at once, reckoned one by one, stored at once."""

    _name = "order.forecast.run.mixin"
    _description = "Forecasts made in sets"

    @api.model
    def _cron_run(self):
        """Forecast what has new demand, a part in each transaction; a stopped run goes on."""
        today = fields.Date.today()
        warehouses = self._get_managed_warehouses()
        self.env["order.reorder.policy"]._ensure_policies(warehouses.company_id)
        left = self._find_due(warehouses, today)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(left))
        for part in split_every(CHUNK, left):
            self._run_pairs(self._browse_pairs(part))
            if not progress(len(part)):
                return
        self._classify(warehouses.company_id)
        self.env["order.forecast.result"]._forget(today - timedelta(days=KEPT_RESULTS))

    def _get_managed_warehouses(self):
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id.use_order_management", "=", True)])
        )

    def _find_due(self, warehouses, today, products=None):
        """Products that were shipped from, or have a reordering rule in, these warehouses.

        Those of which nothing can be new since they were forecast are left out, unless products
        are named.

        :return list: ``(product id, warehouse id)``
        """
        self.env["stock.move"].flush_model(["state", "product_id", "location_id"])
        self.env["stock.warehouse.orderpoint"].flush_model(["product_id", "warehouse_id"])
        self.flush_model(["forecast_at", "next_day", "period", "product_id", "warehouse_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS MATERIALIZED (
                    SELECT product_id, MAX(write_date) AS at
                      FROM stock_move
                     WHERE state = 'done' AND %(due)s
                       AND write_date >= (SELECT MIN(forecast_at) FROM order_forecast)
                     GROUP BY product_id
                ), changed AS MATERIALIZED (
                    SELECT company_id, MAX(at) AS at
                      FROM (SELECT company_id, write_date AS at FROM order_reorder_policy
                             UNION ALL
                            SELECT company_id, write_date FROM order_demand_event) AS change
                     GROUP BY company_id
                ), inherited AS MATERIALIZED (
                    SELECT DISTINCT replaced_by_id AS product_id
                      FROM product_product
                     WHERE replaced_by_id IS NOT NULL
                )
                SELECT pair.product_id, pair.warehouse_id
                  FROM (SELECT move.product_id, place.warehouse_id
                          FROM stock_move AS move
                          JOIN stock_location AS place ON place.id = move.location_id
                          JOIN stock_location AS target ON target.id = move.location_dest_id
                         WHERE move.state = 'done' AND target.usage = 'customer'
                           AND place.warehouse_id = ANY(%(places)s) AND %(shipped)s
                         UNION
                        SELECT product_id, warehouse_id
                          FROM stock_warehouse_orderpoint AS point
                         WHERE active AND warehouse_id = ANY(%(places)s) AND %(ruled)s) AS pair
                  JOIN product_product AS product ON product.id = pair.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  LEFT JOIN order_forecast AS forecast
                         ON forecast.product_id = pair.product_id
                        AND forecast.warehouse_id = pair.warehouse_id
                  LEFT JOIN order_reorder_policy AS policy ON policy.id = forecast.policy_id
                  LEFT JOIN moved ON moved.product_id = pair.product_id
                  LEFT JOIN changed ON changed.company_id = forecast.company_id
                  LEFT JOIN inherited ON inherited.product_id = pair.product_id
                 WHERE product.active AND template.is_storable
                   AND (NOT %(due)s
                        OR forecast.id IS NULL
                        OR forecast.forecast_at < %(today)s
                           AND (forecast.next_day + (CASE forecast.period
                                                          WHEN 'day' THEN INTERVAL '1 day'
                                                          WHEN 'week' THEN INTERVAL '1 week'
                                                          ELSE INTERVAL '1 month' END)
                                    <= %(tomorrow)s
                                OR GREATEST(moved.at, changed.at, product.write_date,
                                            template.write_date) >= forecast.forecast_at
                                OR inherited.product_id IS NOT NULL
                                OR policy.id IS NULL OR policy.count_held OR policy.count_lost
                                OR EXISTS (SELECT FROM stock_warehouse_orderpoint AS point
                                            WHERE point.product_id = pair.product_id
                                              AND point.create_date >= forecast.forecast_at)
                                OR EXISTS (SELECT FROM product_supplierinfo AS seller
                                            WHERE seller.product_tmpl_id = template.id
                                              AND seller.write_date >= forecast.forecast_at)))
                 ORDER BY pair.product_id, pair.warehouse_id
                """,
                places=warehouses.ids,
                due=products is None,
                today=today,
                tomorrow=today + timedelta(days=1),  # somewhere it is that day already
                shipped=_among("move", products),
                ruled=_among("point", products),
            )
        )
        return self.env.cr.fetchall()

    def _browse_pairs(self, rows):
        """Records that share one prefetch."""
        products = self.env["product.product"].sudo().browse({row[0] for row in rows})
        places = self.env["stock.warehouse"].sudo().browse({row[1] for row in rows})
        by_product, by_place = products.grouped("id"), places.grouped("id")
        return [(by_product[product], by_place[place]) for product, place in rows]

    @api.model
    def _run(self, warehouses, products=None, horizon=None):
        """Forecast products in warehouses now, whether or not there is new demand.

        :param products: those alone, also ones that were never asked for
        :param int horizon: periods to look ahead
        :return: forecasts, in the order of products and warehouses
        """
        self.env["order.reorder.policy"]._ensure_policies(warehouses.company_id)
        if products is None:
            pairs = self._browse_pairs(self._find_due(warehouses, fields.Date.today(), ()))
        else:
            pairs = [
                (product, place)
                for product in products
                for place in warehouses
                if not product.company_id or product.company_id == place.company_id
            ]
        found = self.browse()
        for part in split_every(CHUNK, pairs, list):
            found |= self._run_pairs(part, horizon)
        self._classify(warehouses.company_id)
        return found

    @disabling_gc()  # millions of numbers are kept until the end: to look for cycles takes long
    def _run_pairs(self, pairs, horizon=None):
        """Read the demand of some products, reckon, and store what is new.

        :param list pairs: ``(product, warehouse)``, with full rights
        :return: their forecasts; pairs for which no policy holds have none
        """
        policies = self.env["order.reorder.policy"]._get_policies(pairs)
        policies = {pair: policy for pair, policy in policies.items() if policy}
        if not policies:
            return self.browse()
        run = ForecastRun(self, policies, horizon)
        rows, updates, same = run.reckon()
        insert_rows(self.env["order.forecast.result"].sudo(), run.results, "forecast_id, day")
        insert_rows(self, rows, "product_id, warehouse_id")
        update_rows(self, updates)
        if same:
            update_rows(self, dict.fromkeys(same, {"forecast_at": fields.Datetime.now()}))
        stored = self.search_fetch(
            [
                ("product_id", "in", list({product.id for product, _place in policies})),
                ("warehouse_id", "in", list({place.id for _product, place in policies})),
            ],
            ["product_id", "warehouse_id"],  # not the lists, which take long to read
        )
        by_pair = {(row.product_id.id, row.warehouse_id.id): row for row in stored}
        return self.browse([by_pair[product.id, place.id].id for product, place in policies])

    def _classify(self, companies):
        """Classes by value and variability, of all products of these companies, in one statement.

        A: those that together make 80 % of the value of demand, B: the next 15 %, C: the rest.
        X: the deviation of a period is at most half its mean, Y: at most its mean, Z: above.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id, variability,
                           SUM(value) OVER (PARTITION BY company_id ORDER BY value DESC, id)
                               - value AS before,
                           SUM(value) OVER (PARTITION BY company_id) AS total
                      FROM order_forecast
                     WHERE company_id = ANY(%s)
                ), classed AS (
                    SELECT id,
                           CASE WHEN total <= 0 THEN 'c'
                                WHEN before < 0.80 * total THEN 'a'
                                WHEN before < 0.95 * total THEN 'b'
                                ELSE 'c' END AS abc,
                           CASE WHEN variability IS NULL THEN 'z'
                                WHEN variability <= 0.5 THEN 'x'
                                WHEN variability <= 1.0 THEN 'y'
                                ELSE 'z' END AS xyz
                      FROM ranked
                )
                UPDATE order_forecast AS forecast
                   SET abc = classed.abc, xyz = classed.xyz
                  FROM classed
                 WHERE classed.id = forecast.id
                   AND (forecast.abc, forecast.xyz) IS DISTINCT FROM (classed.abc, classed.xyz)
                """,
                companies.ids,
            )
        )
        self.invalidate_model(["abc", "xyz"])


def _among(table, products):
    """The condition that rows are of some products; of all, when none are named."""
    if not products:
        return SQL("TRUE")
    return SQL("%s = ANY(%s)", SQL.identifier(table, "product_id"), products.ids)
