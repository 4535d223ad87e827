from odoo import api, models


class IrActionsReport(models.Model):
    """Joint: papers of transfers are rendered together and without a call to the server."""

    _name = "ir.actions.report"
    _inherit = ["ir.actions.report", "order.paper.printing.mixin"]

    def get_paperformat(self):
        return self._get_own_format() if self._is_paper() else super().get_paperformat()

    @api.model
    def _build_wkhtmltopdf_args(self, paperformat_id, *args, **kwargs):
        """Papers hold no scripts to wait for."""
        command = super()._build_wkhtmltopdf_args(paperformat_id, *args, **kwargs)
        if paperformat_id in self._get_paper_formats():
            command += ["--disable-javascript", "--javascript-delay", "0"]
        return command

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        together = res_ids and len(set(res_ids)) == len(res_ids)
        if not together or not report._is_paper() or self.get_wkhtmltopdf_state() == "install":
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        return self._render_paper_streams(report, data, res_ids)
