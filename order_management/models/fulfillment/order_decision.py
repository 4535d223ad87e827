from odoo import models

from .wave_planner import WaveGroup, tell_outcome


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_fulfillment_waves(self, inputs):
        """Plan the same transfers on the same floors again."""
        return tell_outcome([WaveGroup.of_inputs(group).plan() for group in inputs["groups"]])
