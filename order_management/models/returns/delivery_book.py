"""Which deliveries of order lines may still come back, in the product's unit, newest first."""

from datetime import UTC
from zoneinfo import ZoneInfo

from odoo.fields import Datetime


class DeliveryBook:
    """The done deliveries of ``lines``; what is taken out of the book counts from then on."""

    def __init__(self, lines):
        self.lines = lines
        quantities = lines.move_ids._get_returnable_quantities()
        self.moves = {line: self._read_moves(line, quantities) for line in lines}
        self.net = {line: _get_net_delivered(line) for line in lines}

    def get_left(self, line):
        """What the customer still has of ``line`` and nobody has announced to the warehouse."""
        return max(min(sum(left for _move, left in self.moves[line]), self.net[line]), 0.0)

    def allocate(self, line, quantity):
        """The deliveries that ``quantity`` of ``line`` came with.

        :param float quantity: in the order line's unit
        :return: list of ``(move, quantity in the product's unit)``
        """
        left, parts = self._in_product_unit(line, quantity), []
        for move, open_quantity in self.moves[line]:
            part = min(left, open_quantity)
            if line.product_id.uom_id.compare(part, 0.0) > 0:
                parts.append((move, part))
                left -= part
        return parts

    def take(self, line, quantity):
        """Take ``quantity``, in the order line's unit, out of the book."""
        taken = dict(self.allocate(line, quantity))
        self.moves[line] = [(move, left - taken.get(move, 0.0)) for move, left in self.moves[line]]
        self.net[line] -= self._in_product_unit(line, quantity)

    def _in_product_unit(self, line, quantity):
        uom = line.product_id.uom_id
        return line.product_uom_id._compute_quantity(quantity, uom, round=False)

    def _read_moves(self, line, quantities):
        """Done deliveries of ``line``; a list, so that their records stay read together."""
        moves = [
            move
            for move in line.move_ids
            if move.product_id == line.product_id and move._is_done_delivery()
        ]
        moves.sort(key=lambda move: (move.date, move.id), reverse=True)
        return [(move, quantities[move.id]) for move in moves]


def read_arrivals(book):
    """When each delivery of a book arrived: as tracking says, else when the transfer was done.

    :return dict: stock move → aware datetime, and ``tracking`` or ``transfer``
    """
    tracked = {}
    for rows in book.lines.order_id._get_shipments().values():
        for shipment in rows:
            if shipment.get("delivered_at"):
                moment = Datetime.to_datetime(shipment["delivered_at"])
                known = tracked.get(shipment["picking_id"], moment)
                tracked[shipment["picking_id"]] = max(known, moment)
    return {
        move: (tracked[move.picking_id.id].replace(tzinfo=UTC), "tracking")
        if move.picking_id.id in tracked
        else (move.date.replace(tzinfo=UTC), "transfer")
        for moves in book.moves.values()
        for move, _left in moves
    }


def zone_of(order):
    """The time zone in which the days of ``order`` are counted: its warehouse's."""
    return zone_at(order.warehouse_id, order.company_id)


def zone_at(warehouse, company):
    """The time zone of a warehouse, else of its company."""
    return ZoneInfo(warehouse.partner_id.tz or company.partner_id.tz or "UTC")


def today_of(order):
    """Today where the warehouse of ``order`` stands."""
    return today_at(order.warehouse_id, order.company_id)


def today_at(warehouse, company):
    """Today where a warehouse stands."""
    return Datetime.now().replace(tzinfo=UTC).astimezone(zone_at(warehouse, company)).date()


def _get_net_delivered(line):
    """What left for the customer less what came back, in the product's unit."""
    return sum(
        move._get_moved_quantity() * move._get_customer_direction()
        for move in line.move_ids
        if move.state == "done" and move.product_id == line.product_id
    )
