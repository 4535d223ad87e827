from odoo import api, fields, models
from odoo.fields import Domain

from .tracking_status import RANK


class OrderShippingMixin(models.AbstractModel):
    """What an order knows of its shipments."""

    _name = "order.shipping.mixin"
    _description = "Shipping of an order"

    shipment_ids = fields.Many2many(
        "order.shipment", "order_shipment_order_rel", "order_id", "shipment_id", "Shipments",
        readonly=True, copy=False,
    )  # fmt: skip
    shipment_count = fields.Integer(compute="_compute_shipment_count", compute_sudo=True)

    @api.depends("shipment_ids.is_void")
    def _compute_shipment_count(self):
        for order in self:
            order.shipment_count = len(order.shipment_ids.filtered(lambda s: not s.is_void))

    def action_view_shipments(self):
        """Button: the shipments of these orders."""
        self.check_access("read")
        return self.env["order.shipment"]._get_view_action([("order_ids", "in", self.ids)])

    def _get_live_shipments(self, domain=()):
        """Shipments of these orders that are not voided, in the order in which they were made."""
        return (
            self.env["order.shipment"]
            .sudo()
            .search(
                Domain("order_ids", "in", self.ids)
                & Domain("is_void", "=", False)
                & Domain(domain),
                order="id",
            )
        )

    def _get_shipments(self):
        """Shipments of each order as plain rows: order id → list of dicts."""
        rows = {order_id: [] for order_id in self.ids}
        for shipment in self._get_live_shipments():
            status = shipment._prepare_status()
            for order_id in shipment.order_ids.ids:
                if order_id in rows:
                    rows[order_id].append(status)
        return rows

    def _get_arrivals(self):
        """Service for the promise room: what of the shipped goods has arrived, and when.

        What nobody tracks counts as arrived when it left. A shipment is tracked if it has a number
        and either word of it has come or somebody is set up to send word.

        :return dict: order id → transfer id → moment, or ``False`` for what is on its way
        """
        found = {order_id: {} for order_id in self.ids}
        shipments = self._get_live_shipments([("shipped_at", "!=", False)])
        hears = bool(shipments) and self._hears_of_shipments()
        for shipment in shipments:
            moment = shipment.delivered_at
            if not moment and not shipment._is_tracked(hears):
                moment = shipment.shipped_at
            for order_id in shipment.order_ids.ids:
                if order_id in found:
                    picking = shipment.picking_id.id
                    before = found[order_id].get(picking, moment)
                    found[order_id][picking] = moment and before and max(before, moment)
        return found

    def _hears_of_shipments(self):
        sources = self.env["order.tracking.source"].sudo()
        return bool(sources.search_count([], limit=1))

    def _get_shipment_states(self):
        """How far what has left has come: order id → status.

        ``delivered`` when every shipment is, else the least advanced status.
        """
        states = {}
        for shipment in self._get_live_shipments([("shipped_at", "!=", False)]):
            for order_id in shipment.order_ids.ids:
                states.setdefault(order_id, set()).add(shipment.status)
        return {order_id: _least_advanced(found) for order_id, found in states.items()}


def _least_advanced(statuses):
    open_statuses = statuses - {"delivered"}
    return min(open_statuses, key=RANK.get) if open_statuses else "delivered"
