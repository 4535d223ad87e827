from odoo import fields, models


class OrderChannelPartner(models.Model):
    """Under which number a channel knows a customer."""

    _name = "order.channel.partner"
    _description = "Customer number of a channel"
    _rec_name = "ref"
    _order = "channel_id, ref"
    _check_company_auto = True

    channel_id = fields.Many2one("order.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    ref = fields.Char("Number", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade", check_company=True
    )

    _ref_uniq = models.UniqueIndex(
        "(channel_id, ref)", "The channel already knows a customer under this number."
    )
