import csv
import io
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import ItemError
from ...tools.documents import locate, neutralise
from ...tools.documents.order import read
from ...tools.fingerprint import differences
from ..common.access import public
from ..common.results import MAX_DOCUMENTS, Arguments, error, error_of, is_storable, row
from .document import Document, read_documents
from .reception import Reception, conflict_error, prepare_order_identity
from .words import place_of, problem_of, value_of

# Documents hold names, addresses and prices: others see what is wrong and what differs.
PAYLOAD_READERS = "order_management.group_manager,order_management.group_integration"
STORED_SOURCE = ("format", "filename", "origin", "document", "raw")
PROCESSES = {"create": "Create", "check": "Create and check", "confirm": "Create and confirm"}


class OrderIntake(models.Model):
    """What came in under one key of a channel, and what became of it.

    One row per (channel, external reference); documents without a readable reference have a row
    of their own. Written only by the operations below.
    """

    _name = "order.intake"
    _description = "Received order document"
    _order = "id desc"

    channel_id = fields.Many2one(
        "order.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, index=True, precompute=True
    )
    external_ref = fields.Char("Channel reference", readonly=True, index="trigram")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("created", "Created"),
            ("conflict", "Conflict"),
            ("rejected", "Rejected"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
    )
    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    fingerprint = fields.Char(readonly=True, help="Digest of what was accepted or last sent.")
    received_at = fields.Datetime(
        "Received", required=True, readonly=True, index=True, default=fields.Datetime.now
    )
    process = fields.Selection(list(PROCESSES.items()), readonly=True)
    format = fields.Char(readonly=True)
    filename = fields.Char(readonly=True)
    customer_name = fields.Char("Customer", readonly=True, help="As the document names them.")
    origin = fields.Json("Place in the table", readonly=True)
    raw = fields.Binary("File", readonly=True, attachment=True, groups=PAYLOAD_READERS)
    document = fields.Text("As sent", readonly=True, groups=PAYLOAD_READERS)
    content = fields.Json("Accepted content", readonly=True, groups=PAYLOAD_READERS)
    pending_content = fields.Json("Changed content", readonly=True, groups=PAYLOAD_READERS)
    is_readable = fields.Boolean(readonly=True)
    has_card_number = fields.Boolean(readonly=True)
    errors = fields.Json("Found errors", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    attempt_count = fields.Integer("Attempts", readonly=True)
    attempt_ids = fields.One2many("order.intake.attempt", "intake_id", "History", readonly=True)
    error_message = fields.Char("Problem", compute="_compute_error_message")
    errors_html = fields.Html("What is wrong", compute="_compute_errors_html", sanitize=False)
    differences_html = fields.Html(
        "What changed", compute="_compute_differences_html", sanitize=False
    )
    content_text = fields.Text("Content", compute="_compute_content_text", groups=PAYLOAD_READERS)

    _external_ref_uniq = models.UniqueIndex(
        "(channel_id, external_ref) WHERE external_ref IS NOT NULL"
    )

    @api.depends("channel_id.name", "external_ref", "filename")
    def _compute_display_name(self):
        for intake in self:
            name = intake.external_ref or intake.filename or self.env._("no reference")
            intake.display_name = f"{intake.channel_id.name} / {name}"

    @api.depends("errors", "state", "pending_content", "is_parked", "filename")
    def _compute_error_message(self):
        """The first thing that is wrong, or where the content that came later differs."""
        for intake in self:
            if intake.state == "conflict":
                places = [
                    place_of(self.env, found["path"]) for found in intake.sudo()._get_differences()
                ]
                message = self.env._("Differs: %(places)s", places="; ".join(places[:3]))
                intake.error_message = message if places else self.env._("Differs")
            else:
                intake.error_message = intake._get_first_problem()

    def _get_first_problem(self):
        """The first error, its first sentence only, with its place; the form shows them whole."""
        if not self.errors:
            return False
        found = self.errors[0]
        place = place_of(self.env, found["path"]) if found["path"] else self.filename
        message = problem_of(self.env, found).partition(". ")[0].rstrip(".")
        if place and not message.startswith(place):
            message = f"{place}: {message}"
        if len(self.errors) > 1:
            more = len(self.errors) - 1
            message = self.env._("%(message)s (and %(more)s more)", message=message, more=more)
        if self.is_parked:
            message = self.env._("Parked. %(message)s", message=message)
        return message

    @api.depends("errors", "origin")
    def _compute_errors_html(self):
        head = (self.env._("Where"), self.env._("What is wrong"))
        for intake in self:
            lines = [
                (place_of(self.env, found["path"], intake.origin), problem_of(self.env, found))
                for found in intake.errors or []
            ]
            intake.errors_html = _table(head, lines) if lines else False

    @api.depends("content", "pending_content")
    def _compute_differences_html(self):
        head = (self.env._("Where"), self.env._("Accepted"), self.env._("Sent later"))
        for intake in self:
            lines = [
                (
                    place_of(self.env, found["path"]),
                    value_of(self.env, found["before"]),
                    value_of(self.env, found["after"]),
                )
                for found in intake.sudo()._get_differences()
            ]
            intake.differences_html = _table(head, lines) if lines else False

    @api.depends("content", "document")
    def _compute_content_text(self):
        for intake in self:
            # The database keeps the keys in an order of its own; the reader restores ours.
            content = intake.content and read(intake.content)[0]
            intake.content_text = _pretty(content) if content else intake.document

    def _get_differences(self):
        """What the changed content that waits says differently."""
        if not self.pending_content or not self.content:
            return []
        return differences(self.content or {}, self.pending_content)

    # Taking documents in

    @api.model
    @public
    def submit(self, channel, documents, process=None, background=False):
        """Take orders in, each exactly once.

        The same content under a known key answers the order it became, as it is now; other
        content is a conflict and changes nothing. One bad document never stops the others.

        :param str channel: code of the sales channel
        :param list documents: orders, or files ``{"format", "filename", "content"}`` with the
            content in base64; at most 200
        :param str process: ``create``, ``check`` or ``confirm``; the channel's when not given
        :param bool background: answer ``job_id`` at once and work later
        :return: one item per order found: ``document``, ``position``, ``external_ref``,
            ``outcome`` (``created`` | ``replayed`` | ``conflict`` | ``rejected``),
            ``intake_id``, ``order_id``, ``order_name``, ``order_state``, ``hold_state``,
            ``lines`` (``ref``, ``line_id``, ``sku``), ``findings``, ``differences``
        :raises AccessError: the caller may not use the channel
        :raises ValidationError: an argument has another shape
        """
        found = self._find_channel(channel)
        documents = self._check_documents(documents)
        process = Arguments(self.env).choice(process, PROCESSES, "process")
        if background:
            self._ensure_may_wait(found, documents)
            return self._submit_later(channel, documents, process)
        return self._receive(found, read_documents(found, documents), process)

    @public
    def retry(self, document=None):
        """Try documents again that were rejected, as they are or corrected.

        :param dict document: the corrected order or file, for one row only
        :return: items as of :meth:`submit`
        :raises ValidationError: a document for several rows
        """
        self._ensure_channels_usable()
        if document is None or document is False:
            return [answer for intake in self.sudo() for answer in intake._retry_stored(self.env)]
        if len(self) != 1:
            Arguments(self.env).refuse(
                "document", self.env._("it can be given for one row at a time only.")
            )
        return self.sudo()._retry_corrected(document)

    @api.model
    @public
    def find(self, channel, external_refs):
        """Tell what became of documents.

        :param str channel: code of the sales channel
        :param list external_refs: their references in that channel
        :return: one item per reference, as of :meth:`submit`
        :raises AccessError: the caller may not use the channel
        """
        found = self._find_channel(channel)
        refs = self._check_refs(external_refs)
        intakes = self.sudo().search([("channel_id", "=", found.id), ("external_ref", "in", refs)])
        by_ref = {intake.external_ref: intake for intake in intakes}
        findings = intakes.order_id._get_findings(self.env) if intakes.order_id else {}
        return [
            by_ref[ref]._prepare_found(index, findings)
            if ref in by_ref
            else self._prepare_missing(index, ref)
            for index, ref in enumerate(refs)
        ]

    def _ensure_channels_usable(self):
        """Refuse whom one of the channels does not name.

        :raises AccessError: as for a channel that does not exist
        """
        self.sudo().channel_id.with_env(self.env)._ensure_usable()

    def _find_channel(self, code):
        code = Arguments(self.env).value(code, "text", "channel", required=True)
        return self.env["order.channel"]._find_by_code(code)

    def _check_documents(self, documents):
        """The documents of a call; what each of them holds is judged one by one."""
        arguments = Arguments(self.env)
        documents = arguments.value(documents, "list", "documents") or []
        if len(documents) > MAX_DOCUMENTS:
            arguments.rows(documents, "documents", {})
        return list(documents)

    def _ensure_may_wait(self, channel, documents):
        """Refuse a call whose documents may not, or cannot, be stored as they came."""
        arguments = Arguments(self.env)
        for index, entry in enumerate(documents):
            if any(found.has_card for found in read_documents(channel, [entry])):
                message = self.env._("it holds what looks like a payment card number.")
                arguments.refuse(f"documents[{index}]", message)
            if not _is_storable_json(entry):
                message = self.env._("it holds characters or numbers that are none.")
                arguments.refuse(f"documents[{index}]", message)

    def _check_refs(self, refs):
        arguments = Arguments(self.env)
        refs = arguments.value(refs, "list", "external_refs") or []
        if len(refs) > MAX_DOCUMENTS:
            arguments.rows(refs, "external_refs", {})
        return [
            arguments.value(ref, "text", f"external_refs[{index}]", required=True)
            for index, ref in enumerate(refs)
        ]

    def _receive(self, channel, documents, process=None, is_automatic=False):
        """Take documents in on a channel the caller may use.

        ``sudo``: an integration has no rights of its own on orders, products and partners; the
        role and the channel were checked before.
        """
        company = channel.company_id
        desk = channel.sudo().with_context(allowed_company_ids=company.ids)
        reception = Reception(desk, process or desk.process, self.env(su=False), is_automatic)
        return reception.receive(documents)

    # Trying again

    def _retry_stored(self, caller, is_automatic=False):
        """Try one row again with what is stored."""
        self.ensure_one()
        try:
            self._ensure_content()
        except ItemError as problem:
            return [self._refuse(error_of(problem))]
        if self.has_card_number and self.state == "rejected":
            return [self._refuse_card()]
        return self.with_env(caller)._receive(
            self.channel_id, [self._get_stored_document()], self.process, is_automatic
        )

    def _get_stored_document(self):
        """What is stored, on its way in again; what could not be read stays so."""
        errors = [] if self.is_readable else self.errors or []
        source = {name: self[name] for name in STORED_SOURCE}
        document = Document(0, 0, self.content or False, errors, source)
        if self.external_ref and not self.content:
            customer = {"name": self.customer_name}
            document.content = {"external_ref": self.external_ref, "customer": customer}
        elif not self.external_ref:
            document.intake = self
            self.attempt_count += 1
        return document

    def _retry_corrected(self, document):
        """Take a corrected document in; it keeps the key of its row."""
        documents = read_documents(self.channel_id, [document])
        known = (False, self.external_ref)
        if self.external_ref and any(entry.external_ref not in known for entry in documents):
            return [self._refuse_other_key()]
        answers = self._receive(self.channel_id, documents, self.process)
        if not self.external_ref and all(answer["ok"] for answer in answers):
            self.state = "dismissed"
        return answers

    def _refuse_card(self):
        message = self.env._(
            "The document held a card number, which was masked; send it again without."
        )
        return self._refuse(error("card_number", message))

    def _refuse_other_key(self):
        message = self.env._(
            "This row is %(reference)s; another order is handed in by itself.",
            reference=self.external_ref,
        )
        return self._refuse(error("wrong_value", message, "external_ref"))

    def _refuse(self, problem):
        """The answer when nothing is tried at all."""
        return row(
            [problem],
            document=0,
            position=0,
            external_ref=self.external_ref,
            outcome="rejected",
            intake_id=self.id,
            differences=[],
            **prepare_order_identity(self.env["sale.order"], {}),
        )

    # Answers

    def _prepare_found(self, index, findings):
        outcome = {"dismissed": "rejected"}.get(self.state, self.state)
        errors = list(self.errors or [])
        if self.state == "conflict":
            errors = [conflict_error(self.env, self.external_ref)]
        return row(
            errors,
            ok=outcome == "created",
            document=index,
            position=0,
            external_ref=self.external_ref,
            outcome=outcome,
            intake_id=self.id,
            differences=self._get_differences(),
            **prepare_order_identity(self.order_id, findings),
        )

    def _prepare_missing(self, index, ref):
        message = self.env._("Nothing was received under %(reference)s.", reference=ref)
        return row(
            [error("unknown_order", message, f"external_refs[{index}]")],
            document=index,
            position=0,
            external_ref=ref,
            outcome=False,
            intake_id=False,
            differences=[],
            **prepare_order_identity(self.env["sale.order"], {}),
        )

    # Screen

    def action_retry(self):
        """Try the rows again; tell how it went."""
        answers = self.retry()
        created = sum(answer["outcome"] in ("created", "replayed") for answer in answers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%(created)s of %(count)s became orders.", created=created, count=len(answers)
                ),
                "type": "success" if created == len(answers) else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_order(self):
        """Open the order that the document became."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_download_errors(self):
        """Download what is wrong with these documents, for the sender to mend."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_management/intake_errors/{_ranges(self.ids)}.csv",
            "target": "download",
        }

    def _get_error_report(self):
        """What is wrong with these documents as CSV; no cell can start a formula."""
        target = io.StringIO(newline="")
        writer = csv.writer(target)
        head = (
            self.env._("Reference"),
            self.env._("File"),
            self.env._("Row"),
            self.env._("Column"),
            self.env._("Where"),
            self.env._("What is wrong"),
            self.env._("Code"),
            self.env._("Path"),
        )
        writer.writerow(head)
        for intake in self:
            for found in intake.errors or []:
                origin = intake.origin
                number, letters = locate(origin, found["path"]) if origin else (0, "")
                cells = (
                    intake.external_ref or "",
                    intake.filename or "",
                    str(number or ""),
                    letters,
                    place_of(self.env, found["path"]),
                    found["message"],
                    found["code"],
                    found["path"],
                )
                writer.writerow(neutralise(cell) for cell in cells)
        return target.getvalue().encode("utf-8-sig")

    @api.model
    def _get_waiting_domain(self):
        """What somebody has to look at."""
        return Domain("state", "in", ("rejected", "conflict"))


def _ranges(ids):
    """Many ids in few signs: ``3-7,9``."""
    parts = []
    for number in sorted(ids):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{low}-{high}" if high > low else str(low) for low, high in parts)


def _is_storable_json(value):
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return is_storable(text) and "\\u0000" not in text


def _pretty(value):
    return json.dumps(value, indent=2, ensure_ascii=False)


def _table(head, lines):
    """An HTML table; every cell is escaped."""
    cells = Markup("").join(Markup("<th>%s</th>") % text for text in head)
    rows = Markup("").join(
        Markup("<tr>%s</tr>") % Markup("").join(Markup("<td>%s</td>") % text for text in line)
        for line in lines
    )
    return Markup(
        '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
    ) % (cells, rows)
