from odoo import fields, models


class ResCompany(models.Model):
    """Joint: the switch of a company."""

    _inherit = "res.company"

    use_order_management = fields.Boolean(
        "Order Management",
        help="Checks, holds, stages and guards act on this company's orders. The first sales "
        "channel switches it on.",
    )

    order_payload_days = fields.Integer(
        "Keep documents for (days)",
        default=365,
        help="Files and contents that channels handed in are deleted after this many days; "
        "references and digests stay. 0 keeps them.",
    )

    def write(self, vals):
        switched = self.browse()
        if vals.get("use_order_management"):
            switched = self.filtered(lambda company: not company.use_order_management)
        result = super().write(vals)
        if switched:
            self.env["sale.order"]._init_order_management(switched)
        return result
