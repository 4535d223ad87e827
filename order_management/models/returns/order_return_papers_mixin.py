import base64
import logging

from odoo import models
from odoo.exceptions import UserError

from ...tools.labels import LabelContent
from ..common.access import as_service, public
from ..common.results import Arguments, error

_logger = logging.getLogger(__name__)

SLIP = "order_management.order_return_report_slip"


class OrderReturnPapersMixin(models.AbstractModel):
    """What customers need to send goods back: a label, and a slip to put into the parcel."""

    _name = "order.return.papers.mixin"
    _description = "Papers of a return"

    @public
    def get_label(self, format="pdf"):
        """The label of the parcel with which goods come back.

        It shows the number of the return as bar code; it is no carrier's label. It exists once
        the return is approved, until all has come back.

        :param str format: ``pdf`` (100 x 150 mm) or ``zpl``
        :return: one item per return: ``return_id``, ``name``, ``state``, ``format``, ``content``
            (base64)
        """
        Arguments(self.env).choice(format, ("pdf", "zpl"), "format", required=True)
        returns = as_service(self)
        answers = []
        for one in returns:
            if one._is_awaited():
                content = base64.b64encode(one._render_return_label(format)).decode()
                answers.append(one._prepare_row(format=format, content=content))
            else:
                message = self.env._("%(name)s: nothing is to be sent back now.", name=one.name)
                refusal = error("not_possible", message, "")
                answers.append(one._prepare_row([refusal], format=format, content=False))
        return answers

    def action_print_return_label(self):
        """Button: download the label."""
        return self._download("label")

    def action_print_return_slip(self):
        """Button: download the slip."""
        return self._download("slip")

    def _download(self, paper):
        self.ensure_one()
        self.check_access("read")
        one = as_service(self)
        if paper == "label":
            content, kind = one._render_return_label(), "pdf"
        else:
            content, kind = one._render_return_slip()
        attachment = one.env["ir.attachment"].create(
            {
                "name": f"{self.name.replace('/', '-')} {paper}.{kind}",
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _is_awaited(self):
        """Whether goods are still to be sent back."""
        self.ensure_one()
        return self.state in ("approved", "received") and any(
            line._get_outstanding() for line in self.line_ids
        )

    def _render_return_label(self, label_format="pdf"):
        """The label, by the shelf of labels the warehouse has."""
        self.ensure_one()
        return self._get_warehouse()._render_labels([self._prepare_return_label()], label_format)

    def _prepare_return_label(self):
        order = self.order_id
        receiver = self._get_warehouse().partner_id or self.company_id.partner_id
        return LabelContent(
            package_name=self.name,
            ship_from=_lines_of(self._get_sender()),
            ship_to=_lines_of(receiver),
            order_name=order.name or "",
            customer_reference=order.client_order_ref or "",
            marks=(self.env._("RETURN"),),
        )

    def _render_return_slip(self):
        """The slip in the customer's language: content and ``pdf``.

        Where no PDF can be made, a page that can be printed, and ``html``.
        """
        self.ensure_one()
        report = self.env["ir.actions.report"]
        try:
            return report._render_qweb_pdf(SLIP, self.ids)
        except UserError as problem:
            _logger.info("Return slip of %s as page: %s", self.name, problem)
            return report._render_qweb_html(SLIP, self.ids)[0], "html"


def _lines_of(partner):
    """A postal address, the name first."""
    address = partner._display_address(without_company=True)
    names = (partner.commercial_company_name if not partner.is_company else "", partner.name)
    lines = (line.strip() for line in (*names, *address.splitlines()) if line)
    return tuple(line for line in lines if line)
