"""The way of the documents of one call: claimed, compared, matched, made into orders."""

from odoo import fields
from odoo.tools import SQL

from ...exceptions import ItemError
from ...tools.fingerprint import differences
from ..common.bulk import insert_rows, update_rows
from ..common.results import error, error_of, row
from ..common.set_runner import run_set
from .catalog import Catalog
from .customers import MATCH_KEYS, Choice, Customers
from .order_builder import OrderBuilder
from .places import Places

PARTIES = ("customer", "ship_to", "bill_to")
USED_STATES = ("created", "conflict")


class Reception:
    """Takes the documents of one call in.

    :param channel: a channel the caller may use, in an environment that may write
    :param str process: ``create``, ``check`` or ``confirm``
    :param caller: environment of the caller, who decides what findings show
    :param bool is_automatic: nobody asked; the cron tries again
    """

    def __init__(self, channel, process, caller, is_automatic=False):
        self.channel = channel
        self.env = channel.env
        self.process = process
        self.caller = caller
        self.is_automatic = is_automatic

    def receive(self, documents):
        """Take documents in.

        :param list documents: :class:`Document` objects
        :return list: one result row per document, in their order
        """
        for part in _rounds(documents):
            self._receive_round(part)
        created = [document for document in documents if document.outcome == "created"]
        self._process(created)
        return self._prepare_rows(documents)

    def _receive_round(self, documents):
        """Take in documents with different keys."""
        self._claim([document for document in documents if document.external_ref])
        fresh = self._compare(documents)
        if fresh:
            self._match(fresh)
            self._create([document for document in fresh if not document.errors])
        self._store(documents)

    def preview(self, documents):
        """Tell what would become of documents; nothing is written, ``outcome`` is a forecast.

        :param list documents: :class:`Document` objects, whose ``outcome``, ``errors``,
            ``choice`` and ``order`` are filled
        """
        refs = sorted({document.external_ref for document in documents if document.external_ref})
        known = {
            intake.external_ref: intake
            for intake in self.env["order.intake"].search(
                [("channel_id", "=", self.channel.id), ("external_ref", "in", refs)]
            )
        }
        seen = {}
        for document in documents:
            document.intake = known.get(document.external_ref)
            document.state_before = document.intake.state if document.intake else "received"
            document.twin = seen.setdefault(document.external_ref or document, document)
        fresh = self._compare([document for document in documents if document.twin is document])
        if fresh:
            self._match(fresh)
        for document in fresh:
            document.outcome = "rejected" if document.errors else "created"
        for document in documents:
            if document.twin is not document and not document.errors:
                same = document.fingerprint == document.twin.fingerprint
                document.outcome = "replayed" if same else "conflict"

    # Keys

    def _claim(self, documents):
        """Take hold of the keys, known or new, before anything is decided.

        Of two parallel calls with one key, the later one fails here with a serialization
        failure; Odoo restarts it, and it finds what the first one made.
        """
        if not documents:
            return
        intakes = self.env["order.intake"]
        intakes.flush_model()
        refs = sorted({document.external_ref for document in documents})
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_intake (channel_id, company_id, external_ref, state,
                                          error_count, attempt_count, received_at,
                                          create_uid, create_date, write_uid, write_date)
                VALUES %s
                ON CONFLICT (channel_id, external_ref) WHERE external_ref IS NOT NULL
                DO UPDATE SET attempt_count = order_intake.attempt_count + 1
                RETURNING external_ref, id, state, attempt_count
                """,
                SQL(", ").join(self._prepare_claim(ref) for ref in refs),
            )
        )
        claimed = {ref: facts for ref, *facts in self.env.cr.fetchall()}
        prefetch = [facts[0] for facts in claimed.values()]
        intakes.invalidate_model(["attempt_count"])
        for document in documents:
            intake_id, document.state_before, attempts = claimed[document.external_ref]
            document.intake = intakes.browse(intake_id).with_prefetch(prefetch)
            document.is_first = attempts == 1

    def _prepare_claim(self, ref):
        now, uid = fields.Datetime.now(), self.env.uid
        return SQL(
            "(%s, %s, %s, 'received', 0, 1, %s, %s, %s, %s, %s)",
            self.channel.id, self.channel.company_id.id, ref, now, uid, now, uid, now,
        )  # fmt: skip

    def _compare(self, documents):
        """Answer what is known already; return the documents that are new."""
        fresh = []
        for document in documents:
            if document.errors:
                continue
            if document.state_before not in USED_STATES:
                fresh.append(document)
            else:
                self._compare_with_accepted(document)
        return fresh

    def _compare_with_accepted(self, document):
        intake = document.intake
        document.order = intake.order_id
        if document.fingerprint == intake.fingerprint:
            document.outcome = "replayed"
            return
        document.outcome = "conflict"
        if not intake.purged_at:
            document.differences = differences(intake.content, document.content)
        document.errors.append(conflict_error(self.env, document.external_ref))

    # Matching

    def _match(self, documents):
        """Find what the documents name; note in each why it can't be made."""
        contents = [document.content for document in documents]
        self.places = Places(
            self.env, [content[key] for content in contents for key in PARTIES if content.get(key)]
        )
        self.customers = Customers(self.channel, documents, self.places)
        self.catalog = Catalog(
            self.channel, [line for content in contents for line in content["lines"]]
        )
        self.builder = OrderBuilder(self.channel, documents)
        for document in documents:
            for step in (self._match_places, self._match_customer, self.builder.verify):
                self._try(document, step)
            self._match_lines(document)
        self._offer_near_customers([document for document in documents if document.is_unmatched])

    def _try(self, document, step):
        try:
            step(document)
        except ItemError as problem:
            document.errors.append(error_of(problem))

    def _match_places(self, document):
        """UBL's region is free text, so there an unknown one is no error."""
        strict = document.source.get("format") != "ubl"
        for key in PARTIES:
            if document.content.get(key):
                self.places.locate(document.content[key], key, strict)

    def _match_customer(self, document):
        if document.chosen:
            document.choice = Choice("chosen", document.chosen, {"chosen": document.chosen.ids})
        else:
            document.choice = self.customers.choose(document)

    def _offer_near_customers(self, documents):
        """Near matches stand in the error of a refused document, else in the order's slip."""
        if not documents:
            return
        self.customers.find_near(documents)
        for document in documents:
            for problem in document.errors:
                if problem["code"] == "unknown_customer" and document.near:
                    problem["candidates"] = document.near

    def _match_lines(self, document):
        if document.chosen_lines:
            lines = zip(document.content["lines"], document.chosen_lines, strict=True)
            document.lines = [(index, line, *found) for index, (line, found) in enumerate(lines)]
            return
        partner = document.choice.partner if document.choice else None
        for index, line in enumerate(document.content["lines"]):
            try:
                product, unit = self.catalog.match(line, f"lines[{index}]", partner)
            except ItemError as problem:
                self._note_bad_line(document, index, line, error_of(problem))
            else:
                document.lines.append((index, line, product, unit))

    def _note_bad_line(self, document, index, line, problem):
        if self.channel.bad_line == "refuse":
            document.errors.append(problem)
            return
        document.left_out.append(
            {
                "index": index,
                "ref": line.get("ref", False),
                "sku": line.get("sku") or line.get("barcode") or line.get("customer_sku"),
                "quantity": line["quantity"],
                "code": problem["code"],
                "message": problem["message"],
            }
        )

    # Making orders

    def _create(self, documents):
        """Make the orders as one set; those that fail end up alone with their reason."""
        failed = dict(run_set(documents, self._create_orders, "Taking orders in"))
        for document, exception in failed.items():
            document.errors.append(error_of(exception))
        created = [document for document in documents if document not in failed]
        for document in created:
            document.outcome = "created"
        self._record_events(created)
        self._record_slips(created)
        self._record_payments(created)

    def _create_orders(self, documents):
        self.customers.settle(documents)
        # An integration follows nobody's orders, and a shop's order is no mail to its salesperson.
        orders = (
            self.env["sale.order"]
            .with_context(mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True)
            .create([self.builder.prepare_order_vals(document) for document in documents])
            .with_env(self.env)
        )
        for document, order in zip(documents, orders, strict=True):
            document.order = order

    def _record_events(self, documents):
        self.env["order.event"]._append(
            [
                {
                    "order_id": document.order.id,
                    "company_id": self.channel.company_id.id,
                    "kind": "received",
                    "message": document.order._get_source_message(),
                    "data": {
                        "channel": self.channel.code,
                        "external_ref": document.external_ref,
                        "left_out_lines": len(document.left_out),
                    },
                }
                for document in documents
            ]
        )

    def _record_slips(self, documents):
        """One slip per order: which customer was chosen, and who else matched."""
        self.env["order.decision"]._record([self._prepare_slip(document) for document in documents])

    def _prepare_slip(self, document):
        choice = document.choice
        others = [
            {"key": key, "partner_ids": choice.found[key]}
            for key in MATCH_KEYS
            if key in choice.found and key != choice.outcome
        ]
        if document.near:
            others.append({"key": "near", "candidates": document.near})
        if document.near_contacts:
            others.append({"key": "near_address", "candidates": document.near_contacts})
        return {
            "model": "sale.order",
            "res_id": document.order.id,
            "decision": "intake.match",
            "outcome": choice.outcome,
            "inputs": {
                "found": choice.found,
                "unknown_customer": self.channel.unknown_customer,
                "partner_id": document.partner.id,
            },
            "alternatives": others,
            "flip": self._get_flip(choice),
            "company_id": self.channel.company_id.id,
        }

    def _get_flip(self, choice):
        if choice.outcome == "chosen":
            return self.env._("Another customer picked on the screen.")
        if choice.outcome == "created":
            return self.env._("A customer with this number, tax number or e-mail address.")
        return self.env._("Another customer under the same %(key)s.", key=choice.outcome)

    def _record_payments(self, documents):
        """Note payments; one that fails stays visible and leaves its order alone."""
        paid = [
            d for d in documents if d.content.get("payment", {}).get("status", "none") != "none"
        ]
        for document, exception in run_set(paid, self._record_payment_parts, "Recording payments"):
            document.warnings.append(error_of(exception))

    def _record_payment_parts(self, documents):
        for document in documents:
            document.order._record_payment(document.content["payment"])

    # Evidence

    def _store(self, documents):
        """Keep what came in and what became of it."""
        self._create_keyless([document for document in documents if not document.intake])
        plain = {}
        for document in documents:
            vals = self._prepare_intake_vals(document)
            if document.outcome == "created" and document.is_first and "raw" not in vals:
                plain.setdefault(frozenset(vals), {})[document.intake.id] = vals
            elif vals:
                document.intake.write(vals)
        for vals_by_id in plain.values():
            update_rows(self.env["order.intake"], vals_by_id)
        insert_rows(
            self.env["order.intake.attempt"],
            [self._prepare_attempt_vals(document) for document in documents],
        )
        self._record_conflicts([d for d in documents if d.outcome == "conflict"])

    def _create_keyless(self, documents):
        """Rows for documents in which no key can be read."""
        if not documents:
            return
        intakes = self.env["order.intake"].create(
            [{"channel_id": self.channel.id, "attempt_count": 1} for _document in documents]
        )
        for document, intake in zip(documents, intakes, strict=True):
            document.intake = intake

    def _prepare_intake_vals(self, document):
        """What changes on the row of a document; a used key keeps what was accepted."""
        is_used = document.state_before in USED_STATES
        if document.outcome == "conflict":
            return {
                "state": "conflict",
                "pending_content": document.content,
                "decision": False,
            }
        if document.outcome == "replayed" or is_used:
            return {}
        errors = document.errors + document.warnings
        return {
            "state": document.outcome,
            "decision": False,
            "order_id": document.order.id if document.order else False,
            "fingerprint": document.fingerprint,
            "content": document.content if document.is_readable else False,
            "is_readable": document.is_readable,
            "has_card_number": document.has_card,
            "errors": errors or False,
            "error_count": len(errors),
            "process": self.process,
            "customer_name": document.customer_name,
            "purged_at": False,
            **self._prepare_next_try_vals(document),
            **({} if document.is_first else {"document": False, "raw": False, "origin": False}),
            **document.source,
        }

    def _prepare_next_try_vals(self, document):
        """When a rejected document is tried again by itself; a created one needs no more."""
        errors = document.errors if document.outcome == "rejected" else []
        return document.intake._prepare_next_try_vals(errors, self.is_automatic)

    def _prepare_attempt_vals(self, document):
        errors = document.errors + document.warnings
        return {
            "intake_id": document.intake.id,
            "company_id": self.channel.company_id.id,
            "user_id": self.env.uid,
            "outcome": document.outcome,
            "fingerprint": document.fingerprint,
            "errors": errors or False,
            "message": errors[0]["message"] if errors else False,
        }

    def _record_conflicts(self, documents):
        self.env["order.event"]._append(
            [
                {
                    "order_id": document.order.id,
                    "company_id": self.channel.company_id.id,
                    "kind": "conflict",
                    "message": document.errors[0]["message"],
                    "data": {"differences": document.differences},
                }
                for document in documents
                if document.order
            ]
        )

    # What follows

    def _process(self, documents):
        """Check or confirm the new orders, as asked."""
        orders = self.env["sale.order"].union(*(document.order for document in documents))
        if not orders or self.process == "create":
            return
        if self.process == "check":
            orders._run_checks()
            orders._advance_stage()
            return
        _outcomes, errors = orders._process_orders()
        for document in documents:
            document.warnings += errors.get(document.order.id, [])

    # Answers

    def _prepare_rows(self, documents):
        checked = [
            d.order
            for d in documents
            if d.order and (d.outcome != "created" or self.process != "create")
        ]
        orders = self.env["sale.order"].union(*checked)
        findings = orders._get_findings(self.caller) if orders else {}
        return [self._prepare_row(document, findings) for document in documents]

    def _prepare_row(self, document, findings):
        order = document.order or self.env["sale.order"]
        repeated = {"replayed": True} if document.outcome == "replayed" else {}
        return row(
            [*document.errors, *document.warnings],
            ok=not document.errors,
            document=document.document,
            position=document.position,
            external_ref=document.external_ref,
            outcome=document.outcome,
            intake_id=document.intake.id,
            differences=document.differences,
            **repeated,
            **prepare_order_identity(order, findings),
        )


def prepare_order_identity(order, findings):
    """The keys of a result row that tell which order a document became, as it is now."""
    return {
        "order_id": order.id,
        "order_name": order.name,
        "order_state": order.state,
        "hold_state": order.hold_state,
        "lines": order._get_document_lines(),
        "findings": findings.get(order.id, []),
    }


def conflict_error(env, reference):
    """The refusal of other content under a used key."""
    message = env._(
        "%(reference)s was received before with other content; nothing was changed.",
        reference=reference,
    )
    return error("conflict", message)


def _rounds(documents):
    """Split documents so that no key stands twice in one part, keeping their order."""
    parts, seen = [], {}
    for document in documents:
        place = seen.get(document.external_ref, 0) if document.external_ref else 0
        if document.external_ref:
            seen[document.external_ref] = place + 1
        while len(parts) <= place:
            parts.append([])
        parts[place].append(document)
    return parts
