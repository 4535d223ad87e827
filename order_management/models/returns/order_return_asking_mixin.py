from odoo import models

from ..common.access import check_visible
from ..common.results import Arguments, error
from .order_return_line import KINDS, RESOLUTIONS
from .order_return_policy_rule import GOODS

MAX_LINES = 1000

ORDER_KEYS = {"order_id": "integer", "order_ref": "object"}
REF_KEYS = {"channel": "text*", "external_ref": "text*"}
LINE_KEYS = {
    "line_id": "integer",
    "line_ref": "text",
    "product_id": "integer",
    "sku": "text",
    "price": "number",
    "lot": "text",
    "quantity": "number*",
    "reason": "text*",
    "kind": "text",
    "resolution": "text",
    "exchange_sku": "text",
    "goods": "text",
    "has_evidence": "boolean",
}
# Not in the digests of requests that were stored before there were these keys.
LATER_KEYS = (
    "goods", "has_evidence", "lot", "address_id", "partner_id", "currency", "warehouse",
    "product_id", "sku", "price",
)  # fmt: skip
REQUEST_KEYS = {
    **ORDER_KEYS,
    "partner_id": "integer",
    "currency": "text",
    "warehouse": "text",
    "address_id": "integer",
    "external_ref": "text",
    "lines": "list*",
    "requested_on": "text",
    "note": "text",
}


class OrderReturnAskingMixin(models.AbstractModel):
    """Reading what is asked: its shape, and the orders, lines and reasons that are meant."""

    _name = "order.return.asking.mixin"
    _description = "What is asked of a return"

    def _read_request(self, document, path, line_keys, may_be_empty=False):
        """Check the shape of one request."""
        arguments = Arguments(self.env)
        document = dict(document)
        order_id = arguments.value(document["order_id"], "integer", f"{path}order_id")
        is_foreign = document["partner_id"] is not False
        if is_foreign:
            self._read_party(document, path)
        elif not order_id:
            reference = arguments.value(document["order_ref"], "object", f"{path}order_ref", True)
            document["order_ref"] = arguments.keys(reference, f"{path}order_ref", REF_KEYS)
        document["requested_on"] = arguments.day(document["requested_on"], f"{path}requested_on")
        lines = arguments.rows(document["lines"], f"{path}lines", line_keys, limit=MAX_LINES)
        if not lines and not may_be_empty:
            arguments.refuse(f"{path}lines", self.env._("a value is required here."))
        for index, line in enumerate(lines):
            self._read_choices(line, f"{path}lines[{index}]")
            self._read_goods(line, f"{path}lines[{index}]", is_foreign)
            if not (is_foreign or line["line_id"] or line["line_ref"]):
                message = self.env._("a value is required here.")
                arguments.refuse(f"{path}lines[{index}].line_id", message)
        document["lines"] = lines
        return document

    def _read_choices(self, line, path):
        arguments = Arguments(self.env)
        kinds, resolutions = dict(KINDS), dict(RESOLUTIONS)
        line["kind"] = arguments.choice(line["kind"], kinds, f"{path}.kind") or "return"
        line["resolution"] = (
            arguments.choice(line["resolution"], resolutions, f"{path}.resolution") or "refund"
        )
        line["goods"] = arguments.choice(line["goods"], dict(GOODS), f"{path}.goods")

    def _find_orders(self, documents):
        """The orders that are meant; a foreign and a missing one are refused alike.

        Goods that we did not sell have none.
        """
        Order = self.env["sale.order"]
        ids = [document["order_id"] for document in documents if document["order_id"]]
        check_visible(Order.browse(list(dict.fromkeys(ids))))
        return [
            self._find_by_ref(document["order_ref"])
            if document["order_ref"] and not document["order_id"]
            else Order.browse(document["order_id"] or ())
            for document in documents
        ]

    def _find_by_ref(self, reference):
        order = self.env["sale.order"]._find_by_ref(reference["channel"], reference["external_ref"])
        check_visible(order or order.browse(-1))
        return order

    def _find_asked(self, document, order, reasons):
        """What the lines of a request mean, as :meth:`_find_lines` tells it."""
        return self._find_lines(order, document["lines"], reasons)

    def _find_lines(self, order, lines, reasons):
        """The order lines and reasons that are meant.

        :param dict reasons: code → reason
        :return tuple: list of dicts with records in place of keys, and errors
        """
        asked, errors = [], []
        for index, line in enumerate(lines):
            found = {**line, "line": self._find_line(order, line)}
            found["reason_id"] = reasons.get(line["reason"])
            errors += self._find_errors(found, f"lines[{index}]")
            asked.append(found)
        return asked, errors or self._find_lot_errors(asked)

    def _find_line(self, order, asked):
        """The order line that is meant; not filtered, so that lines stay read together."""
        key, value = "id", asked["line_id"]
        if not value:
            key, value = "external_line_ref", asked["line_ref"]
        return next((line for line in order.order_line if line[key] == value), order.order_line[:0])

    def _find_errors(self, asked, path):
        errors = []
        if not asked["line"]:
            message = self.env._("The order has no such line.")
            key = "line_id" if asked["line_id"] else "line_ref"
            errors.append(error("unknown_line", message, f"{path}.{key}"))
        elif asked["line"].product_uom_id.compare(asked["quantity"], 0.0) <= 0:
            message = self.env._("The quantity must be more than zero.")
            errors.append(error("wrong_value", message, f"{path}.quantity"))
        if not asked["reason_id"]:
            message = self.env._("There is no return reason “%(code)s”.", code=asked["reason"])
            errors.append(error("unknown_reason", message, f"{path}.reason"))
        return errors
