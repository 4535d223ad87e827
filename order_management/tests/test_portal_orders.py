from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_full")
class TestPortalOrders(HttpCase, OrderManagementCase):
    """Customers see that their order is being reviewed, and mend what is theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.buyer = cls._create_customer(
            "Erika Muster", zip="1234", city="Berlin", country_id=cls.germany.id,
            email="erika@example.com",
        )  # fmt: skip
        cls.user = new_test_user(
            cls.env, login="om_buyer", groups="base.group_portal", partner_id=cls.buyer.id
        )
        cls.buyer.name = "Erika Muster"  # creating the user named it
        cls.stranger = new_test_user(cls.env, login="om_other_buyer", groups="base.group_portal")
        cls.order = cls._create_order(customer=cls.buyer)
        cls.order.action_confirm()

    def setUp(self):
        super().setUp()
        self.order.invalidate_recordset()
        self.assertEqual((self.order.hold_state, self.order.confirm_requested), ("held", True))

    def _url(self, order=None, suffix="", token=None):
        order = order or self.order
        return f"/my/orders/{order.id}{suffix}" + (f"?access_token={token}" if token else "")

    def _post(self, partner, values=None, token=None, kind="address", order=None):
        data = {
            "csrf_token": self.csrf_token(),
            "partner_id": partner.id,
            "street": "Invalidenstraße 1",
            "zip": "10115",
            "city": "Berlin",
            **(values or {}),
        }
        url = self._url(order, f"/mend/{kind}", token)
        return self.url_open(url, data=data, allow_redirects=False)

    def csrf_token(self):
        if not getattr(self, "session", None):
            self.authenticate(None, None)
        return http.Request.csrf_token(self)

    def _page(self, token=None):
        return self.url_open(self._url(token=token)).text

    def test_the_page_says_what_the_customer_can_mend(self):
        self.authenticate("om_buyer", "om_buyer")
        page = self._page()
        self.assertIn("Your order is waiting for something from you", page)
        self.assertIn("five digits", page)
        self.assertIn(f"/my/orders/{self.order.id}/mend/address", page)
        self.assertNotIn("Incorrect address", page, "the check's name is internal")

    def test_internal_reasons_stay_inside(self):
        self.buyer.zip = "10115"
        self.order.order_line.price_unit = 1.0
        self.order.process_orders()
        self.assertEqual(self.order.open_finding_ids.code, "price_deviation")
        self.authenticate("om_buyer", "om_buyer")
        page = self._page()
        self.assertIn("Your order is being reviewed", page)
        self.assertNotIn("expected is", page)
        self.assertNotIn(self.order.open_finding_ids.hint, page)

    def test_nothing_is_said_of_quotations_nobody_ordered(self):
        self.order.confirm_requested = False
        self.authenticate("om_buyer", "om_buyer")
        self.assertNotIn("o_order_review", self._page())

    def test_the_customer_corrects_the_own_address(self):
        self.authenticate("om_buyer", "om_buyer")
        form = self.url_open(self._url(suffix="/mend/address")).text
        self.assertIn('for="order_mend_zip"', form)
        self.assertIn("order_mend_zip_error", form)
        answer = self._post(self.buyer)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual((self.buyer.zip, self.buyer.street), ("10115", "Invalidenstraße 1"))
        self.assertTrue(self.order.open_finding_ids.recheck)
        page = self._page()
        self.assertIn("is being reviewed again", page)
        self.assertNotIn("/mend/address", page)
        self.env["order.finding"]._find_marked_orders()._recheck()
        self.assertEqual(self.order.state, "sale")

    def test_an_address_that_is_still_wrong_is_not_taken(self):
        self.authenticate("om_buyer", "om_buyer")
        answer = self._post(self.buyer, {"zip": "12", "street": "Neue Straße 1"})
        self.assertEqual(answer.status_code, 200)
        self.assertIn("five digits", answer.text)
        self.assertIn('value="Neue Straße 1"', answer.text, "what was typed is kept")
        self.assertEqual(self.buyer.zip, "1234")

    def test_the_country_stays(self):
        """It decides about tax and prices."""
        self.authenticate("om_buyer", "om_buyer")
        self._post(self.buyer, {"country_id": self.belgium.id})
        self.assertEqual(self.buyer.country_id, self.germany)

    def test_other_fields_are_not_taken(self):
        self.authenticate("om_buyer", "om_buyer")
        self._post(self.buyer, {"credit_limit": "9999", "name": "Somebody", "vat": "X"})
        self.assertEqual((self.buyer.name, self.buyer.vat), ("Erika Muster", False))

    def test_a_foreign_order_and_a_missing_token_are_refused(self):
        for login in (None, "om_other_buyer"):
            for token in (None, "wrong"):
                with self.subTest(login=login, token=token):
                    self.authenticate(login, login)
                    self.assertEqual(
                        self.url_open(
                            self._url(suffix="/mend/address", token=token), allow_redirects=False
                        ).status_code,
                        303,
                    )
                    answer = self._post(self.buyer, token=token)
                    self.assertTrue(answer.headers["Location"].endswith("/my"))
                    self.assertEqual(self.buyer.zip, "1234")
                    self.assertFalse(self.order.open_finding_ids.recheck)

    def test_another_customer_s_address_is_refused(self):
        foreign = self._create_customer("Foreign", zip="1")
        contact = self._create_customer("Sibling", parent_id=self.buyer.id, type="delivery")
        self.authenticate("om_buyer", "om_buyer")
        for partner in (foreign, contact, self.company.partner_id, self.stranger.partner_id):
            with self.subTest(partner.name):
                before = partner.read(["street", "zip", "city"])
                self.assertEqual(self._post(partner).status_code, 404)
                partner.invalidate_recordset()
                self.assertEqual(partner.read(["street", "zip", "city"]), before)
        self.assertEqual(self.buyer.zip, "1234")
        self.assertEqual(self.order.partner_shipping_id, self.buyer)

    def test_a_link_changes_this_order_only(self):
        """Whoever holds the link may say where the order goes, not where the customer lives."""
        token = self.order._portal_ensure_token()
        self.authenticate(None, None)
        self.assertEqual(self._post(self.buyer, token=token).status_code, 303)
        self.assertEqual(self.buyer.zip, "1234")
        address = self.order.partner_shipping_id
        self.assertEqual((address.zip, address.parent_id), ("10115", self.buyer))
        self.assertEqual(self._post(address, token=token).status_code, 404, "it is mended already")
        self.assertEqual(len(self.buyer.child_ids), 1)

    def test_an_address_of_somebody_else_is_not_written(self):
        """The order goes to a third party: theirs stays, the order gets one of its own."""
        friend = self._create_customer("Friend", zip="12", country_id=self.germany.id)
        self.order.partner_shipping_id = friend
        self.order.process_orders()
        self.authenticate("om_buyer", "om_buyer")
        self.assertEqual(self._post(friend).status_code, 303)
        self.assertEqual(friend.zip, "12")
        address = self.order.partner_shipping_id
        self.assertEqual((address.name, address.parent_id), ("Friend", self.buyer))

    def test_a_confirmed_order_is_not_mended(self):
        self.buyer.zip = "10115"
        self.order.process_orders()
        self.assertEqual(self.order.state, "sale")
        self.authenticate("om_buyer", "om_buyer")
        self.assertEqual(self._post(self.buyer, {"street": "Other 1"}).status_code, 404)
        self.assertEqual(self.buyer.street, "Chaussée de Namur 40")

    def _hold_for_contact(self):
        self.env.ref("order_management.order_check_contact_invalid").severity = "hold"
        self.buyer.write({"zip": "10115", "phone": "12", "email": "erika@"})
        self.order.process_orders()
        self.assertEqual(self.order.open_finding_ids.code, "contact_invalid")

    def test_contact_details_are_corrected_too(self):
        self._hold_for_contact()
        self.authenticate("om_buyer", "om_buyer")
        self.assertIn("/mend/contact", self._page())
        values = {"phone": "+49 30 901820", "email": "erika@example.com"}
        wrong = self._post(self.buyer, {**values, "email": "no mail"}, kind="contact")
        self.assertIn("no e-mail address", wrong.text)
        self.assertEqual(self._post(self.buyer, values, kind="contact").status_code, 303)
        self.assertEqual(self.buyer.email, "erika@example.com")
        self.assertEqual(self.buyer.zip, "10115", "an address is not taken here")

    def test_a_link_changes_no_e_mail_address(self):
        self._hold_for_contact()
        token = self.order._portal_ensure_token()
        self.authenticate(None, None)
        values = {"phone": "+49 30 901820", "email": "thief@example.com"}
        self.assertEqual(self._post(self.buyer, values, token, "contact").status_code, 303)
        self.assertEqual((self.buyer.email, self.buyer.phone), ("erika@", "+49 30 901820"))

    def test_a_missing_payment_leads_to_core_s_payment_page(self):
        channel = self.env["order.channel"].create(
            {"name": "Paid shop", "code": "PAID", "needs_payment": True}
        )
        self.buyer.zip = "10115"
        order = self._create_order(customer=self.buyer, channel_id=channel.id)
        self.order.unlink()  # it is a duplicate
        order.action_confirm()
        self.assertIn("payment_missing", order._hold_findings().mapped("code"))
        self.authenticate("om_buyer", "om_buyer")
        page = self.url_open(self._url(order)).text
        self.assertIn("has not arrived yet", page)
        self.assertIn("payment_amount=50.0", page)
        self.assertNotIn("PAID", page)

    def test_portal_users_call_none_of_ours(self):
        for record in (self.order, self.order.finding_ids):
            with self.assertRaises(Exception):  # noqa: B017 - whatever refuses them
                record.with_user(self.user).action_recheck()
