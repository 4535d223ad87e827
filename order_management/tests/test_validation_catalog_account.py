from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .catalog_common import CatalogCase
from .common import switch_on


@tagged("post_install", "-at_install")
class TestValidationCatalogAmount(CatalogCase):
    """The order's total with tax, in company currency, against a limit and a minimum."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "type_tax_use": "sale"}
        )
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        cls.env["res.currency.rate"].search([("currency_id", "=", cls.dollar.id)]).unlink()
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.dollar.id, "rate": rate, "name": day,
                 "company_id": cls.company.id}
                for rate, day in ((2.0, "2026-01-01"), (4.0, "2026-06-01"))
            ]
        )  # fmt: skip
        cls.dollars = cls.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": cls.dollar.id}
        )

    def _order_of(self, price, in_dollars=False, day="2026-03-02"):
        values = {"pricelist_id": self.dollars.id} if in_dollars else {}
        order = self._create_order(
            [(self.product, 1, price)], date_order=f"{day} 12:00:00", **values
        )
        order.order_line.write({"tax_ids": self.tax.ids, "price_unit": price})
        return order

    def test_order_value_limit(self):
        """1,000.00 with tax passes; in dollars by the rate of the order's day."""
        check = self._switch_on("order_value_limit", limit_amount=1200.0)
        cases = [
            ({"price": 1000.0}, False),
            ({"price": 1000.01}, True),
            ({"price": 0.0}, False),
            ({"price": -5000.0}, False),
            ({"price": 2000.0, "in_dollars": True}, False),
            ({"price": 2000.02, "in_dollars": True}, True),
            ({"price": 4000.0, "in_dollars": True, "day": "2026-06-02"}, False),
            ({"price": 4000.1, "in_dollars": True, "day": "2026-06-02"}, True),
        ]
        for values, is_found in cases:
            with self.subTest(values):
                rows = self._find(self._order_of(**values))[0]
                self.assertEqual([row["check"] for row in rows], ["order_value_limit"] * is_found)
        row = self._find(self._order_of(1100.0))[0][0]
        self.assertEqual(row["details"], {"limit": 1200.0, "value": 1320.0, "exceeded_by": 120.0})
        self.assertEqual(row["severity"], "warning")
        check.limit_amount = 0.0
        self.assertEqual(self._says(self._order_of(1e6)), [], "no limit is set")

    def test_minimum_order(self):
        self._switch_on("minimum_order", limit_amount=60.0)
        cases = [
            ({"price": 50.0}, False),
            ({"price": 49.99}, True),
            ({"price": 0.0}, True),
            ({"price": -5.0}, False),  # a credit
            ({"price": 100.0, "in_dollars": True}, False),
            ({"price": 99.9, "in_dollars": True}, True),
        ]
        for values, is_found in cases:
            with self.subTest(values):
                rows = self._find(self._order_of(**values))[0]
                self.assertEqual([row["check"] for row in rows], ["minimum_order"] * is_found)
        self.assertEqual(self._says(self._create_order([])), [], "empty is told already")

    def test_a_gift_card_pays_and_makes_the_order_no_smaller(self):
        if "loyalty.program" not in self.env:
            self.assertEqual(self._create_order()._get_value(with_rewards=False), 50.0)
            return
        self._switch_on("minimum_order", limit_amount=60.0)
        program = self.env["loyalty.program"].create(
            self.env["loyalty.program"]._get_template_values()["gift_card"]
            | {"name": "Gift cards", "program_type": "gift_card"}
        )
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 40})
        order = self._order_of(50.0)
        order._apply_program_reward(program.reward_ids, card)
        self.assertEqual(order.amount_total, 20.0)
        self.assertEqual(self._says(order), [])

    def test_queries(self):
        self._switch_on("minimum_order", limit_amount=60.0)
        self._switch_on("order_value_limit", limit_amount=60.0)
        self._ensure_constant(self._many, 2)


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogOverdue(CatalogCase):
    """Due today is not overdue; the ledger says what is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._switch_on("overdue_invoices")
        cls.firm = cls._create_customer("Firm", is_company=True)
        cls.buyer = cls._create_customer("Buyer", parent_id=cls.firm.id)
        cls.company.partner_id.tz = "UTC"
        freezer = freeze_time("2026-03-02 12:00:00")
        freezer.start()
        cls.addClassCleanup(freezer.stop)

    @classmethod
    def _bill(cls, amount, due, partner=None, kind="out_invoice", company=None):
        move = (
            cls.env["account.move"]
            .with_company(company or cls.company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": (partner or cls.firm).id,
                    "invoice_date": "2026-01-01",
                    "invoice_date_due": due,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": amount, "tax_ids": False})
                    ],
                }
            )
        )
        move.action_post()
        return move

    def _pay(self, move, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"amount": amount, "payment_date": "2026-03-02"})._create_payments()

    def _order(self, customer=None):
        return self._create_order([(self.product, 1)], customer or self.firm)

    def test_days(self):
        cases = [
            ("2026-03-03", 0, False),
            ("2026-03-02", 0, False),
            ("2026-03-01", 0, True),
            ("2026-02-25", 5, False),
            ("2026-02-24", 5, True),
        ]
        for due, days, is_found in cases:
            with self.subTest(due=due, days=days):
                self.check.tolerance_days = days
                firm = self._create_customer(f"Firm {due}", is_company=True)
                self._bill(100.0, due, firm)
                rows = self._find(self._order(firm))[0]
                self.assertEqual([row["check"] for row in rows], ["overdue_invoices"] * is_found)
                if is_found:
                    self.assertEqual(
                        rows[0]["details"], {"overdue": 100.0, "limit": 0.0, "due_since": due}
                    )

    def test_today_is_the_company_s(self):
        self._bill(100.0, "2026-03-02")
        order = self._order()
        with freeze_time("2026-03-02 23:30:00"):
            self.assertEqual(self._says(order), [])
            self.company.partner_id.tz = "Asia/Tokyo"
            self.assertEqual(self._says(order), ["overdue_invoices"])

    def test_amounts(self):
        self.check.limit_amount = 100.0
        cases = [(100.0, False), (100.01, True), (50.0, False)]
        for amount, is_found in cases:
            with self.subTest(amount=amount):
                firm = self._create_customer(f"Firm {amount}", is_company=True)
                self._bill(amount, "2026-02-01", firm)
                self.assertEqual(self._says(self._order(firm)), ["overdue_invoices"] * is_found)

    def test_payments_and_credits_are_set_off(self):
        invoice = self._bill(100.0, "2026-02-01")
        order = self._order()
        self.assertEqual(self._says(order), ["overdue_invoices"])
        self._pay(invoice, 40.0)
        self.assertEqual(self._find(order)[0][0]["details"]["overdue"], 60.0)
        self._bill(60.0, "2026-05-01", kind="out_refund")
        self.assertEqual(self._says(order), [], "not matched yet, and set off all the same")

    def test_paying_clears_it(self):
        invoice = self._bill(100.0, "2026-02-01")
        self.check.severity = "hold"
        order = self._order()
        self.as_role(order, "clerk").process_orders()
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self._pay(invoice, 100.0)
        self.assertTrue(order.finding_ids.recheck)
        order._recheck()
        self.assertEqual(order.state, "sale")

    def test_whose_invoices(self):
        """Those of the commercial entity that pays, in the order's company, when posted."""
        payer = self._create_customer("Payer", is_company=True)
        stranger = self._create_customer("Stranger")
        self._bill(100.0, "2026-02-01", self.buyer)
        self.assertEqual(self._says(self._order(self.firm)), ["overdue_invoices"])
        self.assertEqual(self._says(self._order(self.buyer)), ["overdue_invoices"])
        self.assertEqual(self._says(self._order(stranger)), [])
        order = self._create_order(customer=self.buyer, partner_invoice_id=payer.id)
        self.assertEqual(self._says(order), [])
        self._bill(50.0, "2026-02-01", stranger).button_draft()
        self.assertEqual(self._says(self._order(stranger)), [])

    def test_another_company_s_invoices_do_not_count(self):
        """A17: each company looks at its own ledger."""
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.euro.id})
        self.env.user.company_ids |= other
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        switch_on(other)
        self._bill(100.0, "2026-02-01")
        order = self.env["sale.order"].with_company(other).create({"partner_id": self.firm.id})
        self.assertEqual(order.company_id, other)
        both = order.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.check_orders()[0]["findings"], [])
        self._bill(30.0, "2026-02-01", company=other)
        details = both.check_orders()[0]["findings"][0]["details"]
        self.assertEqual(details["overdue"], 30.0)

    def test_figures_are_for_those_who_may_see_them(self):
        self._bill(123.0, "2026-02-01")
        order = self._order()
        for role in ("clerk", "integration"):
            row = self._find(order, role)[0][0]
            self.assertEqual(row["details"], {})
            self.assertNotIn("123", row["message"])

    def test_a_release_lasts_while_nothing_new_is_overdue(self):
        self._bill(100.0, "2026-02-01")
        order = self._order()
        self._find(order)
        self.as_role(order.finding_ids, "manager").release("Will pay")
        with freeze_time("2026-03-09 12:00:00"):
            self.assertEqual([row["state"] for row in self._find(order)[0]], ["released"])
            self._bill(5.0, fields.Date.to_date("2026-03-08"))
            self.assertEqual([row["state"] for row in self._find(order)[0]], ["open"])

    def test_one_query_for_any_number(self):
        self._ensure_constant(self._many, 1)
