from odoo import api, models
from odoo.exceptions import AccessError

from ..common.access import as_service, check_visible, has_role
from .papers import PAPERS

STOCK_GROUP = "stock.group_stock_user"


class OrderPaperReportMixin(models.AbstractModel):
    """Feeds the template of a paper: whoever may see a transfer may print its papers."""

    _name = "order.paper.report.mixin"
    _description = "Report of a paper"
    _paper_kind = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        pickings = self.env["stock.picking"].browse(docids)
        self._ensure_may_print(pickings)
        pickings = as_service(pickings)
        paper = PAPERS[self._paper_kind]
        contents = paper.prepare_contents(pickings)
        return {
            "doc_ids": docids,
            "doc_model": "stock.picking",
            "docs": pickings,
            "papers": [
                {
                    "doc": picking.with_context(lang=paper.get_lang(picking)),
                    "lang": paper.get_lang(picking),
                    "content": contents[picking.id],
                }
                for picking in pickings
            ],
        }

    def _ensure_may_print(self, pickings):
        if self.env.su:
            return
        check_visible(pickings)
        roles = ("picker", "clerk", "returns", "integration", "auditor")
        if not has_role(self.env, *roles) and not self.env.user.has_group(STOCK_GROUP):
            raise AccessError(self.env._("Your role does not allow you to print these papers."))


class ReportPackingSlip(models.AbstractModel):
    _name = "report.order_management.report_packing_slip"
    _inherit = ["order.paper.report.mixin"]
    _description = "Packing slip"
    _paper_kind = "packing_slip"


class ReportCommercialInvoice(models.AbstractModel):
    _name = "report.order_management.report_commercial_invoice"
    _inherit = ["order.paper.report.mixin"]
    _description = "Commercial invoice"
    _paper_kind = "commercial_invoice"


class ReportReturnSlip(models.AbstractModel):
    _name = "report.order_management.report_return_slip"
    _inherit = ["order.paper.report.mixin"]
    _description = "Return slip"
    _paper_kind = "return_slip"
