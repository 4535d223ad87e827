import io

from odoo import models

from .paper_pdf import split_papers

PAPER_FORMATS = ("order_management.paperformat_a4", "order_management.paperformat_letter")


class OrderPaperPrintingMixin(models.AbstractModel):
    """Reports that are papers of their own: whole documents that need nothing from the server.

    Core gives wkhtmltopdf one file a document, which the builds of most distributions refuse;
    papers go to it in one file, and come back as one PDF a document.
    """

    _name = "order.paper.printing.mixin"
    _description = "Report that is a paper"

    def _is_paper(self):
        """Whether this report is laid out by ``paper_file``."""
        return bool(self.paperformat_id & self._get_paper_formats())

    def _get_paper_formats(self):
        formats = [self.env.ref(name, raise_if_not_found=False) for name in PAPER_FORMATS]
        return self.env["report.paperformat"].sudo().union(*filter(None, formats))

    def _get_own_format(self):
        """The paper format of the company's size."""
        is_letter = self.env.company.paperformat_id.format == "Letter"
        return self.env.ref(PAPER_FORMATS[is_letter]).sudo()

    def _render_paper_streams(self, report, data, res_ids):
        """As core's ``_render_qweb_pdf_prepare_streams``, in one run of wkhtmltopdf."""
        html = self._render_qweb_html(report, res_ids, data=data)[0]
        html = html.decode() if isinstance(html, bytes) else html
        pdf = self._run_wkhtmltopdf([html], report_ref=report)
        parts = split_papers(pdf, len(res_ids))
        if parts is None:
            if len(res_ids) == 1:
                parts = [pdf]
            else:
                found = {}
                for res_id in res_ids:
                    found.update(self._render_paper_streams(report, dict(data), [res_id]))
                return found
        return {
            res_id: {"stream": io.BytesIO(part), "attachment": None}
            for res_id, part in zip(res_ids, parts, strict=True)
        }
