from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import OrderManagementCase


@tagged("post_install", "-at_install")
class TestValidationChecks(OrderManagementCase):
    def _codes(self, order):
        return order.finding_ids.filtered(lambda f: f.state == "open").mapped("code")

    def _check(self, order, role="clerk"):
        return self.as_role(order, role).check_orders()[0]

    def _set_price_check(self, **values):
        self.env.ref("order_management.order_check_price_deviation").write(values)

    def test_each_check_finds_its_case_and_leaves_the_rest(self):
        """A clean order is clear; each fault gives exactly its own finding."""
        scarce = self._create_product("OM-SCARCE", stock=2)
        german = self._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=self.env.ref("base.de").id
        )
        cases = [
            ("clean", self._create_order(), []),
            ("empty", self._create_order([]), ["empty_order"]),
            ("zero", self._create_order([(self.product, 0)]), ["quantity_not_positive"]),
            ("negative", self._create_order([(self.product, -1)]), ["quantity_not_positive"]),
            ("postcode", self._create_order(customer=german), ["address_incomplete"]),
            (
                "no street",
                self._create_order(customer=self._create_customer("Nowhere", street=False)),
                ["address_incomplete"],
            ),
            ("price", self._create_order([(self.product, 1, 40.0)]), ["price_deviation"]),
            ("short", self._create_order([(scarce, 3)]), ["stock_short"]),
            ("enough", self._create_order([(scarce, 2)]), []),
        ]
        for name, order, codes in cases:
            with self.subTest(name):
                answer = self._check(order)
                self.assertEqual([f["check"] for f in answer["findings"]], codes)
                self.assertEqual(answer["hold_state"], "held" if codes else "clear")
                self.assertEqual(order.state, "draft")

    def test_the_postcode_message_says_what_is_needed(self):
        german = self._create_customer(
            "Berlin", zip="1234", city="Berlin", country_id=self.env.ref("base.de").id
        )
        order = self._create_order(customer=german)
        message = self._check(order)["findings"][0]["message"]
        self.assertIn("five digits", message)
        german.zip = "12345"
        self.assertEqual(self._check(order)["hold_state"], "clear")
        self.assertEqual(order.finding_ids.state, "cleared")

    def test_price_mismatch_names_the_difference(self):
        """25.00, 10 % off from 10 units: 12 at 20.00 are 2.50 a unit and 30.00 in all too low."""
        product = self._create_product("OM-B", price=25.0, stock=50)
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "From ten",
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": 10, "min_quantity": 10}
                    )
                ],
            }
        )
        order = self._create_order([(product, 12, 20.0)], pricelist_id=pricelist.id)
        order.order_line.discount = 0.0
        finding = self._check(order)["findings"][0]
        self.assertEqual(
            finding["details"],
            {
                "expected": 22.5,
                "actual": 20.0,
                "difference": -2.5,
                "percent": -11.11,
                "total_difference": -30.0,
            },
        )
        self.assertEqual(finding["line_id"], order.order_line.id)

    def test_price_tolerance_at_its_limit(self):
        self._set_price_check(tolerance_percent=2.0)
        cases = [(49.0, "clear"), (48.99, "held"), (51.0, "clear"), (51.01, "held")]
        for price, hold_state in cases:
            with self.subTest(price=price):
                order = self._create_order([(self.product, 1, price)])
                self.assertEqual(self._check(order)["hold_state"], hold_state)

    def test_shadow_changes_nothing_but_leaves_its_slip(self):
        self._set_price_check(mode="shadow")
        order = self._create_order([(self.product, 1, 40.0)])
        self.assertEqual(self._check(order)["hold_state"], "clear")
        self.assertFalse(order.finding_ids)
        slips = self.as_role("order.decision", "manager").explain("sale.order", order.id)
        shadow = [slip for slip in slips if slip["mode"] == "shadow"]
        self.assertEqual([slip["inputs"]["check"] for slip in shadow], ["price_deviation"])

    def test_off_finds_nothing(self):
        self._set_price_check(mode="off")
        order = self._create_order([(self.product, 1, 40.0)])
        self.assertEqual(self._check(order)["hold_state"], "clear")

    def test_stock_goes_to_the_earlier_orders_of_the_call(self):
        product = self._create_product("OM-TWELVE", stock=12)
        orders = self.env["sale.order"].union(
            *[self._create_order([(product, 1)]) for _index in range(20)]
        )
        rows = self.as_role(orders, "integration").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed"] * 12 + ["held"] * 8)
        self.assertEqual(sum(orders.picking_ids.move_ids.mapped("quantity")), 12)

    def test_a_company_without_a_warehouse_gets_an_answer(self):
        """Three asked, two in stock: held; an order of two is not stopped by our checks."""
        product = self._create_product("OM-NOWHERE", stock=2)
        orders = self._create_order([(product, 3)]) | self._create_order([(product, 2)])
        orders.warehouse_id = False
        orders.order_line.invalidate_recordset()
        self.assertFalse(orders.order_line.warehouse_id)
        rows = self.as_role(orders[0], "clerk").process_orders()
        self.assertEqual((rows[0]["outcome"], rows[0]["hold_state"]), ("held", "held"))
        self.assertEqual(rows[0]["findings"][0]["details"]["free"], 2.0)
        self.assertEqual(self._check(orders[1])["hold_state"], "clear")

    def test_one_bad_order_does_not_stop_the_others(self):
        orders = self._create_order() | self._create_order([]) | self._create_order()
        rows = self.as_role(orders, "clerk").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "held", "confirmed"])
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertEqual(orders.mapped("stage"), ["ready", "held", "ready"])

    def test_an_order_that_core_refuses_fails_alone(self):
        orders = self._create_order() | self._create_order() | self._create_order()
        orders[1].order_line = [Command.create({"name": "No product", "product_uom_qty": 1})]
        rows = self.as_role(orders, "clerk").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "failed", "confirmed"])
        self.assertFalse(rows[1]["ok"])
        self.assertEqual(rows[1]["errors"][0]["code"], "failed")
        self.assertEqual(orders[1].state, "draft")

    def test_sold_and_cancelled_orders_stay(self):
        sold, cancelled = self._create_order(), self._create_order()
        sold.action_confirm()
        cancelled._action_cancel()
        rows = self.as_role(sold | cancelled, "clerk").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["unchanged", "unchanged"])
        self.assertEqual((sold | cancelled).mapped("stage"), ["ready", "cancelled"])

    def test_the_button_leaves_a_held_order_and_does_not_raise(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self.assertTrue(self.as_role(order, "clerk").action_confirm())
        self.assertEqual((order.state, order.hold_state, order.stage), ("draft", "held", "held"))
        self.assertTrue(order.confirm_requested)

    def test_a_mixed_confirmation_confirms_the_clean_one(self):
        held, clean = self._create_order([(self.product, 1, 40.0)]), self._create_order()
        (held | clean).action_confirm()
        self.assertEqual((held.state, clean.state), ("draft", "sale"))

    def test_releasing_the_last_hold_confirms(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self.as_role(order, "clerk").process_orders()
        finding = order.finding_ids
        rows = self.as_role(finding, "manager").release("Agreed by phone")
        self.assertEqual(
            rows,
            [
                {
                    "ok": True,
                    "errors": [],
                    "finding_id": finding.id,
                    "state": "released",
                    "hold_state": "clear",
                    "order_state": "sale",
                }
            ],
        )
        self.assertEqual(finding.release_reason, "Agreed by phone")
        self.assertEqual(finding.released_by_id, self.users["manager"])

    def test_releasing_again_answers_the_same(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        finding = order.finding_ids
        first = self.as_role(finding, "manager").release("Agreed")[0]
        again = self.as_role(finding, "manager").release("Agreed twice")[0]
        self.assertEqual(again, {**first, "replayed": True})
        self.assertEqual(finding.release_reason, "Agreed")

    def test_a_hold_that_is_gone_cannot_be_released(self):
        """The order is held for another price now: the old finding lets nothing through."""
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        gone = order.finding_ids
        order.order_line.price_unit = 30.0
        self._check(order)
        row = self.as_role(gone, "manager").release("Agreed")[0]
        self.assertEqual((row["ok"], row["errors"][0]["code"]), (False, "not_possible"))
        self.assertEqual((row["state"], row["hold_state"]), ("cleared", "held"))
        self.assertEqual(sorted(order.finding_ids.mapped("state")), ["cleared", "open"])
        self.assertFalse(gone.release_reason)

    def test_background_answers_the_job(self):
        order = self._create_order()
        answer = self.as_role(order, "clerk").process_orders(background=True)
        self.assertEqual(sorted(answer), ["errors", "job_id", "ok"])
        job = self.as_role(self.env["order.job"].browse(answer["job_id"]), "clerk")
        self.assertEqual((order.state, job.get_result()[0]["state"]), ("draft", "waiting"))
        job.sudo()._run()
        result = job.get_result()[0]
        self.assertEqual((result["state"], result["progress"]), ("done", 1.0))
        self.assertEqual(result["result"][0]["outcome"], "confirmed")
        self.assertEqual(order.state, "sale")

    def test_release_without_confirmation_only_releases(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        row = self.as_role(order.finding_ids, "manager").release("Agreed")[0]
        self.assertEqual((row["hold_state"], row["order_state"]), ("clear", "draft"))

    def test_a_release_holds_for_its_numbers_only(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        self.as_role(order.finding_ids, "manager").release("Agreed at 40")
        self.assertEqual(self._check(order)["hold_state"], "clear")
        order.order_line.price_unit = 30.0
        self.assertEqual(self._check(order)["hold_state"], "held")
        self.assertEqual(sorted(order.finding_ids.mapped("state")), ["cleared", "open"])

    def test_release_needs_right_and_reason(self):
        """One forbidden finding in a call: nothing is released."""
        customer = self._create_customer("Nowhere", street=False)
        order = self._create_order([(self.product, 1, 40.0)], customer=customer)
        self._check(order)
        findings = order.finding_ids
        may = {f["check"]: f["may_release"] for f in self._check(order)["findings"]}
        self.assertEqual(may, {"address_incomplete": True, "price_deviation": False})
        with self.assertRaises(AccessError):
            self.as_role(findings, "clerk").release("Please")
        with self.assertRaises(AccessError):
            self.as_role(findings, "integration").release("Please")
        with self.assertRaises(ValidationError):
            self.as_role(findings, "manager").release("  ")
        self.assertEqual(set(findings.mapped("state")), {"open"})
        address = findings.filtered(lambda f: f.code == "address_incomplete")
        self.as_role(address, "clerk").release("Collected at the counter")
        self.assertEqual(order.hold_state, "held")

    def test_findings_cannot_be_written_or_made_by_anybody(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        for role in self.users:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(order.finding_ids, role).write({"state": "released"})

    def test_switched_off_core_is_left_alone(self):
        self.company.use_order_management = False
        order = self._create_order([(self.product, 1, 1.0)])
        order.action_confirm()
        self.assertEqual((order.state, order.hold_state), ("sale", "unchecked"))
        self.assertFalse(order.finding_ids)

    def test_slips_replay_to_the_same_outcome(self):
        order = self._create_order([(self.product, 1, 40.0)])
        self._check(order)
        clean = self._create_order()
        self._check(clean)
        slips = self.env["order.decision"].search([("res_id", "in", (order | clean).ids)])
        self.assertEqual(slips.mapped("outcome"), ["clear", "held"])
        self.assertEqual(slips._replay(), [True, True])

    def test_queries_do_not_grow_with_the_orders(self):
        counts = []
        for size in (10, 40):
            orders = self.env["sale.order"].union(*[self._create_order() for _index in range(size)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_role(orders, "integration").check_orders()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 6, counts)


@tagged("post_install", "-at_install")
class TestValidationCredit(OrderManagementCase):
    """Limit 5,000.00 in a company that uses credit limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.customer.with_company(cls.company).credit_limit = 5000.0
        cls.item = cls._create_product("OM-CREDIT", price=100.0, stock=1000)
        cls.past = cls._create_order([(cls.item, 43)])
        cls.past.action_confirm()

    def _process(self, order):
        return self.as_role(order, "manager").process_orders()[0]

    def test_exposure_at_the_limit_passes_and_above_is_held(self):
        """4,300.00 confirmed: 700.00 more is exactly the limit, 720.00 exceeds it by 20.00."""
        self.assertEqual(self.past.state, "sale")
        over = self._create_order([(self.item, 7.2)])
        finding = self._process(over)["findings"][0]
        self.assertEqual(finding["check"], "credit_limit")
        self.assertEqual(
            finding["details"], {"limit": 5000.0, "exposure": 5020.0, "exceeded_by": 20.0}
        )
        self.assertEqual(
            self._process(self._create_order([(self.item, 7)]))["outcome"], "confirmed"
        )

    def test_two_orders_that_fit_alone_but_not_together(self):
        orders = self._create_order([(self.item, 4)]) | self._create_order([(self.item, 4)])
        rows = self.as_role(orders, "manager").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["confirmed", "held"])

    def test_a_held_order_does_not_use_up_the_limit_of_the_next(self):
        orders = self._create_order([(self.item, 8)]) | self._create_order([(self.item, 7)])
        rows = self.as_role(orders, "manager").process_orders()
        self.assertEqual([row["outcome"] for row in rows], ["held", "confirmed"])

    def test_credit_figures_are_for_those_who_may_see_them(self):
        order = self._create_order([(self.item, 8)])
        details = {}
        for role in ("clerk", "integration", "manager"):
            details[role] = self.as_role(order, role).check_orders()[0]["findings"][0]["details"]
        self.assertEqual(details["clerk"], {})
        self.assertEqual(details["integration"], {})
        self.assertEqual(details["manager"]["exceeded_by"], 100.0)

    def _get_exposure(self):
        """What the customer has used up, besides the order that asks."""
        self.env.invalidate_all()
        asking = self._create_order([(self.item, 1)])
        return asking._get_credit_used()[self.customer.id][1]

    def test_a_down_payment_counts_once_and_falls_when_paid(self):
        """4,300.00 ordered; 40 % are 1,720.00: owed they change nothing, paid 2,580.00 remain."""
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=self.past.ids
        )
        wizard.create({"advance_payment_method": "percentage", "amount": 40}).create_invoices()
        advance = self.past.invoice_ids
        self.assertEqual((advance.amount_total, self._get_exposure()), (1720.0, 4300.0))
        advance.action_post()
        self.assertEqual(self._get_exposure(), 4300.0)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=advance.ids
        ).create({})._create_payments()
        self.assertEqual(self._get_exposure(), 2580.0)

    def test_what_is_invoiced_on_delivery_counts_from_its_confirmation(self):
        """Ten at 10.00, two delivered and invoiced: 20.00 are owed, 80.00 are still to come."""
        item = self._create_product("OM-LATER", price=10.0, stock=50, invoice_policy="delivery")
        order = self._create_order([(item, 10)])
        order.action_confirm()
        self.assertEqual(self._get_exposure(), 4400.0)
        move = order.picking_ids.move_ids
        move.write({"quantity": 2, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        order._create_invoices().action_post()
        self.assertEqual(order.invoice_ids.amount_residual, 20.0)
        self.assertEqual(self._get_exposure(), 4400.0)

    def test_what_will_not_be_delivered_any_more_does_not_count(self):
        """Ten at 10.00, two delivered and the rest given up: 20.00 remain."""
        item = self._create_product("OM-LESS", price=10.0, stock=50, invoice_policy="delivery")
        order = self._create_order([(item, 10)])
        order.action_confirm()
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=order.picking_ids.ids
        ).button_validate()
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(self._get_exposure(), 4320.0)

    def test_without_a_limit_nothing_is_held(self):
        self.customer.with_company(self.company).credit_limit = 0.0
        self.assertEqual(
            self._process(self._create_order([(self.item, 500)]))["outcome"], "confirmed"
        )
