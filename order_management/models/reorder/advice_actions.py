"""What mends alerts about goods on order: dates are moved, vendors are asked.

Whoever does it needs the rights to purchase orders that core asks for: none of this is done with
full rights, but for the transfers that follow.
"""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..common.zones import noon_of, zone_of

DRAFT_STATES = ("draft", "sent", "to approve")


def move_receipt(alert):
    """A request is moved at once; what was ordered, when the vendor agrees."""
    line = get_line(alert)
    if line.order_id.state in DRAFT_STATES:
        set_arrival(alert, alert.day)
        return True
    return open_receipt_move(alert)


def drop_receipt(alert):
    """A request is shown, to be taken back; for what was ordered the vendor is asked."""
    line = get_line(alert)
    if line.order_id.state in DRAFT_STATES:
        return open_order(line)
    return open_receipt_move(alert)


def open_order(line):
    """The purchase order of a line."""
    return {
        "type": "ir.actions.act_window",
        "res_model": "purchase.order",
        "res_id": line.order_id.id,
        "views": [(False, "form")],
    }


def open_receipt_move(alert):
    """The dialog that asks the vendor, and notes what was agreed."""
    get_line(alert)
    return {
        "type": "ir.actions.act_window",
        "name": alert.env._("Goods on order"),
        "res_model": "order.receipt.move",
        "views": [(False, "form")],
        "target": "new",
        "context": {"default_alert_id": alert.id},
    }


def get_line(alert):
    """The purchase line of an alert, which the caller may change.

    :raises AccessError: the caller may not change purchase orders
    """
    line = alert.purchase_line_id
    if not line.has_access("write"):
        raise AccessError(
            alert.env._("Only who may change purchase orders moves or takes back what is ordered.")
        )
    return line


def set_arrival(alert, day):
    """Note a new day of arrival on the line and its open receipts, and look again.

    The alert is over when nothing is to be said any more. A request is to be sent by so much
    earlier or later, too, but not before now.

    :param date day: in the warehouse
    """
    line = get_line(alert)
    order, place = line.order_id, alert.warehouse_id.sudo()
    moves = line.sudo().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
    is_draft = order.state in DRAFT_STATES
    if not is_draft and not moves:
        raise UserError(alert.env._("Everything was received already."))
    zone = zone_of(place, place.company_id)
    moment = noon_of(day, zone)
    before, first = line.date_planned, order.date_planned
    line._update_date_planned(moment)
    moves.date = moment
    if is_draft and first and order.date_planned:
        shifted = order.date_order + (order.date_planned - first)
        order.date_order = max(shifted, min(order.date_order, fields.Datetime.now()))
    order.message_post(
        body=alert.env._(
            "%(product)s: expected arrival moved from %(before)s to %(day)s. %(reason)s",
            product=line.product_id.display_name,
            before=format_date(alert.env, before),
            day=format_date(alert.env, day),
            reason=alert.message,
        )
    )
    alert.env["order.purchase.advice"].sudo()._run(place, line.product_id.ids)
