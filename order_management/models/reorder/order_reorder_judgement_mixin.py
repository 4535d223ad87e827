from odoo import api, models
from odoo.tools import SQL

from ...tools.replenishment import Change, judge_changes
from ..common.bulk import update_rows

DAYS = 180  # of the past that are replayed


class OrderReorderJudgementMixin(models.AbstractModel):
    """Proposals of the nightly review: applied within limits, or left to a person with the effect
    they would have had."""

    _name = "order.reorder.judgement.mixin"
    _description = "Proposal that is judged by limits"

    @api.model
    def _judge_review(self, day):
        """What becomes of a day's proposals that nobody looked at yet, by their policies.

        :return list: ``(id of the proposal, outcome, facts)``
        """
        proposals = self.search_fetch(
            [
                ("review_day", "=", day),
                ("is_review", "=", True),
                ("state", "=", "proposed"),
                ("waiting_reason", "=", False),
            ],
            ["abc", "change_percent", "is_first", "is_uncertain", "policy_id", "value_change"],
            order="id",
        )
        found = []
        for policy, members in proposals.grouped("policy_id").items():
            if policy.mode in ("shadow", "on"):
                found += members._judge(policy, day)
        return found

    def _judge(self, policy, day):
        changes = [proposal._get_change() for proposal in self]
        verdicts = judge_changes(
            changes, policy.max_change_percent, policy.budget, self._get_spent(policy, day)
        )
        return [
            (
                proposal.id,
                verdict.outcome,
                {
                    **vars(change),
                    "limits": {
                        "most_percent": policy.max_change_percent,
                        "budget": policy.budget,
                        "spent": verdict.spent,
                    },
                },
            )
            for proposal, change, verdict in zip(self, changes, verdicts, strict=True)
        ]

    def _get_change(self):
        return Change(
            None if self.is_first else self.change_percent,
            self.value_change,
            self.abc or "",
            self.is_uncertain,
        )

    def _get_spent(self, policy, day):
        """What a run that was stopped has spent of the budget."""
        done = [("state", "=", "applied"), ("is_automatic", "=", True)]
        if policy.mode == "shadow":
            done = [("state", "=", "proposed"), ("waiting_reason", "=", "shadow")]
        domain = [
            ("policy_id", "=", policy.id),
            ("review_day", "=", day),
            ("value_change", ">", 0.0),
            *done,
        ]
        (found,) = self._read_group(domain, aggregates=["value_change:sum"])
        return found[0] or 0.0

    @api.model
    def _carry_out(self, judged):
        """Apply what is within the limits of a policy that is on; the rest says why it waits.

        :param list judged: a part of what :meth:`_judge_review` found
        """
        facts = {self.browse(found[0]): found[2] for found in judged}
        outcomes = {self.browse(found[0]): found[1] for found in judged}
        proposals = self.browse([found[0] for found in judged])
        proposals.policy_id.fetch(["mode"])
        within = proposals.filtered(
            lambda one: outcomes[one] == "applied" and one.policy_id.mode == "on"
        )
        errors = within._apply_levels(facts)
        failed = {one: found["message"] for one, found in errors.items() if found}
        waiting = {
            one: "shadow" if outcomes[one] == "applied" else outcomes[one]
            for one in proposals - within
        }
        waiting.update(dict.fromkeys(failed, "failed"))
        update_rows(
            self.browse(),
            {
                one.id: {"waiting_reason": reason, "failure": failed.get(one, False)}
                for one, reason in waiting.items()
            },
        )
        slips = [
            one._prepare_slip(
                {"choice": "failed", "message": failed[one]} if one in failed else facts[one],
                "failed" if one in failed else outcomes[one],
                one.policy_id.mode,
            )
            for one in waiting
        ]
        self.env["order.decision"]._record(slips)

    @api.model
    def _find_effects(self, day, limit):
        """A day's proposals that wait for a person and were not simulated, most money first."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM order_reorder_proposal
                 WHERE review_day = %s AND state = 'proposed' AND waiting_reason IS NOT NULL
                   AND has_effect IS NOT TRUE
                 ORDER BY ABS(value_change) DESC NULLS LAST, id LIMIT %s
                """,
                day,
                limit,
            )
        )
        return [found for (found,) in self.env.cr.fetchall()]

    @api.model
    def _simulate_part(self, ids):
        self.browse(ids)._make_effects()

    def _make_effects(self):
        """Replay the past of each rule with the levels before and after."""
        rules, wanted = self.orderpoint_id, {}
        for proposal in self:
            highest = max(proposal.minimum_before, proposal.maximum_before)
            wanted.setdefault(proposal.orderpoint_id.id, []).extend(
                (
                    {"minimum": proposal.minimum_before, "maximum": highest},
                    {"minimum": proposal.minimum, "maximum": proposal.maximum},
                )
            )
        answers, _pasts = rules._simulate(wanted, DAYS)
        found = {answer["orderpoint_id"]: iter(answer["candidates"]) for answer in answers}
        updates = {}
        for proposal in self:
            tried = found[proposal.orderpoint_id.id]
            before, after = next(tried), next(tried)
            updates[proposal.id] = {
                "has_effect": True,
                "fill_rate_before": before["fill_rate"],
                "fill_rate_after": after["fill_rate"],
                "average_stock_before": before["average_stock"],
                "average_stock_after": after["average_stock"],
            }
        update_rows(self.browse(), updates)
