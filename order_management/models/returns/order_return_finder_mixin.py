from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import gs1, gs1_scan
from ..common.access import as_service, public
from ..common.results import Arguments, row
from .return_book import ReturnBook

KINDS = ("return", "order", "parcel", "tracking", "lot", "customer")
MAX_ORDERS = 50


@dataclass
class Found:
    """What a code names: returns, and what was sent to the customer.

    ``sent``: list of ``(order line, quantity in its unit or None for all, lot or None)``.
    """

    kind: str = "unknown"
    returns: object = ()
    sent: list = field(default_factory=list)


class OrderReturnFinderMixin(models.AbstractModel):
    """From what the customer or the scanner says to what may come back.

    To add a kind of code: name it in ``KINDS``, in the order in which they are tried, write
    ``_look_up_<kind>(code)`` which answers returns and what was sent, and test it.
    """

    _name = "order.return.finder.mixin"
    _description = "Finding what may come back"

    @api.model
    @public
    def look_up(self, code):
        """Tell what a scanned or typed code names and what of it may still come back.

        :param str code: number of a return, an order, a delivery or a parcel, a channel's
            reference, a tracking number, a container code, a serial number or lot, or a
            customer's name, e-mail, phone or number
        :return dict: ``kind`` (``return``, ``order``, ``parcel``, ``tracking``, ``lot``,
            ``customer``, ``unknown``), ``lines`` (``order_id``, ``order_name``, ``line_id``,
            ``sku``, ``lot``, ``sent``, ``returnable``, ``delivered_on``), ``returns`` that
            await goods or are named by the code (``return_id``, ``name``, ``number``,
            ``state``, ``lines`` with ``awaited``)
        """
        code = Arguments(self.env).value(code, "text", "code", required=True).strip()
        found = self._find_sent(code)
        returns = found.returns or self._find_open_returns(found.sent)
        return row(
            kind=found.kind,
            lines=self._prepare_sent_rows(found.sent),
            returns=[as_service(one)._prepare_found_row() for one in returns],
        )

    def _find_sent(self, code):
        """What ``code`` names, of what the caller may see."""
        for kind in KINDS if code else ():
            returns, sent = getattr(self, f"_look_up_{kind}")(code)
            sent = self._keep_visible(sent)
            if returns or sent:
                return Found(kind, returns, sent)
        return Found(returns=self.browse())

    def _find_open_returns(self, sent):
        """Returns that await something of what was sent."""
        lines = self.env["sale.order.line"].union(*(line for line, _quantity, _lot in sent))
        if not lines:
            return self.browse()
        return self.search(
            [("line_ids.sale_line_id", "in", lines.ids), ("state", "in", ("approved", "received"))]
        )

    def _keep_visible(self, sent):
        """Only what belongs to orders that the caller may see."""
        Order = self.env["sale.order"]
        ids = {line.order_id.id for line, _quantity, _lot in sent}
        if not ids or not Order.has_access("read"):
            return []
        visible = set(Order.search([("id", "in", list(ids))]).ids)
        return [part for part in sent if part[0].order_id.id in visible]

    def _prepare_sent_rows(self, sent):
        lines = self.env["sale.order.line"].sudo().union(*(line for line, _qty, _lot in sent))
        book = ReturnBook(lines) if lines else None
        rows = []
        for line, quantity, lot in sent:
            left = book.get_returnable(line)
            rows.append(
                {
                    "order_id": line.order_id.id,
                    "order_name": line.order_id.name,
                    "line_id": line.id,
                    "sku": line.product_id.default_code,
                    "lot": lot and lot.name,
                    "sent": line.qty_delivered if quantity is None else quantity,
                    "returnable": left if quantity is None else min(left, quantity),
                    "delivered_on": book.get_delivery(line, quantity or 1.0)[0],
                }
            )
        return rows

    def _prepare_found_row(self):
        answer = self._prepare_row()
        for line, values in zip(self.line_ids, answer["lines"], strict=True):
            values["awaited"] = line._get_outstanding() if self.state != "draft" else 0.0
        keys = ("return_id", "name", "number", "state", "lines")
        return {key: answer[key] for key in keys}

    # -- Kinds of codes ---------------------------------------------------------------------

    def _look_up_return(self, code):
        known = Domain("name", "=", code) | Domain("group_ref", "=", code)
        returns = self.search(known | Domain("external_ref", "=", code), order="id")
        return returns, []

    def _look_up_order(self, code):
        Order = self.env["sale.order"]
        if not Order.has_access("read"):
            return self.browse(), []
        known = Domain.OR(
            Domain(name, "=", code) for name in ("name", "external_ref", "client_order_ref")
        )
        orders = Order.search(known, limit=MAX_ORDERS)
        pickings = self.env["stock.picking"].sudo().search([("name", "=", code)])
        return self.browse(), self._list_sent(orders.sudo() or pickings._get_sale_orders())

    def _look_up_parcel(self, code):
        known = Domain("sscc", "=", gs1.parse_sscc(code) or code) | Domain("name", "=", code)
        packages = self.env["stock.package"].sudo().search(known)
        lines = self.env["stock.move.line"].sudo()
        if packages:
            lines = lines.search(
                [("result_package_id", "in", packages.ids), ("state", "=", "done")]
            )
        return self.browse(), self._list_moved(lines)

    def _look_up_tracking(self, code):
        lines = self.env["stock.move.line"].sudo()
        for picking, package in self.env["stock.picking"].sudo()._find_by_tracking(code):
            lines |= picking.move_line_ids.filtered(
                lambda line, package=package: not package or line.result_package_id == package
            )
        return self.browse(), self._list_moved(lines)

    def _look_up_lot(self, code):
        """The last delivery of a serial number or lot, if the customer still has it."""
        content = gs1_scan.read(code, fields.Date.context_today(self), certain=False)
        name = content and (content.serial or content.lot) or code
        lots = self.env["stock.lot"].sudo().search([("name", "=", name)])
        if not lots:
            return self.browse(), []
        moved = (
            self.env["stock.move.line"]
            .sudo()
            .search([("lot_id", "in", lots.ids), ("state", "=", "done")], order="id")
        )
        last = {
            (line.lot_id, line.move_id.sale_line_id if lot_is_shared(line.lot_id) else None): line
            for line in moved
        }
        lines = moved.browse([line.id for line in last.values()])
        return self.browse(), self._list_moved(lines, by_lot=True)

    def _look_up_customer(self, code):
        """Everything delivered to the customer, newest orders first; one customer only."""
        Partner, Order = self.env["res.partner"], self.env["sale.order"]
        if len(code) < 3 or not (Partner.has_access("read") and Order.has_access("read")):
            return self.browse(), []
        known = Domain.OR(
            [
                Domain("email_normalized", "=", code.lower()),
                Domain("ref", "=", code),
                Domain("phone", "=", code),
                Domain("name", "=ilike", code),
            ]
        )
        partners = Partner.search(known).commercial_partner_id
        if len(partners) != 1:
            return self.browse(), []
        orders = Order.search(
            [("partner_id", "child_of", partners.ids), ("state", "=", "sale")],
            order="date_order desc, id desc",
            limit=MAX_ORDERS,
        )
        return self.browse(), self._list_sent(orders.sudo())

    def _list_sent(self, orders):
        """Everything of ``orders`` that was delivered."""
        return [
            (line, None, None) for line in orders.order_line if line.move_ids and line.qty_delivered
        ]

    def _list_moved(self, move_lines, by_lot=False):
        """What went to customers by ``move_lines``, per order line and lot."""
        found = {}
        for move_line in move_lines:
            move = move_line.move_id
            line = move.sale_line_id
            if not line or move.product_id != line.product_id or not move._is_done_delivery():
                continue
            lot = move_line.lot_id if by_lot or move_line.product_id.tracking == "serial" else None
            found.setdefault((line, lot), 0.0)
            found[line, lot] += line.product_id.uom_id._compute_quantity(
                move_line.quantity_product_uom, line.product_uom_id, round=False
            )
        return [(line, quantity, lot) for (line, lot), quantity in found.items()]


def lot_is_shared(lot):
    """Whether several customers may have units of ``lot``."""
    return lot.product_id.tracking != "serial"
