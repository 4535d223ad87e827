from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools.fingerprint import fingerprint


class OrderRequest(models.Model):
    """Answers given to calls that carried a ``request_key``, so that a retry repeats them."""

    _name = "order.request"
    _description = "Answered request"
    _order = "id desc"

    operation = fields.Char(required=True, readonly=True)
    request_key = fields.Char(required=True, readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    response = fields.Json(readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")

    _key_uniq = models.UniqueIndex("(company_id, operation, request_key)")

    @api.model
    def _once(self, operation, request_key, arguments, work, company=None):
        """Run ``work`` once per key; answer its first result ever after.

        :param str operation: ``model.method``
        :param str request_key: chosen by the caller; without one ``work`` just runs
        :param arguments: what was asked; another question under the same key is refused
        :param work: function without arguments that returns a result row
        :param company: the company of the documents worked on
        :return dict: the row, with ``replayed`` when it is a repeat
        """
        if not request_key:
            return work()
        company = company or self.env.company
        asked = fingerprint(arguments)
        if not self._claim(operation, request_key, asked, company):
            return self._replay(operation, request_key, asked, company)
        answer = work()
        stored = self.sudo().search(self._key_domain(operation, request_key, company))
        if answer["ok"]:
            stored.response = answer
        else:
            stored.unlink()
        return answer

    def _claim(self, operation, request_key, asked, company):
        """Insert the key; a parallel call with the same key is restarted by Odoo."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_request (operation, request_key, fingerprint, company_id,
                                           create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (company_id, operation, request_key) DO NOTHING
                """,
                operation,
                request_key,
                asked,
                company.id,
                self.env.uid,
                self.env.uid,
            )
        )
        return bool(self.env.cr.rowcount)

    def _replay(self, operation, request_key, asked, company):
        stored = self.sudo().search(self._key_domain(operation, request_key, company))
        if stored.fingerprint != asked:
            raise ValidationError(
                self.env._(
                    "request_key: %(key)s was used before for another request; use a new key.",
                    key=request_key,
                )
            )
        return {**(stored.response or {"ok": True, "errors": []}), "replayed": True}

    def _key_domain(self, operation, request_key, company):
        return [
            ("company_id", "=", company.id),
            ("operation", "=", operation),
            ("request_key", "=", request_key),
        ]
