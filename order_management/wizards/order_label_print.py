from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.fulfillment.label_contents import LABELLED, label_commands
from ..models.fulfillment.print_kinds import KIND_OF, write_labels

MAX_COPIES = 500
MAX_LABELS = 5000
COMMAND_SHEET = "commands"
COMMAND_SHEET_KIND = "command_sheet"


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
    station_id = fields.Many2one(
        "order.print.station", "Print station", default=lambda self: self._get_default_station()
    )

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
        return self._get_warehouse().label_dpi or "203"

    @api.model
    def _get_default_station(self):
        return self.env["order.print.station"]._get_for(self._get_warehouse())

    @api.model
    def _get_warehouse(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

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
        self._check_amount()
        contents = self._get_contents()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self._get_filename()}.{self.format}",
                "raw": write_labels(contents, self.format, int(self.dpi)),
                "mimetype": "application/pdf" if self.format == "pdf" else "text/plain",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def action_send(self):
        """Button: print the labels at the chosen station, else by this browser."""
        self._check_amount()
        self.station_id.check_access("read")
        records = self._get_records()
        job = self.env["order.print.job"]._queue(
            self.station_id,
            [
                {
                    "key": f"{self._name}/{self.id}/{self.write_date.timestamp()}",
                    "kind": KIND_OF.get(self.source, COMMAND_SHEET_KIND),
                    "name": self._get_job_name(records),
                    "res_model": records._name if records else False,
                    "res_ids": records.ids if records else [],
                    "options": self._get_options(),
                    "copies": self.copies,
                }
            ],
        )
        return job.with_env(self.env)._get_print_action()

    def _check_amount(self):
        self.ensure_one()
        if not 1 <= self.copies <= MAX_COPIES:
            raise UserError(
                self.env._("Print 1 to %(most)s copies of each label.", most=MAX_COPIES)
            )
        if not self.count:
            raise UserError(self.env._("Choose what to label first."))
        if self.count > MAX_LABELS:
            raise UserError(self.env._("Print at most %(most)s labels at once.", most=MAX_LABELS))

    def _get_records(self):
        """What is labelled, as far as the caller may see it; nothing for the command sheet."""
        if self.source == COMMAND_SHEET:
            return False
        records = self.env[self.source].browse(self.source_ids)
        records.check_access("read")
        return records

    def _get_options(self):
        return {"with_price": self.with_price, "arrow": self.arrow}

    def _get_job_name(self, records):
        names = ", ".join(records[:3].mapped("display_name")) if records else ""
        more = " …" if records and len(records) > 3 else ""
        return f"{self._get_filename()} {names}{more}".strip()

    def _get_contents(self):
        """The contents of all labels, copies beside each other."""
        if self.source == COMMAND_SHEET:
            contents = [label_commands(self.env, "a4" if self.format == "pdf" else "label")]
        else:
            contents = LABELLED[self.source](self._get_records(), self._get_options())
        return [content for content in contents for _copy in range(self.copies)]

    def _get_filename(self):
        return {
            "stock.lot": self.env._("Lot labels"),
            "stock.location": self.env._("Location labels"),
            "stock.package": self.env._("Package labels"),
            COMMAND_SHEET: self.env._("Commands of the station"),
        }.get(self.source, self.env._("Product labels"))
