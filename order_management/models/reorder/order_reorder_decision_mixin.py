from odoo import fields, models
from odoo.exceptions import AccessError

from ..common.access import as_service, check_visible, has_role, public
from ..common.bulk import update_rows
from ..common.results import Arguments, error, error_of, row
from ..common.set_runner import run_set

TOLD = 3  # refusals that are told after a button
DECIDED = ("orderpoint_id", "state", "minimum_before", "maximum_before", "minimum", "maximum")
MAX_EFFECTS = 200  # replays of the past that a button waits for


class OrderReorderDecisionMixin(models.AbstractModel):
    """Proposed levels that are applied to their rules, or rejected; each with its slip."""

    _name = "order.reorder.decision.mixin"
    _description = "Proposal that is decided on"

    @public
    def apply(self):
        """Write the proposed levels to the reordering rules, and nothing else.

        Core orders strictly below its minimum: the one that is written is higher by the least
        step of the unit. The vendor's pack is written as multiple where the rule has none.

        :return: one item per proposal: ``proposal_id``, ``orderpoint_id``, ``state``, ``minimum``
            and ``maximum`` as proposed, ``written_minimum`` and ``written_maximum``,
            ``replayed``; refused with ``not_possible`` are those that were rejected or replaced,
            whose rule is archived or has other levels than when they were made
        :raises AccessError: the caller is no manager, or may not see a proposal
        """
        proposals = as_service(self)
        errors = proposals._apply_levels()
        return [one._as_decision_row("applied", errors) for one in proposals]

    @public
    def reject(self, reason=None):
        """Leave the rules as they are, and say why.

        :param str reason: why, for the record
        :return: one item per proposal, as of ``apply``; without a reason all are refused with
            ``reason_required``
        :raises AccessError: the caller is no manager, or may not see a proposal
        :raises ValidationError: the reason is no text
        """
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        proposals = as_service(self)
        errors = proposals._find_refusals("rejected")
        if not reason:
            lacking = error("reason_required", self.env._("Say why it is rejected."), "reason")
            for one in proposals:
                errors.setdefault(one, lacking)
        good = proposals.filtered(lambda one: one not in errors)
        update_rows(
            proposals.browse(),
            dict.fromkeys(
                good.ids, {**good._prepare_decision("rejected"), "reject_reason": reason}
            ),
        )
        good._note_decisions({one: {"reason": reason} for one in good}, "rejected")
        return [one._as_decision_row("rejected", errors) for one in proposals]

    def _as_decision_row(self, choice, errors):
        refused = errors.get(self)
        return row(
            [refused] if refused else [],
            proposal_id=self.id,
            orderpoint_id=self.orderpoint_id.id,
            state=self.state,
            minimum=self.minimum,
            maximum=self.maximum,
            written_minimum=self.written_minimum,
            written_maximum=self.written_maximum,
            replayed=self in errors and not refused and self.state == choice,
        )

    def _find_refusals(self, choice):
        """Why proposals cannot be decided on.

        :param str choice: ``applied`` or ``rejected``
        :return dict: proposal → entry of ``errors``; ``False`` where the same was decided before
        """
        found, rules = {}, set()
        self.fetch(DECIDED)
        self.orderpoint_id.fetch(["active", "product_max_qty", "product_min_qty"])
        for proposal in self:
            if proposal.state == choice:
                found[proposal] = False
                continue
            message = proposal._find_obstacle(choice)
            if not message and proposal.orderpoint_id in rules:
                message = self.env._("Another proposal for the same rule stands beside it.")
            if message:
                found[proposal] = error("not_possible", message)
            rules.add(proposal.orderpoint_id)
        return found

    def _find_obstacle(self, choice):
        if self.state == "replaced":
            return self.env._("It was replaced by a newer review.")
        if self.state != "proposed":
            return self.env._("It was decided on before.")
        if choice == "rejected":
            return ""
        if not self.orderpoint_id.active:
            return self.env._("The reordering rule is archived.")
        if self._is_outdated():
            return self.env._("The rule's levels were changed since: propose again.")
        return ""

    def _apply_levels(self, facts=None, mode="on"):
        """Write the levels of those that may be; one bad never stops the others.

        :param dict facts: proposal → what an automatic decision rests on; without, by a person
        :return dict: proposal → entry of ``errors``; ``False`` where they were applied before
        """
        errors = self._find_refusals("applied")
        good = self.filtered(lambda one: one not in errors)
        failures = run_set(
            good, lambda part: part._write_levels(facts or {}, mode), "Applying levels"
        )
        if failures:
            self.env.invalidate_all(flush=False)
        return {**errors, **{one: error_of(exception) for one, exception in failures}}

    def _write_levels(self, facts, mode):
        """Write the levels of a set, their state and their slips."""
        for proposal in self:
            vals = {
                "product_min_qty": proposal.written_minimum,
                "product_max_qty": proposal.written_maximum,
            }
            if proposal.pack_id:
                vals["replenishment_uom_id"] = proposal.pack_id.id
            proposal.orderpoint_id.write(vals)
        decision = {**self._prepare_decision("applied"), "is_automatic": bool(facts)}
        update_rows(self.browse(), dict.fromkeys(self.ids, decision))
        self._note_decisions({one: facts.get(one, {}) for one in self}, "applied", mode)

    def _prepare_decision(self, state):
        return {
            "state": state,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }

    def _note_decisions(self, facts, outcome, mode="on"):
        """Leave the slip of each decision; replayed by ``_replay_reorder_levels``.

        :param dict facts: proposal → what the decision rests on
        :param str outcome: of all of them; without, each one's own in ``facts``
        """
        slips = [proposal._prepare_slip(facts[proposal], outcome, mode) for proposal in self]
        self.env["order.decision"]._record(slips)

    def _prepare_slip(self, facts, outcome, mode):
        levels = {
            "minimum_before": self.minimum_before,
            "maximum_before": self.maximum_before,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        by_person = "limits" not in facts
        return {
            "model": self._name,
            "res_id": self.id,
            "decision": "reorder.levels",
            "outcome": outcome,
            "mode": mode,
            "inputs": {**levels, **facts, **({"choice": outcome} if by_person else {})},
            "alternatives": self._get_alternatives(outcome),
            "flip": self._get_flip(facts, outcome),
            "confidential": ["value", "budget", "spent"],
            "company_id": self.company_id.id,
        }

    def _get_alternatives(self, outcome):
        kept = {"choice": "keep", "minimum": self.minimum_before, "maximum": self.maximum_before}
        taken = {"choice": "apply", "minimum": self.minimum, "maximum": self.maximum}
        return [kept if outcome == "applied" else taken]

    def _get_flip(self, facts, outcome):
        """The smallest change that would have led to another outcome."""
        limits = facts.get("limits")
        if not limits:
            return self.env._("Another choice of the same person.")
        if outcome == "change":
            return self.env._("A limit of %(percent)s %%.", percent=f"{facts['percent']:g}")
        if outcome == "budget":
            needed = limits["spent"] + max(facts["value"], 0.0)
            return self.env._("A budget of %(amount)s.", amount=f"{needed:.2f}")
        if outcome == "uncertain":
            return self.env._("Four periods of history.")
        if outcome == "first":
            return self.env._("A level before.")
        if facts["percent"]:
            return self.env._("A limit below %(percent)s %%.", percent=f"{facts['percent']:g}")
        return self.env._("Too little history.")

    # Screens

    def _check_planner(self):
        if not has_role(self.env):
            raise AccessError(self.env._("Your role does not allow to decide on levels."))
        check_visible(self)

    def action_apply(self):
        """Apply the proposals, and tell how it went."""
        return self._tell_decisions(self.apply(), self.env._("applied"))

    def action_reject(self):
        """Ask for the reason of a rejection."""
        self._check_planner()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject levels"),
            "res_model": "order.reorder.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_proposal_ids": self.ids},
        }

    def action_simulate(self):
        """Replay the past with the old and the new levels, of the first ones chosen."""
        self._check_planner()
        self[:MAX_EFFECTS].sudo()._make_effects()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _tell_decisions(self, rows, verb):
        """Say how many were decided on, and why the first of the others were not."""
        refused = [one for one in rows if not one["ok"]]
        message = self.env._("%(count)s %(verb)s", count=len(rows) - len(refused), verb=verb)
        if refused:
            by_id = self.grouped("id")
            told = []
            for one in refused[:TOLD]:
                product = by_id[one["proposal_id"]].product_id.display_name
                told.append(f"{product}: {one['errors'][0]['message']}")
            if len(refused) > TOLD:
                told.append(self.env._("and %s more", len(refused) - TOLD))
            message += ". " + " ".join(told)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": message,
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
