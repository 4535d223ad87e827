from odoo import fields, models


class OrderShippingDaysMixin(models.AbstractModel):
    """When a warehouse ships what it is told to."""

    _name = "order.shipping.days.mixin"
    _description = "Warehouse with shipping days"

    handling_days = fields.Integer(
        "Handling time", help="Working days from an order, or its goods, to their leaving."
    )
    cutoff_hour = fields.Float(
        "Cut-off", help="Orders after this time of day count from the next day; 0: none."
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        check_company=True,
        help="Days on which goods leave; without it, every day.",
    )

    _handling_days_positive = models.Constraint(
        "CHECK(handling_days >= 0)", "A handling time is never negative."
    )
    _cutoff_hour_of_day = models.Constraint(
        "CHECK(cutoff_hour >= 0 AND cutoff_hour < 24)", "The cut-off is an hour of the day."
    )
