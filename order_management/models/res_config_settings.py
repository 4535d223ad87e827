from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Joint: the switch of the current company on the settings page."""

    _inherit = "res.config.settings"

    use_order_management = fields.Boolean(related="company_id.use_order_management", readonly=False)
    order_check_mode = fields.Selection(related="company_id.order_check_mode", readonly=False)
    promise_mode = fields.Selection(related="company_id.promise_mode", readonly=False)
    promise_late_hour = fields.Float(related="company_id.promise_late_hour", readonly=False)
    order_message_mode = fields.Selection(related="company_id.order_message_mode", readonly=False)
    fragile_padding = fields.Float(related="company_id.fragile_padding", readonly=False)
    heavy_apart_weight = fields.Float(related="company_id.heavy_apart_weight", readonly=False)
    parcel_weight_tolerance = fields.Float(
        related="company_id.parcel_weight_tolerance", readonly=False
    )
    parcel_weight_margin = fields.Float(related="company_id.parcel_weight_margin", readonly=False)
    packing_slip_prices = fields.Boolean(related="company_id.packing_slip_prices", readonly=False)
    deposit_refund_mode = fields.Selection(related="company_id.deposit_refund_mode", readonly=False)
    return_posting = fields.Selection(related="company_id.return_posting", readonly=False)
    return_payout_mode = fields.Selection(related="company_id.return_payout_mode", readonly=False)
    order_payload_days = fields.Integer(related="company_id.order_payload_days", readonly=False)
    print_job_days = fields.Integer(related="company_id.print_job_days", readonly=False)

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever switches Order Management on has ordering set up, too."""
        sleeping = self.env.company.filtered(lambda company: not company.use_order_management)
        settings = super().create(vals_list)
        if sleeping.use_order_management:
            sleeping._set_up_ordering()
        return settings

    def action_enforce_order_checks(self):
        """Put the checks of this company in force."""
        self.ensure_one()
        self.company_id.action_enforce_order_checks()
        return {"type": "ir.actions.client", "tag": "reload"}
