from odoo import fields, models


class OrderReorderProposal(models.Model):
    """Levels that were reckoned for a reordering rule, before and after, and why."""

    _name = "order.reorder.proposal"
    _description = "Proposed levels"
    _order = "review_day desc, id desc"
    _rec_name = "orderpoint_id"
    _allow_sudo_commands = False

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering rule", required=True, readonly=True,
        index=True, ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    forecast_id = fields.Many2one("order.forecast", readonly=True, index=True, ondelete="set null")
    policy_id = fields.Many2one("order.reorder.policy", readonly=True, ondelete="set null")
    vendor_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    currency_id = fields.Many2one(related="company_id.currency_id")
    review_day = fields.Date("Day", required=True, readonly=True, index=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("applied", "Applied"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
    )
    minimum_before = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    maximum_before = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    minimum = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    maximum = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    safety_stock = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    order_day = fields.Date(
        "Next order day", readonly=True, help="On which the vendor takes the next order."
    )
    review_days = fields.Integer("Review every (days)", readonly=True, aggregator=None)
    lead_time_days = fields.Float("Lead time (days)", readonly=True, aggregator=None)
    lead_time_deviation = fields.Float(
        "Its deviation (days)", readonly=True, digits=(16, 2), aggregator=None
    )
    lead_time_demand = fields.Float(
        "Expected until then", readonly=True, digits="Product Unit", aggregator=None
    )
    daily_demand = fields.Float("Demand a day", readonly=True, digits=0, aggregator=None)
    service_level = fields.Float(readonly=True, digits=(16, 4), aggregator=None)
    position = fields.Float(
        "On hand and on order", readonly=True, digits="Product Unit", aggregator=None
    )
    quantity = fields.Float("To order now", readonly=True, digits="Product Unit", aggregator=None)
    value_change = fields.Monetary(
        "Change of stock", readonly=True, help="In the mean, at the vendor's price."
    )
    is_uncertain = fields.Boolean("Too little history", readonly=True)
    steps = fields.Json(readonly=True)
    reason = fields.Char(readonly=True)

    _day_uniq = models.UniqueIndex("(orderpoint_id, review_day) WHERE state = 'proposed'")

    def action_try_levels(self):
        """Open the screen that tries these levels on the rule's past."""
        self.ensure_one()
        action = self.orderpoint_id.action_try_levels()
        levels = {"minimum": self.minimum, "maximum": self.maximum}
        return {**action, "context": {**action["context"], **levels}}
