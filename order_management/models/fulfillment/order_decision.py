from odoo import models

from . import parcel_slip
from .order_short_pick_mixin import tell_short
from .wave_planner import WaveGroup, tell_outcome


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_fulfillment_waves(self, inputs):
        """Plan the same transfers on the same floors again."""
        return tell_outcome([WaveGroup.of_inputs(group).plan() for group in inputs["groups"]])

    def _replay_fulfillment_short(self, inputs):
        """What became of goods that were missing."""
        return tell_short(inputs)

    def _replay_fulfillment_parcels(self, inputs):
        """Plan the same goods, boxes and rules again."""
        return parcel_slip.replay(inputs)
