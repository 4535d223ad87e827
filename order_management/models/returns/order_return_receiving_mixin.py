from collections import defaultdict

from odoo import Command, fields, models

from ...exceptions import ItemError
from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, error_of
from ..common.set_runner import run_set
from .delivery_book import DeliveryBook
from .order_return_line import CONDITIONS, DISPOSITIONS, OUTCOMES

RECEIVE_KEYS = {
    "return_line_id": "integer*",
    "quantity": "number*",
    "condition": "text",
    "disposition": "text",
    "lot": "text",
    "outcome": "text",
}


class OrderReturnReceivingMixin(models.AbstractModel):
    """What comes back: announced to the warehouse, counted, inspected, put where it belongs."""

    _name = "order.return.receiving.mixin"
    _description = "Receiving of a return"

    @public
    def receive(self, lines, request_key=False):
        """Take in what came back, in the state it is in.

        :param list lines: ``return_line_id``, ``quantity`` in the order line's unit,
            ``condition`` (``A``, ``B``, ``C``), ``disposition`` (``restock``, ``scrap``),
            ``lot``, ``outcome`` (``as_requested``; ``wrong_item`` and ``missing`` are noted,
            not taken in and not paid for)
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
        check_visible(Line.browse(list({entry["return_line_id"] for entry in rows})))
        for index, entry in enumerate(rows):
            self._read_receipt_choices(entry, f"lines[{index}]")
            entry["line"] = as_service(Line).browse(entry["return_line_id"])
            entry["index"] = index
            if entry["line"].return_id.id not in self.ids:
                arguments.refuse(
                    f"lines[{index}].return_line_id", self.env._("no line of this return.")
                )
        return rows

    def _read_receipt_choices(self, entry, path):
        choice = Arguments(self.env).choice
        condition, disposition = entry["condition"], entry["disposition"]
        entry["condition"] = choice(condition, dict(CONDITIONS), f"{path}.condition") or "A"
        entry["disposition"] = (
            choice(disposition, dict(DISPOSITIONS), f"{path}.disposition") or "restock"
        )
        entry["outcome"] = (
            choice(entry["outcome"], dict(OUTCOMES), f"{path}.outcome") or "as_requested"
        )

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
        receipts = self.env["order.return.receipt"].create(
            [self._prepare_receipt_vals(entry) for entry in entries]
        )
        moves = self._pick_received(entries)
        moves.picking_id._action_done()
        receipts._dispose()
        receipts.return_line_id.return_id._note_received()

    def _ensure_receivable(self, entries):
        """Refuse what is not expected: the state, the quantity or where it is to go."""
        if self.state not in ("approved", "received"):
            message = self.env._("%(name)s is not approved, or settled already.", name=self.name)
            raise ItemError("not_possible", message)
        left = {line: line._get_outstanding() for line in self.line_ids}
        for entry in entries:
            self._ensure_expected(entry, left)
            left[entry["line"]] -= entry["quantity"]

    def _ensure_expected(self, entry, left):
        line, path = entry["line"], f"lines[{entry['index']}]"
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
        if not self.env["order.return.receipt"]._can_dispose(entry["disposition"]):
            message = self.env._(
                "Goods can't be sent to “%(code)s” yet.", code=entry["disposition"]
            )
            raise ItemError("wrong_value", message, f"{path}.disposition")

    def _prepare_receipt_vals(self, entry):
        keys = ("quantity", "condition", "disposition", "lot", "outcome")
        return {
            "return_line_id": entry["line"].id,
            **{key: entry[key] for key in keys},
        }

    def _pick_received(self, entries):
        """Mark on the announced moves what arrived; the rest stays expected."""
        wanted = defaultdict(float)
        for entry in entries:
            if entry["outcome"] == "as_requested":
                wanted[entry["line"], entry["lot"]] += entry["quantity"]
        picked = self.env["stock.move"]
        lines = self.env["order.return.line"].union(*(key[0] for key in wanted))
        open_moves = lines._get_receipt_moves()
        open_moves.filtered(lambda move: move.state not in ("done", "cancel")).picked = False
        for (line, lot), quantity in wanted.items():
            picked |= line._pick(quantity, lot)
        return picked

    def _create_receipts(self):
        """Announce what comes back to the warehouse: one transfer per return and place."""
        lines = self.line_ids.filtered(
            lambda line: line.decision == "accept" and line._needs_goods()
        )
        if not lines:
            return
        book = DeliveryBook(lines.sale_line_id)
        groups = defaultdict(list)
        for line in lines:
            for move, quantity in book.allocate(line.sale_line_id, line.quantity):
                groups[self._get_receipt_key(line, move)].append((line, move, quantity))
            book.take(line.sale_line_id, line.quantity)
        pickings = self.env["stock.picking"].create(
            [self._prepare_picking_vals(*key, parts) for key, parts in groups.items()]
        )
        moves = self.env["stock.move"].create(
            [
                self._prepare_move_vals(picking, *part)
                for picking, parts in zip(pickings, groups.values(), strict=True)
                for part in parts
            ]
        )
        moves._action_confirm(merge=False)
        moves._action_assign()

    def _get_receipt_key(self, line, move):
        """What can come back in one transfer: return, type of operation, from and to."""
        delivery = move.picking_type_id
        returning = delivery.return_picking_type_id
        target = move.location_id
        if returning.code == "incoming":
            target = returning.default_location_dest_id
        return line.return_id, returning or delivery, move.location_dest_id, target

    def _prepare_picking_vals(self, order_return, picking_type, source, target, parts):
        return {
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "partner_id": order_return.order_id.partner_shipping_id.id,
            "origin": order_return.name,
            "return_id": parts[0][1].picking_id.id,
            "company_id": order_return.company_id.id,
        }

    def _prepare_move_vals(self, picking, line, move, quantity):
        return {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "partner_id": picking.partner_id.id,
            "product_id": move.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": move.product_id.uom_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "date": fields.Datetime.now(),
            "origin": picking.origin,
            "procure_method": "make_to_stock",
            "to_refund": True,
            "origin_returned_move_id": move.id,
            "move_orig_ids": [Command.link(move.id)],
            "reference_ids": [Command.set(move.reference_ids.ids)],
            "sale_line_id": line.sale_line_id.id,
            "return_line_id": line.id,
        }

    def _note_received(self):
        """Write down what the inspections found; a return with any is received."""
        changed = self.browse()
        for line in self.line_ids.filtered("receipt_ids"):
            vals = line._prepare_received_vals()
            if any(line[name] != value for name, value in vals.items()):
                line.write(vals)
                changed |= line.return_id
        fresh = changed.filtered(lambda one: one.state == "approved")
        fresh._set_state("received", received_at=fields.Datetime.now())
        changed._append_events("return_received")
        changed.order_id._advance_stage()
