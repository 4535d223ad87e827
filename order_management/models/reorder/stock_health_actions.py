"""What mends alerts about stock that is too much, dead or about to expire.

Nothing is changed by these: a planner is shown what is to be decided on.
"""


def open_stock(record):
    """What lies in a warehouse of a product, lot by lot.

    :param record: has ``product_id`` and ``warehouse_id``
    """
    return {
        "type": "ir.actions.act_window",
        "name": record.env._("Stock of %(product)s", product=record.product_id.display_name),
        "res_model": "stock.quant",
        "views": [(False, "list"), (False, "form")],
        "domain": [
            ("product_id", "=", record.product_id.id),
            ("warehouse_id", "=", record.warehouse_id.id),
            ("location_id.usage", "in", ["internal", "transit"]),
        ],
        "context": {"edit": False, "create": False},
    }


def lower_levels(alert):
    """Levels that fit today's demand are proposed; without a rule, how the product does."""
    if alert.orderpoint_id:
        return alert.orderpoint_id.action_propose_levels()
    health = alert.env["order.stock.health"].search(
        [
            ("product_id", "=", alert.product_id.id),
            ("warehouse_id", "=", alert.warehouse_id.id),
        ]
    )
    if not health:  # it went since
        return open_stock(alert)
    return {
        "type": "ir.actions.act_window",
        "res_model": "order.stock.health",
        "res_id": health.id,
        "views": [(False, "form")],
    }
