from odoo import fields, models

from .order_return_line import RESOLUTIONS


class OrderReturnResolution(models.Model):
    """What a customer may get for what comes back; the rules of a policy name what they offer."""

    _name = "order.return.resolution"
    _inherit = ["order.return.policy.kept.mixin"]
    _description = "Return resolution"
    _order = "id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(RESOLUTIONS, required=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a resolution with this code already.")
