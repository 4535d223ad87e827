import ast
import logging

from psycopg2 import Error as DatabaseError
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import LockError, ValidationError
from odoo.tools import SQL, ormcache

from .verdict import Verdict

_logger = logging.getLogger(__name__)

CODES = [
    ("empty_order", "Empty order"),
    ("quotation_expired", "Quotation expired"),
    ("quantity_not_positive", "Quantity not positive"),
    ("product_not_sellable", "Product not for sale"),
    ("address_incomplete", "Incomplete address"),
    ("address_invalid", "Implausible address"),
    ("contact_invalid", "E-mail or telephone invalid"),
    ("tax_id_invalid", "Tax number invalid"),
    ("customer_blocked", "Customer blocked"),
    ("destination_restricted", "Destination restricted"),
    ("duplicate_order", "Possible duplicate"),
    ("price_deviation", "Price deviation"),
    ("discount_limit", "Discount limit"),
    ("margin_floor", "Margin floor"),
    ("total_mismatch", "Total mismatch"),
    ("credit_limit", "Credit limit"),
    ("overdue_invoices", "Overdue invoices"),
    ("payment_missing", "Payment missing"),
    ("order_value_limit", "Order value limit"),
    ("minimum_order", "Minimum order"),
    ("quantity_outlier", "Unusual quantity"),
    ("stock_short", "Stock short"),
    ("promise_late", "Promise late"),
    ("line_left_out", "Line left out"),
    ("domain", "Matches a filter"),
]

# What running a check reads of it; plain values, which are kept between calls.
CHECK_FIELDS = (
    "code",
    "mode",
    "severity",
    "tolerance_percent",
    "tolerance_amount",
    "limit_amount",
    "limit_percent",
    "window_hours",
    "factor",
    "tolerance_days",
    "minimum_count",
    "contact_required",
    "match_model",
    "match_domain",
    "hint",
)
FAULT_READERS = "order_management.group_manager,order_management.group_auditor"
SEVERITIES = [("info", "Information"), ("warning", "Warning"), ("hold", "Hold")]


class OrderCheck(models.Model):
    """A check that every order passes before it is confirmed; what it checks is the catalog's."""

    _name = "order.check"
    _inherit = ["order.check.catalog", "order.check.trial.mixin", "order.mode.mixin"]
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
    tolerance_days = fields.Integer(
        help="Days that still pass: past due, late, or until a receipt comes."
    )
    minimum_count = fields.Integer(
        "Earlier orders", help="How many earlier orders it takes to know what is usual."
    )
    contact_required = fields.Boolean(
        help="Find orders, too, whose customer has neither e-mail address nor telephone number."
    )
    match_model = fields.Selection(
        [("sale.order", "Orders"), ("sale.order.line", "Order lines")],
        "Looks at",
        required=True,
        default="sale.order",
    )
    match_domain = fields.Char(
        "Finds", default="[]", help="What matches this is found; nothing while it is empty."
    )

    fault_ids = fields.One2many(
        "order.check.fault", "check_id", "Failures", readonly=True, groups=FAULT_READERS
    )
    last_fault_id = fields.Many2one(
        "order.check.fault", "Last failure", compute="_compute_last_fault", groups=FAULT_READERS
    )
    is_faulty = fields.Boolean("Faulty", compute="_compute_last_fault")

    @api.depends("fault_ids.at")
    def _compute_last_fault(self):
        """A check counts as faulty until it is edited or its failures are forgotten."""
        faults = (
            self.env["order.check.fault"]
            .sudo()
            ._read_group([("check_id", "in", self.ids)], ["check_id"], ["id:max", "at:max"])
        )
        last = {check.id: (fault_id, at) for check, fault_id, at in faults}
        for check in self:
            fault_id, at = last.get(check.id, (False, False))
            is_later = bool(at) and (not check.write_date or at >= check.write_date)
            check.last_fault_id = fault_id if is_later else False
            check.is_faulty = is_later

    @api.constrains("order_domain")
    def _check_order_domain(self):
        for check in self:
            check._ensure_domain("sale.order", check.order_domain)

    @api.constrains("match_model", "match_domain")
    def _check_match_domain(self):
        for check in self:
            check._ensure_domain(check.match_model, check.match_domain)

    @api.constrains("factor", "tolerance_days", "minimum_count", "window_hours")
    def _check_parameters(self):
        for check in self:
            if check.factor and check.factor < 1:
                raise ValidationError(self.env._("The factor must be at least 1."))
            if min(check.tolerance_days, check.minimum_count, check.window_hours) < 0:
                raise ValidationError(self.env._("Days, hours and orders are counted from 0."))

    def _ensure_domain(self, model, text):
        """Refuse a domain that cannot be used.

        :raises ValidationError: says which check and what is wrong with it
        """
        try:
            domain = fields.Domain(ast.literal_eval(text or "[]"))
            domain.validate(self.env[model].sudo())
        except Exception as exception:
            message = self.env._(
                "The domain of the check “%(name)s” cannot be used: %(reason)s",
                name=self.name,
                reason=exception,
            )
            raise ValidationError(message) from exception

    @api.model
    @ormcache("company_id")
    def _get_check_scopes(self, company_id):
        """Active checks of a company: ids in their order, with channels, domain and mode.

        :return list: ``(id, channel ids, domain as text, mode)``
        """
        checks = self.sudo().search([("mode", "!=", "off")])
        return [
            (check.id, frozenset(check.channel_ids.ids), check.order_domain or "[]", check.mode)
            for check in checks
            if not check.company_ids or company_id in check.company_ids.ids
        ]

    @api.model
    @ormcache("company_id")
    def _get_check_values(self, company_id):
        """What running the active checks of a company reads of them, as the cache keeps it.

        :return dict: field name → values, in the checks' order
        """
        checks = self.sudo().browse([found[0] for found in self._get_check_scopes(company_id)])
        return {
            name: [checks._fields[name].convert_to_cache(check[name], check) for check in checks]
            for name in CHECK_FIELDS
        }

    @api.model
    def _get_active(self, company):
        """The checks that are on or in shadow for a company, without a query."""
        checks = self.browse([found[0] for found in self._get_check_scopes(company.id)])
        for name, values in self._get_check_values(company.id).items():
            checks._fields[name]._insert_cache(checks, values)
        return checks

    @api.model
    def _acts_in(self, company):
        """Whether any check takes effect in a company."""
        return (
            company.use_order_management
            and company.order_check_mode == "on"
            and any(found[3] == "on" for found in self._get_check_scopes(company.id))
        )

    def _acting_for(self, company):
        """Those of these checks that take effect in a company; the rest runs in shadow."""
        return self._acting() if self._acts_in(company) else self.browse()

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        self.env.registry.clear_cache()
        return checks

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._mark_findings()
        return result

    def unlink(self):
        self._mark_findings()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _mark_findings(self):
        """What these checks found is looked at again soon: their parameters changed."""
        condition = SQL("finding.check_id = ANY(%s)", self.ids)
        cause = {"model": self._name, "ids": self.ids[:10]}
        self.env["order.finding"].sudo()._mark((), condition, cause)

    def _run(self, orders):
        """What this check says against ``orders``; nothing but its failure if it cannot run.

        A failure is noted on a row of its own and found on each order with the check's own
        severity: an order that could not be checked must not go through unseen.

        :return list: verdicts
        """
        self.ensure_one()
        try:
            if not self._is_open_to_users():
                return self._validate(orders)
            with self.env.cr.savepoint():
                return self._validate(orders)
        except (OperationalError, LockError):
            raise
        except Exception as exception:
            if isinstance(exception, DatabaseError) and not self._is_open_to_users():
                raise  # the transaction is broken
            _logger.warning("Check %s could not run", self.code, exc_info=True)
            return self._report_fault(orders, exception)

    def _validate(self, orders):
        concerned = self._get_concerned(orders)
        return getattr(self, f"_validate_{self.code}")(concerned) if concerned else []

    def _is_open_to_users(self):
        """Whether users wrote what it evaluates, so that even the database may refuse it."""
        return self.code == "domain" or self._get_order_domain() != "[]"

    def _report_fault(self, orders, exception):
        reason = f"{type(exception).__name__}: {exception}"[:500]
        self.env["order.check.fault"].sudo().create(
            {
                "check_id": self.id,
                "company_id": orders.company_id.id,
                "message": reason,
                "order_count": len(orders),
            }
        )
        message = self.env._(
            "The check “%(name)s” could not run; its own page says why.", name=self.name
        )
        return [
            Verdict(order, message, None, {"fault": type(exception).__name__}) for order in orders
        ]

    def _get_finding_key(self, line_id, verdict):
        """What makes a finding the same: check, line and the numbers it rests on."""
        return [self.code, line_id, verdict.details]

    def _get_concerned(self, orders):
        """The orders within this check's scope, in the caller's order."""
        company = orders.company_id
        channels = self._get_scope(company)[1]
        if channels:
            orders = orders.filtered(lambda order: order.channel_id.id in channels)
        domain = fields.Domain(ast.literal_eval(self._get_order_domain()))
        return orders if domain.is_true() else orders.filtered_domain(domain)

    def _get_scope(self, company):
        """This check's entry of :meth:`_get_check_scopes`; of the record, where it has none."""
        for found in self._get_check_scopes(company.id):
            if found[0] == self.id:
                return found
        return self.id, frozenset(self.channel_ids.ids), self.order_domain or "[]", self.mode

    def _get_order_domain(self):
        return self._get_scope(self.env.company)[2]

    def _may_release(self, user):
        """Whether ``user`` may release what this check found."""
        return user.has_group("order_management.group_manager") or (
            self.release_group_id in user.all_group_ids
        )
