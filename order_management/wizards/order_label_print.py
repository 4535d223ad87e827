from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.fulfillment import label_pdf
from ..models.fulfillment.label_contents import LABELLED, label_commands
from ..tools.labels import FORMATS

MAX_COPIES = 500
MAX_LABELS = 5000
COMMAND_SHEET = "commands"


class OrderLabelPrint(models.TransientModel):
    """Prints labels of what was chosen in a list, or the command sheet of the station."""

    _name = "order.label.print"
    _description = "Print labels"

    source = fields.Char(required=True, readonly=True)  # a model, or the command sheet
    source_ids = fields.Json("Chosen records", readonly=True)
    format = fields.Selection(
        [("pdf", "PDF"), ("zpl", "ZPL (label printer)")], required=True, default="pdf"
    )
    dpi = fields.Selection(
        [("203", "203 dpi"), ("300", "300 dpi")],
        "Resolution",
        required=True,
        default=lambda self: self._get_default_dpi(),
    )
    copies = fields.Integer("Copies of each", required=True, default=1)
    with_price = fields.Boolean("With sales price")
    arrow = fields.Selection(
        [("up", "Up: the label is below the place"), ("down", "Down: the label is above it")]
    )
    count = fields.Integer("Labels", compute="_compute_count")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        source = values.get("source") or self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if source == "product.template":
            source, ids = "product.product", self.env[source].browse(ids).product_variant_ids.ids
        if source in LABELLED:
            values.update(source=source, source_ids=ids)
        return values

    @api.model
    def _get_default_dpi(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        return warehouse.label_dpi or "203"

    @api.constrains("source")
    def _check_source(self):
        for wizard in self:
            if wizard.source != COMMAND_SHEET and wizard.source not in LABELLED:
                raise ValidationError(self.env._("There is no label for this."))

    @api.depends("source", "source_ids", "copies")
    def _compute_count(self):
        for wizard in self:
            chosen = 1 if wizard.source == COMMAND_SHEET else len(wizard.source_ids or [])
            wizard.count = chosen * max(0, wizard.copies)

    def action_print(self):
        """Button: download the labels as one file."""
        self.ensure_one()
        if not 1 <= self.copies <= MAX_COPIES:
            raise UserError(
                self.env._("Print 1 to %(most)s copies of each label.", most=MAX_COPIES)
            )
        if not self.count:
            raise UserError(self.env._("Choose what to label first."))
        if self.count > MAX_LABELS:
            raise UserError(self.env._("Print at most %(most)s labels at once.", most=MAX_LABELS))
        contents = self._get_contents()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self._get_filename()}.{self.format}",
                "raw": self._render(contents),
                "mimetype": "application/pdf" if self.format == "pdf" else "text/plain",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _get_contents(self):
        """The contents of all labels, copies beside each other."""
        if self.source == COMMAND_SHEET:
            contents = [label_commands(self.env, "a4" if self.format == "pdf" else "label")]
        else:
            records = self.env[self.source].browse(self.source_ids)
            records.check_access("read")
            options = {"with_price": self.with_price, "arrow": self.arrow}
            contents = LABELLED[self.source](records, options)
        return [content for content in contents for _copy in range(self.copies)]

    def _render(self, contents):
        if self.format == "pdf":
            return label_pdf.render_all(contents)
        return b"".join(FORMATS["zpl"].render(content, int(self.dpi)) for content in contents)

    def _get_filename(self):
        return {
            "stock.lot": self.env._("Lot labels"),
            "stock.location": self.env._("Location labels"),
            "stock.package": self.env._("Package labels"),
            COMMAND_SHEET: self.env._("Commands of the station"),
        }.get(self.source, self.env._("Product labels"))
