from odoo import api, fields, models
from odoo.tools import ormcache

from .common.access import has_role

NO_SCHEDULER = "stock.no_auto_scheduler"
# What is kept between calls rests on these.
CACHED = frozenset(
    (
        "use_order_management",
        "order_check_mode",
        "account_price_include",
        "partner_id",
        "resource_calendar_id",
    )
)


class ResCompany(models.Model):
    """Joint: the switch of a company."""

    _inherit = "res.company"

    use_order_management = fields.Boolean(
        "Order Management",
        help="Checks, holds, stages and guards act on this company's orders. The first sales "
        "channel switches it on.",
    )

    order_check_mode = fields.Selection(
        [("shadow", "Trying out"), ("on", "In force")],
        "Order checks",
        default="on",
        required=True,
        help="Trying out: what checks would hold is noted, and nothing is held, whatever the "
        "checks' own mode. A company that has sold before starts with it.",
    )
    promise_mode = fields.Selection(
        [("off", "Off"), ("shadow", "Trying out"), ("on", "On")],
        "Follow-up of promises",
        default="on",
        required=True,
        help="Promises are reckoned anew when supply slips or an order runs late, and the customer "
        "is told once. Trying out: it is only noted.",
    )
    promise_late_hour = fields.Float(
        "Late from",
        default=18.0,
        help="Time of the promised day from which an order that has not arrived is late.",
    )
    order_message_mode = fields.Selection(
        [("off", "Off"), ("shadow", "Trying out"), ("on", "On")],
        "Messages about delivery dates",
        default="on",
        required=True,
        help="Customers are told when a promised day moves or passes. Trying out: the messages "
        "are written and do not leave. A company that has sold before starts with it.",
    )
    return_payout_mode = fields.Selection(
        [("off", "By hand"), ("on", "To the original payment")],
        "Refunds of returns",
        default="on",
        required=True,
        help="What a settled return owes is refunded to the payment it came with, as far as its "
        "provider can do that. The rest is put on somebody's list to be paid by hand.",
    )
    return_posting = fields.Selection(
        [("agents", "Returns agents"), ("accounting", "Accounting")],
        "Who posts refunds",
        default="agents",
        required=True,
        help="Accounting: settling a return by somebody without accounting rights makes its credit "
        "note as a draft; the return is settled when accounting posts it.",
    )
    deposit_refund_mode = fields.Selection(
        [("off", "By hand"), ("on", "With the cancellation")],
        "Down payments of cancelled orders",
        default="off",
        required=True,
        help="With the cancellation: what is left of an order's down payments is credited and "
        "paid back as refunds of returns are, when all of the order is cancelled.",
    )
    order_payload_days = fields.Integer(
        "Keep documents for (days)",
        default=365,
        help="Files and contents that channels handed in are deleted after this many days; "
        "references and digests stay. 0 keeps them.",
    )
    print_job_days = fields.Integer(
        "Keep print jobs for (days)",
        default=30,
        help="Jobs that were printed or cancelled are deleted after this many days. 0 keeps them.",
    )
    fragile_padding = fields.Float(
        "Padding of fragile goods",
        digits=(16, 2),
        help="Free space on every side of a fragile piece in a parcel, in centimeters.",
    )
    heavy_apart_weight = fields.Float(
        "Heavy goods from",
        digits=(16, 3),
        help="Pieces of at least this weight, in kilograms, never share a parcel with fragile "
        "ones; 0 is off.",
    )
    parcel_weight_tolerance = fields.Float(
        "Tolerated weight difference",
        digits=(16, 2),
        default=5.0,
        help="Percent by which a weighed parcel may differ from what its contents should weigh.",
    )
    parcel_weight_margin = fields.Float(
        "Tolerated in any case",
        digits=(16, 3),
        default=0.1,
        help="Kilograms by which a parcel may differ whatever it weighs.",
    )

    _parcel_settings_positive = models.Constraint(
        "CHECK(fragile_padding >= 0 AND heavy_apart_weight >= 0 AND parcel_weight_tolerance >= 0"
        " AND parcel_weight_margin >= 0)",
        "Padding, weights and tolerances are never negative.",
    )

    packing_slip_prices = fields.Boolean(
        "Prices on packing slips",
        help="For customers whose own setting says nothing.",
    )

    def write(self, vals):
        switched = self.browse()
        if vals.get("use_order_management"):
            switched = self.filtered(lambda company: not company.use_order_management)
        result = super().write(vals)
        if switched:
            switched._init_order_checks()
            self.env["sale.order"]._init_order_management(switched)
        if CACHED & vals.keys():
            self.env.registry.clear_cache()
        if {"use_order_management", "order_check_mode"} & vals.keys():
            self.env["sale.order"]._mark_companies(self, ["order_check_mode"])
        return result

    @api.model
    def _set_up_ordering(self):
        """Take ordering out of the transactions that take stock, once and for all.

        Core orders what is missing while an order is confirmed; our own run orders it soon after.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if not self._is_core_ordering_off():
            parameters.set_param(NO_SCHEDULER, "True")

    @api.model
    def _is_core_ordering_off(self):
        return bool(self.env["ir.config_parameter"].sudo().get_param(NO_SCHEDULER))

    def _init_order_checks(self):
        """Whoever has sold before tries checks and messages out first; others start with them."""
        sellers = (
            self.env["sale.order"]
            .sudo()
            ._read_group([("company_id", "in", self.ids), ("state", "=", "sale")], ["company_id"])
        )
        sold_before = self.browse([company.id for (company,) in sellers])
        sold_before.write({"order_check_mode": "shadow", "order_message_mode": "shadow"})

    def _has_checks_in_force(self):
        """Whether any check takes effect here."""
        return self.env["order.check"]._acts_in(self)

    def _sells_with_tax_included(self):
        """Whether any tax is part of this company's prices; kept until a tax changes."""
        return self.env["account.tax"]._is_any_included(self.id)

    @api.model
    @ormcache()
    def _is_order_management_used(self):
        """Whether any company has it switched on."""
        return bool(self.sudo().search_count([("use_order_management", "=", True)], limit=1))

    def action_enforce_order_checks(self):
        """Put the checks in force; order managers decide this and need not manage companies."""
        if not (has_role(self.env) and self <= self.env.companies):
            self.check_access("write")
        self.sudo().order_check_mode = "on"
        return True
