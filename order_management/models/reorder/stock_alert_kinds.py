"""What the work list of stock knows: a shelf.

To add a kind of alert:

1. Write a function that takes one alert (full rights to read, the caller's otherwise) and returns
   the action that mends it: a window action, a client action, or ``True`` when it is done at once.
2. Add its line to ``ALERT_KINDS``.
3. Raise it: ``env["order.stock.alert"]._sync(kind, rows, scope)`` with all that is found now; what
   is no longer found is closed.
4. Add a test that raises it, and one that mends what raised it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools import LazyTranslate

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
    """The reordering rule in core's replenishment screen."""
    action = alert.env["ir.actions.actions"]._for_xml_id("stock.action_orderpoint_replenish")
    rule = alert.orderpoint_id or alert.env["stock.warehouse.orderpoint"].search(
        [
            ("product_id", "=", alert.product_id.id),
            ("warehouse_id", "=", alert.warehouse_id.id),
        ]
    )
    return {
        **action,
        "domain": [("id", "in", rule.ids)],
        "context": {"default_product_id": alert.product_id.id},
    }


ALERT_KINDS = {
    "failed": AlertKind(_lt("Rule failed"), _lt("Open the rule"), open_rule),
}
