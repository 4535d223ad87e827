from odoo import fields, models


class OrderReleaseReason(models.Model):
    """A reason that releases are often given, to be picked instead of typed."""

    _name = "order.release.reason"
    _description = "Reason of releases"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
