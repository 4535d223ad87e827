from odoo import models

from ...tools.replenishment import Change, judge_changes


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_reorder_levels(self, inputs):
        """What the limits made of proposed levels; a person's choice stands for itself."""
        limits = inputs.get("limits")
        if not limits:
            return inputs["choice"]
        change = Change(inputs["percent"], inputs["value"], inputs["abc"], inputs["is_uncertain"])
        (verdict,) = judge_changes(
            [change], limits["most_percent"], limits["budget"], limits["spent"]
        )
        return verdict.outcome
