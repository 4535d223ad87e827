from odoo import models

from .customers import choose_customer


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_intake_match(self, inputs):
        return choose_customer(inputs["found"], inputs["unknown_customer"])
