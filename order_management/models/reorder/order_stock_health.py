from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ..common.access import check_visible, has_role
from ..common.bulk import insert_rows, update_rows
from ..common.cron_run import count_done
from .order_forecast import CLASSES, VARIABILITY
from .stock_alert_kinds import open_rule
from .stock_health_actions import open_stock
from .stock_health_book import HealthBook
from .stock_health_sql import find_health_pairs

CHUNK = 5000  # products and warehouses in one transaction of the nightly run


class OrderStockHealth(models.Model):
    """How a product does in a warehouse: how long it lasts, what lacks, what is too much.

    One row for each that lies there or is asked for, made anew every night. Quantities are in the
    product's own unit, money is at the product's cost. What expires may be too much besides.
    """

    _name = "order.stock.health"
    _inherit = ["order.stock.health.alert.mixin"]
    _description = "Stock health"
    _order = "value desc, id"
    _rec_name = "product_id"
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    categ_id = fields.Many2one("product.category", "Category", readonly=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    currency_id = fields.Many2one(related="company_id.currency_id")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering rule", readonly=True, index="btree_not_null",
        ondelete="set null",
    )  # fmt: skip
    forecast_id = fields.Many2one(
        "order.forecast", readonly=True, index="btree_not_null", ondelete="set null"
    )
    policy_id = fields.Many2one("order.reorder.policy", readonly=True, ondelete="set null")
    condition = fields.Selection(
        [
            ("shortage", "Short"),
            ("expiring", "Expiring"),
            ("dead", "Dead"),
            ("overstock", "Too much"),
            ("fine", "Fine"),
        ],
        readonly=True,
        index=True,
        help="The worst that is to be said of it.",
    )
    abc = fields.Selection(CLASSES, "Value class", readonly=True)
    xyz = fields.Selection(VARIABILITY, "Variability", readonly=True)
    refreshed_at = fields.Datetime("As of", readonly=True)

    # What is there, and what is asked for

    on_hand = fields.Float("On hand", readonly=True, digits="Product Unit", aggregator=None)
    reserved = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    incoming = fields.Float(
        "On order", readonly=True, digits="Product Unit", aggregator=None,
        help="Ordered and not received yet.",
    )  # fmt: skip
    requested = fields.Float(
        readonly=True, digits="Product Unit", aggregator=None, help="Asked of vendors, not ordered."
    )
    daily_demand = fields.Float("Demand a day", readonly=True, digits=0, aggregator=None)
    deviation = fields.Float(
        readonly=True, digits=0, aggregator=None, help="Of the demand of a day."
    )
    has_demand = fields.Boolean(readonly=True)
    cover_days = fields.Float(
        "Days of cover",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="How long stock lasts at the forecast's pace; of several products: their value over "
        "the value of a day's demand.",
    )
    runs_out_on = fields.Date("Runs out on", readonly=True, help="With all that is on order.")
    next_receipt_on = fields.Date(
        "Next goods on", readonly=True, help="The first that come after it ran out."
    )
    last_sold_on = fields.Date(
        "Last wanted on", readonly=True, help="Sold, used up, or sent to another warehouse."
    )

    # What is wrong with it

    shortage = fields.Float(
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="What lacks until the next goods come, or to the minimum of the reordering rule.",
    )
    is_below_minimum = fields.Boolean(
        readonly=True, help="More lacks to the minimum of the rule than to what is asked for."
    )
    overstock = fields.Float(
        "Too much",
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="Free stock above the maximum of the reordering rule; without one, above so many days "
        "of demand as the policy says. What is dead does not count.",
    )
    is_above_maximum = fields.Boolean(readonly=True, help="By the rule, not by days of demand.")
    dead = fields.Float(
        "Dead stock",
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="It has been there for so many days as the policy says, and nobody wanted any.",
    )
    expiring = fields.Float(
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="What will be left of lots when they expire, at the forecast's pace; those that "
        "expire first are sold first.",
    )
    lot_id = fields.Many2one("stock.lot", "First to expire", readonly=True, ondelete="set null")
    expires_on = fields.Date("Expires on", readonly=True)

    # The money in it

    cost = fields.Float("Cost of one", readonly=True, digits="Product Price", aggregator=None)
    value = fields.Monetary(readonly=True, help="Of what is on hand, at cost.")
    daily_value = fields.Monetary("Demand a day at cost", readonly=True)
    shortage_value = fields.Monetary("Money that lacks", readonly=True)
    overstock_value = fields.Monetary("Money too much", readonly=True)
    dead_value = fields.Monetary("Money in dead stock", readonly=True)
    expiring_value = fields.Monetary("Money in expiring lots", readonly=True)

    _pair_uniq = models.UniqueIndex("(product_id, warehouse_id)")

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for health in self:
            health.display_name = (
                f"{health.product_id.display_name} ({health.warehouse_id.code or ''})"
            )

    def _read_group_select(self, aggregate_spec, query):
        """Days of cover of several products are not their mean."""
        if aggregate_spec == "cover_days:avg":
            return SQL(
                "(SUM(%s) / NULLIF(SUM(%s), 0))::float",
                self._field_to_sql(self._table, "value", query),
                self._field_to_sql(self._table, "daily_value", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _cron_run(self):
        """Look at all stock, a part in each transaction."""
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id.use_order_management", "=", True)])
        )
        pairs, done = find_health_pairs(warehouses), count_done(self.env)
        if not done:
            self._forget(warehouses, pairs)
        left_over = list(pairs)[done:]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(left_over))
        for part in split_every(CHUNK, left_over, list):
            self._refresh(warehouses, part)
            left = progress(len(part))
            self.env.invalidate_all(flush=False)
            if not left:
                return

    def _forget(self, warehouses, kept, scope=()):
        """Drop what is neither there nor asked for any more, and close its alerts.

        :param list kept: pairs that there are
        :param scope: domain of what was looked at
        """
        gone = self._find_known([("warehouse_id", "in", warehouses.ids), *scope])
        for pair in kept:
            gone.pop(pair, None)
        if gone:
            self._raise_alerts(warehouses, list(gone), {}, {})
            self.sudo().browse(gone.values()).unlink()

    def _find_known(self, domain):
        """Pair → id of its row."""
        known = self.sudo().search_fetch(domain, ["product_id", "warehouse_id"])
        return {(health.product_id.id, health.warehouse_id.id): health.id for health in known}

    @api.model
    def _look(self, warehouses, product_ids):
        """Look at some products now."""
        warehouses = warehouses.sudo()
        pairs = find_health_pairs(warehouses, product_ids)
        self._forget(warehouses, pairs, [("product_id", "in", product_ids)])
        if pairs:
            self._refresh(warehouses, pairs)

    @api.model
    def _refresh(self, warehouses, pairs):
        """Look at some products in warehouses, keep what is found, and say what is wrong.

        :param warehouses: those of the pairs
        :param list pairs: ``(product id, warehouse id)``
        """
        warehouses = warehouses.sudo()
        table = self.sudo()
        book = HealthBook(warehouses, pairs)
        products = list({product for product, _place in pairs})
        known = self._find_known(
            [("product_id", "in", products), ("warehouse_id", "in", warehouses.ids)]
        )
        update_rows(table, {known[pair]: row for pair, row in book.rows.items() if pair in known})
        added = [row for pair, row in book.rows.items() if pair not in known]
        insert_rows(table, added, "product_id, warehouse_id")
        self._raise_alerts(warehouses, pairs, book.rows, book.policies)

    def action_refresh(self):
        """Look at these products now; without any, at all of them, in the background.

        :raises AccessError: the caller is no manager
        """
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to look at stock anew."))
        if self:
            check_visible(self)
            self._look(self.warehouse_id, self.product_id.ids)
            return True
        self.env.ref("order_management.ir_cron_stock_health").sudo()._trigger()
        message = self.env._("Stock is being looked at; look again in a few minutes.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }

    def action_open_rule(self):
        """The reordering rule in core's replenishment screen.

        :return dict: a window action
        """
        self.ensure_one()
        return open_rule(self)

    def action_open_stock(self):
        """What lies in the warehouse, lot by lot.

        :return dict: a window action
        """
        self.ensure_one()
        return open_stock(self)

    def action_open_forecast(self):
        """The forecast.

        :return dict: a window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.forecast",
            "res_id": self.forecast_id.id,
            "views": [(False, "form")],
        }
