"""What was ordered, but comes so late that core does not count it: it would order it again."""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from .positions import OPEN_STATES


def read_late_supply(rules):
    """Open receipts from vendors beyond the day until which core looks ahead.

    :param rules: ``stock.warehouse.orderpoint``
    :return dict: rule id → units of the product; only rules that have any
    """
    wanted = [rule for rule in rules if rule.id and rule.lead_horizon_date]
    if not wanted:
        return {}
    env = rules.env
    env["stock.move"].flush_model()
    env.cr.execute(
        SQL(
            """
            SELECT wanted.id, SUM(move.product_qty)
              FROM (VALUES %(rules)s) AS wanted (id, product_id, location_id, horizon)
              JOIN stock_location AS place ON place.id = wanted.location_id
              JOIN stock_move AS move ON move.product_id = wanted.product_id
                                     AND move.purchase_line_id IS NOT NULL
                                     AND move.state = ANY(%(states)s)
                                     AND move.date >= wanted.horizon
              JOIN stock_location AS source ON source.id = move.location_id
              JOIN stock_location AS target
                ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE target.parent_path LIKE place.parent_path || '%%'
               AND source.parent_path NOT LIKE place.parent_path || '%%'
             GROUP BY wanted.id
            """,
            rules=SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s)",
                    rule.id,
                    rule.product_id.id,
                    rule.location_id.id,
                    datetime.combine(rule.lead_horizon_date + timedelta(days=1), time()),
                )
                for rule in wanted
            ),
            states=list(OPEN_STATES),
        )
    )
    return {rule: float(quantity) for rule, quantity in env.cr.fetchall()}
