"""What rules have on hand and on order, less what is asked for: one statement for all."""

from odoo.tools import SQL

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


def read_positions(rules):
    """Stock and what comes, less what is to leave, beneath each rule's location.

    Requests to vendors that are not confirmed count, as in core: they would be ordered twice
    otherwise.

    :param rules: ``stock.warehouse.orderpoint``, with full rights
    :return dict: rule → units of the product
    """
    env = rules.env
    if not rules:
        return {}
    env["stock.quant"].flush_model(["location_id", "product_id", "quantity"])
    env["stock.move"].flush_model(
        [
            "location_dest_id",
            "location_final_id",
            "location_id",
            "product_id",
            "product_qty",
            "state",
        ]
    )
    env["purchase.order.line"].flush_model(
        ["order_id", "orderpoint_id", "product_id", "product_uom_id", "product_qty"]
    )
    env["purchase.order"].flush_model(["state"])
    rules.flush_recordset(["location_id", "product_id"])
    env.cr.execute(
        SQL(
            """
            WITH wanted AS (
                SELECT rule.id, rule.product_id, place.parent_path || '%%' AS path
                  FROM stock_warehouse_orderpoint AS rule
                  JOIN stock_location AS place ON place.id = rule.location_id
                 WHERE rule.id = ANY(%(rules)s)
            ), part AS (
                SELECT wanted.id, quant.quantity
                  FROM wanted
                  JOIN stock_quant AS quant ON quant.product_id = wanted.product_id
                  JOIN stock_location AS location ON location.id = quant.location_id
                 WHERE location.parent_path LIKE wanted.path
                UNION ALL
                SELECT wanted.id, CASE WHEN source.parent_path LIKE wanted.path
                                       THEN -move.product_qty ELSE move.product_qty END
                  FROM wanted
                  JOIN stock_move AS move ON move.product_id = wanted.product_id
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target
                    ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.state = ANY(%(states)s)
                   AND (source.parent_path LIKE wanted.path)
                       != (target.parent_path LIKE wanted.path)
                UNION ALL
                SELECT wanted.id, line.product_qty * unit.factor / own.factor
                  FROM wanted
                  JOIN purchase_order_line AS line ON line.orderpoint_id = wanted.id
                  JOIN purchase_order AS purchase ON purchase.id = line.order_id
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS unit ON unit.id = line.product_uom_id
                  JOIN uom_uom AS own ON own.id = template.uom_id
                 WHERE purchase.state IN ('draft', 'sent', 'to approve')
            )
            SELECT id, ROUND(SUM(quantity)::numeric, 6)::float FROM part GROUP BY id
            """,
            rules=rules.ids,
            states=list(OPEN_STATES),
        )
    )
    found = dict(env.cr.fetchall())
    return {rule: found.get(rule.id) or 0.0 for rule in rules}
