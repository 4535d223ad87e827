from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Joint: the switch of the current company on the settings page."""

    _inherit = "res.config.settings"

    use_order_management = fields.Boolean(related="company_id.use_order_management", readonly=False)
    order_payload_days = fields.Integer(related="company_id.order_payload_days", readonly=False)
