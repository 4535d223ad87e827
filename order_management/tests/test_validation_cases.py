from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import OrderManagementCase, plain, switch_on


@tagged("post_install", "-at_install")
class TestValidationCases(OrderManagementCase):
    """Where other addons that check orders broke."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nowhere = cls._create_customer("Nowhere", street=False)

    def _hold(self, **kwargs):
        return self._create_order([(self.product, 1, 40.0)], **kwargs)

    def test_what_others_do_on_confirming_is_undone_when_core_refuses(self):
        """Another addon's side effect is not stored; the finding and the other order are."""
        good, held, bad = self._create_order(), self._hold(), self._create_order()
        confirm = type(good)._action_confirm

        def with_side_effect(orders):
            orders.write({"note": "side effect"})
            if bad in orders:
                raise UserError(bad.name)
            return confirm(orders)

        with patch.object(type(good), "_action_confirm", with_side_effect):
            rows = self.as_role(good | held | bad, "clerk").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "held", "failed"])
        self.assertNotIn("side effect", f"{bad.note}{held.note}")
        self.assertIn("side effect", str(good.note))
        self.assertEqual(held.finding_ids.mapped("code"), ["price_deviation"])

    def test_releasing_and_confirming_in_one_call(self):
        """One transaction, no second cursor: the release confirms."""
        order = self._hold()
        manager = self.as_role(order, "manager")
        manager.action_confirm()
        manager.finding_ids.release("Agreed")
        self.assertEqual((order.state, order.hold_state), ("sale", "clear"))

    def test_only_what_is_checked_changes(self):
        first, second = self._hold(), self._hold()
        self.as_role(first | second, "clerk").check_orders()
        kept = second.finding_ids.read(["state", "write_date", "fingerprint"])
        first.order_line.price_unit = 50.0
        self.as_role(first, "clerk").check_orders()
        self.assertEqual((first.hold_state, second.hold_state), ("clear", "held"))
        self.assertEqual(second.finding_ids.read(["state", "write_date", "fingerprint"]), kept)

    def test_fifty_with_three_held_by_rpc(self):
        orders = [self._create_order() for _index in range(47)]
        held = [self._hold() for _index in range(3)]
        everything = self.env["sale.order"].union(*orders[:20], *held, *orders[20:])
        rows = self.as_role(everything, "integration").process_orders()
        outcomes = [row["outcome"] for row in rows]
        self.assertEqual((outcomes.count("confirmed"), outcomes.count("held")), (47, 3))
        named = [row["order_id"] for row in rows if row["outcome"] == "held"]
        self.assertEqual(named, [order.id for order in held])
        self.assertTrue(
            all(row["findings"][0]["check"] == "price_deviation" for row in rows[20:23])
        )

    def test_sent_quotations_are_checked(self):
        order = self._hold()
        order.action_quotation_sent()
        self.as_role(order, "clerk").action_confirm()
        self.assertEqual((order.state, order.hold_state), ("sent", "held"))

    def test_the_customer_s_signature_is_kept_while_the_order_waits(self):
        order = self._hold(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        order.write({"signed_by": "Customer", "signed_on": fields.Datetime.now()})
        order.sudo()._validate_order()
        self.assertEqual((order.state, order.signed_by), ("sent", "Customer"))
        self.assertTrue(order.confirm_requested)
        self.as_role(order.finding_ids, "manager").release("Agreed")
        self.assertEqual(order.state, "sale")

    def test_a_held_order_is_not_confirmed_by_a_refund_or_invoice(self):
        """Money documents are never stopped: only confirming is."""
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 10.0
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"name": "Back", "quantity": 1, "price_unit": 500.0})
                ],
            }
        )
        refund.action_post()
        self.assertEqual(refund.state, "posted")

    def test_exposure_is_of_the_entity_that_pays(self):
        """The buyer, their company and another contact for invoices count as one payer."""
        self.company.account_use_credit_limit = True
        parent = self._create_customer("Holding", is_company=True)
        parent.with_company(self.company).credit_limit = 100.0
        buyer = self._create_customer("Buyer", parent_id=parent.id, type="contact")
        books = self._create_customer("Books", parent_id=parent.id, type="invoice")
        first = self._create_order(customer=buyer, partner_invoice_id=books.id)
        second = self._create_order(customer=buyer)
        third = self._create_order(customer=parent)
        rows = self.as_role(first | second | third, "manager").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "confirmed", "held"], rows)

    def test_another_payer_is_another_limit(self):
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 10.0
        payer = self._create_customer("Payer")
        payer.with_company(self.company).credit_limit = 50.0
        order = self._create_order(partner_invoice_id=payer.id)
        self.assertEqual(self.as_role(order, "manager").process_orders()[0]["outcome"], "confirmed")

    def test_a_foreign_currency_is_compared_in_the_limit_s(self):
        """Two of the foreign unit are one of the company's: 200 are 100, and 202 are 101."""
        self.company.account_use_credit_limit = True
        foreign = self.env["res.currency"].create(
            {
                "name": "ZZZ",
                "symbol": "Z",
                "rate_ids": [
                    Command.create(
                        {"name": "2020-01-01", "rate": 2.0, "company_id": self.company.id}
                    )
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        self.env.ref("order_management.order_check_price_deviation").mode = "off"
        for price, outcome in ((202.0, "held"), (200.0, "confirmed")):
            with self.subTest(price=price):
                customer = self._create_customer(f"At {price}")
                customer.with_company(self.company).credit_limit = 100.0
                order = self._create_order(
                    [(self.product, 1)], customer=customer, pricelist_id=pricelist.id
                )
                order.order_line.price_unit = price
                self.assertEqual(order.currency_id, foreign)
                row = self.as_role(order, "manager").process_orders()[0]
                self.assertEqual(row["outcome"], outcome, row)

    def test_another_company_s_checks_and_limits_are_used(self):
        """Somebody of both companies, working in the first, confirms an order of the second."""
        other = self.env["res.company"].create({"name": "Second"})
        switch_on(other)
        price = self.env.ref("order_management.order_check_price_deviation")
        price.company_ids = self.company
        user = new_test_user(
            self.env,
            login="om_both",
            groups="order_management.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | other).ids)],
        )
        product = self._create_product("OM-BOTH", price=50.0, is_storable=False)
        customer = self._create_customer("Of both")
        self.company.account_use_credit_limit = True
        customer.with_company(self.company).credit_limit = 1.0
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": 1, "price_unit": 40.0}
                        )
                    ],
                }
                for company in (self.company, other)
            ]
        )
        rows = plain(orders.with_user(user)).process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["held", "confirmed"], rows)
        self.assertEqual(
            sorted(finding["check"] for finding in rows[0]["findings"]),
            ["credit_limit", "price_deviation"],
        )
        self.assertEqual(orders[1].hold_state, "clear")

    def test_a_release_of_one_does_not_let_another_through(self):
        """Released before confirming, a later edit that opens another hold waits again."""
        order = self._hold()
        self.as_role(order, "clerk").check_orders()
        self.as_role(order.finding_ids, "manager").release("Agreed")
        order.partner_shipping_id = self.nowhere
        self.as_role(order, "clerk").process_orders()
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self.assertEqual(
            sorted(order.finding_ids.mapped(lambda f: f"{f.code} {f.state}")),
            ["address_incomplete open", "price_deviation released"],
        )

    def test_promotions_count_on_the_order_s_date(self):
        """10 % off from the first to the last of March; a day later it is a deviation."""
        product = self._create_product("OM-D", price=80.0, stock=100)
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "March",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "date_start": "2026-03-01 00:00:00",
                            "date_end": "2026-03-31 23:59:59",
                            "applied_on": "1_product",
                            "product_tmpl_id": product.product_tmpl_id.id,
                        }
                    )
                ],
            }
        )
        cases = [
            ("2026-03-31 23:59:59", None, 288.0, []),
            ("2026-04-01 00:00:00", None, 320.0, []),
            ("2026-03-31 12:00:00", 72.0, 288.0, []),
            ("2026-04-01 12:00:00", 72.0, 288.0, ["price_deviation"]),
        ]
        for date, price, total, codes in cases:
            with self.subTest(date=date, price=price):
                order = self._create_order(
                    [(product, 4, price)], pricelist_id=pricelist.id, date_order=date
                )
                if price:
                    order.order_line.discount = 0.0
                self.assertEqual(order.amount_untaxed, total)
                row = self.as_role(order, "clerk").check_orders()[0]
                held = [f["check"] for f in row["findings"] if f["severity"] == "hold"]
                self.assertEqual(held, codes)
