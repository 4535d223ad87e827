from odoo import models


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_promise_date(self, inputs):
        """The day the last part arrives; none unless the parts are all that is asked."""
        days = [part["delivery_date"] for part in inputs["parts"]]
        return max(days) if days and inputs["is_whole"] else "none"

    def _replay_promise_short(self, inputs):
        """Somebody decided about what is missing; the slip says how."""
        return inputs["choice"]
