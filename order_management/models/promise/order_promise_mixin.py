from odoo import fields, models
from odoo.tools import SQL

from ..common.optional import has_field
from .open_moves import handled_quantity


class OrderPromiseMixin(models.AbstractModel):
    """What an order is promised, and whether the stock is there."""

    _name = "order.promise.mixin"
    _description = "Promise of an order"

    promise_date = fields.Date(
        copy=False, index=True, help="The day the customer was promised the whole order."
    )
    order_priority = fields.Integer(
        compute="_compute_order_priority", store=True, readonly=False, precompute=True,
        help="Higher wins when stock is short; taken from the customer.",
    )  # fmt: skip

    def _compute_order_priority(self):
        for order in self:
            order.order_priority = order.partner_id.order_priority

    def _get_stock_shortages(self):
        """What the warehouse cannot serve from free stock, earlier orders of the set first.

        :return dict: sale order line id → ``{"asked", "free", "missing", "sku"}`` in the
            product's unit
        """
        lines = self.order_line.filtered(lambda line: line._needs_stock())
        free = self._get_free_quantities(lines)
        shortages = {}
        for line in lines:
            key = (line.warehouse_id.id, line.product_id.id)
            asked = line.product_uom_id._compute_quantity(
                line.product_uom_qty - line._get_covered_quantity(),
                line.product_id.uom_id,
                round=False,
            )
            missing = asked - max(free[key], 0.0)
            free[key] -= asked
            if line.product_id.uom_id.compare(missing, 0.0) > 0:
                shortages[line.id] = {
                    "sku": line.product_id.default_code or line.product_id.display_name,
                    "asked": asked,
                    "free": max(asked - missing, 0.0),
                    "missing": missing,
                }
        return shortages

    def _get_free_quantities(self, lines):
        """What lies in each warehouse and is reserved for nobody, by one statement.

        :return dict: (warehouse id, product id) → quantity in the product's unit
        """
        free = {(line.warehouse_id.id, line.product_id.id): 0.0 for line in lines}
        homeless = lines.filtered(lambda line: not line.warehouse_id).product_id
        free.update({(False, product.id): product.free_qty for product in homeless})
        warehouses = lines.warehouse_id
        if not warehouses:
            return free
        self.env["stock.quant"].flush_model(
            ["product_id", "location_id", "quantity", "reserved_quantity", "owner_id"]
        )
        places = SQL(", ").join(
            SQL("(%s, %s)", warehouse.id, warehouse.view_location_id.id) for warehouse in warehouses
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT place.warehouse_id, quant.product_id,
                       SUM(quant.quantity - quant.reserved_quantity)
                  FROM (VALUES %s) AS place (warehouse_id, view_id)
                  JOIN stock_location AS root ON root.id = place.view_id
                  JOIN stock_location AS location
                    ON location.parent_path LIKE root.parent_path || '%%'
                  JOIN stock_quant AS quant ON quant.location_id = location.id
                 WHERE quant.product_id IN %s AND location.usage IN ('internal', 'transit')
                 GROUP BY place.warehouse_id, quant.product_id
                """,
                places,
                tuple(lines.product_id.ids),
            )
        )
        free.update({(place, product): found for place, product, found in self.env.cr.fetchall()})
        free.update(self._get_free_kits(lines))
        return free

    def _get_free_kits(self, lines):
        """Free kits, of which nothing lies there as such: core counts their components."""
        if not has_field(self.env, "product.product", "is_kits"):
            return {}
        return {
            (warehouse.id, product.id): product.free_qty
            for warehouse, group in lines.grouped("warehouse_id").items()
            for product in group.product_id.filtered("is_kits").with_context(
                warehouse_id=warehouse.id
            )
        }


class OrderPromiseLineMixin(models.AbstractModel):
    _name = "order.promise.line.mixin"
    _description = "Promise of an order line"

    promise_date = fields.Date(copy=False, help="The day the customer was promised this line.")

    def _needs_stock(self):
        """Whether this line is served from stock and still open."""
        return (
            not self.display_type
            and self.product_id.is_storable
            and not self._is_made_to_order()
            and self.product_uom_qty > 0
        )

    def _get_covered_quantity(self):
        """What is reserved for this line or has left, in its unit; nothing on a quotation."""
        if self.state != "sale":
            return 0.0
        return self._sum_moves(lambda move: move.quantity)

    def _get_started_quantity(self):
        """What was picked, packed or shipped for this line, less returns, in its unit."""
        return self._sum_moves(handled_quantity)

    def _prepare_change_line(self):
        """What the form for changes shows of this line."""
        return {
            "line_id": self.id,
            "product_id": self.product_id.id,
            "started_quantity": max(self.qty_delivered, self._get_started_quantity()),
            "quantity_before": self.product_uom_qty,
            "quantity": self.product_uom_qty,
            "price_before": self.price_unit,
            "price_unit": self.price_unit,
        }

    def _prepare_cancel_line(self):
        """What the form for cancelling shows of this line; all that is open goes."""
        started = max(self.qty_delivered, self._get_started_quantity())
        return {
            "line_id": self.id,
            "started_quantity": started,
            "quantity_before": self.product_uom_qty,
            "quantity": max(self.product_uom_qty - started, 0.0),
        }

    def _sum_moves(self, quantity_of):
        """The sum over what the first step of the delivery moves out, less what came back."""
        outgoing, incoming = self._get_outgoing_incoming_moves(strict=False)
        total = 0.0
        for sign, moves in ((1, outgoing), (-1, incoming.filtered(lambda m: m.state == "done"))):
            for move in moves:
                total += sign * move.product_uom._compute_quantity(
                    quantity_of(move), self.product_uom_id, rounding_method="HALF-UP"
                )
        return total

    def _is_made_to_order(self):
        """Whether its goods are bought or made for it, by the same routes core looks at.

        Core's ``is_mto`` also asks for the delivery widget, which costs queries per line where
        kits are installed.
        """
        product = self.product_id
        routes = self.route_ids or (product.route_ids | product.categ_id.total_route_ids)
        return bool(routes) and self.warehouse_id.mto_pull_id.route_id in routes
