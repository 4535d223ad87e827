from base64 import b64decode
from collections import defaultdict

from odoo import fields, models
from odoo.tools.mimetypes import guess_mimetype

from ...exceptions import ItemError
from ..common.access import as_service, check_visible, public
from ..common.results import MAX_FILE_BYTES, Arguments, error_of
from ..common.set_runner import run_set
from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES

RECEIVE_KEYS = {
    "return_line_id": "integer*",
    "quantity": "number*",
    "condition": "text",
    "disposition": "text",
    "lot": "text",
    "outcome": "text",
    "received_sku": "text",
    "note": "text",
    "photos": "list",
}
PHOTO_KEYS = {"filename": "text*", "content": "text*"}
MAX_PHOTOS = 10


class OrderReturnReceivingMixin(models.AbstractModel):
    """What comes back: announced to the warehouse, counted, inspected, put where it belongs."""

    _name = "order.return.receiving.mixin"
    _description = "Receiving of a return"

    @public
    def receive(self, lines, request_key=False):
        """Take in what came back, in the state it is in.

        :param list lines: ``return_line_id``, ``quantity`` in the order line's unit,
            ``condition`` (``A``, ``B``, ``C``), ``disposition`` (``restock``, ``quarantine``,
            ``refurbish``, ``scrap``, ``vendor``), ``lot`` (one entry per serial number),
            ``outcome`` (``as_requested``; ``wrong_item`` and ``missing`` are noted and not paid
            for), ``received_sku`` (what came instead, taken to quarantine), ``note``,
            ``photos`` (``filename``, ``content`` in base64). A lot that was not sent is noted
            as a wrong item
        :param str request_key: chosen by the caller; a repeat answers the first result
        :return: one item per return: ``return_id``, ``name``, ``state``, ``picking_ids``,
            ``refund_total``, ``lines``
        """
        check_lines = self._read_receipts(lines)
        returns = as_service(self)
        returns._lock()
        if not request_key:
            return returns._receive(check_lines)
        return [
            self.env["order.request"]._once(
                "order.return.receive",
                f"{request_key}:{one.id}",
                {"return_id": one.id, "lines": lines},
                lambda one=one: one._receive(check_lines)[0],
                one.company_id,
            )
            for one in returns
        ]

    def _read_receipts(self, lines):
        """Check the shape of what was received, and that its lines belong to these returns."""
        arguments = Arguments(self.env)
        rows = arguments.rows(lines, "lines", RECEIVE_KEYS, limit=1000)
        if not rows:
            arguments.refuse("lines", self.env._("a value is required here."))
        Line = self.env["order.return.line"]
        lines = Line.browse(list({entry["return_line_id"] for entry in rows}))
        check_visible(lines)
        by_id = {line.id: line for line in as_service(lines)}
        for index, entry in enumerate(rows):
            path = f"lines[{index}]"
            self._read_receipt_choices(entry, path)
            entry["photos"] = self._read_photos(entry["photos"], f"{path}.photos")
            entry["line"] = by_id[entry["return_line_id"]]
            entry["path"] = path
            if entry["line"].return_id.id not in self.ids:
                arguments.refuse(f"{path}.return_line_id", self.env._("no line of this return."))
        return rows

    def _read_receipt_choices(self, entry, path):
        choice = Arguments(self.env).choice
        for key, choices, default in (
            ("condition", CONDITIONS, "A"),
            ("disposition", DISPOSITIONS, "restock"),
            ("outcome", OUTCOMES, "as_requested"),
        ):
            entry[key] = choice(entry[key], dict(choices), f"{path}.{key}") or default

    def _read_photos(self, photos, path):
        """Check that photos are pictures of a size that can be kept."""
        arguments = Arguments(self.env)
        rows = arguments.rows(photos, path, PHOTO_KEYS, limit=MAX_PHOTOS)
        for index, photo in enumerate(rows):
            try:
                content = b64decode(photo["content"], validate=True)
            except ValueError:
                content = b""
            if not guess_mimetype(content).startswith("image/"):
                arguments.refuse(f"{path}[{index}].content", self.env._("a picture is expected."))
            if len(content) > MAX_FILE_BYTES:
                arguments.refuse(
                    f"{path}[{index}].content", self.env._("too_large: 5 MiB at most.")
                )
        return rows

    def _receive(self, entries):
        """Receive ``entries`` as one set; answer an item per return."""
        by_return = defaultdict(list)
        for entry in entries:
            by_return[entry["line"].return_id].append(entry)
        plans = [(one, by_return[one]) for one in self if by_return[one]]
        failures = {plan[0]: failure for plan, failure in run_set(plans, self._receive_planned)}
        return [one._prepare_receive_row(failures.get(one)) for one in self]

    def _prepare_receive_row(self, failure=None):
        errors = [error_of(failure)] if failure else []
        return self._prepare_row(errors, picking_ids=self.picking_ids.ids)

    def _receive_planned(self, plans):
        for one, entries in plans:
            one._ensure_receivable(entries)
        entries = [entry for _one, entries in plans for entry in entries]
        self._judge_arrived(entries)
        receipts = self.env["order.return.receipt"].create(
            [self._prepare_receipt_vals(entry) for entry in entries]
        )
        for entry, receipt in zip(entries, receipts, strict=True):
            if entry["photos"]:
                receipt._attach(entry["photos"])
        receipts._pick()
        receipts._take_in_strays()
        receipts.move_id.picking_id._action_done()
        receipts._dispose()
        returns = receipts.return_line_id.return_id
        returns._note_received()._advance_stage()
        receipts.filtered("needs_decision").return_id._append_events("return_deviation")

    def _ensure_receivable(self, entries):
        """Refuse what is not expected: the state, the quantity or where it is to go."""
        if self.state not in ("approved", "received"):
            message = self.env._("%(name)s is not approved, or settled already.", name=self.name)
            raise ItemError("not_possible", message)
        if self.is_refund_drafted:
            raise ItemError("not_possible", self._explain_drafted())
        left = {line: line._get_outstanding() for line in self.line_ids}
        for entry in entries:
            self._ensure_expected(entry, left)
            left[entry["line"]] -= entry["quantity"]

    def _ensure_expected(self, entry, left):
        line, path = entry["line"], entry["path"]
        if line.product_uom_id.compare(entry["quantity"], 0.0) <= 0:
            message = self.env._("The quantity must be more than zero.")
            raise ItemError("wrong_value", message, f"{path}.quantity")
        if line.product_uom_id.compare(entry["quantity"], left[line]) > 0:
            message = self.env._(
                "%(quantity)s are too many: %(left)s of %(product)s are still expected.",
                quantity=f"{entry['quantity']:g}",
                left=f"{max(left[line], 0.0):g}",
                product=line.product_id.display_name,
            )
            raise ItemError("too_many", message, f"{path}.quantity")

    def _prepare_receipt_vals(self, entry):
        keys = ("quantity", "condition", "disposition", "lot", "outcome", "note")
        return {
            "return_line_id": entry["line"].id,
            "is_mismatch": entry.get("is_mismatch", False),
            "received_product_id": entry.get("received_product", False),
            "needs_decision": entry["outcome"] == "wrong_item",
            **{key: entry[key] for key in keys},
        }

    def _note_received(self):
        """Write down what the inspections found; a return with any is received.

        :return: the orders whose stage is to be looked at
        """
        changed = self.browse()
        unpaid = self.filtered(lambda one: one.state in ("approved", "received"))
        for line in unpaid.line_ids.filtered("receipt_ids"):
            vals = line._prepare_received_vals()
            if any(line[name] != value for name, value in vals.items()):
                line.write(vals)
                changed |= line.return_id
        fresh = changed.filtered(lambda one: one.state == "approved")
        fresh._set_state("received", received_at=fields.Datetime.now())
        changed._append_events("return_received")
        return changed.order_id
