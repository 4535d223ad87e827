from odoo import fields, models


class OrderChannel(models.Model):
    _name = "order.channel"
    _description = "Sales channel"

    name = fields.Char(required=True)
    code = fields.Char(required=True)
