from odoo import fields, models

OUTCOMES = [
    ("created", "Created"),
    ("replayed", "Replayed"),
    ("conflict", "Conflict"),
    ("rejected", "Rejected"),
    ("accepted", "Change accepted"),
    ("dismissed", "Dismissed"),
]


class OrderIntakeAttempt(models.Model):
    """One arrival of a document: all of them are kept."""

    _name = "order.intake.attempt"
    _description = "Attempt to hand in an order"
    _order = "id desc"

    intake_id = fields.Many2one(
        "order.intake", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null")
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    fingerprint = fields.Char(readonly=True)
    errors = fields.Json(readonly=True)
    message = fields.Char(readonly=True, help="The first of what was wrong.")
