import ast

from odoo import api, fields, models
from odoo.tools import ormcache

CODES = [
    ("empty_order", "Empty order"),
    ("quantity_not_positive", "Quantity not positive"),
    ("address_incomplete", "Incomplete address"),
    ("price_deviation", "Price deviation"),
    ("total_mismatch", "Total mismatch"),
    ("credit_limit", "Credit limit"),
    ("stock_short", "Stock short"),
    ("payment_missing", "Payment missing"),
    ("line_left_out", "Line left out"),
]

# What running a check reads of it.
CHECK_FIELDS = (
    "name",
    "code",
    "mode",
    "severity",
    "tolerance_percent",
    "tolerance_amount",
    "limit_amount",
    "limit_percent",
    "window_hours",
    "factor",
)
SEVERITIES = [("info", "Information"), ("warning", "Warning"), ("hold", "Hold")]


class OrderCheck(models.Model):
    """A check that every order passes before it is confirmed; what it checks is the catalog's."""

    _name = "order.check"
    _inherit = ["order.check.catalog", "order.mode.mixin"]
    _description = "Order check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CODES, required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(
        SEVERITIES,
        required=True,
        default="hold",
        help="Hold: the order isn't confirmed until the cause is mended or somebody releases it. "
        "Warning and information are shown, and the order goes on.",
    )
    hint = fields.Char(translate=True, help="What a person can do about it.")
    company_ids = fields.Many2many(
        "res.company", string="Companies", help="Companies it applies to; none means all."
    )
    channel_ids = fields.Many2many(
        "order.channel", string="Channels", help="Channels it applies to; none means all."
    )
    order_domain = fields.Char(
        "Orders", default="[]", help="Only orders that match this are looked at."
    )
    release_group_id = fields.Many2one(
        "res.groups",
        "May release",
        default=lambda self: self.env.ref("order_management.group_manager", False),
        help="Who may release its findings; order managers always may.",
    )
    tolerance_percent = fields.Float(help="Deviation in percent that still passes.")
    tolerance_amount = fields.Float(help="Deviation in money that still passes.")
    limit_amount = fields.Float(help="Amount, with tax, that still passes.")
    limit_percent = fields.Float(help="Percentage that still passes.")
    window_hours = fields.Float(help="How far back to look, in hours.")
    factor = fields.Float(help="Multiple of the usual value that still passes.")

    @api.model
    @ormcache("company_id")
    def _get_check_scopes(self, company_id):
        """Active checks of a company: ids in their order, with channels and domain.

        :return list: ``(id, channel ids, domain as text)``
        """
        checks = self.sudo().search([("mode", "!=", "off")])
        return [
            (check.id, frozenset(check.channel_ids.ids), check.order_domain or "[]")
            for check in checks
            if not check.company_ids or company_id in check.company_ids.ids
        ]

    @api.model
    def _get_active(self, company):
        """The checks that are on or in shadow for a company; their values in one query."""
        checks = self.browse([found[0] for found in self._get_check_scopes(company.id)])
        checks.fetch(list(CHECK_FIELDS))
        return checks

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        self.env.registry.clear_cache()
        return checks

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _run(self, orders):
        """What this check says against ``orders``.

        :return list: verdicts
        """
        self.ensure_one()
        concerned = self._get_concerned(orders)
        return getattr(self, f"_validate_{self.code}")(concerned) if concerned else []

    def _get_concerned(self, orders):
        """The orders within this check's scope, in the caller's order."""
        company = orders.company_id
        scopes = {found[0]: found[1:] for found in self._get_check_scopes(company.id)}
        channels, domain = scopes.get(self.id, (frozenset(), "[]"))
        if channels:
            orders = orders.filtered(lambda order: order.channel_id.id in channels)
        domain = fields.Domain(ast.literal_eval(domain))
        return orders if domain.is_true() else orders.filtered_domain(domain)

    def _may_release(self, user):
        """Whether ``user`` may release what this check found."""
        return user.has_group("order_management.group_manager") or (
            self.release_group_id in user.all_group_ids
        )
