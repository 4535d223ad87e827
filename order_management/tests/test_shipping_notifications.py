from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OrderManagementCase

OUTBOX = "odoo.addons.order_management.models.common.order_outbox"


@tagged("post_install", "-at_install", "om_full")
class TestShippingNotifications(OrderManagementCase):
    """One message a customer, sent once, after commit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.order = cls._create_order()

    def tell(self, kind="promise_changed", orders=None, **values):
        orders = orders or self.order
        data = {
            order.id: {"key": f"{order.id}/1", "before": "2026-03-13", "after": "2026-03-15",
                       **values}
            for order in orders
        }  # fmt: skip
        return orders._notify_customers(kind, data)

    def effects(self):
        return self.env["order.outbox"].search([("kind", "=", "notification")])

    def send(self):
        for effect in self.effects().filtered(lambda effect: effect.state == "waiting"):
            effect._send()
        self.env.flush_all()

    def mails(self, order=None):
        messages = (order or self.order).message_ids
        return self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])

    def test_it_leaves_by_the_outbox_and_stands_in_the_chatter(self):
        message = self.tell(reason="Our supplier delivers later than planned.")
        self.assertEqual((message.state, message.sent_at), ("waiting", False))
        self.assertFalse(self.mails())
        self.send()
        self.assertEqual((message.state, message.email), ("sent", "anna@example.com"))
        self.assertTrue(message.sent_at)
        self.assertEqual(message.subject, f"Your order {self.order.name}: new delivery date")
        posted = self.order.message_ids[0]
        self.assertEqual(posted.partner_ids, self.customer)
        self.assertFalse(posted.is_internal)
        mail = self.mails()
        self.assertEqual(mail.recipient_ids, self.customer)
        for text in (
            "Sunday, March 15, 2026", "Friday, March 13, 2026",
            "Our supplier delivers later than planned.", self.order.get_portal_url(),
        ):  # fmt: skip
            self.assertIn(text, mail.body_html)
        self.assertEqual(self.effects().state, "sent")

    def test_the_same_key_tells_nothing_twice(self):
        self.tell()
        self.assertFalse(self.tell(after="2026-03-20"))
        self.send()
        self.assertFalse(self.tell())
        self.send()
        self.assertEqual(len(self.mails()), 1)

    def test_a_newer_date_replaces_what_did_not_leave(self):
        first = self.tell()
        second = self.tell(key="2", before="2026-03-15", after="2026-03-18")
        third = self.tell("delayed", key="3", before="2026-03-18", after="2026-03-20")
        self.assertEqual((first | second).mapped("state"), ["cancelled", "cancelled"])
        self.send()
        self.assertEqual(third.state, "sent")
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("Friday, March 13, 2026", mail.body_html)  # what the customer knew
        self.assertIn("Friday, March 20, 2026", mail.body_html)
        self.tell(key="4", before="2026-03-20", after="2026-03-22")
        self.send()
        self.assertEqual(len(self.mails()), 2)

    def test_back_to_the_date_that_is_known_tells_nothing(self):
        first = self.tell()
        second = self.tell(key="2", before="2026-03-15", after="2026-03-13")
        self.send()
        self.assertEqual((first | second).mapped("state"), ["cancelled", "cancelled"])
        self.assertFalse(self.mails())

    def test_a_customer_without_address_leaves_a_failed_message(self):
        self.customer.email = False
        message = self.tell()
        self.assertEqual(message.state, "failed")
        self.assertIn("no e-mail", message.error)
        self.assertFalse(self.effects())
        self.customer.email = "anna@example.com"
        self.as_role(message, "clerk").action_retry()
        self.send()
        self.assertEqual((message.state, len(self.mails())), ("sent", 1))

    def test_an_address_that_disappears_before_sending(self):
        message = self.tell()
        self.customer.email = False
        self.send()
        self.assertEqual(message.state, "failed")
        self.assertFalse(self.mails())

    @mute_logger(OUTBOX)
    def test_a_failure_is_repeated_and_parked_with_its_reason(self):
        message = self.tell()
        with patch.object(type(message), "_deliver", side_effect=ValueError("No mail server")):
            self.send()
            self.assertEqual((message.state, message.error), ("waiting", "No mail server"))
            for _attempt in range(7):
                self.send()
        self.assertEqual((message.state, message.error), ("failed", "No mail server"))
        self.assertEqual(self.effects().state, "parked")
        self.assertFalse(self.mails())
        self.as_role(message, "clerk").action_retry()
        self.send()
        self.assertEqual((message.state, message.error), ("sent", False))
        self.assertEqual(len(self.mails()), 1)

    def test_too_late_to_tell(self):
        cases = [
            ("cancelled", lambda order: order._action_cancel()),
            ("delivered", lambda order: order.write({"delivered_at": "2026-03-14 10:00:00"})),
        ]
        for name, happen in cases:
            with self.subTest(name):
                order = self._create_order()
                message = self.tell(orders=order)
                happen(order)
                self.send()
                self.assertEqual(message.state, "cancelled")
                self.assertIn(name, message.error)
                self.assertFalse(self.mails(order))

    def test_modes(self):
        self.company.order_message_mode = "off"
        self.assertFalse(self.tell())
        self.company.order_message_mode = "shadow"
        self.assertEqual(self.tell().state, "cancelled")
        self.assertFalse(self.effects())
        self.assertEqual(self.tell("order_short", body="Hello").state, "waiting")
        self.company.use_order_management = False
        self.assertFalse(self.tell("order_short", key="2", body="Hello"))

    def test_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.customer.lang = "fr_BE"
        self.tell("delayed")
        self.send()
        self.assertIn("dimanche 15 mars 2026", self.mails().body_html)

    def test_the_clerk_s_own_text_is_text(self):
        message = self.tell("order_short", body="Hello,\n<b>2</b> are missing.")
        self.send()
        self.assertEqual(message.state, "sent")
        self.assertIn("Hello,<br>", self.mails().body_html.replace("<br/>", "<br>"))
        self.assertIn("&lt;b&gt;2&lt;/b&gt;", self.mails().body_html)

    def test_a_reason_by_its_code(self):
        self.tell(reason="supply")
        self.send()
        self.assertIn("The goods reach us on another day", self.mails().body_html)

    def test_what_no_message_says_is_refused(self):
        with self.assertRaises(KeyError):
            self.tell(vendor="Azure Interior")

    def test_a_missing_date_is_said(self):
        self.tell(after=False)
        self.send()
        self.assertIn("do not know the new date yet", self.mails().body_html)

    def test_many_cost_as_many_queries_as_few(self):
        counts = []
        for count in (2, 20):
            orders = self.env["sale.order"].union(
                *(self._create_order() for _index in range(count))
            )
            self.tell(orders=orders)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data = {o.id: {"key": f"{o.id}/2", "after": "2026-03-20"} for o in orders}
            orders._notify_customers("promise_changed", data)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_buttons_are_the_clerks(self):
        message = self.tell()
        for role in ("picker", "auditor", "integration", "returns"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(message, role).action_cancel()
        self.as_role(message, "clerk").action_cancel()
        self.assertEqual((message.state, self.effects().state), ("cancelled", "cancelled"))
        with self.assertRaises(AccessError):
            self.as_role(message, "clerk").write({"state": "waiting"})
