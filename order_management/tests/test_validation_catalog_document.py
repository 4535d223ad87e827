from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .catalog_common import CatalogCase

TEN = fields.Datetime.to_datetime("2026-03-02 10:00:00")


@tagged("post_install", "-at_install", "om_lean")
class TestValidationCatalogExpired(CatalogCase):
    """Valid until today is valid; today is the day where the goods leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("quotation_expired")

    def test_the_last_day_is_valid(self):
        cases = [
            ("2026-03-02", []),
            ("2026-03-03", []),
            ("2027-01-01", []),
            ("2026-03-01", ["quotation_expired"]),
            (False, []),
        ]
        with freeze_time("2026-03-02 12:00:00"):
            for until, codes in cases:
                with self.subTest(until=until):
                    order = self._create_order(validity_date=until)
                    order.validity_date = until
                    self.assertEqual(self._says(order), codes)

    def test_today_is_the_warehouse_s(self):
        """At 23:30 UTC it is tomorrow in Tokyo, and still today in New York."""
        cases = [
            ("Asia/Tokyo", "2026-03-02 23:30:00", ["quotation_expired"]),
            ("Asia/Tokyo", "2026-03-02 14:30:00", []),
            ("America/New_York", "2026-03-03 01:30:00", []),
            ("America/New_York", "2026-03-03 05:30:00", ["quotation_expired"]),
            ("Pacific/Kiritimati", "2026-03-02 10:30:00", ["quotation_expired"]),
        ]
        for zone, moment, codes in cases:
            with self.subTest(zone=zone, moment=moment), freeze_time(moment):
                self.warehouse.partner_id.tz = zone
                order = self._create_order(validity_date="2026-03-02")
                self.assertEqual(self._says(order), codes)

    def test_a_release_lasts_over_midnight(self):
        """What is released stays so while the date is the same."""
        with freeze_time("2026-03-04 12:00:00"):
            order = self._create_order(validity_date="2026-03-02")
            self.assertEqual(self._says(order), ["quotation_expired"])
            self.as_role(order.finding_ids, "clerk").release("Agreed")
        with freeze_time("2026-03-06 12:00:00"):
            rows = self._find(order)[0]
            self.assertEqual([row["state"] for row in rows], ["released"])

    def test_a_sold_order_counts_as_of_its_confirmation(self):
        with freeze_time("2026-03-02 12:00:00"):
            order = self._create_order(validity_date="2026-03-02")
            order.action_confirm()
        with freeze_time("2026-03-09 12:00:00"):
            check = self.env["order.check"].search([("code", "=", "quotation_expired")])
            self.assertEqual(check._run(order), [])

    def test_queries(self):
        self._ensure_constant(lambda count: self._many(count, validity_date="2026-03-02"), 4)


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogDuplicate(CatalogCase):
    """The same once more: by the customer's reference, or by content within 24 hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("duplicate_order")
        cls.item = cls._create_product("OM-DUP", price=50.0, stock=1000)
        cls.other_item = cls._create_product("OM-OTHER", price=50.0, stock=1000)

    def _order_at(self, moment, lines=None, customer=None, **values):
        lines = [(self.item, 2)] if lines is None else lines
        return self._create_order(lines, customer, date_order=moment, **values)

    def test_within_six_minutes_and_a_day_later(self):
        """Scenario 8: at 10:06 a possible duplicate that links the first, next day none."""
        first = self._order_at(TEN)
        second = self._order_at(TEN + timedelta(minutes=6))
        later = self._order_at(TEN + timedelta(days=1, minutes=6, seconds=1))
        rows = self._find(first | second | later)
        self.assertEqual((rows[0], rows[2]), ([], []))
        finding = rows[1][0]
        self.assertEqual(finding["severity"], "warning")
        self.assertEqual(
            finding["details"], {"order_id": first.id, "name": first.name, "same": "content"}
        )
        self.assertIn(first.name, finding["message"])

    def test_confirming_keeps_both(self):
        orders = self._order_at(TEN) | self._order_at(TEN + timedelta(minutes=6))
        rows = self.as_role(orders, "integration").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "confirmed"])
        self.assertEqual([row["hold_state"] for row in rows], ["clear", "warning"])

    def test_content(self):
        """The window includes its last second; whatever differs makes it another order."""
        second = timedelta(seconds=1)
        day = timedelta(hours=24)
        colleague = self._create_customer("Colleague", parent_id=self.customer.id)
        stranger = self._create_customer("Stranger")
        cases = [
            ("at once", TEN, {}, True),
            ("at the end", TEN + day, {}, True),
            ("just after", TEN + day + second, {}, False),
            ("before", TEN - second, {}, False),
            ("more", TEN + second, {"lines": [(self.item, 3)]}, False),
            ("other price", TEN + second, {"lines": [(self.item, 2, 49.0)]}, False),
            ("other product", TEN + second, {"lines": [(self.other_item, 2)]}, False),
            (
                "split",  # same amount, other lines
                TEN + second,
                {"lines": [(self.item, 1), (self.other_item, 1)]},
                False,
            ),
            ("colleague", TEN + second, {"customer": colleague}, False),
            ("stranger", TEN + second, {"customer": stranger}, False),
            ("empty", TEN + second, {"lines": []}, False),
        ]
        self._order_at(TEN)
        for name, moment, values, is_found in cases:
            with self.subTest(name):
                order = self._order_at(moment, **values)
                self.assertEqual(self._says(order), ["duplicate_order"] * is_found)
                order._action_cancel()

    def test_reference(self):
        """The commercial entity's reference, however long ago and written."""
        colleague = self._create_customer("Colleague", parent_id=self.customer.id)
        stranger = self._create_customer("Stranger")
        year = timedelta(days=365)
        cases = [
            ("same", self.customer, "PO-77", True),
            ("other spelling", self.customer, " po-77 ", True),
            ("of a colleague", colleague, "PO-77", True),
            ("of a stranger", stranger, "PO-77", False),
            ("another", self.customer, "PO-78", False),
            ("none", self.customer, False, False),
            ("says nothing", self.customer, "-", False),
        ]
        first = self._order_at(TEN, client_order_ref="PO-77")
        self._order_at(TEN, [(self.item, 7)], client_order_ref="-")
        for index, (name, customer, reference, is_found) in enumerate(cases):
            with self.subTest(name):
                order = self._order_at(
                    TEN + year, [(self.item, 20 + index)], customer, client_order_ref=reference
                )
                rows = self._find(order)[0]
                self.assertEqual([row["check"] for row in rows], ["duplicate_order"] * is_found)
                if is_found:
                    self.assertEqual(rows[0]["details"]["order_id"], first.id)
                    self.assertEqual(rows[0]["details"]["same"], "reference")
                order._action_cancel()

    def test_empty_orders_are_no_duplicates_of_each_other(self):
        self._order_at(TEN, [])
        self.assertEqual(self._says(self._order_at(TEN, [])), [])

    def test_cancelled_orders_do_not_count_and_cancelling_clears(self):
        first = self._order_at(TEN)
        second = self._order_at(TEN + timedelta(minutes=6))
        self.assertEqual(self._says(second), ["duplicate_order"])
        first._action_cancel()
        self.assertTrue(second.finding_ids.recheck, "marked to be looked at again")
        second._recheck()
        self.assertEqual((second.hold_state, second.finding_ids.state), ("clear", "cleared"))

    def test_confirming_the_first_does_not_change_when_it_was_ordered(self):
        first = self._order_at(TEN)
        with freeze_time(TEN + timedelta(days=3)):
            first.action_confirm()
        self.assertEqual((first.date_order, first.ordered_at), (TEN + timedelta(days=3), TEN))
        self.assertEqual(
            self._says(self._order_at(TEN + timedelta(minutes=6))), ["duplicate_order"]
        )

    def test_orders_of_one_call_count(self):
        orders = self._order_at(TEN) | self._order_at(TEN) | self._order_at(TEN)
        rows = self._find(orders)
        self.assertEqual([len(found) for found in rows], [0, 1, 1])
        self.assertEqual({found[0]["details"]["order_id"] for found in rows[1:]}, {orders[0].id})

    def test_another_company_or_currency_is_another_order(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 1.0, "company_id": self.company.id}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        self._order_at(TEN)
        order = self._order_at(TEN, pricelist_id=pricelist.id)
        order.order_line.price_unit = 50.0
        self.assertEqual(self._says(order), [])

    def test_one_query_for_any_number(self):
        self._ensure_constant(self._many, 1)


@tagged("post_install", "-at_install", "om_full")
class TestValidationCatalogDomain(CatalogCase):
    """What a business adds without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._switch_on(
            "domain", name="Large order", hint="Ask the warehouse first.", severity="hold"
        )

    def test_orders(self):
        cases = [
            ("[('amount_total', '>', 100)]", 2, []),
            ("[('amount_total', '>', 100)]", 3, ["domain"]),
            ("[('partner_id.country_id.code', '=', 'BE'), ('amount_total', '>=', 100)]", 2,
             ["domain"]),
            ("['|', ('client_order_ref', '=', 'X'), ('amount_total', '<', 60)]", 1, ["domain"]),
            ("[('order_line.product_id.default_code', '=', 'OM-A')]", 1, ["domain"]),
            ("[]", 3, []),
        ]  # fmt: skip
        for domain, quantity, codes in cases:
            with self.subTest(domain, quantity=quantity):
                self.check.match_domain = domain
                order = self._create_order([(self.product, quantity)])
                self.assertEqual(self._says(order), codes)

    def test_lines(self):
        self.check.write(
            {"match_model": "sale.order.line", "match_domain": "[('discount', '>', 10)]"}
        )
        order = self._create_order([(self.product, 1), (self.product, 2)])
        order.order_line[1].discount = 10.5
        rows = self._find(order)[0]
        self.assertEqual([row["line_id"] for row in rows], [order.order_line[1].id])

    def test_the_message_is_name_and_hint(self):
        self.check.match_domain = "[('amount_total', '>', 100)]"
        row = self._find(self._create_order([(self.product, 3)]))[0][0]
        self.assertEqual(row["message"], "Large order: Ask the warehouse first.")
        self.assertEqual(row["severity"], "hold")

    def test_a_release_holds_for_the_values(self):
        self.check.match_domain = "[('amount_total', '>', 100)]"
        order = self._create_order([(self.product, 3)])
        self._find(order)
        self.as_role(order.finding_ids, "manager").release("Agreed")
        self.assertEqual(self._find(order)[0][0]["state"], "released")
        order.order_line.product_uom_qty = 4
        self.assertEqual([row["state"] for row in self._find(order)[0]], ["open"])

    def test_two_of_them_on_one_order(self):
        self.check.match_domain = "[('amount_total', '>', 100)]"
        second = self.check.copy({"name": "Large, too", "mode": "on"})
        order = self._create_order([(self.product, 3)])
        self.assertEqual(self._says(order), ["domain", "domain"])
        self.assertEqual(order.finding_ids.check_id, self.check | second)

    def test_values_are_for_those_who_may_see_finance(self):
        self.check.match_domain = "[('amount_total', '>', 100)]"
        order = self._create_order([(self.product, 3)])
        self.assertNotIn("values", self._find(order, "clerk")[0][0]["details"])
        self.assertEqual(
            self._find(order, "manager")[0][0]["details"]["values"], {"amount_total": [150.0]}
        )

    def test_scope(self):
        """Companies, channels and the order's own domain narrow it like any other check."""
        self.check.match_domain = "[('amount_total', '>', 100)]"
        order = self._create_order([(self.product, 3)])
        self.check.order_domain = "[('client_order_ref', '=', 'X')]"
        self.assertEqual(self._says(order), [])
        order.client_order_ref = "X"
        self.assertEqual(self._says(order), ["domain"])
        self.check.company_ids = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self._says(order), [])

    def test_what_cannot_be_used_is_refused(self):
        cases = [
            ("sale.order", "[('no_such_field', '=', 1)]"),
            ("sale.order", "[('amount_total', 'above', 1)]"),
            ("sale.order", "[('discount', '>', 10)]"),
            ("sale.order", "[('amount_total', '>', __import__('os'))]"),
            ("sale.order", "amount_total > 5"),
            ("sale.order", "[("),
            ("sale.order.line", "[('client_order_ref', '=', 'X')]"),
        ]
        for model, domain in cases:
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, "Large order"):
                self.check.write({"match_model": model, "match_domain": domain})
                self.env.flush_all()

    def test_queries(self):
        self.check.match_domain = "[('amount_total', '>', 10), ('partner_id.email', '=', False)]"
        self._ensure_constant(self._many, 3)


@tagged("post_install", "-at_install")
class TestValidationCatalogShipped(CatalogCase):
    def test_modes_and_severities_after_installing(self):
        hold = [
            "empty_order",
            "quantity_not_positive",
            "product_not_sellable",
            "address_incomplete",
            "price_deviation",
            "total_mismatch",
            "credit_limit",
            "stock_short",
            "payment_missing",
            "customer_blocked",
            "destination_restricted",
            "line_left_out",
        ]
        off = ["order_value_limit", "minimum_order", "margin_floor", "domain"]
        data = self.env["ir.model.data"].search(
            [("module", "=", "order_management"), ("model", "=", "order.check")]
        )
        checks = self.env["order.check"].browse(data.mapped("res_id"))
        for check in checks:
            with self.subTest(check.code):
                expected = "hold" if check.code in hold else "warning"
                self.assertEqual(check.severity, expected)
                self.assertTrue(check.hint)
                self.assertTrue(check.release_group_id)
                self.assertTrue(callable(getattr(check, f"_validate_{check.code}")))
        self.assertFalse(set(off) - set(checks.mapped("code")))
        codes = dict(self.env["order.check"]._fields["code"].selection)
        self.assertEqual(sorted(checks.mapped("code")), sorted(codes), "one record a code")

    def test_parameters_that_make_no_sense_are_refused(self):
        check = self.env["order.check"].search([("code", "=", "quantity_outlier")])
        for values in ({"factor": 0.5}, {"minimum_count": -1}, {"window_hours": -1.0}):
            with self.subTest(values), self.assertRaises(ValidationError):
                check.write(values)
                self.env.flush_all()

    def test_all_of_them_on_an_order_with_lines_of_every_kind(self):
        """Sections, notes, down payments and an empty order break none of them."""
        checks = self.env["order.check"].search([])
        checks.filtered(
            lambda check: check.code == "domain"
        ).match_domain = "[('amount_total', '>', 1)]"
        checks.write({"mode": "on"})
        order = self._create_order([(self.product, 1)])
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
            Command.create(
                {
                    "name": "Down payment",
                    "is_downpayment": True,
                    "product_uom_qty": 0,
                    "price_unit": 10.0,
                }
            ),
        ]
        bare = self.env["sale.order"].create({"partner_id": self.env.user.partner_id.id})
        for rows in self._find(order | bare):
            self.assertFalse([row for row in rows if "could not run" in row["message"]])
        self.assertFalse(self.env["order.check.fault"].search([("check_id", "in", checks.ids)]))
