from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools.replenishment import written_levels
from .order_forecast import CLASSES

AHEAD, BEHIND = 8, 26  # periods in the small picture of the list
KEPT_DECIDED, KEPT_REPLACED = timedelta(days=180), timedelta(days=30)
EFFECT = {"has_effect": False, "fill_rate_before": 0.0, "fill_rate_after": 0.0,
          "average_stock_before": 0.0, "average_stock_after": 0.0}  # fmt: skip
ANEW = {
    "decided_by_id": False,
    "decided_at": False,
    "is_automatic": False,
    "reject_reason": False,
    "waiting_reason": False,
    "failure": False,
    **EFFECT,
}


class OrderReorderProposal(models.Model):
    """Levels that were reckoned for a reordering rule, before and after, and why.

    There is one a rule and day. Rules order strictly below their minimum, proposals are made to
    order at or below it: the minimum that is written is a step of the unit higher.
    """

    _name = "order.reorder.proposal"
    _inherit = ["order.reorder.decision.mixin", "order.reorder.judgement.mixin"]
    _description = "Proposed levels"
    _order = "review_day desc, id desc"
    _rec_name = "product_id"
    _allow_sudo_commands = False

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reordering rule", required=True, readonly=True,
        index=True, ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one("res.company", required=True, readonly=True)
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
        [
            ("proposed", "Proposed"),
            ("applied", "Applied"),
            ("rejected", "Rejected"),
            ("replaced", "Replaced"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        help="Replaced: nobody decided before the next review.",
    )
    abc = fields.Selection(CLASSES, "Value class", readonly=True)

    # The levels

    minimum_before = fields.Float(
        "Minimum before",
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="The rule's own: core orders below it.",
    )
    maximum_before = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    minimum = fields.Float(
        readonly=True,
        digits="Product Unit",
        aggregator=None,
        help="Order at or below it. Core orders strictly below its minimum, so that the one that "
        "is written is higher by the least step of the unit.",
    )
    maximum = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    written_minimum = fields.Float(
        "Written as minimum", compute="_compute_written", digits="Product Unit"
    )
    written_maximum = fields.Float(
        "Written as maximum", compute="_compute_written", digits="Product Unit"
    )
    minimum_text = fields.Char("Order at", compute="_compute_texts")
    maximum_text = fields.Char("Order up to", compute="_compute_texts")
    pack_id = fields.Many2one(
        "uom.uom",
        "Multiple",
        compute="_compute_pack_id",
        help="The vendor sells by it and the rule has none of its own, so it is written too.",
    )
    change_percent = fields.Float(
        "Change (%)",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Of the level that changes the most; 0 where there was no level before.",
    )
    is_first = fields.Boolean("No level before", readonly=True)
    value_change = fields.Monetary(
        "Change of stock", readonly=True, help="In the mean, at the vendor's price."
    )

    # What they rest on

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
    is_uncertain = fields.Boolean("Too little history", readonly=True)
    steps = fields.Json(readonly=True)
    reason = fields.Char(readonly=True)
    since_last = fields.Char("Since the last one", compute="_compute_since_last")
    chart = fields.Json(related="forecast_id.chart")
    spark = fields.Json("Demand", compute="_compute_spark")

    # What they would have done

    has_effect = fields.Boolean("Simulated", readonly=True)
    fill_rate_before = fields.Float(
        "Sold with old levels", readonly=True, digits=(16, 4), aggregator=None
    )
    fill_rate_after = fields.Float(
        "Sold with new levels",
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="The share of what was asked for in the last 180 days, had these been the levels.",
    )
    average_stock_before = fields.Float(
        "Stock with old levels", readonly=True, digits="Product Unit", aggregator=None
    )
    average_stock_after = fields.Float(
        "Stock with new levels", readonly=True, digits="Product Unit", aggregator=None
    )
    effect = fields.Char(
        compute="_compute_effect",
        help="What of the demand of the last 180 days had been sold, and the stock on average.",
    )

    # What became of them

    is_review = fields.Boolean("From the nightly review", readonly=True)
    waiting_reason = fields.Selection(
        [
            ("shadow", "Only in shadow"),
            ("uncertain", "Too little history"),
            ("first", "No level before"),
            ("change", "Changes too much"),
            ("budget", "Over the budget"),
            ("failed", "Could not be applied"),
        ],
        "Waits because",
        readonly=True,
        help="In shadow: it is within the limits, but its policy is not switched on.",
    )
    failure = fields.Char(readonly=True)
    is_automatic = fields.Boolean("By itself", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided at", readonly=True)
    reject_reason = fields.Char("Rejected because", readonly=True)

    flip = fields.Char(
        "What would change that",
        compute="_compute_flip",
        help="The smallest change that had led to another decision.",
    )

    _day_uniq = models.UniqueIndex("(orderpoint_id, review_day)")

    @api.depends("minimum", "maximum", "product_id")
    def _compute_written(self):
        step = self._get_step()
        for proposal in self:
            highest = max(proposal.minimum, proposal.maximum)
            proposal.written_minimum, proposal.written_maximum = written_levels(
                proposal.minimum, highest, step
            )

    @api.depends("vendor_id", "product_id", "orderpoint_id.replenishment_uom_id")
    def _compute_pack_id(self):
        for proposal in self.sudo():
            own = proposal.product_id.uom_id
            units = proposal.product_id.seller_ids.filtered(
                lambda seller, proposal=proposal: (
                    seller.partner_id == proposal.vendor_id
                    and seller.company_id.id in (False, proposal.company_id.id)
                    and (not seller.product_id or seller.product_id == proposal.product_id)
                )
            ).product_uom_id
            is_pack = len(units) == 1 and units != own and units.factor > own.factor
            has_own = proposal.orderpoint_id.replenishment_uom_id
            proposal.pack_id = units if is_pack and not has_own else False

    @api.depends("forecast_id")
    def _compute_spark(self):
        self.sudo().forecast_id.fetch(["history", "mean"])
        for proposal in self:
            forecast = proposal.forecast_id.sudo()
            gone = (forecast.history or [])[-BEHIND:]
            ahead = (forecast.mean or [])[:AHEAD]
            proposal.spark = {"gone": gone, "ahead": ahead} if gone or ahead else False

    @api.depends("minimum_before", "minimum", "maximum_before", "maximum")
    def _compute_texts(self):
        for proposal in self:
            before = (proposal.minimum_before, proposal.maximum_before)
            after = (proposal.minimum, proposal.maximum)
            proposal.minimum_text = _tell_step(before[0], after[0])
            proposal.maximum_text = _tell_step(before[1], after[1])

    @api.depends("has_effect", "fill_rate_after", "average_stock_after")
    def _compute_effect(self):
        for proposal in self:
            proposal.effect = proposal.has_effect and self.env._(
                "%(sold)s %%, stock %(stock)s",
                sold=_tell_step(
                    round(100 * proposal.fill_rate_before, 1),
                    round(100 * proposal.fill_rate_after, 1),
                ),
                stock=_tell_step(
                    round(proposal.average_stock_before), round(proposal.average_stock_after)
                ),
            )

    @api.depends("state", "waiting_reason")
    def _compute_flip(self):
        """From the newest slip of each, as far as the caller may see it."""
        slips = (
            self.env["order.decision"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)], order="id")
        )
        newest = {slip.res_id: slip for slip in slips}
        for proposal in self:
            slip = newest.get(proposal.id)
            proposal.flip = slip._as_row()["flip"] if slip else False

    @api.depends("orderpoint_id", "review_day")
    def _compute_since_last(self):
        """What changed since the proposal before, in one sentence."""
        others = self.search(
            [("orderpoint_id", "in", self.orderpoint_id.ids)], order="review_day, id"
        )
        by_rule = others.grouped("orderpoint_id")
        for proposal in self:
            earlier = by_rule.get(proposal.orderpoint_id, self.browse()).filtered(
                lambda other, day=proposal.review_day: other.review_day < day
            )
            proposal.since_last = proposal._tell_changes(earlier[-1:])

    def _tell_changes(self, before):
        """What is different from an earlier proposal of the same rule."""
        if not before:
            return self.env._("This is the first proposal for this rule.")
        figures = (
            (self.env._("order at"), "minimum", 6),
            (self.env._("order up to"), "maximum", 6),
            (self.env._("demand a day"), "daily_demand", 3),
            (self.env._("lead time in days"), "lead_time_days", 3),
            (self.env._("safety stock"), "safety_stock", 3),
        )
        told = []
        for label, name, digits in figures:
            old, new = (f"{one[name]:.{digits}g}" for one in (before, self))
            if old != new:
                told.append(f"{label} {old} → {new}")
        state = dict(self._fields["state"]._description_selection(self.env))[before.state]
        day = format_date(self.env, before.review_day)
        if not told:
            return self.env._(
                "Since %(day)s (%(state)s) nothing changed.", day=day, state=state.lower()
            )
        return self.env._(
            "Since %(day)s (%(state)s): %(changes)s.",
            day=day,
            state=state.lower(),
            changes=", ".join(told),
        )

    @api.model
    def _get_step(self):
        """The least difference of two quantities, which is the same for all units."""
        return 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")

    def _has_levels(self, vals, step):
        """Whether these are the levels that others say."""
        return (
            abs(self.minimum - vals["minimum"]) < step / 2
            and abs(self.maximum - vals["maximum"]) < step / 2
        )

    def _is_beside(self, vals):
        """Whether the rule had other levels when these were made."""
        return (self.minimum_before, self.maximum_before) != (
            vals["minimum_before"],
            vals["maximum_before"],
        )

    def _stands(self, vals):
        """Whether what was decided on these levels still holds, the rule being as it is now."""
        if self.state == "applied":
            return not vals["is_first"] and not vals["change_percent"]
        return self.state == "rejected" and not self._is_beside(vals)

    def _is_outdated(self):
        """Whether the rule's levels are no longer those that the proposal was made beside."""
        rule, step = self.orderpoint_id, self._get_step() / 2
        return (
            abs(rule.product_min_qty - self.minimum_before) >= step
            or abs(rule.product_max_qty - self.maximum_before) >= step
        )

    @api.model
    def _forget(self, today):
        """Those that were decided on are kept for half a year, those that were replaced for a
        month, and no longer their slips; what still waits is left."""
        self.flush_model(["review_day", "state"])
        self.env["order.decision"].flush_model(["model", "res_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM order_reorder_proposal
                     WHERE (state = 'replaced' AND review_day < %s)
                        OR (state IN ('applied', 'rejected') AND review_day < %s)
                    RETURNING id, state
                )
                DELETE FROM order_decision AS slip USING gone
                 WHERE slip.model = 'order.reorder.proposal' AND slip.res_id = gone.id
                   AND gone.state = 'replaced'
                """,
                today - KEPT_REPLACED,
                today - KEPT_DECIDED,
            )
        )
        self.env.invalidate_all(flush=False)

    # Screens

    def action_try_levels(self):
        """Open the screen that tries these levels on the rule's past."""
        self.ensure_one()
        action = self.orderpoint_id.action_try_levels()
        levels = {"minimum": self.minimum, "maximum": self.maximum}
        return {**action, "context": {**action["context"], **levels}}


def _tell_step(before, after):
    """From one figure to another; one of them where they are the same."""
    old, new = f"{before:.8g}", f"{after:.8g}"
    return new if old == new else f"{old} → {new}"
