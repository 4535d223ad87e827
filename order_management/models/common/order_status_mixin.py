from odoo import models

from .access import public
from .results import row


class OrderStatusMixin(models.AbstractModel):
    """What an integrator wants to know of an order, in one answer."""

    _name = "order.status.mixin"
    _description = "Status of an order"

    @public
    def get_status(self):
        """Tell where orders stand, with their lines, shipments, invoices and returns.

        :return: one item per order: ``order_id``, ``name``, ``channel``, ``external_ref``,
            ``order_state``, ``stage``, ``hold_state``, ``promise_date``, ``lines``
            (``line_id``, ``sku``, ``quantity``, ``delivered_quantity``, ``invoiced_quantity``),
            ``shipments``, ``invoices`` (``id``, ``name``, ``payment_state``, ``amount_total``,
            ``amount_due``) and ``returns``
        """
        orders = self.sudo()
        shipments = orders._get_shipments()
        returns = orders._get_returns()
        return [
            row(
                **order._prepare_status(),
                shipments=shipments.get(order.id, []),
                returns=returns.get(order.id, []),
            )
            for order in orders
        ]

    def _prepare_status(self):
        return {
            "order_id": self.id,
            "name": self.name,
            "channel": self._get_channel_code(),
            "external_ref": self.external_ref,
            "order_state": self.state,
            "stage": self.stage,
            "hold_state": self.hold_state,
            "promise_date": self.promise_date,
            "lines": [line._prepare_status() for line in self.order_line if line.product_id],
            "invoices": [self._prepare_invoice_status(move) for move in self.invoice_ids],
        }

    def _prepare_invoice_status(self, move):
        return {
            "id": move.id,
            "name": move.name,
            "type": move.move_type,
            "payment_state": move.payment_state,
            "amount_total": move.amount_total,
            "amount_due": move.amount_residual,
        }


class OrderStatusLineMixin(models.AbstractModel):
    _name = "order.status.line.mixin"
    _description = "Status of an order line"

    def _prepare_status(self):
        return {
            "line_id": self.id,
            "sku": self.product_id.default_code,
            "quantity": self.product_uom_qty,
            "delivered_quantity": self.qty_delivered,
            "invoiced_quantity": self.qty_invoiced,
        }
