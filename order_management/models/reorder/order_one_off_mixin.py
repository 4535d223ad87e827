from odoo import fields, models


class OrderOneOffMixin(models.AbstractModel):
    """Orders that will not come again: projects, openings, sales for clearance."""

    _name = "order.one.off.mixin"
    _description = "Order that may be a one-off"

    is_one_off = fields.Boolean(
        "One-off demand", copy=False, help="Forecasts leave this order out."
    )

    _one_off_idx = models.Index("(id) WHERE is_one_off")
