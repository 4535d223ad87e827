from odoo import models


class OrderClaimMixin(models.AbstractModel):
    """Transfers that people take as their next work, never two the same."""

    _name = "order.claim.mixin"
    _description = "Transfer to be claimed"
