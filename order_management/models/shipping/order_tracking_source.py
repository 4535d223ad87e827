from odoo import api, fields, models
from odoo.exceptions import AccessError


class OrderTrackingSource(models.Model):
    """A carrier or service that reports where shipments are.

    Its secret can be written and never read; the one before stays valid, so that both sides can
    change it without losing a report.
    """

    _name = "order.tracking.source"
    _description = "Tracking source"
    _order = "name, id"

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="How the source names itself in its calls.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    secret = fields.Char(
        compute="_compute_secret", inverse="_inverse_secret", copy=False,
        help="Signs the reports of this source. It is never shown again.",
    )  # fmt: skip
    has_secret = fields.Boolean("Secret is set", compute="_compute_secret")
    current_secret = fields.Char(copy=False, groups=fields.NO_ACCESS)
    previous_secret = fields.Char(copy=False, groups=fields.NO_ACCESS)
    event_ids = fields.One2many("order.tracking.event", "source_id", readonly=True)

    _code_uniq = models.UniqueIndex(
        "(code, company_id)", "Another tracking source of this company has this code."
    )

    @api.depends("current_secret")
    def _compute_secret(self):
        for source in self:
            source.secret = False
            source.has_secret = bool(source.sudo().current_secret)

    def _inverse_secret(self):
        """Keep the secret that is replaced; an empty one changes nothing."""
        for source in self.filtered("secret").sudo():
            source.previous_secret = source.current_secret
            source.current_secret = source.secret
        self.invalidate_recordset(["secret"])

    def _get_secrets(self):
        """The secrets that are valid now, the current one first."""
        source = self.sudo()
        return [secret for secret in (source.current_secret, source.previous_secret) if secret]

    @api.model
    def _find(self, code):
        """The source of that code which the caller may see, of the current company first.

        :raises AccessError: there is none
        """
        sources = self.search([("code", "=", code)])
        source = sources.filtered(lambda source: source.company_id == self.env.company) or sources
        if not source:
            raise AccessError(self.env._("There is no such tracking source."))
        return source[0]
