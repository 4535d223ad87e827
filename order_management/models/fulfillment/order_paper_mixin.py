import base64
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ...tools import customs
from ..common.access import as_service, public
from ..common.results import MAX_DOCUMENTS, Arguments, error, row
from .paper_values import get_ship_to
from .papers import PAPERS

_logger = logging.getLogger(__name__)


class OrderPaperMixin(models.AbstractModel):
    """Papers of a transfer; the kinds stand in ``papers.py``."""

    _name = "order.paper.mixin"
    _description = "Transfer with papers"

    export_reason = fields.Selection(
        [
            ("sale", "Sale"),
            ("sample", "Sample"),
            ("gift", "Gift"),
            ("return", "Returned goods"),
            ("repair", "Repair"),
        ],
        "Reason for export",
        default="sale",
        required=True,
        copy=False,
        help="Told on the commercial invoice.",
    )
    needs_commercial_invoice = fields.Boolean(
        compute="_compute_needs_commercial_invoice",
        compute_sudo=True,
        help="The goods leave the customs territory.",
    )

    customs_gaps = fields.Char(
        "Left blank on the commercial invoice",
        compute="_compute_customs_gaps",
        compute_sudo=True,
    )

    @api.depends("partner_id", "picking_type_id", "state")
    def _compute_needs_commercial_invoice(self):
        for picking in self:
            picking.needs_commercial_invoice = picking._needs_commercial_invoice()

    @api.depends("needs_commercial_invoice", "move_line_ids.quantity")
    def _compute_customs_gaps(self):
        """What customs will ask for and the commercial invoice does not know."""
        asked = self.filtered(
            lambda picking: (
                picking.needs_commercial_invoice and not picking._refuse_paper("commercial_invoice")
            )
        )
        contents = PAPERS["commercial_invoice"].prepare(asked)
        for picking in self:
            warnings = contents.get(picking.id, {}).get("warnings", ())
            picking.customs_gaps = " ".join(entry["message"] for entry in warnings) or False

    @public
    def render_documents(self, kinds):
        """Render papers of these transfers; changes nothing, so papers can be printed again.

        Where the server can't make PDF, or it fails, the paper comes as HTML that needs nothing
        beside it, with the warning ``no_pdf``.

        :param list kinds: of ``packing_slip``, ``pick_list``, ``commercial_invoice``,
            ``return_slip``; at most 200 documents a call
        :return: one item per transfer and kind: ``picking_id``, ``kind``, ``filename``,
            ``format`` (``pdf`` or ``html``), ``content`` (base64), ``warnings`` (entries as in
            ``errors``: what is left blank to be filled in by hand, its ``path`` is the SKU)
        """
        kinds = self._read_kinds(kinds)
        pickings = as_service(self)
        rendered = {kind: pickings._render_paper(kind) for kind in kinds}
        return [rendered[kind][picking.id] for picking in pickings for kind in kinds]

    def _render_papers(self, kinds):
        """The PDF of each paper: (transfer id, kind) → bytes; what has no such paper is left out.

        :raises UserError: where the server cannot make PDF now
        """
        found = {}
        for kind in kinds:
            pickings = self.filtered(lambda picking, kind=kind: not picking._refuse_paper(kind))
            for picking_id, content in pickings._make_pdfs(kind).items():
                found[picking_id, kind] = content
        return found

    def _needs_commercial_invoice(self):
        """Whether the goods of this transfer leave the customs territory of its warehouse."""
        if not self._is_bound_for_customer():
            return False
        warehouse = self.picking_type_id.warehouse_id
        origin = warehouse.partner_id or self.company_id.partner_id
        return customs.crosses_border(_place_of(origin), _place_of(get_ship_to(self)))

    def action_print_packing_slip(self):
        """Button: what is in which parcel."""
        return self._print_paper("packing_slip")

    def action_print_commercial_invoice(self):
        """Button: the invoice for the customs."""
        return self._print_paper("commercial_invoice")

    def _print_paper(self, kind):
        self.check_access("read")
        refused = [refusal for picking in self if (refusal := picking._refuse_paper(kind))]
        if refused:
            raise UserError("\n".join(refusal["message"] for refusal in refused))
        return self.env.ref(PAPERS[kind].report).report_action(self)

    # -- Asking -----------------------------------------------------------------------------

    def _read_kinds(self, kinds):
        arguments = Arguments(self.env)
        kinds = arguments.value(kinds, "list", "kinds", required=True)
        for at, kind in enumerate(kinds):
            arguments.choice(kind, tuple(PAPERS), f"kinds[{at}]", required=True)
            if kind in kinds[:at]:
                arguments.refuse(f"kinds[{at}]", self.env._("the kind is named twice."))
        if len(self) * len(kinds) > MAX_DOCUMENTS:
            message = self.env._(
                "too_large: %(count)s documents were asked for, at most %(limit)s are allowed.",
                count=len(self) * len(kinds),
                limit=MAX_DOCUMENTS,
            )
            arguments.refuse("kinds", message)
        return kinds

    def _refuse_paper(self, kind):
        """The reason why this transfer has no such paper now, or ``False``."""
        if self.state == "cancel":
            message = self.env._("%(transfer)s is cancelled.", transfer=self.name)
        else:
            message = getattr(self, PAPERS[kind].refuse)()
        return error("not_possible", message) if message else False

    def _get_packing_slip_refusal(self):
        if self.picking_type_code == "incoming":
            return self.env._("%(transfer)s brings goods in.", transfer=self.name)
        if not any(line.quantity > 0 for line in self.move_line_ids):
            return self.env._("Nothing is reserved on %(transfer)s.", transfer=self.name)
        return False

    def _get_pick_list_refusal(self):
        if self._get_tour_lines():
            return False
        return self.env._("Nothing is reserved that could be picked.")

    def _get_commercial_invoice_refusal(self):
        if not self._is_bound_for_customer():
            return self.env._("%(transfer)s goes to no customer.", transfer=self.name)
        return self._get_packing_slip_refusal()

    def _get_return_slip_refusal(self):
        if not self._is_bound_for_customer() or not self._get_sale_orders():
            return self.env._("%(transfer)s serves no customer's order.", transfer=self.name)
        return self._get_packing_slip_refusal()

    def _is_bound_for_customer(self):
        """Whether these goods leave, or are on the way through the house to a customer."""
        if self.picking_type_code == "outgoing":
            return self.location_dest_id.usage != "supplier"
        return self.picking_type_code == "internal" and bool(self._get_sale_orders())

    # -- Rendering --------------------------------------------------------------------------

    def _render_paper(self, kind):
        """One kind of paper for all transfers: transfer id → item."""
        refusals = {picking.id: picking._refuse_paper(kind) for picking in self}
        ready = self.filtered(lambda picking: not refusals[picking.id])
        contents = PAPERS[kind].prepare_contents(ready)
        pdfs = ready._try_pdfs(kind)
        return {
            picking.id: picking._prepare_refused_paper(kind, refusals[picking.id])
            if refusals[picking.id]
            else picking._prepare_paper(kind, pdfs.get(picking.id), contents[picking.id])
            for picking in self
        }

    def _try_pdfs(self, kind):
        """As :meth:`_make_pdfs`; nothing where PDF can't be made."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._make_pdfs(kind)
        except (OperationalError, LockError):
            raise
        except Exception as exception:
            # Told to the caller by a warning; an outer program that fails is no fault of ours.
            _logger.info("No PDF of %s: %s", kind, exception)
            return {}

    def _make_pdfs(self, kind):
        """All in one run of wkhtmltopdf: transfer id → PDF."""
        if not self:
            return {}
        streams = (
            self.env["ir.actions.report"]
            .with_context(report_pdf_no_attachment=True)
            ._render_qweb_pdf_prepare_streams(PAPERS[kind].report, {"report_type": "pdf"}, self.ids)
        )
        return {picking_id: streams[picking_id]["stream"].getvalue() for picking_id in self.ids}

    def _prepare_refused_paper(self, kind, refusal):
        return row(
            [refusal],
            picking_id=self.id,
            kind=kind,
            filename=False,
            format=False,
            content=False,
            warnings=[],
        )

    def _prepare_paper(self, kind, pdf, content):
        warnings = list(content.get("warnings", ()))
        file_format = "pdf" if pdf else "html"
        if not pdf:
            message = self.env._("The server could not make PDF; print the HTML instead.")
            warnings.append(error("no_pdf", message))
            report = PAPERS[kind].report
            pdf = self.env["ir.actions.report"]._render_qweb_html(report, self.ids)[0]
            pdf = pdf.encode() if isinstance(pdf, str) else pdf
        return row(
            picking_id=self.id,
            kind=kind,
            filename=f"{kind}_{self.name.replace('/', '-')}.{file_format}",
            format=file_format,
            content=base64.b64encode(pdf).decode(),
            warnings=warnings,
        )

    def _note_lost_pdf(self):
        """Tell in the log of a transfer that a paper could not be made while it went on."""
        body = self.env._(
            "The server could not make a PDF for this transfer. Print the paper from the Print "
            "menu."
        )
        for picking in self:
            picking._message_log(body=body)


def _place_of(partner):
    union = partner.env.ref("base.europe", raise_if_not_found=False)
    country = partner.country_id
    return customs.Place(
        country=country.code or "",
        state=partner.state_id.code or "",
        zip=partner.zip or "",
        in_union=bool(union) and country in union.country_ids,
    )
