from odoo.tests import HttpCase, new_test_user, tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install", "om_tour")
class TestValidationTours(HttpCase, OrderManagementCase):
    """Holds in a real browser: mended, released, edited through, and the customer's own part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bad = cls._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=cls.env.ref("base.de").id
        )

    def _path(self, action):
        return f"/odoo/action-order_management.{action}"

    def _orders(self, tour, login):
        self.start_tour(self._path("sale_order_action_order_management"), tour, login=login)

    def test_clerk_mends_the_address_and_releases_the_rest(self):
        order = self._create_order([(self.product, 500)], customer=self.bad, name="TOUR-MEND")
        self._orders("order_management_mend", "om_clerk")
        self.assertEqual((order.state, self.bad.zip), ("sale", "10115"))
        states = {finding.code: finding.state for finding in order.finding_ids}
        self.assertEqual(states["address_incomplete"], "cleared")
        self.assertEqual(states["stock_short"], "released")

    def test_credit_manager_releases(self):
        """Somebody of accounting, without a role of ours."""
        group = self.env.ref("account.group_account_manager")
        self.env.ref("order_management.order_check_credit_limit").release_group_id = group
        new_test_user(self.env, login="om_credit", groups="account.group_account_manager")
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 100.0
        self._create_order(customer=self.bad, name="TOUR-OTHER").process_orders()
        order = self._create_order([(self.product, 10)], name="TOUR-CREDIT")
        order.process_orders()
        self.assertEqual(order._hold_findings().mapped("code"), ["credit_limit"])
        self.start_tour(
            self._path("order_finding_action"), "order_management_credit", login="om_credit"
        )
        finding = order.finding_ids.filtered(lambda found: found.code == "credit_limit")
        self.assertEqual(order.state, "sale")
        self.assertEqual(finding.release_reason, "Paid half in advance")

    def _confirmed(self):
        order = self._create_order([(self.product, 5)], name="TOUR-EDIT")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def test_manager_gives_the_reason_in_the_dialog(self):
        order = self._confirmed()
        self._orders("order_management_held_edit", "om_manager")
        self.assertEqual(order.order_line.product_uom_qty, 500)
        finding = order.finding_ids.filtered(lambda found: found.code == "stock_short")
        self.assertEqual((finding.state, finding.release_reason), ("released", "Comes in tomorrow"))

    def test_clerk_may_not_release_and_gives_it_up(self):
        self.env.ref("order_management.order_check_stock_short").release_group_id = self.env.ref(
            "order_management.group_manager"
        )
        order = self._confirmed()
        self._orders("order_management_held_edit_refused", "om_clerk")
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_customer_corrects_the_address(self):
        new_test_user(
            self.env, login="om_buyer", groups="base.group_portal", partner_id=self.bad.id
        )
        order = self._create_order(customer=self.bad)
        order.action_confirm()
        self.start_tour(f"/my/orders/{order.id}", "order_management_portal_mend", login="om_buyer")
        self.assertEqual(self.bad.zip, "10115")
        self.env["order.finding"]._find_marked_orders()._recheck()
        self.assertEqual(order.state, "sale")
