"""What the tests of returns share: orders that are delivered and invoiced."""

from odoo.fields import Command

from .common import OrderManagementCase

DELIVERED_AT = "2026-03-01 10:00:00"


class ReturnCase(OrderManagementCase):
    """A taxed product and a policy with a fee; ``_deliver``, ``_create_sold``, ``_request``.

    ``policy``: 30 days, 15 % for a change of mind; ``tax``: 20 %, on top.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.check"].search([]).mode = "off"
        cls.tax = cls._create_tax("20 %", 20.0)
        cls.shirt = cls._create_product(
            "SHIRT",
            price=40.0,
            stock=200,
            taxes_id=[Command.set(cls.tax.ids)],
            invoice_policy="delivery",
        )
        cls.reasons = {reason.code: reason for reason in cls.env["order.return.reason"].search([])}
        cls.policy = cls.env.ref("order_management.order_return_policy_default").copy(
            {"name": "Test", "sequence": 1, "rule_ids": False}
            | {"rule_ids": [Command.create({"fee_percent": 15.0})]}
        )
        cls.rule = cls.policy.rule_ids

    @classmethod
    def _create_tax(cls, name, amount, **values):
        return cls.env["account.tax"].create(
            {"name": name, "amount": amount, "type_tax_use": "sale", **values}
        )

    @classmethod
    def _deliver(cls, order, delivered_at=DELIVERED_AT):
        """Confirm and deliver ``order``; what is delivered arrived at ``delivered_at``."""
        if order.state == "draft":
            order.action_confirm()
            order.date_order = "2026-02-20 10:00:00"
        for picking in order.picking_ids.filtered(lambda one: one.state != "done"):
            picking.move_ids.picked = True
            picking._action_done()
            picking.move_ids.date = delivered_at
        shipments = cls.env["order.shipment"].search([("picking_id", "in", order.picking_ids.ids)])
        shipments.write({"delivered_at": delivered_at, "status": "delivered"})
        return order

    @classmethod
    def _invoice(cls, orders):
        invoices = orders._create_invoices()
        invoices.action_post()
        return invoices

    @classmethod
    def _bill_deposit(cls, order, percent):
        """The draft invoice of a down payment."""
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": percent})
        )
        return wizard._create_invoices(order)

    @classmethod
    def _create_sold(cls, quantity=3, price=40.0, discount=10.0, product=None, **values):
        """An order of one line that is delivered and invoiced."""
        order = cls._create_delivered(quantity, price, discount, product, **values)
        cls._invoice(order)
        return order

    @classmethod
    def _create_delivered(cls, quantity=3, price=40.0, discount=10.0, product=None, **values):
        order = cls._create_order([(product or cls.shirt, quantity, price)], **values)
        order.order_line.discount = discount
        return cls._deliver(order)

    @classmethod
    def _ask(cls, order, quantity=1, reason="changed_mind", line=None, **values):
        """One line of a request."""
        line = line or order.order_line[0]
        return {"line_id": line.id, "quantity": quantity, "reason": reason, **values}

    @classmethod
    def _request(cls, order, quantity=1, reason="changed_mind", role="returns", **values):
        """The answer to a request for one line."""
        request = {
            "order_id": order.id,
            "lines": [cls._ask(order, quantity, reason)],
            "requested_on": "2026-03-10",
            **values,
        }
        return cls.as_role("order.return", role).request([request])[0]

    @classmethod
    def _return(cls, order, quantity=1, reason="changed_mind", role="returns", **values):
        """A return made by a request, as superuser sees it."""
        answer = cls._request(order, quantity, reason, role, **values)
        return cls.env["order.return"].browse(answer["return_id"])

    @classmethod
    def _receive(cls, order_return, quantity=None, role="picker", **values):
        """The answer to receiving the (first) line of a return."""
        line = order_return.line_ids[0]
        entry = {"return_line_id": line.id, "quantity": quantity or line.quantity, **values}
        return cls.as_role(order_return, role).receive([entry])[0]

    @classmethod
    def _settle(cls, order_return, role="returns"):
        return cls.as_role(order_return, role).settle()[0]

    def _get_on_hand(self, product=None):
        product = (product or self.shirt).with_context(warehouse_id=self.warehouse.id)
        product.invalidate_recordset(["qty_available"])
        return product.qty_available
