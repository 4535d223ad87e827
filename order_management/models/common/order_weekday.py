from odoo import fields, models


class OrderWeekday(models.Model):
    """A day of the week, to be chosen from: on which a vendor takes orders, a carrier comes."""

    _name = "order.weekday"
    _description = "Day of the week"
    _order = "number"

    name = fields.Char(required=True, translate=True)
    number = fields.Integer(required=True, help="1: Monday, 7: Sunday.")

    _number_uniq = models.UniqueIndex("(number)")
    _number_range = models.Constraint("CHECK(number BETWEEN 1 AND 7)", "A week has 7 days.")
