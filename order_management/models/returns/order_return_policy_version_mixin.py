from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common.access import as_service, check_visible, has_role
from .order_return_line import with_defaults_of
from .order_return_policy_term_mixin import is_change

# What decides which orders a policy is for, and what it promises beside its rules.
PLACE_FIELDS = {"sequence", "active", "company_ids", "channel_ids", "country_ids"}
PROMISE_FIELDS = {"shipping_refund", "charge_refund", "gift_refund", "points_refund"}
DATE_FIELDS = {"date_from", "date_to"}
VERSION_FIELDS = {
    "head_id", "family_id", "rank", "after_order", "until_order", "replaced_at",
}  # fmt: skip


class OrderReturnPolicyVersionMixin(models.AbstractModel):
    """Versions of a policy: orders that came in keep the terms they came in under.

    *By day*: a new version starts on a day to come, and the old one ends the day before.
    *By editing*: when the terms of a policy are edited that already counts for orders, the
    terms as they were are set aside first, as an earlier version for those orders and their
    returns; the edit counts for orders that come in later.
    """

    _name = "order.return.policy.version.mixin"
    _description = "Versions of a return policy"

    family_id = fields.Many2one(
        "order.return.policy", "First version", readonly=True, copy=False, index=True,
        ondelete="set null",
    )  # fmt: skip
    head_id = fields.Many2one(
        "order.return.policy", "Replaced by", readonly=True, copy=False, index=True,
        ondelete="set null", help="The policy whose terms these were before they were edited.",
    )  # fmt: skip
    rank = fields.Integer(
        readonly=True, copy=False, help="The id of that policy, where these terms still stand."
    )
    after_order = fields.Integer(
        readonly=True, copy=False, help="The terms count for orders that came in after this one."
    )
    until_order = fields.Integer(
        readonly=True, copy=False, help="The last order for which these terms count. 0: none yet."
    )
    replaced_at = fields.Datetime("Replaced on", readonly=True, copy=False)
    version_ids = fields.Many2many(
        "order.return.policy", string="Versions", compute="_compute_version_ids"
    )
    version_count = fields.Integer(compute="_compute_version_ids")
    return_count = fields.Integer("Returns", compute="_compute_return_count")

    @api.depends("family_id", "head_id")
    def _compute_version_ids(self):
        for policy in self:
            family = policy.family_id or policy._origin
            domain = Domain("family_id", "in", family.ids) | Domain("id", "in", family.ids)
            versions = self.search(domain).sorted(_get_age)
            policy.version_ids = versions
            policy.version_count = len(versions)

    def _compute_return_count(self):
        groups = self.env["order.return"]._read_group(
            [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
        )
        counts = dict(groups)
        for policy in self:
            policy.return_count = counts.get(policy._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._refuse_version_fields(vals)
            allowed = self._fields.keys() - VERSION_FIELDS
            self = with_defaults_of(self, allowed)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self.check_access("write")
            self._refuse_version_fields(vals)
            self._refuse_closed()
            self._before_edit(vals)
        result = super().write(vals)
        if "four_eyes_amount" in vals:
            self._write_limit(vals["four_eyes_amount"])
        return result

    def unlink(self):
        """Orders keep the terms of a policy that is deleted."""
        if not self.env.su:
            self.check_access("unlink")
            self._keep_terms()
        return super().unlink()

    def action_view_versions(self):
        """Open all versions of this policy."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_return_policy_action"
        )
        action["domain"] = [("id", "in", self.version_ids.ids)]
        action["display_name"] = self.env._("Versions of %(name)s", name=self.name)
        action.pop("path", None)
        return action

    def _create_version(self, day):
        """End this policy the day before ``day`` and let a copy count from then on.

        :return: the copy, which counts for no order yet
        :raise UserError: the day is not to come, or this policy ends before it
        """
        self.ensure_one()
        if not has_role(self.env):
            raise AccessError(self.env._("Only order managers write return policies."))
        check_visible(self)
        policy = as_service(self)
        today = fields.Date.context_today(self)
        if policy.until_order or day <= max(today, policy.date_from or today):
            raise UserError(
                self.env._(
                    "A new version starts after today, and after “%(name)s”.", name=self.name
                )
            )
        family = policy.family_id or policy
        version = policy.copy({"date_from": day, "date_to": policy.date_to, "family_id": family.id})
        policy.date_to = day - timedelta(days=1)
        return version.with_env(self.env)

    def _is_version_of(self, order_id):
        """Whether an order came in while these terms stood in this policy."""
        return self.after_order < order_id and (
            not self.until_order or order_id <= self.until_order
        )

    def _refuse_version_fields(self, vals):
        if VERSION_FIELDS & vals.keys():
            raise AccessError(self.env._("Versions of return policies are kept by the system."))

    def _refuse_closed(self):
        for policy in self:
            if policy.until_order:
                raise UserError(
                    self.env._(
                        "This is an earlier version of “%(name)s”, which orders keep; it can't "
                        "be edited.",
                        name=policy.name,
                    )
                )

    # -- Editing ------------------------------------------------------------------------------

    def _before_edit(self, vals):
        """Set the terms aside where ``vals`` change what earlier orders were promised."""
        for policy in self:
            kept = {"rule_ids", *PLACE_FIELDS, *PROMISE_FIELDS}
            watched = (kept | DATE_FIELDS) & vals.keys()
            changed = {name for name in watched if is_change(policy, name, vals[name])}
            if kept & changed:
                policy._keep_terms()
            elif DATE_FIELDS & changed:
                days = [vals.get(name, policy[name]) for name in ("date_from", "date_to")]
                if policy._is_used_between(*map(fields.Date.to_date, days)):
                    policy._set_aside()

    def _keep_terms(self):
        """Set the terms of those policies aside that already count for orders."""
        self._refuse_closed()
        for policy in self:
            if policy.sudo().rule_ids and policy.sudo()._is_used():
                policy._set_aside()

    def _is_used(self):
        """Whether orders or returns count on these terms as they stand."""
        Order, Return = self.env["sale.order"].sudo(), self.env["order.return"].sudo()
        return bool(
            Order.search_count(self._get_order_domain(), limit=1)
            or Return.search_count([("policy_id", "in", self.ids)], limit=1)
        )

    def _is_used_between(self, date_from, date_to):
        """Whether orders would gain or lose these terms by other dates."""
        policy = self.sudo()
        inside = _get_days_domain(policy.date_from, policy.date_to)
        later = _get_days_domain(date_from, date_to)
        domain = policy._get_place_domain() & ((inside & ~later) | (later & ~inside))
        return bool(self.env["sale.order"].sudo().search_count(domain, limit=1))

    def _get_order_domain(self):
        """Orders that count on these terms, or would if no other policy stood before them."""
        return self._get_place_domain() & _get_days_domain(self.date_from, self.date_to, spare=1)

    def _get_place_domain(self):
        domain = Domain("state", "in", ("sent", "sale")) & Domain("id", ">", self.after_order)
        for name, path in (
            ("company_ids", "company_id"),
            ("channel_ids", "channel_id"),
            ("country_ids", "partner_shipping_id.country_id"),
        ):
            if self[name]:
                domain &= Domain(path, "in", self[name].ids)
        return domain

    def _set_aside(self):
        """Copy the terms as they are, for the orders and returns that have them."""
        policy = as_service(self)
        last = self.env["sale.order"].sudo().search([], order="id desc", limit=1).id or 0
        rules = policy.rule_ids
        earlier = policy.copy(
            {
                "name": policy.name,
                "active": policy.active,
                "head_id": policy.id,
                "rank": policy.id,
                "family_id": (policy.family_id or policy).id,
                "after_order": policy.after_order,
                "until_order": last,
                "replaced_at": fields.Datetime.now(),
            }
        )
        policy.after_order = last
        policy._move_returns(earlier, rules, earlier.rule_ids.sorted("id"))

    def _move_returns(self, earlier, before, after):
        """Let the returns decided so far name the terms they were decided by."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_return SET policy_id = %s WHERE policy_id = %s", (earlier.id, self.id)
        )
        for old, new in zip(before, after, strict=True):
            self.env.cr.execute(
                "UPDATE order_return_line SET rule_id = %s WHERE rule_id = %s", (new.id, old.id)
            )
        self.env["order.return"].invalidate_model(["policy_id"])
        self.env["order.return.line"].invalidate_model(["rule_id"])

    def _write_limit(self, amount):
        """The second person is a matter of control and no promise: it counts at once."""
        earlier = self.sudo().with_context(active_test=False).search([("head_id", "in", self.ids)])
        if earlier:
            earlier.write({"four_eyes_amount": amount})


def _get_days_domain(date_from, date_to, spare=0):
    """Orders of these days; ``spare`` days more where time zones may matter."""
    domain = Domain.TRUE
    if date_from:
        domain &= Domain("date_order", ">=", date_from - timedelta(days=spare))
    if date_to:
        domain &= Domain("date_order", "<", date_to + timedelta(days=1 + spare))
    return domain


def _get_age(policy):
    """The oldest version first."""
    day = policy.date_from or fields.Date.to_date("1900-01-01")
    return (day, policy.until_order or float("inf"), policy.id)
