from odoo import fields, models


class OrderReturnReason(models.Model):
    """Why goods come back; what is our fault costs the customer nothing."""

    _name = "order.return.reason"
    _inherit = ["order.return.policy.kept.mixin"]
    _description = "Return reason"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="What shops and other systems call this reason.")
    our_fault = fields.Boolean(help="No fee is taken for returns with this reason.")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a return reason with this code already.")

    def _get_by_code(self):
        """The active reasons by their code."""
        return {reason.code: reason for reason in self.sudo().search([])}
