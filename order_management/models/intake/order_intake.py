import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...exceptions import ItemError
from ...tools.documents.order import read
from ...tools.fingerprint import differences, fingerprint
from ..common.access import public
from ..common.results import MAX_DOCUMENTS, Arguments, error, error_of, row
from .document import Document, read_documents
from .order_amendment import OrderAmendment
from .reception import Reception, conflict_error, prepare_order_identity

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
    raw = fields.Binary("File", readonly=True, attachment=True)
    document = fields.Text("As sent", readonly=True)
    content = fields.Json("Accepted content", readonly=True)
    pending_content = fields.Json("Changed content", readonly=True)
    is_readable = fields.Boolean(readonly=True)
    has_card_number = fields.Boolean(readonly=True)
    errors = fields.Json("Found errors", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    decision = fields.Selection(
        [("accepted", "Accepted"), ("dismissed", "Dismissed")],
        "Last decision",
        readonly=True,
        help="What was decided about content that came later, or about a rejected document.",
    )
    attempt_count = fields.Integer("Attempts", readonly=True)
    attempt_ids = fields.One2many("order.intake.attempt", "intake_id", "History", readonly=True)
    error_message = fields.Char("Problem", compute="_compute_error_message")
    errors_html = fields.Html("What is wrong", compute="_compute_errors_html", sanitize=False)
    differences_html = fields.Html(
        "What changed", compute="_compute_differences_html", sanitize=False
    )
    content_text = fields.Text("Content", compute="_compute_content_text")

    _external_ref_uniq = models.UniqueIndex(
        "(channel_id, external_ref) WHERE external_ref IS NOT NULL"
    )

    @api.depends("channel_id.name", "external_ref", "filename")
    def _compute_display_name(self):
        for intake in self:
            name = intake.external_ref or intake.filename or self.env._("no reference")
            intake.display_name = f"{intake.channel_id.name} / {name}"

    @api.depends("errors")
    def _compute_error_message(self):
        for intake in self:
            intake.error_message = intake.errors[0]["message"] if intake.errors else False

    @api.depends("errors")
    def _compute_errors_html(self):
        head = (self.env._("Where"), self.env._("What is wrong"))
        for intake in self:
            lines = [(found["path"] or "–", found["message"]) for found in intake.errors or []]
            intake.errors_html = _table(head, lines) if lines else False

    @api.depends("content", "pending_content")
    def _compute_differences_html(self):
        head = (self.env._("Where"), self.env._("Accepted"), self.env._("Sent later"))
        for intake in self:
            lines = [
                (found["path"], _shown(found["before"]), _shown(found["after"]))
                for found in intake._get_differences()
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
        if not self.pending_content:
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
            arguments = {"channel": channel, "documents": documents, "process": process}
            return self.env["order.job"]._enqueue(self, "submit", arguments)
        return self._receive(found, read_documents(self.env, documents), process)

    @public
    def retry(self, document=None):
        """Try documents again that were rejected, as they are or corrected.

        :param dict document: the corrected order or file, for one row only
        :return: items as of :meth:`submit`
        :raises ValidationError: a document for several rows
        """
        if document is None or document is False:
            return [answer for intake in self.sudo() for answer in intake._retry_stored(self.env)]
        if len(self) != 1:
            Arguments(self.env).refuse(
                "document", self.env._("it can be given for one row at a time only.")
            )
        return self.sudo()._retry_corrected(document)

    # Deciding conflicts

    @public
    def accept_change(self):
        """Change orders to the content that came later, as an amendment.

        Only while what changes is neither picked, shipped nor invoiced; the order is checked
        again. What cannot be changed is refused, and the conflict stays.

        :return: items as of :meth:`submit`
        """
        self.env["order.lock"]._acquire("order", self.sudo().order_id.ids)
        return [intake._accept_change(self.env) for intake in self.sudo()]

    @public
    def dismiss(self, reason):
        """Leave orders as they are, or give up documents that were rejected.

        :param str reason: why
        :return: items as of :meth:`submit`
        :raises ValidationError: no reason is given
        """
        reason = (Arguments(self.env).value(reason, "text", "reason") or "").strip()
        if not reason:
            Arguments(self.env).refuse("reason", self.env._("say why it is dismissed."))
        return [intake._dismiss(reason, self.env) for intake in self.sudo()]

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

    def _check_refs(self, refs):
        arguments = Arguments(self.env)
        refs = arguments.value(refs, "list", "external_refs") or []
        if len(refs) > MAX_DOCUMENTS:
            arguments.rows(refs, "external_refs", {})
        return [
            arguments.value(ref, "text", f"external_refs[{index}]", required=True)
            for index, ref in enumerate(refs)
        ]

    def _receive(self, channel, documents, process=None):
        """Take documents in on a channel the caller may use.

        ``sudo``: an integration has no rights of its own on orders, products and partners; the
        role and the channel were checked before.
        """
        company = channel.company_id
        desk = channel.sudo().with_context(allowed_company_ids=company.ids)
        reception = Reception(desk, process or desk.process, self.env(su=False))
        return reception.receive(documents)

    def _accept_change(self, caller):
        """Amend the order of one conflict."""
        if self.state != "conflict":
            return self._answer_decided(caller, "accepted")
        changed = self._get_differences()
        answer = self._amend_order(caller)
        if answer["outcome"] not in ("amended", "unchanged") and not answer["ok"]:
            return self._prepare_decision_row(caller, answer["errors"], answer["findings"])
        self.write(
            {
                "content": self.pending_content,
                "fingerprint": fingerprint(self.pending_content),
                "pending_content": False,
                "state": "created",
                "decision": "accepted",
            }
        )
        self._note_decision(self.env._("The change was accepted."), {"differences": changed})
        return self._prepare_decision_row(caller)

    def _amend_order(self, caller):
        try:
            order_vals, lines = OrderAmendment(self).prepare()
        except ItemError as problem:
            return {
                "outcome": "refused",
                "ok": False,
                "errors": [error_of(problem)],
                "findings": [],
            }
        reason = self.env._("Changed content of %(name)s", name=self.display_name)
        return self.order_id._amend_values(order_vals, lines, reason, caller)

    def _dismiss(self, reason, caller):
        """Decide one row against what came last."""
        if self.state == "conflict":
            self.write({"state": "created", "pending_content": False, "decision": "dismissed"})
            self._note_decision(self.env._("The change was dismissed: %(why)s", why=reason))
        elif self.state == "rejected":
            self.write({"state": "dismissed", "decision": "dismissed"})
            self._note_decision(self.env._("Dismissed: %(why)s", why=reason))
        else:
            return self._answer_decided(caller, "dismissed")
        return self._prepare_decision_row(caller)

    def _note_decision(self, message, data=None):
        """Keep who decided what, on the row and in the order's log."""
        self.env["order.intake.attempt"].create(
            {
                "intake_id": self.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "outcome": self.decision,
                "fingerprint": self.fingerprint,
                "message": message,
            }
        )
        if self.order_id:
            self.env["order.event"]._append(
                [
                    {
                        "order_id": self.order_id.id,
                        "kind": f"change_{self.decision}",
                        "message": message,
                        "data": data or {},
                    }
                ]
            )

    def _answer_decided(self, caller, decision):
        """Repeating a decision answers the same; another one is refused."""
        if self.decision == decision:
            return {**self._prepare_decision_row(caller), "replayed": True}
        message = self.env._("There is nothing left to decide about this document.")
        return self._prepare_decision_row(caller, [error("not_possible", message)])

    def _prepare_decision_row(self, caller, errors=(), findings=None):
        """The answer to a decision; findings that stopped it come with it."""
        shown = self.order_id._get_findings(caller) if self.order_id else {}
        values = self._prepare_found(0, shown)
        values.update(errors=list(errors), ok=not errors)
        if findings:
            values["findings"] = findings
        return values

    # Trying again

    def _retry_stored(self, caller):
        """Try one row again with what is stored."""
        self.ensure_one()
        if self.has_card_number and self.state == "rejected":
            return [self._refuse_card()]
        return self.with_env(caller)._receive(
            self.channel_id, [self._get_stored_document()], self.process
        )

    def _get_stored_document(self):
        """What is stored, on its way in again; what could not be read stays so."""
        errors = [] if self.is_readable else self.errors or []
        source = {name: self[name] for name in ("format", "filename", "document", "raw")}
        document = Document(0, 0, self.content or False, errors, source)
        if self.external_ref and not self.content:
            document.content = {"external_ref": self.external_ref}
        elif not self.external_ref:
            document.intake = self
            self.attempt_count += 1
        return document

    def _retry_corrected(self, document):
        """Take a corrected document in; it keeps the key of its row."""
        documents = read_documents(self.env, [document])
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

    def action_accept_change(self):
        """Accept what came later; tell why where it does not go."""
        problems = [
            f"{answer['external_ref']}: {problem['message']}"
            for answer in self.accept_change()
            for problem in answer["errors"]
        ]
        if problems:
            raise UserError("\n".join(problems))
        return True

    def action_dismiss(self):
        """Ask for the reason, then dismiss."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss"),
            "res_model": "order.intake.decide",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_intake_ids": self.ids},
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

    @api.model
    def _get_waiting_domain(self):
        """What somebody has to look at."""
        return Domain("state", "in", ("rejected", "conflict"))


def _pretty(value):
    return json.dumps(value, indent=2, ensure_ascii=False)


def _shown(value):
    if value is False or value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
