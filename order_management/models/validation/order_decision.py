from odoo import models

from .order_checking_mixin import hold_state_of


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_validation_hold(self, inputs):
        """The hold state that the findings of a slip lead to."""
        return hold_state_of(
            {
                finding["severity"]
                for finding in inputs["findings"]
                if finding["check"] not in inputs["released"]
            }
        )

    def _replay_validation_shadow(self, inputs):
        """What a check in shadow would have done with its numbers."""
        return inputs["severity"]
