"""What the work list of stock knows: a shelf.

To add a kind of alert:

1. Write a function that takes one alert, with the caller's rights, and returns the action that
   mends it: a window action, a client action, or ``True`` when it is done at once.
2. Add its line to ``ALERT_KINDS``.
3. Raise it: ``env["order.stock.alert"]._sync(kind, rows, scope)`` with all that is found now; what
   is no longer found is closed.
4. Add a test that raises it, and one that mends what raised it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools import LazyTranslate

from .advice_actions import drop_receipt, move_receipt, open_receipt_move
from .stock_health_actions import lower_levels, open_stock

_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class AlertKind:
    """One kind of alert.

    :param label: how it is called in the list
    :param button: what its ready action does, in two or three words
    :param act: takes the alert, returns an action
    """

    label: str
    button: str
    act: Callable


def open_rule(alert):
    """The reordering rule in core's replenishment screen; without one, a new one to be filled in.

    :param alert: has ``product_id``, ``warehouse_id`` and ``orderpoint_id``
    """
    rule = alert.orderpoint_id or alert.env["stock.warehouse.orderpoint"].search(
        [
            ("product_id", "=", alert.product_id.id),
            ("warehouse_id", "=", alert.warehouse_id.id),
        ]
    )
    if not rule:
        return {
            "type": "ir.actions.act_window",
            "name": alert.env._("New reordering rule"),
            "res_model": "stock.warehouse.orderpoint",
            "views": [(alert.env.ref("stock.view_warehouse_orderpoint_form").id, "form")],
            "context": {
                "default_product_id": alert.product_id.id,
                "default_warehouse_id": alert.warehouse_id.id,
            },
        }
    action = alert.env["ir.actions.actions"]._for_xml_id("stock.action_orderpoint_replenish")
    return {
        **action,
        "domain": [("id", "in", rule.ids)],
        "context": {"default_product_id": alert.product_id.id},
    }


def cure_shortage(alert):
    """Where goods on order come too late, get them earlier; otherwise the rule, to order."""
    return open_receipt_move(alert) if alert.purchase_line_id else open_rule(alert)


ALERT_KINDS = {
    "failed": AlertKind(_lt("Rule failed"), _lt("Open the rule"), open_rule),
    "shortage": AlertKind(_lt("Shortage"), _lt("Get it earlier, or order"), cure_shortage),
    "expedite": AlertKind(_lt("Needed earlier"), _lt("Move the date"), move_receipt),
    "postpone": AlertKind(_lt("Needed later"), _lt("Move the date"), move_receipt),
    "unneeded": AlertKind(_lt("Not needed"), _lt("Take it back"), drop_receipt),
    "overstock": AlertKind(_lt("Too much"), _lt("Propose levels"), lower_levels),
    "dead": AlertKind(_lt("Dead stock"), _lt("See what lies there"), open_stock),
    "expiring": AlertKind(_lt("Expiring"), _lt("See the lots"), open_stock),
}
