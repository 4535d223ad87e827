from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.exceptions import HeldError

from .common import OrderManagementCase


@tagged("post_install", "-at_install")
class TestValidationRecheck(OrderManagementCase):
    """A cause changes: findings are marked at once, the checks run later, and orders go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.german = cls._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=cls.germany.id
        )

    def _hold(self, *args, **kwargs):
        """An order that somebody wanted confirmed and a check held."""
        order = self._create_order(*args, **kwargs)
        row = self.as_role(order, "clerk").process_orders()[0]
        self.assertEqual(row["outcome"], "held", row)
        return order

    def _marked(self, order):
        order.finding_ids.invalidate_recordset()
        return order.finding_ids.filtered("recheck").mapped("code")

    def test_an_address_that_is_mended_releases_the_order(self):
        """Germany needs five digits; with 12345 the hold clears, and the slip says who and what."""
        order = self._hold(customer=self.german)
        other = self._hold([(self.product, 1, 40.0)])
        self.as_role(self.german, "clerk").write({"zip": "12345"})
        self.assertEqual(self._marked(order), ["address_incomplete"])
        self.assertEqual(self._marked(other), [], "only what rests on the address")
        self.assertEqual((order.state, order.hold_state), ("draft", "held"), "not within the write")
        self._recheck()
        self.assertEqual((order.state, order.hold_state), ("sale", "clear"))
        self.assertEqual(order.finding_ids.state, "cleared")
        self.assertEqual((other.state, other.hold_state), ("draft", "held"))
        slips = self.as_role("order.decision", "manager").explain("sale.order", order.id)
        cause = next(s for s in slips if s["decision"] == "validation.hold")["inputs"]["causes"][0]
        self.assertEqual(
            (cause["model"], cause["ids"], cause["what"], cause["user"]),
            ("res.partner", self.german.ids, ["zip"], "Test clerk"),
        )
        self.assertFalse(self.env["order.finding"]._count_marked_orders())

    def test_an_order_nobody_wanted_confirmed_only_clears(self):
        order = self._create_order(customer=self.german)
        self.as_role(order, "clerk").check_orders()
        self.german.zip = "12345"
        self._recheck()
        self.assertEqual((order.state, order.hold_state), ("draft", "clear"))

    def test_no_check_runs_inside_the_write_of_a_customer(self):
        self._hold(customer=self.german)
        with patch.object(
            type(self.env["order.check"]), "_run", side_effect=AssertionError("a check ran")
        ):
            self.german.write({"zip": "12345", "email": "a@example.com"})
            self.german.parent_id = self.customer

    def test_a_write_marks_in_one_statement(self):
        """One UPDATE and one wake-up, for one waiting order as for eleven."""
        counts = []
        for size in (1, 10):
            for _index in range(size):
                self._hold(customer=self.german)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.german.zip = f"12{size}"
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_what_does_not_matter_marks_nothing(self):
        order = self._hold(customer=self.german)
        self.german.write({"name": "Berlin GmbH", "comment": "Rings twice", "phone": "030 1"})
        self.assertEqual(self._marked(order), [])

    def test_more_stock_releases_what_waits_for_it(self):
        scarce = self._create_product("OM-SCARCE", stock=2)
        order = self._hold([(scarce, 3)])
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": scarce.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        self.assertEqual(self._marked(order), [])
        receipt.move_ids.write({"quantity": 1, "picked": True})
        receipt.button_validate()
        self.assertEqual(self._marked(order), ["stock_short"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_another_order_that_is_cancelled_frees_its_stock(self):
        scarce = self._create_product("OM-SCARCE", stock=2)
        winner = self._create_order([(scarce, 2)])
        winner.action_confirm()
        order = self._hold([(scarce, 1)])
        self.as_role(winner, "clerk").cancel_orders("Changed their mind")
        self.assertEqual(self._marked(order), ["stock_short"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_a_price_list_that_changes_releases_what_waits_for_its_price(self):
        product = self._create_product("OM-PRICED", price=25.0, stock=50)
        order = self._hold([(product, 1, 20.0)])
        item = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.env["product.pricelist"].create({"name": "Of its own"}).id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 24.0,
            }
        )
        self.assertEqual(self._marked(order), [], "another price list")
        order.pricelist_id = item.pricelist_id
        order.order_line.price_unit = 20.0
        self._recheck()
        self.assertEqual(order.hold_state, "held")
        item.fixed_price = 20.0
        self.assertEqual(self._marked(order), ["price_deviation"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_a_list_price_that_changes_marks_its_orders(self):
        product = self._create_product("OM-PRICED", price=25.0, stock=50)
        order = self._hold([(product, 1, 20.0)])
        product.list_price = 20.0
        self.assertEqual(self._marked(order), ["price_deviation"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_a_quotation_that_is_edited_is_checked_again(self):
        order = self._hold([(self.product, 1, 40.0)])
        self.as_role(order.order_line, "clerk").write({"price_unit": 50.0})
        self.assertEqual(self._marked(order), ["price_deviation"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_a_check_that_is_changed_looks_at_its_findings_again(self):
        order = self._hold([(self.product, 1, 40.0)])
        check = self.env.ref("order_management.order_check_price_deviation")
        self.as_role(check, "manager").write({"tolerance_percent": 20.0})
        self.assertEqual(self._marked(order), ["price_deviation"])
        self._recheck()
        self.assertEqual(order.state, "sale")

    def test_a_cause_that_got_worse_keeps_the_hold(self):
        order = self._hold(customer=self.german)
        self.german.zip = "12"
        self._recheck()
        self.assertEqual((order.state, order.hold_state), ("draft", "held"))
        self.assertFalse(self._marked(order))

    def test_an_order_that_fails_leaves_the_queue_and_the_others_go_on(self):
        bad, good = self._hold(customer=self.german), self._hold(customer=self.german)
        confirm = type(bad).action_confirm

        def refuse_one(orders):
            if bad in orders:
                raise ValidationError(bad.name)
            return confirm(orders)

        self.german.zip = "12345"
        with patch.object(type(bad), "action_confirm", refuse_one):
            self._recheck()
        self.assertEqual((bad.state, good.state), ("draft", "sale"))
        self.assertFalse(self.env["order.finding"]._count_marked_orders())

    def test_the_scheduled_action_works_in_parts(self):
        orders = [self._hold(customer=self.german) for _index in range(5)]
        self.german.zip = "12345"
        with patch("odoo.addons.order_management.models.validation.order_finding_recheck.BATCH", 2):
            self._recheck()
        self.assertEqual({order.state for order in orders}, {"sale"})

    # Releases with an end

    def test_a_release_counts_until_its_time_and_not_after(self):
        with freeze_time("2026-03-02 10:00:00"):
            order = self._create_order([(self.product, 1, 40.0)])
            self.as_role(order, "clerk").check_orders()
            finding = self.as_role(order.finding_ids, "manager")
            with self.assertRaises(ValidationError):
                finding.release("Until today", until="2026-03-02T10:00:00")
            row = finding.release("Until noon", until="2026-03-02T12:00:00")[0]
            self.assertEqual((row["state"], row["hold_state"]), ("released", "clear"))
        with freeze_time("2026-03-02 11:59:59"):
            self._recheck()
            self.assertEqual(self.as_role(order, "clerk").check_orders()[0]["hold_state"], "clear")
        with freeze_time("2026-03-02 12:00:00"):
            self._recheck()
            self.assertEqual(order.hold_state, "held")
            self.assertEqual(sorted(order.finding_ids.mapped("state")), ["cleared", "open"])

    def test_whoever_is_in_the_check_s_group_releases_without_a_role(self):
        """A sales manager named on the check needs no other role of ours."""
        check = self.env.ref("order_management.order_check_price_deviation")
        check.release_group_id = self.env.ref("sales_team.group_sale_manager")
        user = self.env["res.users"].create(
            {
                "name": "Sales manager",
                "login": "om_sales_manager",
                "group_ids": [Command.set(self.env.ref("sales_team.group_sale_manager").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        order = self._hold([(self.product, 1, 40.0)])
        row = order.finding_ids.with_user(user).release("Agreed")[0]
        self.assertEqual((row["state"], row["order_state"]), ("released", "sale"))

    def test_what_a_check_found_that_is_gone_is_the_managers_(self):
        order = self._hold([(self.product, 1, 40.0)])
        self.env.ref("order_management.order_check_price_deviation").unlink()
        self.assertTrue(self._marked(order))
        with self.assertRaises(AccessError):
            self.as_role(order.finding_ids, "clerk").release("Nobody asks")
        self.assertEqual(order.finding_ids.state, "open")
        row = self.as_role(order.finding_ids, "manager").release("Agreed")[0]
        self.assertEqual((row["ok"], row["order_state"]), (True, "sale"))
        self.assertEqual(order.finding_ids.release_reason, "Agreed")

    def test_two_holds_and_limited_power(self):
        """Released by whom it concerns, one after the other; the last one lets the order go on."""
        order = self._hold([(self.product, 1, 40.0)], customer=self.german)
        by_code = {finding.code: finding for finding in order.finding_ids}
        self.assertEqual(sorted(by_code), ["address_incomplete", "price_deviation"])
        before = order.finding_ids.read(["state", "write_date"])
        with self.assertRaises(AccessError):
            self.as_role(by_code["price_deviation"], "clerk").release("I may not")
        with self.assertRaises(AccessError):
            self.as_role(by_code["price_deviation"], "clerk").write({"state": "released"})
        self.assertEqual(order.finding_ids.read(["state", "write_date"]), before)
        row = self.as_role(by_code["address_incomplete"], "clerk").release("They collect it")[0]
        self.assertEqual((row["hold_state"], row["order_state"]), ("held", "draft"))
        row = self.as_role(by_code["price_deviation"], "manager").release("Agreed")[0]
        self.assertEqual((row["hold_state"], row["order_state"]), ("clear", "sale"))
        with self.assertRaises(AccessError):
            self.as_role(self.env["order.finding"].browse(2**30), "manager").release("Not there")
        self.assertEqual(len(order.finding_ids), 2)


@tagged("post_install", "-at_install")
class TestValidationDebts(OrderManagementCase):
    """Scenario: limit 5,000.00, invoices of 3,200.00 open, 1,100.00 ordered and not invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.tax = cls.env["account.tax"].create(
            {"name": "20 %", "amount": 20.0, "type_tax_use": "sale", "company_id": cls.company.id}
        )
        cls.item = cls._create_product(
            "OM-DEBT", price=1.0, stock=100000, taxes_id=[Command.set(cls.tax.ids)]
        )
        cls.plain_item = cls._create_product("OM-NET", price=1.0, stock=100000)
        cls.customer = cls._create_customer("Debtor")
        cls.customer.with_company(cls.company).credit_limit = 5000.0
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Earlier", "quantity": 1, "price_unit": 3200.0, "tax_ids": False}
                    )
                ],
            }
        )
        cls.invoice.action_post()
        cls._create_order([(cls.plain_item, 1100)]).action_confirm()

    def _process(self, order):
        return self.as_role(order, "manager").process_orders()[0]

    def test_a_payment_releases_the_order_without_a_human(self):
        over = self._create_order([(self.item, 600)])
        self.assertEqual(over.amount_total, 720.0)
        row = self._process(over)
        self.assertEqual((row["outcome"], row["findings"][0]["check"]), ("held", "credit_limit"))
        self.assertEqual(
            row["findings"][0]["details"],
            {"limit": 5000.0, "exposure": 5020.0, "exceeded_by": 20.0},
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"amount": 500.0})._create_payments()
        over.finding_ids.invalidate_recordset()
        self.assertTrue(over.finding_ids.recheck)
        self.assertEqual(over.state, "draft", "no check runs inside the posting")
        self._recheck()
        self.assertEqual((over.state, over.hold_state), ("sale", "clear"))

    def test_at_the_limit_the_order_passes(self):
        """583.33 and 116.67 of tax: an exposure of exactly 5,000.00."""
        order = self._create_order([(self.item, 1, 583.33)])
        order.order_line.price_unit = 583.33
        self.env.ref("order_management.order_check_price_deviation").mode = "off"
        self.assertEqual(order.amount_total, 700.0)
        self.assertEqual(self._process(order)["outcome"], "confirmed")

    def test_a_posting_marks_only_the_debtor_s_orders(self):
        over = self._create_order([(self.item, 600)])
        self._process(over)
        other = self._create_customer("Somebody else")
        invoice = self.invoice.copy({"partner_id": other.id})
        invoice.action_post()
        over.finding_ids.invalidate_recordset()
        self.assertFalse(over.finding_ids.recheck)
        with patch.object(
            type(self.env["order.check"]), "_run", side_effect=AssertionError("a check ran")
        ):
            refund = self.invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
            refund.action_post()
        over.finding_ids.invalidate_recordset()
        self.assertTrue(over.finding_ids.recheck)

    def test_raising_the_limit_releases_the_order(self):
        over = self._create_order([(self.item, 600)])
        self._process(over)
        self.customer.with_company(self.company).credit_limit = 5020.0
        self._recheck()
        self.assertEqual(over.state, "sale")

    def test_an_order_over_the_limit_is_refused_when_it_is_edited(self):
        """The confirmed order of 1,100.00 may grow to the limit by 700.00, and not by 701.00."""
        order = self.env["sale.order"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "sale")]
        )
        line = self.as_role(order.order_line, "clerk")
        with self.assertRaises(HeldError) as caught, self.env.cr.savepoint():
            line.product_uom_qty = 1801
        self.assertEqual(caught.exception.context["findings"][0]["check"], "credit_limit")
        self.assertFalse(caught.exception.context["may_release"])
        line.invalidate_recordset()
        self.assertEqual(line.product_uom_qty, 1100)
        line.product_uom_qty = 1800
        self.assertEqual(order.amount_total, 1800.0)

    def test_a_window_of_time_is_no_excuse(self):
        """A release that has ended lets the same order wait again, and a later payment frees it."""
        over = self._create_order([(self.item, 600)])
        self.as_role(over, "manager").check_orders()
        until = fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=1))
        self.as_role(over.finding_ids, "manager").release("Paid in an hour", until=until)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1, seconds=1)):
            self.assertEqual(self._process(over)["outcome"], "held")
