from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .kits import Kits, whole_kits
from .open_moves import handled_quantity
from .ship_days import ShipDays

# What the check of stock found in this call, by order; on the cursor, where no caller can put it.
SHORTAGES = "order_management.shortages"


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

    def _get_stock_shortages(self, within_days=0, apart=False):
        """What cannot be served from stock, or from receipts in time; earlier orders first.

        In time is what can arrive on the day that is asked for. An order without such a day
        wants its goods now, or ``within_days``. A kit needs its components, and all lines that
        need one draw on the same supply; what older orders wait for is theirs.

        :param int within_days: receipts of so many days count as if they were there
        :param bool apart: quotations each for itself: none holds what another lacks
        :return dict: sale order line id → ``{"asked", "free", "missing", "sku"}`` in the
            product's unit
        """
        shipping = {warehouse: ShipDays(warehouse) for warehouse in self._get_warehouses()}
        shortages, taken = {}, defaultdict(float)
        served = self._serve_orders(shipping, apart=True) if apart else self._serve_for_checks()
        for order, lines in served.items():
            latest = order._get_latest_ship_day(shipping)
            zero = order._get_day_zero(shipping, False) + timedelta(days=within_days)
            for line, parts in lines.items():
                if line._has_own_supply():
                    continue
                asked = line._get_undelivered_quantity()
                free = sum(
                    part["base_quantity"]
                    for part in parts
                    if line._is_in_time(part, zero, latest, shipping)
                )
                if not line.warehouse_id and line.product_id.is_storable:
                    free = min(line.product_id.free_qty - taken[line.product_id], asked)
                    taken[line.product_id] += asked
                missing = line.product_id.uom_id.round(asked - max(free, 0.0))
                if line.product_id.uom_id.compare(missing, 0.0) > 0:
                    shortages[line.id] = {
                        "sku": line.product_id.default_code or line.product_id.display_name,
                        "asked": asked,
                        "free": max(asked - missing, 0.0),
                        "missing": missing,
                    }
        known = self.env.cr.cache.get(SHORTAGES)
        if known is not None and not apart:
            known.update({order.id: shortages for order in self})
        return shortages

    def _note_known_shortages(self):
        """Service for the validation room: keep what the check of stock found, if it ran."""
        found = self.env.cr.cache.pop(SHORTAGES, {})
        known = self.filtered(lambda order: order.id in found)
        if known:
            known._note_shortages(found[known[0].id])

    def _get_late_promises(self):
        """Service for the validation room: orders that cannot arrive on the day asked for.

        :return dict: order id → ``{"asked", "possible", "late_days"}``; ``possible`` is
            ``False`` where no day is known
        """
        wanting = self.filtered("commitment_date")
        shipping = {warehouse: ShipDays(warehouse) for warehouse in wanting._get_warehouses()}
        late = {}
        for order, lines in wanting._get_served_orders().items():
            order._set_promise_dates(lines, order._get_promise_policy(), shipping)
            asked, possible = order._get_wanted_day(shipping), order._get_promised_day(lines)
            if lines and (not possible or possible > asked):
                late[order.id] = {
                    "asked": fields.Date.to_string(asked),
                    "possible": possible and fields.Date.to_string(possible),
                    "late_days": possible and (possible - asked).days,
                }
        return late

    def _get_kit_components(self, products):
        """Service for the joint: what the kits among these orders' and other products hold.

        :param products: what is going to be ordered besides
        """
        found = self.env["product.product"]
        for company, lines in self.order_line.grouped("company_id").items():
            kits = Kits(lines.product_id | products, company)
            found = found.union(*(part for kit in kits.boms for part in kits.get_parts(kit)))
        return found

    def _get_free_quantities(self, wanted):
        """What lies in each warehouse and is reserved for nobody, by one statement.

        :param set wanted: (warehouse, product)
        :return dict: (warehouse id, product id) → quantity in the product's unit
        """
        free = {(warehouse.id, product.id): 0.0 for warehouse, product in wanted}
        homeless = [product for warehouse, product in wanted if not warehouse]
        free.update({(False, product.id): product.free_qty for product in homeless})
        warehouses = self.env["stock.warehouse"].union(*(warehouse for warehouse, _ in wanted))
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
                       SUM(COALESCE(quant.quantity, 0) - COALESCE(quant.reserved_quantity, 0))
                  FROM (VALUES %s) AS place (warehouse_id, view_id)
                  JOIN stock_location AS root ON root.id = place.view_id
                  JOIN stock_location AS location
                    ON location.parent_path LIKE root.parent_path || '%%'
                  JOIN stock_quant AS quant ON quant.location_id = location.id
                 WHERE quant.product_id IN %s AND location.usage IN ('internal', 'transit')
                 GROUP BY place.warehouse_id, quant.product_id
                """,
                places,
                tuple({product.id for _warehouse, product in wanted}),
            )
        )
        free.update({(place, product): found for place, product, found in self.env.cr.fetchall()})
        return free


class OrderPromiseLineMixin(models.AbstractModel):
    _name = "order.promise.line.mixin"
    _description = "Promise of an order line"

    promise_date = fields.Date(copy=False, help="The day the customer was promised this line.")

    def _is_open_for_stock(self):
        """Whether goods are still wanted of this line."""
        return (
            not self.display_type and self.product_id.type == "consu" and self.product_uom_qty > 0
        )

    def _is_in_time(self, part, day, latest, shipping):
        """Whether a part of this line counts as there.

        :param day: receipts until then count, whatever was asked for
        :param latest: the last day to ship for the day asked for, or ``False``
        """
        if part["source"] != "incoming":
            return part["source"] == "stock"
        days = shipping.get(self.warehouse_id)
        ships = days.ship_day(part["there"]) if days else part["there"]
        return part["there"] <= day or bool(latest and ships <= latest)

    def _is_moved_in_parts(self):
        """Whether this line is a kit: its components are moved, not itself."""
        return bool(self.move_ids.product_id - self.product_id)

    def _get_started_quantity(self):
        """What was picked, packed or shipped for this line, less returns, in its unit."""
        if not self._is_moved_in_parts():
            return self._sum_moves(handled_quantity)
        sent, back = self._sum_part_moves(handled_quantity)
        kits = Kits(self.product_id, self.company_id)
        if not kits.is_kit(self.product_id):  # it was one
            return self.product_uom_qty if any(sent.values()) else 0.0
        # A kit of which one part left has left, and one of which one part came back came back.
        left, returned = (
            max(
                (
                    whole_kits(found.get(part, 0.0) / each)
                    for part, each in kits.get_parts(self.product_id).items()
                ),
                default=0.0,
            )
            for found in (sent, back)
        )
        return self.product_id.uom_id._compute_quantity(
            max(left - returned, 0.0), self.product_uom_id
        )

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

    def _sum_part_moves(self, quantity_of):
        """The same of a kit's components: what goes out, and what came back.

        :return tuple: twice product → quantity in its unit
        """
        moves = self.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_dest_usage != "inventory"
        )
        outgoing = moves.filtered(
            lambda move: (
                (move.location_final_id or move.location_dest_id)._is_outgoing()
                and (not move.origin_returned_move_id or move.to_refund)
            )
        )
        outgoing -= outgoing.filtered(lambda move: move.move_orig_ids & outgoing)  # first step
        incoming = (moves - outgoing).filtered(
            lambda move: (
                move.state == "done"
                and move.to_refund
                and (move.location_id._is_outgoing() or move.origin_returned_move_id in outgoing)
            )
        )
        sums = ({}, {})
        for found, group in zip(sums, (outgoing, incoming), strict=True):
            for move in group:
                product = move.product_id
                quantity = move.product_uom._compute_quantity(
                    quantity_of(move), product.uom_id, round=False
                )
                found[product] = found.get(product, 0.0) + quantity
        return sums

    def _is_made_to_order(self):
        """Whether its goods are bought or made for it, by the same routes core looks at.

        Core's ``is_mto`` also asks for the delivery widget, which costs queries per line where
        kits are installed.
        """
        product = self.product_id
        routes = self.route_ids or (product.route_ids | product.categ_id.total_route_ids)
        return bool(routes) and self.warehouse_id.mto_pull_id.route_id in routes
