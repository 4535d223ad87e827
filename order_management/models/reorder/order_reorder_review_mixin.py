from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.replenishment import change_percent
from ..common.bulk import insert_rows, update_rows
from .order_reorder_proposal import ANEW

CHUNK = 1000  # rules, or proposals, in one transaction of the nightly run
EFFECTS = 300  # proposals a night whose past is replayed
EFFECTS_PART = 100


class OrderReorderReviewMixin(models.AbstractModel):
    """Reordering rules whose levels are looked at again every so many days."""

    _name = "order.reorder.review.mixin"
    _description = "Reordering rule that is reviewed"

    @api.model
    def _cron_review(self):
        """Propose what has changed, and decide on it; a part in each transaction.

        A run that was stopped goes on where it was: what was reviewed or decided on today is left.
        """
        today, progress = fields.Date.today(), self.env["ir.cron"]._commit_progress
        parts = self._find_due(today)
        progress(remaining=sum(map(len, parts)))
        for part in parts:
            self.sudo().browse(part)._review(today)
            left = progress(len(part))
            self.env.invalidate_all(flush=False)
            if not left:
                return
        proposals = self.env["order.reorder.proposal"].sudo()
        is_done = self._work_off(CHUNK, proposals._judge_review(today), proposals._carry_out)
        if is_done:
            waiting = proposals._find_effects(today, EFFECTS)
            is_done = self._work_off(EFFECTS_PART, waiting, proposals._simulate_part)
        if is_done:
            proposals._forget(today)

    def _work_off(self, size, wanted, work):
        """Do some work by parts, each in its transaction.

        :return bool: whether there was time for all of it
        """
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(wanted))
        for part in split_every(size, wanted, list):
            work(part)
            left = progress(len(part))
            self.env.invalidate_all(flush=False)
            if not left:
                return False
        return True

    @api.model
    def _find_due(self, today):
        """Rules whose levels are to be looked at, those of a vendor together.

        :return list: ids of rules, by parts
        """
        warehouses = self.env["order.forecast"].sudo()._get_managed_warehouses()
        for model in ("order.forecast", "order.reorder.policy", "product.supplierinfo"):
            self.env[model].flush_model()
        self.flush_model(["active", "product_id", "warehouse_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT rule.id, rule.company_id,
                       COALESCE(vendor.partner_id, -product.product_tmpl_id)
                  FROM stock_warehouse_orderpoint AS rule
                  JOIN product_product AS product ON product.id = rule.product_id
                  JOIN order_forecast AS forecast ON forecast.product_id = rule.product_id
                                                 AND forecast.warehouse_id = rule.warehouse_id
                  JOIN order_reorder_policy AS policy ON policy.id = forecast.policy_id
                  LEFT JOIN LATERAL (
                        SELECT partner_id FROM product_supplierinfo AS seller
                         WHERE seller.product_tmpl_id = product.product_tmpl_id
                         ORDER BY sequence, min_qty, price, id LIMIT 1) AS vendor ON TRUE
                 WHERE rule.active AND policy.active AND policy.mode IN ('shadow', 'on')
                   AND rule.warehouse_id = ANY(%(places)s)
                   AND (forecast.levels_reviewed_on IS NULL
                        OR forecast.levels_reviewed_on + policy.review_days <= %(today)s)
                 ORDER BY 2, 3, rule.id
                """,
                places=warehouses.ids,
                today=today,
            )
        )
        return _split_groups(self.env.cr.fetchall(), CHUNK)

    def _review(self, today):
        """Propose levels where they changed; what waited for a decision is replaced."""
        answers = self._reckon_levels()
        ended, stored = self._get_last_rejected(), []
        for rule, vals in answers.items():
            if "steps" not in vals:
                continue
            policy = self.env["order.reorder.policy"].browse(vals["policy_id"])
            least = policy.min_change_percent
            if not _is_change(vals, least):
                continue
            rejected = ended.get(rule.id)
            if rejected and _is_like(rejected, vals, least):
                continue
            vals["is_review"] = True
            stored.append(vals)
        self._store_proposals(stored)
        self._replace_older(today)
        self._note_review(today)

    def _note_review(self, today):
        self.env["order.forecast"].flush_model(["levels_reviewed_on"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE order_forecast AS forecast SET levels_reviewed_on = %s
                  FROM stock_warehouse_orderpoint AS rule
                 WHERE rule.id = ANY(%s) AND rule.product_id = forecast.product_id
                   AND rule.warehouse_id = forecast.warehouse_id
                """,
                today,
                self.ids,
            )
        )
        self.env["order.forecast"].invalidate_model(["levels_reviewed_on"], flush=False)

    def _get_last_rejected(self):
        """Rule id → what was rejected last, where nothing was applied since."""
        self.env["order.reorder.proposal"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (orderpoint_id) orderpoint_id, state, minimum_before,
                       maximum_before, minimum, maximum
                  FROM order_reorder_proposal
                 WHERE orderpoint_id = ANY(%s) AND state IN ('applied', 'rejected')
                 ORDER BY orderpoint_id, review_day DESC, id DESC
                """,
                self.ids,
            )
        )
        return {found[0]: found[2:] for found in self.env.cr.fetchall() if found[1] == "rejected"}

    def _store_proposals(self, vals_list):
        """Keep one proposal a rule and day: what was decided on stays, else it is made anew.

        :param list vals_list: of rules among these
        :return dict: rule id → id of its proposal
        """
        proposals = self.env["order.reorder.proposal"].sudo()
        known, step = self._get_todays_proposals(), proposals._get_step()
        rows, updates, resets = [], {}, []
        for vals in vals_list:
            found = known.get(vals["orderpoint_id"])
            if not found:
                rows.append(vals)
                continue
            is_same = found._has_levels(vals, step)
            if is_same and found._stands(vals):
                continue
            updates[found.id] = vals
            if found.state != "proposed" or not is_same or found._is_beside(vals):
                resets.append(found.id)
        added = insert_rows(proposals, rows, "orderpoint_id, review_day")
        update_rows(proposals, updates)
        update_rows(proposals, dict.fromkeys(resets, ANEW))
        stored = {rule_id: found.id for rule_id, found in known.items()}
        stored.update(zip((vals["orderpoint_id"] for vals in rows), added.ids, strict=True))
        return stored

    def _get_todays_proposals(self):
        """Rule id → today's proposal."""
        found = (
            self.env["order.reorder.proposal"]
            .sudo()
            .search_fetch(
                [("orderpoint_id", "in", self.ids), ("review_day", "=", fields.Date.today())],
                ["orderpoint_id", "state", "minimum", "maximum", "minimum_before",
                 "maximum_before"],
            )
        )  # fmt: skip
        return {proposal.orderpoint_id.id: proposal for proposal in found}

    def _replace_older(self, today):
        """What was proposed on earlier days, and nobody decided on, is over."""
        proposals = self.env["order.reorder.proposal"].sudo()
        proposals.flush_model(["orderpoint_id", "review_day", "state"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE order_reorder_proposal SET state = 'replaced'
                 WHERE orderpoint_id = ANY(%s) AND state = 'proposed' AND review_day < %s
                """,
                self.ids,
                today,
            )
        )
        proposals.invalidate_model(["state"], flush=False)


def _is_change(vals, least):
    return vals["is_first"] or vals["change_percent"] > least


def _is_like(rejected, vals, least):
    """Whether a person rejected such levels before, and nothing is different since."""
    before, after = rejected[:2], rejected[2:]
    if before != (vals["minimum_before"], vals["maximum_before"]):
        return False
    changes = (vals["minimum"] - after[0], vals["maximum"] - after[1])
    percent = change_percent(after, changes)
    return percent is not None and percent <= least


def _split_groups(rows, size):
    """Parts of at least so many, cut where a group ends.

    :param list rows: ``(id, *group)``, those of a group together
    :return list: lists of ids
    """
    parts, last = [], None
    for row_id, *group in rows:
        if not parts or len(parts[-1]) >= size and group != last:
            parts.append([])
        parts[-1].append(row_id)
        last = group
    return parts
