from datetime import timedelta

from odoo import api, fields, models

KEPT_DAYS = 30


class OrderCheckFault(models.Model):
    """A time a check could not run; a row of its own, since checks are shared by all orders."""

    _name = "order.check.fault"
    _description = "Failure of a check"
    _order = "id desc"

    check_id = fields.Many2one(
        "order.check", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    message = fields.Char("What happened", required=True, readonly=True)
    order_count = fields.Integer("Orders", readonly=True)

    @api.autovacuum
    def _gc_faults(self):
        """Forget what failed long ago."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("at", "<", limit)]).unlink()
