from odoo.tests import HttpCase, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_tour")
class TestIntakeQuickEntryTour(HttpCase, OrderManagementCase):
    """The clerk takes an order on the phone, in a real browser and by keyboard alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+32 2 123 45 67"
        cls.mug = cls._create_product("MUG", price=12.5, stock=10, barcode="5412345000013")

    def _start(self, name, login="om_clerk"):
        self.start_tour("/odoo/quick-entry", name, login=login)

    def _create_channel(self):
        return self.env["order.channel"].create({"name": "Phone", "code": "PHONE", "kind": "phone"})

    def test_clerk_takes_an_order_on_the_phone(self):
        """Ctrl+Enter is pressed twice in one breath: one order is made."""
        channel = self._create_channel()
        self._start("order_management_quick_entry")
        order = self.env["sale.order"].search([("channel_id", "=", channel.id)])
        self.assertEqual(len(order), 1)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(
            [(line.product_id, line.product_uom_qty) for line in order.order_line],
            [(self.mug, 3.0), (self.product, 1.0)],
        )
        self.assertEqual((order.state, order.user_id), ("sale", self.users["clerk"]))
        self.assertTrue(order.external_ref.startswith("PHONE-"))

    def test_clerk_keeps_what_was_typed_when_the_connection_is_lost(self):
        channel = self._create_channel()
        self._start("order_management_quick_entry_offline")
        order = self.env["sale.order"].search([("channel_id", "=", channel.id)])
        self.assertEqual(len(order), 1)
        self.assertEqual(order.partner_id.name, "Marie Curie")
        self.assertEqual(order.hold_state, "held")

    def test_clerk_without_a_channel_learns_whom_to_ask(self):
        self._start("order_management_quick_entry_empty")
