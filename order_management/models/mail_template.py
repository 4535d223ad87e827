import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import LockError

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    """Joint: a PDF that can't be made keeps no goods from leaving."""

    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        """Messages about transfers go without their PDF where it cannot be made (case F16).

        Core sends them while the transfer is validated, which a failure would undo.
        """
        if self.model != "stock.picking" or "report_template_ids" not in render_fields:
            return super()._generate_template_attachments(res_ids, render_fields, render_results)
        try:
            with self.env.cr.savepoint():
                return super()._generate_template_attachments(
                    res_ids, render_fields, render_results
                )
        except (OperationalError, LockError):
            raise
        except Exception as exception:
            _logger.info("A message about a transfer goes without its PDF: %s", exception)
        self.env["stock.picking"].browse(res_ids)._note_lost_pdf()
        fields = set(render_fields) - {"report_template_ids"}
        return super()._generate_template_attachments(res_ids, fields, render_results)
