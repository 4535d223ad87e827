from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount

from ...tools.fingerprint import fingerprint

DAYS = 180  # that are replayed
SAMPLE = 400  # rules that are replayed at most
VALID = timedelta(days=30)
# What proposed levels depend on: a trial is of these, as they were.
SEALED = (
    "period", "history_months", "returns", "count_held", "count_lost", "mask_stockouts",
    "one_off_factor", "method", "service_level", "service_level_a", "service_level_b",
    "service_level_c", "review_days", "order_cost", "holding_percent", "max_cover_days",
    "product_ids", "category_ids", "warehouse_ids", "company_id",
)  # fmt: skip
TRIAL = frozenset(("trial_at", "trial_by_id", "trial", "trial_seal"))
SUMS = ("lost_quantity", "stockout_days", "average_stock", "average_value", "orders")


class OrderReorderTrialMixin(models.AbstractModel):
    """A policy acts by itself only after its levels were tried on the past of its rules."""

    _name = "order.reorder.trial.mixin"
    _description = "Policy that is tried before it acts"

    trial_at = fields.Datetime("Tried at", readonly=True, copy=False)
    trial_by_id = fields.Many2one("res.users", "Tried by", readonly=True, copy=False)
    trial = fields.Json(
        "Figures of the trial",
        readonly=True,
        copy=False,
        help="What came of the last months with current and with proposed levels.",
    )
    trial_seal = fields.Char(readonly=True, copy=False, help="Of what the levels depend on.")
    trial_state = fields.Selection(
        [("none", "Not tried"), ("valid", "Tried"), ("changed", "Changed since"), ("old", "Old")],
        "Trial",
        compute="_compute_trial_state",
    )
    trial_html = fields.Html("What it showed", compute="_compute_trial_html", sanitize=False)

    @api.depends("trial_at", "trial_seal", *SEALED)
    def _compute_trial_state(self):
        for policy in self:
            if not policy.trial_seal:
                policy.trial_state = "none"
            elif policy.trial_seal != policy._get_seal():
                policy.trial_state = "changed"
            else:
                is_old = policy.trial_at < fields.Datetime.now() - VALID
                policy.trial_state = "old" if is_old else "valid"

    def _get_seal(self):
        """A digest of all fields that the levels depend on."""
        facts = {}
        for name in SEALED:
            value = self[name]
            is_set = isinstance(value, models.BaseModel)
            facts[name] = sorted(value.ids) if is_set else value
        return fingerprint(facts)

    @api.constrains("mode")
    def _check_tried(self):
        """On only from the simulator."""
        for policy in self:
            if policy.mode == "on" and policy.trial_state != "valid":
                raise ValidationError(
                    self.env._(
                        "%(policy)s has to be tried before it is switched on: choose “Try and "
                        "switch on”. A trial is good for 30 days, and until a setting changes that "
                        "levels depend on.",
                        policy=policy.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_trial_written(vals_list)
        if not self.env.su:  # nor through defaults in a caller's context
            vals_list = [{**dict.fromkeys(TRIAL, False), **vals} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """A policy that is on falls back to shadow when it is no longer the one that was tried."""
        self._check_trial_written([vals])
        done = super().write(vals)
        if "mode" not in vals:
            changed = self.filtered(
                lambda policy: policy.mode == "on" and policy.trial_seal != policy._get_seal()
            )
            if changed:
                changed.mode = "shadow"
        return done

    def _check_trial_written(self, vals_list):
        if not self.env.su and any(TRIAL & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("What a trial showed is not written by hand."))

    def action_try(self):
        """Replay the last months over the policy's rules, with current and proposed levels.

        The forecasts of the rules that are replayed are made anew where the policy changed; the
        rules stay as they are. What it showed is kept on the policy.

        :raises AccessError: the caller may not change policies
        :raises UserError: there is no rule with a past to replay
        """
        self.check_access("write")
        for policy in self:
            shown = policy.sudo()._try_policy()
            policy.sudo().write(
                {
                    "trial": shown,
                    "trial_at": fields.Datetime.now(),
                    "trial_by_id": self.env.uid,
                    "trial_seal": policy._get_seal(),
                }
            )
        return True

    def action_switch_on(self):
        """Let the policy apply what is within its limits.

        :raises AccessError: the caller may not change policies
        :raises ValidationError: it was not tried as it is now
        """
        self.write({"mode": "on"})
        return True

    def _try_policy(self):
        rules, total = self._get_sample()
        if rules:
            self._renew_forecasts(rules)
        levels = {
            rule: vals for rule, vals in rules._reckon_levels().items() if "steps" in vals
        }  # fmt: skip
        if not levels:
            raise UserError(
                self.env._(
                    "%(policy)s holds for no reordering rule that could be tried: make rules for "
                    "its products first.",
                    policy=self.name,
                )
            )
        tried = rules.browse().concat(*levels)
        wanted = {
            rule.id: [
                {
                    "minimum": rule.product_min_qty,
                    "maximum": max(rule.product_min_qty, rule.product_max_qty),
                },
                {"minimum": vals["minimum"], "maximum": vals["maximum"]},
            ]
            for rule, vals in levels.items()
        }
        answers, pasts = tried._simulate(wanted, DAYS)
        demand = sum(sum(pasts[rule].demand) for rule in tried)
        return {
            "days": DAYS,
            "rules": len(tried),
            "rules_in_all": total,
            "demand": demand,
            "current": _add_up([answer["candidates"][0] for answer in answers], demand),
            "proposed": _add_up([answer["candidates"][1] for answer in answers], demand),
        }

    def _get_sample(self):
        """Rules for which this policy holds, and how many there are in all.

        A sample is always the same one: it is drawn by a digest of the rules' ids.
        """
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", self.company_id.id),
                    ("product_id.is_storable", "=", True),
                ],
                ["product_id", "warehouse_id"],
            )
        )
        pairs = {(rule.product_id, rule.warehouse_id) for rule in rules}
        holds = self._get_policies(pairs)
        own = rules.filtered(lambda rule: holds[rule.product_id, rule.warehouse_id] == self)
        if len(own) <= SAMPLE:
            return own, len(own)
        drawn = own.sorted(lambda rule: fingerprint(rule.id))[:SAMPLE]
        return drawn.browse(drawn.ids), len(own)

    def _renew_forecasts(self, rules):
        """Forecast the rules' products as this policy wants it, where that is not done yet."""
        pairs = list(dict.fromkeys((rule.product_id, rule.warehouse_id) for rule in rules))
        self.env["order.forecast"].sudo()._run_pairs(pairs)

    @api.depends("trial")
    @api.depends_context("lang")
    def _compute_trial_html(self):
        for policy in self:
            policy.trial_html = policy.trial and policy._draw_trial(policy.trial)

    def _draw_trial(self, trial):
        now, then = trial["current"], trial["proposed"]
        currency = self.company_id.currency_id
        lines = (
            ("fill_rate", self.env._("Sold of what was asked for"), _percent, 1),
            ("lost_quantity", self.env._("Units lost"), _count, -1),
            ("stockout_days", self.env._("Days on which something was missing"), _count, -1),
            ("average_stock", self.env._("Units in stock on average"), _count, -1),
            (
                "average_value",
                self.env._("Their value"),
                lambda value: format_amount(self.env, value, currency),
                -1,
            ),
            ("orders", self.env._("Orders"), _count, -1),
        )
        cell = Markup('<td class="text-end ps-4 %s">%s</td>')
        rows = Markup("").join(
            Markup("<tr><td>%s</td>%s%s</tr>")
            % (
                label,
                cell % ("", show(now[name])),
                cell % (_shade((then[name] - now[name]) * better), show(then[name])),
            )
            for name, label, show, better in lines
        )
        return Markup(
            '<p>%s</p><table class="table table-sm w-auto mb-0"><thead><tr><th></th>'
            '<th class="text-end ps-4">%s</th><th class="text-end ps-4">%s</th></tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (
            self._tell_sample(trial),
            self.env._("Current levels"),
            self.env._("Proposed levels"),
            rows,
        )

    def _tell_sample(self, trial):
        if trial["rules"] < trial["rules_in_all"]:
            return self.env._(
                "The last %(days)s days replayed over a sample of %(count)s of %(total)s rules.",
                days=trial["days"],
                count=trial["rules"],
                total=trial["rules_in_all"],
            )
        return self.env._(
            "The last %(days)s days replayed over all %(count)s rules.",
            days=trial["days"],
            count=trial["rules"],
        )


def _add_up(candidates, demand):
    """The figures of many rules together; what is sold is counted in units."""
    sums = {name: sum(one[name] for one in candidates) for name in SUMS}
    return {"fill_rate": 1.0 - sums["lost_quantity"] / demand if demand else 1.0, **sums}


def _percent(value):
    return f"{100 * value:.1f} %"


def _count(value):
    return f"{value:,.0f}"


def _shade(gain):
    return "text-success" if gain > 1e-9 else "text-danger" if gain < -1e-9 else ""
