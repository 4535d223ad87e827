from odoo import models

from ...tools import return_rules


class OrderDecision(models.Model):
    _inherit = "order.decision"

    def _replay_return_decide(self, inputs):
        return return_rules.judge(inputs["facts"], inputs["rules"]).decision

    def _replay_return_credit(self, inputs):
        return "open" if inputs["reason"] else "wallet"
