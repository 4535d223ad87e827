import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.results import MAX_DOCUMENTS, MAX_FILE_BYTES
from ..models.intake.words import cell_of, place_of
from ..tools.documents import guess_format

IN_BACKGROUND = 500  # orders; more are taken in after the call
TOGETHER = 2000  # orders that may be taken in all or none
SHOWN = 1000  # orders of a preview, those with problems first
OUTCOMES = [
    ("rejected", "Cannot be used"),
    ("conflict", "Differs from before"),
    ("created", "New order"),
    ("replayed", "Known already"),
]
URGENCY = {outcome: place for place, (outcome, _name) in enumerate(OUTCOMES)}


class OrderIntakeImport(models.TransientModel):
    """Takes files of orders in, after a look at what would become of them."""

    _name = "order.intake.import"
    _description = "Import orders"

    channel_id = fields.Many2one(
        "order.channel", required=True, default=lambda self: self._default_channel()
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    format = fields.Selection(
        [
            ("auto", "As each file shows"),
            ("csv", "CSV"),
            ("xlsx", "Excel (.xlsx)"),
            ("json", "JSON"),
            ("ubl", "UBL (.xml)"),
        ],
        required=True,
        default="auto",
    )
    all_or_nothing = fields.Boolean(
        "All or nothing",
        help="Nothing is taken in unless every order can be. Else what cannot be used waits in the "
        "queue, to be mended there.",
    )
    state = fields.Selection(
        [
            ("choose", "Choose"),
            ("preview", "Preview"),
            ("running", "Taken in now"),
            ("done", "Done"),
        ],
        default="choose",
        readonly=True,
    )
    line_ids = fields.One2many("order.intake.import.line", "import_id", readonly=True)
    created_count = fields.Integer("New", readonly=True)
    replayed_count = fields.Integer("Known already", readonly=True)
    conflict_count = fields.Integer("Conflicts", readonly=True)
    rejected_count = fields.Integer("Unusable", readonly=True)
    left_count = fields.Integer("Left", compute="_compute_left_count")
    hidden_count = fields.Integer("Not shown", compute="_compute_left_count")
    job_id = fields.Many2one("order.job", readonly=True)
    progress = fields.Float(compute="_compute_progress", help="In percent.")
    problem = fields.Text(related="job_id.error")
    intake_ids = fields.Json(readonly=True)

    @api.model
    def _default_channel(self):
        channels = self.env["order.channel"].search([("user_ids", "in", [False, self.env.uid])])
        files = channels.filtered(lambda channel: channel.kind == "file")
        return (files or channels)[:1]

    @api.depends("conflict_count", "rejected_count", "line_ids")
    def _compute_left_count(self):
        for record in self:
            record.left_count = record.conflict_count + record.rejected_count
            count = record.left_count + record.created_count + record.replayed_count
            record.hidden_count = max(0, count - len(record.line_ids))

    @api.depends("job_id.progress")
    def _compute_progress(self):
        for record in self:
            record.progress = 100 * record.job_id.progress

    def action_download_template(self):
        """Download a table to start from, with the channel's own headers."""
        return self.channel_id.action_download_template()

    def action_preview(self):
        """Show what would become of each order; nothing is written."""
        self.ensure_one()
        documents = self._get_documents()
        found = self.env["order.intake"]._preview(self.channel_id, documents)
        self._keep_files()
        self.line_ids.unlink()
        first = sorted(found, key=lambda document: URGENCY[document.outcome])[:SHOWN]
        self.env["order.intake.import.line"].create(
            [self._prepare_line(document, documents) for document in first]
        )
        outcomes = [document.outcome for document in found]
        counts = {f"{outcome}_count": outcomes.count(outcome) for outcome in URGENCY}
        self.write({"state": "preview", **counts})
        return self._reopen()

    def action_back(self):
        """Choose other files."""
        self.ensure_one()
        self.state = "choose"
        return self._reopen()

    def action_import(self):
        """Take the files in; show what became of them."""
        self.ensure_one()
        if self.state in ("running", "done"):
            return self._reopen()
        documents = self._get_documents()
        intakes = self.env["order.intake"]
        found = intakes._preview(self.channel_id, documents)
        if self.all_or_nothing:
            self._ensure_together(found)
        take_in = intakes._import_later if len(found) > IN_BACKGROUND else intakes._import_files
        taken = take_in(self.channel_id, documents, self.all_or_nothing)
        if len(found) > IN_BACKGROUND:
            self.write({"state": "running", "job_id": taken.id})
        else:
            self._note(taken)
        self._drop_files()
        return self._reopen()

    def action_refresh(self):
        """Show how far the import in the background is."""
        self.ensure_one()
        if self.job_id.state == "done":
            self._note(self.job_id.result)
        return self._reopen()

    def action_view_orders(self):
        """Open the orders of the import."""
        ids = self._get_intakes().order_id.ids
        return self._open("order_management.sale_order_action_order_management", ids)

    def action_view_left(self):
        """Open what could not be used and what differs."""
        left = self._get_intakes().filtered(lambda row: row.state in ("rejected", "conflict"))
        return self._open("order_management.order_intake_action", left.ids)

    def action_download_errors(self):
        """Download what is wrong, for the sender to mend."""
        return self._get_intakes().filtered("error_count").action_download_errors()

    def _get_intakes(self):
        self.ensure_one()
        intakes = self.env["order.intake"].browse(self.intake_ids or [])
        intakes.check_access("read")
        return intakes

    def _open(self, action, ids):
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        return {**values, "domain": [("id", "in", ids)], "context": {}}

    def _ensure_together(self, found):
        """Refuse all or nothing where it is not possible."""
        self.env["order.intake"]._ensure_all_taken([document.outcome for document in found])
        if len(found) > TOGETHER:
            raise UserError(
                self.env._(
                    "All or nothing is possible for %(limit)s orders at once; these files hold "
                    "%(count)s. Split them, or untick it.",
                    limit=TOGETHER,
                    count=len(found),
                )
            )

    def _note(self, summary):
        """Show a result instead of the preview."""
        counts = {f"{outcome}_count": summary[outcome] for outcome in URGENCY}
        self.write({"state": "done", "intake_ids": summary["intake_ids"], **counts})

    # Files

    def _get_own_files(self):
        """What was uploaded for this import, and is nobody else's."""
        return self.attachment_ids.filtered(
            lambda file: file.res_model == self._name and file.create_uid == self.env.user
        )

    def _keep_files(self):
        """Tie uploads to this import, so that they go when it goes."""
        self._get_own_files().res_id = self.id

    def _drop_files(self):
        """Delete uploads; what is kept of them is kept with the received documents."""
        self._get_own_files().unlink()

    @api.autovacuum
    def _gc_uploads(self):
        """Delete uploads of dialogs that were closed before the preview."""
        before = fields.Datetime.now() - timedelta(days=1)
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "=", 0), ("create_date", "<", before)]
        ).unlink()

    def _get_documents(self):
        files = self.attachment_ids
        if not files:
            raise UserError(self.env._("Choose at least one file."))
        if len(files) > MAX_DOCUMENTS:
            raise UserError(self.env._("At most %(limit)s files go at once.", limit=MAX_DOCUMENTS))
        return [self._prepare_document(file) for file in files]

    def _prepare_document(self, file):
        name, content = file.name or "?", file.raw or b""
        if len(content) > MAX_FILE_BYTES:
            raise UserError(self.env._("%(name)s exceeds 5 MiB; split it.", name=name))
        format = guess_format(name, content) if self.format == "auto" else self.format
        if not format:
            raise UserError(
                self.env._(
                    "%(name)s is no file of orders that can be read. Send CSV, Excel (.xlsx), "
                    "JSON or UBL, or choose the format.",
                    name=name,
                )
            )
        encoded = base64.b64encode(content).decode()
        return {"format": format, "filename": name, "content": encoded}

    # Preview

    def _prepare_line(self, document, documents):
        problem = document.errors[0] if document.errors else {}
        partner = document.choice.partner if document.choice else self.env["res.partner"]
        lines = document.content.get("lines") if document.content else None
        origin = document.source.get("origin")
        return {
            "import_id": self.id,
            "filename": documents[document.document]["filename"],
            "external_ref": document.external_ref,
            "customer": self._get_customer(document, partner),
            "line_count": len(lines) if isinstance(lines, list) else 0,
            "total": document.told_total,
            "outcome": document.outcome,
            "place": self._get_place(problem["path"], origin) if problem else False,
            "message": problem.get("message"),
            "problem_count": len(document.errors),
        }

    def _get_place(self, path, origin):
        """The cell of a table; the words for it in other documents."""
        return cell_of(self.env, path, origin) or place_of(self.env, path)

    def _get_customer(self, document, partner):
        """Who the order is for, marked when the customer would be made."""
        name = partner.display_name or document.customer_name
        if document.outcome == "created" and not partner:
            return self.env._("%(name)s (new)", name=name)
        return name

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import orders"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class OrderIntakeImportLine(models.TransientModel):
    _name = "order.intake.import.line"
    _description = "Order in an import"
    _order = "id"

    import_id = fields.Many2one("order.intake.import", required=True, ondelete="cascade")
    filename = fields.Char("File")
    external_ref = fields.Char("Reference")
    customer = fields.Char()
    line_count = fields.Integer("Lines")
    total = fields.Float(digits=(16, 2), help="As the document gives it.")
    outcome = fields.Selection(OUTCOMES, "Would be")
    place = fields.Char("Where")
    message = fields.Char("What is wrong")
    problem_count = fields.Integer("Problems")
