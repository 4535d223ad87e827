import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.common.access import has_role
from ..models.common.results import MAX_FILE_BYTES
from ..models.intake.words import place_of

FORMATS = {"csv": "csv", "txt": "csv", "xlsx": "xlsx", "json": "json", "xml": "ubl"}
IN_BACKGROUND = 500  # orders; more are taken in after the call
SHOWN = 1000  # orders of a preview


class OrderIntakeImport(models.TransientModel):
    """Takes files of orders in, after a look at what would become of them."""

    _name = "order.intake.import"
    _description = "Import orders"

    channel_id = fields.Many2one(
        "order.channel", required=True, default=lambda self: self._default_channel()
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    all_or_nothing = fields.Boolean(
        "All or nothing",
        help="Nothing is taken in unless every order can be. Else what cannot be used waits in the "
        "queue, to be mended there.",
    )
    state = fields.Selection([("choose", "Choose"), ("preview", "Preview")], default="choose")
    line_ids = fields.One2many("order.intake.import.line", "import_id", readonly=True)
    new_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(compute="_compute_counts")
    conflict_count = fields.Integer(compute="_compute_counts")
    bad_count = fields.Integer(compute="_compute_counts")

    @api.model
    def _default_channel(self):
        channels = self.env["order.channel"].search([("user_ids", "in", [False, self.env.uid])])
        files = channels.filtered(lambda channel: channel.kind == "file")
        return (files or channels)[:1]

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        for record in self:
            outcomes = record.line_ids.mapped("outcome")
            record.new_count = outcomes.count("created")
            record.known_count = outcomes.count("replayed")
            record.conflict_count = outcomes.count("conflict")
            record.bad_count = outcomes.count("rejected")

    def action_preview(self):
        """Show what would become of each order; nothing is written."""
        self.ensure_one()
        self._ensure_role()
        found = self.env["order.intake"]._preview(self.channel_id, self._get_documents())
        self.line_ids.unlink()
        self.env["order.intake.import.line"].create(
            [self._prepare_line(document) for document in found[:SHOWN]]
        )
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Choose other files."""
        self.ensure_one()
        self.state = "choose"
        return self._reopen()

    def action_import(self):
        """Take the files in; show what became of them."""
        self.ensure_one()
        self._ensure_role()
        documents = self._get_documents()
        found = self.env["order.intake"]._preview(self.channel_id, documents)
        bad = [document for document in found if document.outcome in ("rejected", "conflict")]
        if self.all_or_nothing and bad:
            raise UserError(
                self.env._(
                    "%(count)s of %(all)s orders cannot be taken in, so none was. Mend the files, "
                    "or untick “All or nothing”.",
                    count=len(bad),
                    all=len(found),
                )
            )
        background = len(found) > IN_BACKGROUND
        answers = self.env["order.intake"].submit(
            self.channel_id.code, documents, background=background
        )
        return self._tell_later() if background else self._show(answers)

    def _ensure_role(self):
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to import orders."))
        self.channel_id.check_access("read")

    def _get_documents(self):
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        return [self._prepare_document(file) for file in self.attachment_ids]

    def _prepare_document(self, file):
        ending = (file.name or "").rpartition(".")[2].lower()
        content = file.raw or b""
        if ending not in FORMATS:
            raise UserError(
                self.env._(
                    "%(name)s: files end in .csv, .xlsx, .json or .xml.", name=file.name or "?"
                )
            )
        if len(content) > MAX_FILE_BYTES:
            raise UserError(self.env._("%(name)s exceeds 5 MiB; split it.", name=file.name))
        encoded = base64.b64encode(content).decode()
        return {"format": FORMATS[ending], "filename": file.name, "content": encoded}

    def _prepare_line(self, document):
        problem = document.errors[0] if document.errors else {}
        partner = document.choice.partner if document.choice else self.env["res.partner"]
        lines = document.content.get("lines") if document.content else None
        return {
            "import_id": self.id,
            "filename": self.attachment_ids[document.document].name,
            "external_ref": document.external_ref,
            "customer": self._get_customer(document, partner),
            "line_count": len(lines) if isinstance(lines, list) else 0,
            "total": document.told_total,
            "outcome": document.outcome,
            "place": place_of(self.env, problem["path"]) if problem else False,
            "message": problem.get("message"),
            "problem_count": len(document.errors),
        }

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

    def _show(self, answers):
        ids = [answer["intake_id"] for answer in answers]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_management.order_intake_action"
        )
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def _tell_later(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("The orders are taken in now; look into the queue soon."),
                "type": "info",
                "next": {"type": "ir.actions.act_window_close"},
            },
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
    outcome = fields.Selection(
        [
            ("created", "New order"),
            ("replayed", "Known already"),
            ("conflict", "Differs from what came before"),
            ("rejected", "Cannot be used"),
        ],
        "Would be",
    )
    place = fields.Char("Where")
    message = fields.Char("What is wrong")
    problem_count = fields.Integer("Problems")
