from odoo import fields, models


class OrderReturnPolicyFee(models.Model):
    """What a rule keeps back for one reason, in place of its own fee."""

    _name = "order.return.policy.fee"
    _inherit = ["order.return.policy.kept.mixin", "order.return.policy.term.mixin"]
    _description = "Fee of a return rule for a reason"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "order.return.policy.rule", required=True, index=True, ondelete="cascade"
    )
    reason_id = fields.Many2one("order.return.reason", required=True, ondelete="cascade")
    fee_percent = fields.Float("Fee %", digits="Discount")
    fee_amount = fields.Float("Fixed fee", digits=(16, 2))

    _fee_valid = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100 AND fee_amount >= 0)",
        "The fee must lie between 0 and 100 percent, and its fixed part must not be negative.",
    )
    _reason_uniq = models.UniqueIndex(
        "(rule_id, reason_id)", "The rule names a fee for this reason already."
    )

    def _get_policies(self):
        return self.rule_id.policy_id

    def _get_owners(self, vals_list):
        ids = [vals["rule_id"] for vals in vals_list if vals.get("rule_id")]
        return self.env["order.return.policy.rule"].browse(ids).policy_id
