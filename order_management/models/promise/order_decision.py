from odoo import models


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_promise_short(self, inputs):
        """Somebody decided about what is missing; the slip says how."""
        return inputs["choice"]
