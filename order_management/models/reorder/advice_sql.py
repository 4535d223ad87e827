"""What is on order, on hand and on its way out, for many products at once."""

from odoo.tools import SQL

from ..common.zones import get_places

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")
DRAFT_STATES = ("draft", "sent", "to approve")


def find_bought_products(warehouses):
    """Ids of the products that are on order with vendors for these warehouses."""
    env = warehouses.env
    _flush(env)
    env.cr.execute(
        SQL(
            """
            SELECT line.product_id
              FROM purchase_order AS purchase
              JOIN purchase_order_line AS line ON line.order_id = purchase.id
              JOIN stock_picking_type AS type ON type.id = purchase.picking_type_id
             WHERE type.warehouse_id = ANY(%(places)s) AND line.product_id IS NOT NULL
               AND purchase.state = ANY(%(drafts)s)
             UNION
            SELECT move.product_id
              FROM stock_move AS move
              JOIN stock_location AS target
                ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE target.warehouse_id = ANY(%(places)s) AND move.purchase_line_id IS NOT NULL
               AND move.state = ANY(%(open)s)
            """,
            places=warehouses.ids,
            open=list(OPEN_STATES),
            drafts=list(DRAFT_STATES),
        )
    )
    return [product for (product,) in env.cr.fetchall()]


def read_purchases(warehouses, product_ids):
    """Open purchase lines of storable products: what is still to come, and when.

    Confirmed ones count on the later of the expected day and the deadline, as everywhere; days
    are days of the warehouse. ``is_pegged``: the goods are for one customer or order.

    :return list: ``(product id, warehouse id, line id, is a draft, day, quantity, is pegged)``
    """
    env = warehouses.env
    _flush(env)
    env.cr.execute(
        SQL(
            """
            WITH place (warehouse_id, zone) AS (VALUES %(places)s)
            SELECT move.product_id, place.warehouse_id, move.purchase_line_id, FALSE,
                   %(expected)s, SUM(move.product_qty),
                   BOOL_OR(EXISTS (SELECT FROM stock_move_move_rel AS link
                                    WHERE link.move_orig_id = move.id))
              FROM stock_move AS move
              JOIN stock_location AS source ON source.id = move.location_id
              JOIN stock_location AS target
                ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
              JOIN place ON place.warehouse_id = target.warehouse_id
              JOIN product_product AS product ON product.id = move.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE move.state = ANY(%(open)s) AND move.purchase_line_id IS NOT NULL
               AND move.product_id = ANY(%(products)s) AND template.is_storable
               AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
             GROUP BY move.product_id, place.warehouse_id, place.zone, move.purchase_line_id
             UNION ALL
            SELECT line.product_id, place.warehouse_id, line.id, TRUE,
                   %(planned)s, line.product_qty * unit.factor / own.factor,
                   EXISTS (SELECT FROM stock_move_created_purchase_line_rel AS link
                            WHERE link.created_purchase_line_id = line.id)
              FROM purchase_order AS purchase
              JOIN purchase_order_line AS line ON line.order_id = purchase.id
              JOIN stock_picking_type AS type ON type.id = purchase.picking_type_id
              JOIN place ON place.warehouse_id = type.warehouse_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
              JOIN uom_uom AS unit ON unit.id = line.product_uom_id
              JOIN uom_uom AS own ON own.id = template.uom_id
             WHERE purchase.state = ANY(%(drafts)s) AND type.code = 'incoming'
               AND line.product_id = ANY(%(products)s) AND template.is_storable
               AND line.product_qty > 0
             ORDER BY 3
            """,
            places=get_places(warehouses),
            expected=_local(SQL("MAX(GREATEST(move.date, move.date_deadline))")),
            planned=_local(SQL("line.date_planned")),
            products=list(product_ids),
            open=list(OPEN_STATES),
            drafts=list(DRAFT_STATES),
        )
    )
    return [
        (product, place, line, is_draft, day, float(quantity), is_pegged)
        for product, place, line, is_draft, day, quantity, is_pegged in env.cr.fetchall()
    ]


def read_other_flows(warehouses, pairs):
    """What is there, what is to leave, and what comes from elsewhere than from vendors.

    :param list pairs: ``(product id, warehouse id)``
    :return list: ``(product id, warehouse id, "stock" | "out" | "in", day, quantity)``
    """
    env = warehouses.env
    if not pairs:
        return []
    env["stock.quant"].flush_model(["location_id", "product_id", "quantity"])
    _flush(env)
    env.cr.execute(
        SQL(
            """
            WITH place (warehouse_id, zone) AS (VALUES %(places)s),
            wanted AS (
                SELECT pair.product_id, place.warehouse_id, place.zone
                  FROM UNNEST(%(product_ids)s, %(place_ids)s) AS pair (product_id, warehouse_id)
                  JOIN place USING (warehouse_id)
            )
            SELECT wanted.product_id, wanted.warehouse_id, 'stock', NULL::date,
                   SUM(quant.quantity)
              FROM wanted
              JOIN stock_quant AS quant ON quant.product_id = wanted.product_id
              JOIN stock_location AS location ON location.id = quant.location_id
             WHERE location.warehouse_id = wanted.warehouse_id
               AND location.usage IN ('internal', 'transit')
             GROUP BY 1, 2
             UNION ALL
            SELECT wanted.product_id, wanted.warehouse_id,
                   CASE WHEN source.warehouse_id IS NOT DISTINCT FROM wanted.warehouse_id
                        THEN 'out' ELSE 'in' END,
                   %(day)s, SUM(move.product_qty)
              FROM wanted
              JOIN stock_move AS move ON move.product_id = wanted.product_id
              JOIN stock_location AS source ON source.id = move.location_id
              JOIN stock_location AS target
                ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.state = ANY(%(open)s)
               AND (source.warehouse_id IS NOT DISTINCT FROM wanted.warehouse_id)
                   != (target.warehouse_id IS NOT DISTINCT FROM wanted.warehouse_id)
               AND (move.purchase_line_id IS NULL
                    OR source.warehouse_id IS NOT DISTINCT FROM wanted.warehouse_id)
             GROUP BY 1, 2, 3, 4
            """,
            places=get_places(warehouses),
            product_ids=[product for product, _place in pairs],
            place_ids=[place for _product, place in pairs],
            day=_local(SQL("GREATEST(move.date, move.date_deadline)"), "wanted"),
            open=list(OPEN_STATES),
        )
    )
    return [(*rest, float(quantity)) for *rest, quantity in env.cr.fetchall()]


def _local(moment, zone="place"):
    """The day of a moment where the goods are."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, SQL(f"{zone}.zone"))


def _flush(env):
    env["stock.move"].flush_model()
    env["purchase.order"].flush_model(["picking_type_id", "state"])
    env["purchase.order.line"].flush_model(
        ["date_planned", "order_id", "product_id", "product_qty", "product_uom_id"]
    )
